// What each sample counts in a loss: weights, checked and brought into one form.

import { count, kindOf, wrongType, wrongValue } from "../checks.js";
import { sumOf } from "../compute/loss.js";
import type { CheckedTargets } from "./targets.js";

/**
 * The targets with the samples' weights, or as they are where none are given.
 * @throws TypeError, RangeError naming the sample
 */
export function withWeights(
  targets: CheckedTargets,
  weights: unknown,
  samples: number,
  name = "weights",
): CheckedTargets {
  return weights === undefined ? targets : { ...targets, weights: checkWeights(weights, samples, name) };
}

/** A copy that reads every weight once, so that what was checked is what counts. */
function checkWeights(weights: unknown, samples: number, name: string): Float64Array {
  const expected = `${count(samples, "number")}, one for each sample of x`;
  if (!/^(Array|(Float|Int|Uint)(8|16|32|64)(Clamped)?Array)$/.test(kindOf(weights)))
    wrongType(name, expected, weights);
  const given = weights as ArrayLike<unknown>;
  if (given.length !== samples) wrongValue(name, expected, weights);
  const checked = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    const weight = given[s];
    const allowed = "a finite number of at least 0, and below 3.4e38";
    if (typeof weight !== "number") wrongType(`${name}[${s}]`, allowed, weight);
    if (!(weight >= 0 && Math.fround(weight) < Infinity)) wrongValue(`${name}[${s}]`, allowed, weight);
    checked[s] = weight;
  }
  return checked;
}

/** What `samples` samples count together. */
export function totalWeight({ weights }: CheckedTargets, samples: number): number {
  return weights ? sumOf(weights) : samples;
}
