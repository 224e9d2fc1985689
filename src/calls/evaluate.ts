// Mean loss and error of the test-mode network over a data set.

import { checkBoolean, checkKeys, checkObject, wrongValue } from "../checks.js";
import { loss } from "../compute/loss.js";
import type { NetworkConfig } from "../config/network.js";
import { halfOf, targetWidth } from "../gaussian.js";
import type { Model } from "../model/model.js";
import type { DataSet, EvaluateOptions, Evaluation } from "../types.js";
import { argmax } from "./argmax.js";
import { withAverage } from "./average.js";
import { checkFiniteRows, readUnits } from "./rows.js";
import { type CheckedTargets, checkTargets, sliceTargets, storeTargets } from "./targets.js";
import { testInPieces } from "./test-step.js";
import { totalWeight, withWeights } from "./weights.js";

/** A data set whose every number was looked at. */
export interface CheckedData {
  x: Float32Array;
  targets: CheckedTargets;
  samples: number;
  /** What they count together: their number where they have no weights. */
  weight: number;
}

/** @throws TypeError, RangeError naming the row that is wrong */
export function checkData(model: Model, name: string, data: DataSet): CheckedData {
  const checked = checkBlock(model, name, data);
  if (checked.weight === 0) wrongValue(`${name}.weights`, "above 0 for at least one sample", data.weights);
  return checked;
}

/** The same for a part of a data set, whose samples may all count nothing. */
export function checkBlock(model: Model, name: string, data: DataSet): CheckedData {
  checkKeys(name, checkObject(name, data, "an object { x, y }"), ["x", "y", "weights"]);
  const { x: given, y, weights } = data;
  const { batch: samples } = checkFiniteRows(model, given, `${name}.x`);
  // Steps and evaluations overwrite what a view from input() shows.
  const x = model.arena.owns(given) ? given.slice() : given;
  const checked = checkTargets(model, y, samples, `${name}.y`);
  const targets = withWeights(checked, weights, samples, `${name}.weights`);
  return { x, targets, samples, weight: totalWeight(targets, samples) };
}

/**
 * Mean loss and error, by the samples' weights. Losses are added sample after sample, so their sum does not depend on
 * how rows were cut into pieces.
 */
export function evaluate(model: Model, { x, targets, samples, weight }: CheckedData): Evaluation {
  const { config } = model;
  const width = targetWidth(config);
  let sum = 0;
  let wrong = 0;
  testInPieces(model, { x, batch: samples }, (from, batch) => {
    storeTargets(model, sliceTargets(targets, from, from + batch, width), batch);
    for (let s = 0; s < batch; s++) {
      sum += (targets.weights?.[from + s] ?? 1) * loss(model, 1, "labels" in targets, false, s);
    }
    wrong += countErrors(readUnits(model, batch), targets, from, config);
  });
  return { loss: sum / weight, error: errorOf(config, sum, wrong, weight) };
}

/** The error of samples of such losses and errors, which count `weight` together. */
export function errorOf(config: NetworkConfig, losses: number, errors: number, weight: number): number {
  if (config.loss === "mse") return Math.sqrt(losses / weight);
  if (config.loss === "cross-entropy") return errors / weight;
  const mean = errors / (weight * targetWidth(config));
  return config.loss === "gaussian" ? Math.sqrt(mean) : mean;
}

/**
 * The weight of samples whose first largest logit is not the label's (cross-entropy), or outputs on the wrong side of ½
 * (bce); NaN is wrong. The sum of the means' squared errors (gaussian). 0 for mse, whose loss says it.
 */
export function countErrors(
  logits: Float32Array,
  targets: CheckedTargets,
  from: number,
  config: NetworkConfig,
): number {
  const { loss: kind } = config;
  const width = targetWidth(config);
  let wrong = 0;
  const weightOf = (s: number) => targets.weights?.[from + s] ?? 1;
  if (kind === "mse") return 0;
  if (kind === "gaussian") {
    const { rows } = targets as { rows: Float32Array };
    halfOf(logits, 2 * width).forEach((mean, i) => {
      wrong += weightOf(Math.floor(i / width)) * (mean - rows[from * width + i]) ** 2;
    });
    return wrong;
  }
  if (kind === "bce") {
    const { rows } = targets as { rows: Float32Array };
    logits.forEach((logit, i) => {
      const right = rows[from * width + i] > 0.5 ? logit > 0 : logit <= 0;
      if (!right) wrong += weightOf(Math.floor(i / width));
    });
    return wrong;
  }
  for (let s = 0; s < logits.length / width; s++) {
    const label = "labels" in targets ? targets.labels[from + s] : argmax(targets.rows, (from + s) * width, width);
    if (argmax(logits, s * width, width) !== label) wrong += weightOf(s);
  }
  return wrong;
}

/** See `Network.evaluate`. */
export function evaluateData(model: Model, data: DataSet, options: EvaluateOptions): Evaluation {
  checkKeys("options", checkObject("options", options), ["average"]);
  const { average = false } = options;
  const checked = checkData(model, "data", data);
  return checkBoolean("average", average)
    ? withAverage(model, () => evaluate(model, checked))
    : evaluate(model, checked);
}
