// What pairs of networks say about dropout, in sentences that are true of them.
import type { Point } from "../lab/duel.js";

export interface Comparison {
  pairs: number;
  /** Means over the pairs: test errors, and the training error of the arm with dropout. */
  without: number;
  dropout: number;
  seen: number;
  /** Pairs in which dropout's test error is the lower one. */
  better: number;
  /** Mean of what dropout takes off, and its standard error over the pairs. */
  gain: number;
  error: number;
  /**
   * Chance alone would show such a difference, either way, in fewer than 5 of 100 comparisons (a t test of paired
   * runs).
   */
  clear: boolean;
}

/** The 97.5 % quantile of Student's t with 1, 2, … degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201];

export function compare({ seen, test }: Point): Comparison {
  const [plain, thinned] = test;
  const pairs = plain.length;
  const gains = plain.map((error, pair) => error - thinned[pair]);
  const gain = mean(gains);
  const error = standardError(gains);
  return {
    pairs,
    without: mean(plain),
    dropout: mean(thinned),
    seen: mean(seen[1]),
    better: gains.filter((value) => value > 0).length,
    gain,
    error,
    clear: Math.abs(gain) > T[Math.min(pairs - 1, T.length) - 1] * error && gain !== 0,
  };
}

export interface Circumstances {
  p: number;
  width: number;
  /** "points", "digits", "rows": what is learned from and tested on. */
  things: string;
}

/** Nothing before there is something to compare. */
export function sayVerdict(points: readonly Point[], { p, width, things }: Circumstances): string {
  const last = points.at(-1);
  if (!last || points.length < 2) return "";
  const { pairs, without, dropout, seen, better, gain, clear } = compare(last);
  const [left, right] = [percent(without), percent(dropout)];
  if (p === 0) {
    return same(points)
      ? `At p = 0 nothing is dropped: both networks are one and the same, in each of ${points.length} measurements, so only one curve is to be seen. Both are wrong on ${left} of new ${things}.`
      : "At p = 0 both networks must be the same, and they are not: that is a fault of this page.";
  }
  const figures = `wrong on ${right} of new ${things}, ${left} without it`;
  if (seen > LOST && gain < 0) return `At p = ${p} it cannot learn any more: ${figures}. ${why(p, width)}`;
  if (pairs === 1) return `With dropout ${figures}. One run cannot tell that from chance: take more of them.`;
  const runs = gain > 0 ? `${better} of ${pairs} runs say so` : `${pairs - better} of ${pairs} runs say so`;
  if (!clear) return `Too close to call: with dropout ${figures}. Chance alone may do that in ${pairs} runs.`;
  const word = gain > 0 ? "Dropout helps" : "Dropout does harm here";
  return `${word}: ${figures}. ${runs}; that is more than chance does.`;
}

/** A network that is wrong on more of what it has seen has not learned it. */
const LOST = 0.25;

function why(p: number, width: number): string {
  const kept = Math.max(1, Math.round((1 - p) * width));
  return `Each step keeps about ${kept} of ${width} units in a layer, too few to carry what there is to learn.`;
}

/** To the last bit, everywhere. */
export function same(points: readonly Point[]): boolean {
  return points.every((point) =>
    [point.seen, point.test].every(([left, right]) => left.every((error, pair) => error === right[pair])),
  );
}

/** What one network without dropout has done: learned by heart, or not. */
export function sayTrouble(points: readonly Point[], count: number): string {
  const last = points.at(-1);
  if (!last || points.length < 2) return "";
  const [seen, test] = [last.seen[0][0], last.test[0][0]];
  const best = points.reduce((a, b) => (b.test[0][0] < a.test[0][0] ? b : a));
  const now = `It is wrong on ${percent(seen)} of its ${count} points, and on ${percent(test)} of points that it has never seen.`;
  const lowest = best.test[0][0];
  if (test - lowest < 0.02 || test - seen < 0.02) return `${now} So far it does not overfit.`;
  const before = `After ${best.epoch} steps that was ${percent(lowest)}, before it learned the wrong labels by heart, too.`;
  return `${now} ${before} This is overfitting.`;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean; infinite for one value, which tells nothing about others. */
export function standardError(values: readonly number[]): number {
  const count = values.length;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return count > 1 ? Math.sqrt(squares / (count - 1) / count) : Number.POSITIVE_INFINITY;
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
