// Which rows should a person look at next? By the doubt of a network, or of an ensemble.

import { checkInteger, checkKeys, checkObject, checkOneOf, wrongValue } from "../checks.js";
import { type Acquisition, batchBald as batchOfDraws } from "../scores/acquisition.js";
import { descending } from "../scores/arguments.js";
import { type Answering, checkAnswering } from "./answering.js";

export interface RankOptions {
  /**
   * `entropy`: all doubt. `bald`: the draws' disagreement (Houlsby et al. 2011). `variance`: of the draws, summed over
   * the outputs, without the noise that labels leave. Default `bald` for probabilities, `variance` for numbers.
   */
  by?: Acquisition;
  /** How many rows to choose. Default 1. */
  count?: number;
  /** Monte-Carlo draws. Default 50. */
  samples?: number;
  /** Of the draws. Default: the network's. */
  seed?: number;
}

/**
 * The rows of x that tell most, the best first. Give their labels to a training, and rank again.
 * @param x `[n, in]`
 * @throws TypeError, RangeError naming the argument
 * @example
 * import { Network } from "thinned";
 * import { rank } from "thinned/uncertainty";
 * const net = await Network.create({ sizes: [1, 16, 2], seed: 1 });
 * const [first] = rank(net, Float32Array.of(-1, 0, 1, 2), { by: "entropy", count: 2 });
 */
export function rank(net: Answering, x: Float32Array, options: RankOptions = {}): number[] {
  checkAnswering(net);
  checkKeys("options", checkObject("options", options), ["by", "count", "samples", "seed"]);
  const { count = 1, samples = 50, seed } = options;
  const { output } = net.config;
  const probable = output === "softmax" || output === "sigmoid";
  const by = checkOneOf("by", options.by ?? (probable ? "bald" : "variance"), ["entropy", "bald", "variance"]);
  if (by !== "variance" && !probable) wrongValue("by", '"variance" where a network answers numbers', by);
  const rows = Math.max(1, Math.floor((x?.length ?? 0) / net.config.sizes[0]));
  checkInteger("count", count, 1, rows);
  const draws = net.mc_step(x, { samples, draw: 0, ...(seed !== undefined && { seed }) });
  if (by === "entropy") return descending(draws.entropy!).slice(0, count);
  if (by === "bald") return descending(draws.mutualInformation!).slice(0, count);
  const { epistemic: variance = draws.variance } = draws;
  const out = variance.length / rows;
  const sums = Float64Array.from({ length: rows }, (_, row) =>
    variance.subarray(row * out, (row + 1) * out).reduce((sum, value) => sum + value, 0),
  );
  return descending(sums).slice(0, count);
}

/**
 * BatchBALD (Kirsch et al. 2019): up to 10 rows that tell most together, so that no two say the same. Its draws share
 * their masks: each is one function of all rows.
 * @param x `[n, in]`
 * @param options.count up to 10, and classes^count up to 131,072. Default 1
 * @param options.samples draws, of each member of an ensemble. Default 50
 * @throws TypeError, RangeError naming the argument; TypeError for a network of `thinned/infer`, which keeps no draws
 * @example
 * import { Network } from "thinned";
 * import { batchBald } from "thinned/uncertainty";
 * const net = await Network.create({ sizes: [1, 16, 2], seed: 1 });
 * const [first, second] = batchBald(net, Float32Array.of(-1, 0, 1, 2), { count: 2 });
 */
export function batchBald(net: Answering, x: Float32Array, options: Omit<RankOptions, "by"> = {}): number[] {
  checkAnswering(net);
  checkKeys("options", checkObject("options", options), ["count", "samples", "seed"]);
  const { count = 1, samples = 50, seed } = options;
  const { output, sizes } = net.config;
  if (output !== "softmax") wrongValue("net", "one whose output is softmax", output);
  const asked = { samples, draw: 0, outputs: true, masks: "shared" as const, ...(seed !== undefined && { seed }) };
  const { outputs, draws } = net.mc_step(x, asked);
  return batchOfDraws({ values: outputs!, samples: draws, out: sizes.at(-1)! }, count);
}
