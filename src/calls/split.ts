// Samples of a data set that are held out to validate, drawn by the network's seed.

import { wrongType, wrongValue } from "../checks.js";
import { targetWidth } from "../gaussian.js";
import type { Model } from "../model/model.js";
import { LAST_STEP, permutation } from "../random/philox.js";
import type { CheckedData } from "./evaluate.js";
import { gatherTargets } from "./targets.js";
import { totalWeight } from "./weights.js";

/** @throws TypeError, RangeError where it is no fraction, or leaves nothing on one side */
export function checkSplit(given: unknown, samples: number): number {
  const expected = "a number above 0 and below 1: the fraction of the samples that validates";
  if (typeof given !== "number") wrongType("validationSplit", expected, given);
  if (!(given > 0 && given < 1)) wrongValue("validationSplit", expected, given);
  if (samples < 2) wrongValue("data", "of two samples or more where validationSplit is given", samples);
  return Math.min(samples - 1, Math.max(1, Math.round(given * samples)));
}

/**
 * The same samples for the same seed and number of them, in whatever call. Both sides keep the samples' order.
 * @param held how many validate
 */
export function splitData(model: Model, data: CheckedData, held: number): [train: CheckedData, held: CheckedData] {
  const order = permutation(data.samples, model.config.seed, LAST_STEP);
  return [take(model, data, order.subarray(held)), take(model, data, order.subarray(0, held))];
}

function take({ config }: Model, { x, targets }: CheckedData, chosen: Uint32Array): CheckedData {
  const [width, out] = [config.sizes[0], targetWidth(config)];
  const order = chosen.slice().sort();
  const rows = new Float32Array(order.length * width);
  order.forEach((s, i) => {
    rows.set(x.subarray(s * width, (s + 1) * width), i * width);
  });
  const samples = order.length;
  const taken = gatherTargets(targets, order, 0, samples, out);
  const weight = totalWeight(taken, samples);
  if (weight === 0) wrongValue("weights", "above 0 for a sample on each side of validationSplit", targets.weights);
  return { x: rows, targets: taken, samples, weight };
}
