// Which rows should a person look at next? Scores of Monte-Carlo draws for active learning.

import { checkInteger, checkOneOf, wrongValue } from "../checks.js";
import { checkNumbers, descending, type Numbers } from "./arguments.js";

/**
 * `entropy`: of the mean, all doubt. `bald`: the draws' disagreement (Houlsby et al. 2011). `variance`: of the draws,
 * summed over the outputs.
 */
export type Acquisition = "entropy" | "bald" | "variance";

/** Draws `[samples, n, out]`. */
export interface Draws {
  values: Numbers;
  samples: number;
  /** Classes or outputs of a row. */
  out: number;
}

const surprise = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

function rowsOf({ values, samples, out }: Draws): number {
  checkNumbers("draws.values", values);
  checkInteger("draws.samples", samples, 1);
  checkInteger("draws.out", out, 1);
  const rows = values.length / (samples * out);
  if (!Number.isInteger(rows)) wrongValue("draws.values", `[${samples}, n, ${out}] numbers`, values);
  return rows;
}

/** One number `[n]` for each row, larger for rows that tell more. */
export function acquisition(draws: Draws, by: Acquisition): Float64Array {
  const rows = rowsOf(draws);
  checkOneOf("by", by, ["entropy", "bald", "variance"]);
  const { values, samples, out } = draws;
  return Float64Array.from({ length: rows }, (_, row) => {
    let [entropy, conditional, variance] = [0, 0, 0];
    for (let k = 0; k < out; k++) {
      let [sum, squares] = [0, 0];
      for (let t = 0; t < samples; t++) {
        const value = values[(t * rows + row) * out + k];
        sum += value;
        squares += value * value;
        conditional += surprise(value) / samples;
      }
      const mean = sum / samples;
      entropy += surprise(mean);
      variance += Math.max(0, squares / samples - mean * mean);
    }
    if (by === "variance") return variance;
    return by === "entropy" ? entropy : Math.max(0, entropy - conditional);
  });
}

/**
 * The rows that tell most, the best first.
 * @param draws `[samples, n, out]`; probabilities, but for `variance`
 * @param count how many rows to choose
 * @example
 * import { rank } from "thinned/scores";
 * const values = [0.9, 0.1, 0.5, 0.5, 0.9, 0.1, 0.5, 0.5]; // two draws of two rows
 * rank({ values, samples: 2, out: 2 }, "entropy", 1); // [1]
 */
export function rank(draws: Draws, by: Acquisition, count: number): number[] {
  const scores = acquisition(draws, by);
  checkInteger("count", count, 1, scores.length);
  return descending(scores).slice(0, count);
}

/** Joint outcomes of the rows of a batch that are held at once: classes to the power of rows. */
const MOST_OUTCOMES = 2 ** 17;

/**
 * BatchBALD (Kirsch et al. 2019): rows that tell most together, so that no two say the same. Greedy, exact joint
 * entropies. The draws must be of shared masks: a draw is then one function of all rows.
 * @param count up to 10, and classes^count up to 131,072
 */
export function batchBald(draws: Draws, count: number): number[] {
  const rows = rowsOf(draws);
  const { values, samples, out } = draws;
  checkInteger("count", count, 1, Math.min(10, rows));
  if (out ** (count - 1) * out > MOST_OUTCOMES) {
    const most = Math.floor(Math.log(MOST_OUTCOMES) / Math.log(out));
    wrongValue("count", `at most ${most} for ${out} classes, as joint outcomes are counted one by one`, count);
  }
  const conditional = Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let t = 0; t < samples; t++) {
      for (let k = 0; k < out; k++) sum += surprise(values[(t * rows + row) * out + k]) / samples;
    }
    return sum;
  });
  const chosen: number[] = [];
  // joint[o·samples + t]: the probability of outcome o of the rows chosen so far, in draw t.
  let joint: Float64Array<ArrayBufferLike> = new Float64Array(samples).fill(1);
  let known = 0;
  while (chosen.length < count) {
    let best = { row: -1, score: -Infinity };
    for (let row = 0; row < rows; row++) {
      if (chosen.includes(row)) continue;
      const score = jointEntropy(extend(joint, row), samples) - known - conditional[row];
      if (score > best.score + 1e-12) best = { row, score };
    }
    joint = extend(joint, best.row);
    known += conditional[best.row];
    chosen.push(best.row);
  }
  return chosen;

  function extend(before: Float64Array, row: number): Float64Array {
    const outcomes = before.length / samples;
    const after = new Float64Array(outcomes * out * samples);
    for (let o = 0; o < outcomes; o++) {
      for (let k = 0; k < out; k++) {
        for (let t = 0; t < samples; t++) {
          after[(o * out + k) * samples + t] = before[o * samples + t] * values[(t * rows + row) * out + k];
        }
      }
    }
    return after;
  }
}

function jointEntropy(joint: Float64Array, samples: number): number {
  let entropy = 0;
  for (let at = 0; at < joint.length; at += samples) {
    let sum = 0;
    for (let t = 0; t < samples; t++) sum += joint[at + t];
    entropy += surprise(sum / samples);
  }
  return entropy;
}
