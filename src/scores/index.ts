// thinned/scores: how good are probabilities, intervals and doubts? Pure functions over arrays; nothing here knows a
// network.

export { type Acquisition, acquisition, batchBald, type Draws, rank } from "./acquisition.js";
export type { Numbers } from "./arguments.js";
export { type Bin, type BinOptions, calibrationError, reliability } from "./calibration.js";
export { brier, logLoss } from "./classification.js";
// biome-ignore format: names, two lines
export { classThresholds, conformalQuantile, intervalScores, predictIntervals, predictSets, quantileScores, type SetMethod, setScores,
} from "./conformal.js";
export { balancedAccuracy, type ClassScores, classScores, confusionMatrix } from "./confusion.js";
export { mae, r2, rmse } from "./errors.js";
export { averagePrecision, rocArea, type ThresholdCurve, thresholdCurve } from "./ranking.js";
// biome-ignore format: names, two lines
export { coverage, crpsDraws, crpsNormal, drawsLogLikelihood, intervalScore, meanWidth, normalLogLikelihood, pinball,
} from "./regression.js";
export { aurc, auroc, fpr95, riskCoverage } from "./selection.js";
export { applyTemperature, fitTemperature } from "./temperature.js";
