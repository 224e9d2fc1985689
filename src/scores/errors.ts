// How far predicted numbers are from the true ones.

import { wrongValue } from "../checks.js";
import { checkNumbers, mean, type Numbers } from "./arguments.js";

function meanOf(answers: Numbers, y: Numbers, cost: (difference: number) => number): number {
  checkNumbers("y", y);
  checkNumbers("answers", answers, y.length);
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += cost(answers[i] - y[i]);
  return sum / y.length;
}

/** Root mean squared error, in y's units: 0 at best. @param answers `[n]` @param y `[n]` */
export function rmse(answers: Numbers, y: Numbers): number {
  return Math.sqrt(meanOf(answers, y, (difference) => difference ** 2));
}

/** Mean absolute error, in y's units: 0 at best. @param answers `[n]` @param y `[n]` */
export function mae(answers: Numbers, y: Numbers): number {
  return meanOf(answers, y, Math.abs);
}

/**
 * R², the share of y's variance that the answers explain: 1 at best, 0 for always saying the mean, below for worse.
 * @param answers `[n]`
 * @param y `[n]`, not all the same
 */
export function r2(answers: Numbers, y: Numbers): number {
  const left = meanOf(answers, y, (difference) => difference ** 2);
  const center = mean(y);
  const variance = mean(Array.from(y, (value) => (value - center) ** 2));
  if (variance === 0) wrongValue("y", "numbers that are not all equal", y);
  return 1 - left / variance;
}
