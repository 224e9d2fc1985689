// thinned/uncertainty: answers with a promise, from any network that answers. Whoever does not import it pays nothing
// for it.

export type { Acquisition } from "../scores/acquisition.js";
export type { Adjustable, Answering } from "./answering.js";
export { type CalibrateOptions, calibrate, type HeldOut } from "./calibrate.js";
export { Ensemble, type Loader, type Member } from "./ensemble.js";
export type { EnsembleDraws } from "./pool.js";
export { batchBald, type RankOptions, rank } from "./rank.js";
export type { CalibratedBy, Calibration } from "./record.js";
export { type ClassSet, type CoverageOptions, intervals, sets } from "./sets.js";
