// Split conformal prediction (Vovk et al. 2005; Angelopoulos & Bates 2021): sets and intervals that hold the truth at
// least as often as they promise.
//
// The promise: where calibration rows and new rows are exchangeable (drawn alike, and not trained on), a new row's
// truth is inside with a probability of at least `share`, on average over calibrations and rows. It says nothing of
// single rows or of other kinds of rows.

import { checkInteger, wrongValue } from "../checks.js";
import { checkClassified, checkNumbers, checkShare, descending, type Numbers } from "./arguments.js";

/**
 * The finite-sample quantile: the ⌈(n + 1)·share⌉-th smallest of n scores of calibration rows.
 * @param scores `[n]`, larger for what fits worse
 * @param share the coverage to promise, between 0 and 1
 * @throws RangeError with the number of rows that the coverage needs, where there are fewer
 */
export function conformalQuantile(scores: Numbers, share: number): number {
  checkNumbers("scores", scores);
  checkShare("share", share, "a coverage of 1 would take every answer in");
  const rank = wholeAbove((scores.length + 1) * share);
  if (rank > scores.length) {
    wrongValue("scores", `of ${rowsNeeded(share)} calibration rows or more for a coverage of ${share}`, scores);
  }
  return Float64Array.from(scores).sort()[rank - 1];
}

/** Calibration rows that a coverage needs at least: with fewer, only everything would hold the truth so often. */
export function rowsNeeded(share: number): number {
  return wholeAbove(share / (1 - share));
}

/** The next whole number, where 9.000000000000002 is meant to be 9. */
function wholeAbove(value: number): number {
  return Math.ceil(value - 1e-9);
}

/**
 * `lac`: the smallest sets on average (Sadinle et al. 2019). `aps`: sets that grow with doubt (Romano et al. 2020),
 * never empty.
 */
export type SetMethod = "lac" | "aps";

/**
 * How badly every label fits, from which `conformalQuantile` makes a threshold for sets.
 * @param probabilities `[n, classes]` of calibration rows
 * @param labels `[n]`
 */
export function setScores(probabilities: Numbers, labels: Numbers, method: SetMethod = "lac"): Float64Array {
  const classes = checkClassified(probabilities, labels);
  return Float64Array.from(labels, (label, row) => scoresOf(probabilities, row, classes, method)[label]);
}

/**
 * The classes that fit at least as well as the threshold asks, most probable first.
 * @param probabilities `[n, classes]` of new rows
 * @param threshold one for all classes, or one for each: see `classThresholds`
 * @returns for each row a set of classes
 */
export function predictSets(
  probabilities: Numbers,
  classes: number,
  threshold: number | Numbers,
  method: SetMethod = "lac",
): number[][] {
  checkNumbers("probabilities", probabilities);
  checkInteger("classes", classes, 2);
  if (probabilities.length % classes !== 0) wrongValue("probabilities", `rows of ${classes} classes`, probabilities);
  const bounds = typeof threshold === "number" ? Array<number>(classes).fill(threshold) : threshold;
  checkNumbers("threshold", bounds, classes);
  return Array.from({ length: probabilities.length / classes }, (_, row) => {
    const scores = scoresOf(probabilities, row, classes, method);
    const own = Float64Array.from({ length: classes }, (_, k) => probabilities[row * classes + k]);
    return descending(own).filter((k) => scores[k] <= bounds[k]);
  });
}

/**
 * A threshold for each class, from the calibration rows of that class alone: the promise then holds class by class
 * (Mondrian).
 */
export function classThresholds(scores: Numbers, labels: Numbers, classes: number, share: number): Float64Array {
  checkNumbers("scores", scores);
  checkNumbers("labels", labels, scores.length);
  checkInteger("classes", classes, 2);
  return Float64Array.from({ length: classes }, (_, k) => {
    const own = Array.from(scores).filter((_, i) => labels[i] === k);
    if (own.length === 0) wrongValue("labels", `of every class from 0 to ${classes - 1}; class ${k} has none`, labels);
    return conformalQuantile(own, share);
  });
}

/** Per class of one row. lac: 1 − its probability. aps: the probability of all that are as probable or more so. */
function scoresOf(probabilities: Numbers, row: number, classes: number, method: SetMethod): Float64Array {
  const own = Float64Array.from({ length: classes }, (_, k) => probabilities[row * classes + k]);
  if (method === "lac") return own.map((p) => 1 - p);
  if (method !== "aps") wrongValue("method", '"lac" or "aps"', method);
  const scores = new Float64Array(classes);
  let sum = 0;
  descending(own).forEach((k, place) => {
    sum += own[k];
    // The most probable class is always in.
    scores[k] = place === 0 ? 0 : sum;
  });
  return scores;
}

/**
 * How far every y is from its prediction, from which `conformalQuantile` makes the half-width of intervals.
 * @param predicted `[n]` for calibration rows
 * @param y `[n]`
 * @param deviations `[n]` above 0, such as Monte-Carlo dropout's: intervals then are as wide as each row is doubtful
 */
export function intervalScores(predicted: Numbers, y: Numbers, deviations?: Numbers): Float64Array {
  checkNumbers("y", y);
  checkNumbers("predicted", predicted, y.length);
  checkDeviations(deviations, y.length);
  return Float64Array.from(y, (value, i) => Math.abs(value - predicted[i]) / (deviations?.[i] ?? 1));
}

/**
 * Intervals around new rows' predictions.
 * @param threshold what `conformalQuantile` made of `intervalScores`
 * @param deviations as there
 */
export function predictIntervals(
  predicted: Numbers,
  threshold: number,
  deviations?: Numbers,
): { low: Float64Array; high: Float64Array } {
  checkNumbers("predicted", predicted);
  checkNumbers("threshold", [threshold]);
  checkDeviations(deviations, predicted.length);
  const half = (i: number) => threshold * (deviations?.[i] ?? 1);
  return {
    low: Float64Array.from(predicted, (value, i) => value - half(i)),
    high: Float64Array.from(predicted, (value, i) => value + half(i)),
  };
}

/**
 * How far y lies outside of predicted quantiles (negative inside): conformalized quantile regression (Romano et al.
 * 2019). The threshold made of these widens both ends: `[low − threshold, high + threshold]`.
 */
export function quantileScores(low: Numbers, high: Numbers, y: Numbers): Float64Array {
  checkNumbers("y", y);
  checkNumbers("low", low, y.length);
  checkNumbers("high", high, y.length);
  return Float64Array.from(y, (value, i) => Math.max(low[i] - value, value - high[i]));
}

function checkDeviations(deviations: Numbers | undefined, length: number): void {
  if (deviations === undefined) return;
  checkNumbers("deviations", deviations, length);
  for (let i = 0; i < length; i++) {
    if (deviations[i] <= 0) wrongValue(`deviations[${i}]`, "above 0", deviations[i], "clip it to a smallest doubt");
  }
}
