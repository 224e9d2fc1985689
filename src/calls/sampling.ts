// What a Monte-Carlo average was asked for, every option checked and every default filled in.

import { checkBoolean, checkInteger, checkNumber, checkOneOf, wrongType, wrongValue } from "../checks.js";
import type { Model } from "../model/model.js";
import { LAST_STEP } from "../random/philox.js";
import type { MonteCarloOptions } from "../types.js";

/** A draw is numbered as a step is. */
const MOST_DRAWS = LAST_STEP + 1;
/** Options of a call that is not asynchronous. */
export const SAMPLING = ["samples", "seed", "draw", "standardError", "outputs", "quantiles", "masks"];

export interface Sampling {
  samples: number;
  seed: number;
  draw: number;
  /** The caller chose `draw`: a replay, which moves no counter. */
  numbered: boolean;
  standardError: number;
  /** Every draw's answers are wanted. */
  outputs: boolean;
  /** Which quantiles are wanted, if any. */
  quantiles: readonly number[] | null;
  /** One mask per draw, for all rows. */
  shared: boolean;
}

export function resolveSampling(model: Model, options: MonteCarloOptions): Sampling {
  const { standardError = 0, seed = model.config.seed, draw = model.counters.draws } = options;
  const { samples = options.standardError === undefined ? 50 : 1000 } = options;
  const { outputs = false, quantiles, masks = "independent" } = options;
  const numbered = options.draw !== undefined;
  const taken = numbered ? 0 : draw;
  checkInteger("samples", samples, 1, MOST_DRAWS - taken, taken > 0 ? "draw: 0 begins anew" : "");
  checkInteger("seed", seed, 0);
  checkInteger("draw", draw, 0, MOST_DRAWS - samples);
  checkNumber("standardError", standardError, 0);
  checkBoolean("outputs", outputs);
  const shared = checkOneOf("masks", masks, ["independent", "shared"]) === "shared";
  const levels = quantiles === undefined ? null : checkQuantiles(quantiles);
  return { samples, seed, draw, numbered, standardError, outputs, quantiles: levels, shared };
}

function checkQuantiles(quantiles: unknown): readonly number[] {
  const expected = "an array of one or more numbers from 0 to 1, such as [0.05, 0.5, 0.95]";
  if (!Array.isArray(quantiles)) wrongType("quantiles", expected, quantiles);
  if (quantiles.length === 0) wrongValue("quantiles", expected, quantiles);
  return Array.from(quantiles, (level, i) => checkNumber(`quantiles[${i}]`, level, 0, 1));
}
