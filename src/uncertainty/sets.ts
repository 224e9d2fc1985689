// Answers with a promise: sets of classes and intervals of numbers that hold the truth as often as the calibration
// says.

import { checkKeys, checkObject, wrongValue } from "../checks.js";
import { predictIntervals, predictSets, type SetMethod } from "../scores/conformal.js";
import { type Answering, checkAnswering, pointsOf } from "./answering.js";
import { type Calibration, readCalibration } from "./record.js";

export interface CoverageOptions {
  /** One of those that the network was calibrated for. Default: the first of them. */
  coverage?: number;
}

/** A row's classes, most probable first. `lac` may leave a row without any: nothing fits as well as it should. */
export interface ClassSet {
  set: number[];
  /** Their names; their numbers as texts where the network knows no names. */
  names: string[];
}

/**
 * For each row the classes that hold the truth with the promised probability, on average over rows like those of the
 * calibration.
 * @param x `[n, in]`
 * @throws TypeError where the network was not calibrated, with the command that does; RangeError where it changed
 * since, or for another coverage
 */
export function sets(net: Answering, x: Float32Array, options: CoverageOptions = {}): ClassSet[] {
  const calibration = calibrationOf(net, ["lac", "aps"]);
  const threshold = thresholdOf(calibration, options);
  const { classes } = net;
  const bounds = threshold.length === 1 ? threshold[0] : threshold;
  return predictSets(net.predict(x), net.config.sizes.at(-1)!, bounds, calibration.by as SetMethod).map((set) => ({
    set,
    names: set.map((k) => classes?.[k] ?? String(k)),
  }));
}

/**
 * For each row `[low, high]`, in the units that the network answers in, which holds the truth with the promised
 * probability.
 * @param x `[n, in]`
 * @throws as `sets`
 */
export function intervals(
  net: Answering,
  x: Float32Array,
  options: CoverageOptions = {},
): [low: number, high: number][] {
  const calibration = calibrationOf(net, ["residual", "deviation"]);
  const [threshold] = thresholdOf(calibration, options);
  const deviations = calibration.by === "deviation" ? deviationsOf(net, x, calibration) : undefined;
  const { low, high } = predictIntervals(pointsOf(net, net.predict(x)), threshold, deviations);
  return Array.from(low, (value, row) => [value, high[row]]);
}

/**
 * Monte-Carlo dropout's standard deviation of each row, noise included where the network knows it. Where all draws
 * agree, no interval is to be a point: a tiny one stands in.
 */
export function deviationsOf(
  net: Answering,
  x: Float32Array,
  { samples, seed }: Pick<Calibration, "samples" | "seed">,
) {
  const { mean, variance } = net.mc_step(x, { samples, seed, draw: 0 });
  return variance.map((value, i) => Math.max(Math.sqrt(value), 1e-6 * (1 + Math.abs(mean[i]))));
}

function calibrationOf(net: Answering, methods: Calibration["by"][]): Calibration {
  checkAnswering(net);
  return readCalibration(net, methods);
}

function thresholdOf({ thresholds }: Calibration, options: CoverageOptions): number[] {
  checkKeys("options", checkObject("options", options), ["coverage"]);
  const { coverage = thresholds[0].coverage } = options;
  const found = thresholds.find((entry) => entry.coverage === coverage);
  if (found) return found.threshold;
  const known = thresholds.map((entry) => entry.coverage).join(", ");
  return wrongValue(
    "coverage",
    `one that the network was calibrated for, ${known}`,
    coverage,
    "calibrate it for this one",
  );
}
