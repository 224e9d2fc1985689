// What the draws of several networks say together, each network counting the same.

import { variances } from "../gaussian.js";
import type { Floats, MonteCarloResult, Output } from "../types.js";
import type { Answering } from "./answering.js";
import { meanOf } from "./temperature.js";

export interface EnsembleDraws extends MonteCarloResult {
  /** `[batch, out]`: the mean of the members' own variances, dropout's; `epistemic` ones where noise is told apart. */
  within: Floats;
  /** `[batch, out]`: the variance of the members' means. */
  across: Floats;
}

const surprise = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

export function pool(results: readonly MonteCarloResult[], output: Answering["config"]["output"]): EnsembleDraws {
  const count = results.length;
  const mean = meanOf(results.map((result) => result.mean));
  const ownOf = ({ epistemic, variance }: MonteCarloResult) => epistemic ?? variance;
  const within = meanOf(results.map(ownOf));
  const noise = results[0].aleatoric && meanOf(results.map(({ aleatoric }) => aleatoric!));
  const across = mean.map((value, i) => results.reduce((sum, one) => sum + (one.mean[i] - value) ** 2, 0) / count);
  const doubt = results[0].entropy ? entropies(mean, results, output) : { entropy: null, mutualInformation: null };
  const worst = within.map((_, i) => results.reduce((sum, one) => sum + ownOf(one)[i] / one.draws, 0));
  return {
    mean,
    ...variances(
      within.map((value, i) => value + across[i]),
      noise,
    ),
    within,
    across,
    ...doubt,
    ...(results[0].outputs && { outputs: joined(results.map(({ outputs }) => outputs!)) }),
    draws: results.reduce((sum, { draws }) => sum + draws, 0),
    standardError: results.some(({ draws }) => draws < 2)
      ? Infinity
      : Math.sqrt(worst.reduce((most, value) => Math.max(most, value), 0)) / count,
  };
}

function joined(parts: readonly Floats[]): Floats {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The draws' own entropies are on average what is left of a member's when its mutual information is taken away. */
function entropies(mean: Floats, results: readonly MonteCarloResult[], output: Output) {
  const rows = results[0].entropy!.length;
  const out = mean.length / rows;
  const entropy = new Float32Array(rows);
  const mutualInformation = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let all = 0;
    for (const p of mean.subarray(row * out, (row + 1) * out)) {
      all += surprise(p) + (output === "sigmoid" ? surprise(1 - p) : 0);
    }
    const own = results.reduce((sum, one) => sum + one.entropy![row] - one.mutualInformation![row], 0) / results.length;
    entropy[row] = all;
    mutualInformation[row] = Math.max(0, all - own);
  }
  return { entropy, mutualInformation };
}
