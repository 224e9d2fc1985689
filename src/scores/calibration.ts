// Is somebody who is 90 % sure right nine times in ten? Of the most probable class, as Guo et al. (2017) ask it.

import { checkInteger, checkOneOf } from "../checks.js";
import { checkClassified, descending, type Numbers, topClass } from "./arguments.js";

export interface Bin {
  /** Answers in it. */
  count: number;
  /** Their mean probability of the class they say. */
  confidence: number;
  /** The share of them that is right. */
  accuracy: number;
}

export interface BinOptions {
  /** Default 15. */
  bins?: number;
  /**
   * `width`: bins of equal width; `count`: bins of equally many answers, which makes the adaptive error (Nguyen &
   * O'Connor 2015). Default `width`.
   */
  by?: "width" | "count";
}

/**
 * The reliability curve: answers gathered by how sure they are, from the least sure bin to the surest. Bins without an
 * answer are left out.
 * @param probabilities `[n, classes]`
 * @param labels `[n]`
 */
export function reliability(probabilities: Numbers, labels: Numbers, options: BinOptions = {}): Bin[] {
  const classes = checkClassified(probabilities, labels);
  const { bins = 15, by = "width" } = options;
  checkInteger("bins", bins, 1);
  checkOneOf("by", by, ["width", "count"]);
  const tops = Array.from(labels, (_, row) => topClass(probabilities, row, classes));
  const sure = tops.map((top, row) => probabilities[row * classes + top]);
  const order = descending(sure).reverse();
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  order.forEach((row, place) => {
    // Equal width: (0, 1/bins], (1/bins, 2/bins], …
    const bin = by === "count" ? Math.floor((place * bins) / order.length) : Math.ceil(sure[row] * bins) - 1;
    const sum = sums[Math.min(bins - 1, Math.max(0, bin))];
    sum.count++;
    sum.confidence += sure[row];
    sum.right += Number(tops[row] === labels[row]);
  });
  return sums
    .filter(({ count }) => count > 0)
    .map(({ count, confidence, right }) => ({ count, confidence: confidence / count, accuracy: right / count }));
}

/**
 * Expected calibration error: the mean distance between how sure and how right, weighted by answers. 0 at best. With
 * `by: "count"` the adaptive error.
 * @param probabilities `[n, classes]`
 * @param labels `[n]`
 * @example
 * import { calibrationError } from "thinned/scores";
 * calibrationError([0.9, 0.1, 0.9, 0.1], [0, 1]); // sure by 0.9, right by 0.5: 0.4
 */
export function calibrationError(probabilities: Numbers, labels: Numbers, options: BinOptions = {}): number {
  const bins = reliability(probabilities, labels, options);
  return (
    bins.reduce((sum, { count, confidence, accuracy }) => sum + count * Math.abs(confidence - accuracy), 0) /
    labels.length
  );
}
