// One temperature for a network, or for all members of an ensemble whose probabilities are averaged.

import type { Numbers } from "../scores/arguments.js";
import { logLoss } from "../scores/classification.js";
import { applyTemperature, fitTemperature } from "../scores/temperature.js";

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** @param logits of each member `[n, classes]` */
export function sharedTemperature(logits: readonly Float32Array[], labels: Numbers): number {
  const alone = fitTemperature(logits[0], labels);
  if (logits.length === 1) return alone;
  const classes = logits[0].length / labels.length;
  const lossAt = (log: number) =>
    logLoss(meanOf(logits.map((z) => applyTemperature(z, classes, Math.exp(log)))), labels);
  // The members' average wants to be less soft than they do, or as soft: its best is not far from theirs.
  let [low, high] = [Math.log(Math.max(0.01, alone / 16)), Math.log(Math.min(100, 4 * alone))];
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossA, lossB] = [lossAt(a), lossAt(b)];
  while (high - low > 1e-4) {
    if (lossA < lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - GOLDEN * (high - low);
      lossA = lossAt(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + GOLDEN * (high - low);
      lossB = lossAt(b);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Element by element, summed in double precision. */
export function meanOf(arrays: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(arrays[0], (_, i) => arrays.reduce((sum, values) => sum + values[i], 0) / arrays.length);
}
