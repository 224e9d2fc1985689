// Which rows should a person look at next? By the doubt of a network, or of an ensemble.

import { checkInteger, checkKeys, checkObject, checkOneOf, wrongValue } from "../checks.js";
import type { Acquisition } from "../scores/acquisition.js";
import { descending } from "../scores/arguments.js";
import { type Answering, checkAnswering } from "./answering.js";

export interface RankOptions {
  /** `entropy`: all doubt. `bald`: the draws' disagreement (Houlsby et al. 2011). `variance`: of the draws, summed over the outputs. Default `bald` for probabilities, `variance` for numbers. */
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
  const out = draws.variance.length / rows;
  const sums = Float64Array.from({ length: rows }, (_, row) =>
    draws.variance.subarray(row * out, (row + 1) * out).reduce((sum, value) => sum + value, 0),
  );
  return descending(sums).slice(0, count);
}
