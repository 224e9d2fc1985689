// Scores of predicted numbers that say how sure they are: by a normal distribution, by draws, or by an interval.

import { checkInteger, checkMagnitude, wrongValue } from "../checks.js";
import { checkNumbers, checkShare, type Numbers } from "./arguments.js";
import { cumulative, density } from "./normal.js";

const LOG_2PI = Math.log(2 * Math.PI);

function checkNormal(means: Numbers, deviations: Numbers, y: Numbers): void {
  checkNumbers("y", y);
  checkNumbers("means", means, y.length);
  checkNumbers("deviations", deviations, y.length);
  for (let i = 0; i < y.length; i++) {
    if (deviations[i] <= 0) wrongValue(`deviations[${i}]`, "above 0", deviations[i], "clip it to a smallest doubt");
  }
}

/**
 * Mean log likelihood of y under normal distributions, in nats: larger is better.
 * @param means `[n]`
 * @param deviations `[n]`, standard deviations above 0
 * @param y `[n]`
 */
export function normalLogLikelihood(means: Numbers, deviations: Numbers, y: Numbers): number {
  checkNormal(means, deviations, y);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    sum -= ((y[i] - means[i]) / deviations[i]) ** 2 / 2 + Math.log(deviations[i]) + LOG_2PI / 2;
  }
  return sum / y.length;
}

/**
 * Mean log likelihood of y under Monte-Carlo draws with noise of precision τ (Gal & Ghahramani 2016, equation 8 of the
 * appendix): log (1/T) Σ N(y; ŷₜ, 1/τ).
 * @param draws `[samples, n]`: each thinned network's outputs
 * @param y `[n]`
 * @param tau the precision of the noise, 1/variance
 */
export function drawsLogLikelihood(draws: Numbers, y: Numbers, tau: number): number {
  const samples = checkDraws(draws, y);
  checkMagnitude("tau", tau);
  if (tau === 0) wrongValue("tau", "above 0", tau);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const exponent = (t: number) => (-tau / 2) * (y[i] - draws[t * y.length + i]) ** 2;
    let most = -Infinity;
    for (let t = 0; t < samples; t++) most = Math.max(most, exponent(t));
    let total = 0;
    for (let t = 0; t < samples; t++) total += Math.exp(exponent(t) - most);
    sum += most + Math.log(total / samples);
  }
  return sum / y.length + (Math.log(tau) - LOG_2PI) / 2;
}

/**
 * Continuous ranked probability score of normal distributions (Gneiting & Raftery 2007), mean over the rows. In y's
 * units; 0 at best.
 * @param means `[n]`
 * @param deviations `[n]`, above 0
 * @param y `[n]`
 */
export function crpsNormal(means: Numbers, deviations: Numbers, y: Numbers): number {
  checkNormal(means, deviations, y);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const z = (y[i] - means[i]) / deviations[i];
    sum += deviations[i] * (z * (2 * cumulative(z) - 1) + 2 * density(z) - 1 / Math.sqrt(Math.PI));
  }
  return sum / y.length;
}

/**
 * Continuous ranked probability score of draws, each row's draws taken as its whole distribution: E|X − y| − ½·E|X −
 * X′|, mean over the rows.
 * @param draws `[samples, n]`
 * @param y `[n]`
 */
export function crpsDraws(draws: Numbers, y: Numbers): number {
  const samples = checkDraws(draws, y);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const sorted = Float64Array.from({ length: samples }, (_, t) => draws[t * y.length + i]).sort();
    let distance = 0;
    let spread = 0;
    sorted.forEach((draw, t) => {
      distance += Math.abs(draw - y[i]);
      // Σ |x − x′| over all pairs, from the order alone.
      spread += draw * (2 * t - samples + 1);
    });
    sum += distance / samples - spread / samples ** 2;
  }
  return sum / y.length;
}

/** @returns how many draws there are */
function checkDraws(draws: Numbers, y: Numbers): number {
  checkNumbers("y", y);
  checkNumbers("draws", draws);
  const samples = draws.length / y.length;
  if (!Number.isInteger(samples)) wrongValue("draws", `[samples, ${y.length}] numbers`, draws);
  return checkInteger("samples", samples, 1);
}

function checkIntervals(low: Numbers, high: Numbers): void {
  checkNumbers("low", low);
  checkNumbers("high", high, low.length);
  for (let i = 0; i < low.length; i++) {
    if (low[i] > high[i]) wrongValue(`low[${i}]`, `at most high[${i}], ${high[i]}`, low[i]);
  }
}

/** The share of y that lies in its interval, ends included. */
export function coverage(low: Numbers, high: Numbers, y: Numbers): number {
  checkIntervals(low, high);
  checkNumbers("y", y, low.length);
  return Array.from(y).filter((value, i) => value >= low[i] && value <= high[i]).length / y.length;
}

/** Sharpness: the mean width of the intervals. Compare it only where the coverage is the same. */
export function meanWidth(low: Numbers, high: Numbers): number {
  checkIntervals(low, high);
  let sum = 0;
  for (let i = 0; i < low.length; i++) sum += high[i] - low[i];
  return sum / low.length;
}

/**
 * Interval score (Gneiting & Raftery 2007): the width, and for each y outside its distance times 2/(1 − share). Mean
 * over the rows; smaller is better.
 * @param share the coverage that the intervals promise, between 0 and 1
 */
export function intervalScore(low: Numbers, high: Numbers, y: Numbers, share: number): number {
  checkIntervals(low, high);
  checkNumbers("y", y, low.length);
  checkShare("share", share);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    sum += high[i] - low[i] + (2 / (1 - share)) * (Math.max(0, low[i] - y[i]) + Math.max(0, y[i] - high[i]));
  }
  return sum / y.length;
}

/**
 * Pinball (quantile) loss, mean over the rows; smallest, in expectation, for the true quantile.
 * @param predicted `[n]`: what should be above y with probability `quantile`
 */
export function pinball(predicted: Numbers, y: Numbers, quantile: number): number {
  checkNumbers("y", y);
  checkNumbers("predicted", predicted, y.length);
  checkShare("quantile", quantile);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const above = y[i] - predicted[i];
    sum += Math.max(quantile * above, (quantile - 1) * above);
  }
  return sum / y.length;
}
