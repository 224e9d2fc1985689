// What a Monte-Carlo average was asked for, every option checked and every default filled in.

import { checkInteger, checkNumber } from "../checks.js";
import type { Model } from "../model/model.js";
import { LAST_STEP } from "../random/philox.js";
import type { MonteCarloOptions } from "../types.js";

/** A draw is numbered as a step is. */
const MOST_DRAWS = LAST_STEP + 1;
export const SAMPLING = ["samples", "seed", "draw", "standardError"];

export interface Sampling {
  samples: number;
  seed: number;
  draw: number;
  /** The caller chose `draw`: a replay, which moves no counter. */
  numbered: boolean;
  standardError: number;
}

export function resolveSampling(model: Model, options: MonteCarloOptions): Sampling {
  const { standardError = 0, seed = model.config.seed, draw = model.counters.draws } = options;
  const { samples = options.standardError === undefined ? 50 : 1000 } = options;
  const numbered = options.draw !== undefined;
  const taken = numbered ? 0 : draw;
  checkInteger("samples", samples, 1, MOST_DRAWS - taken, taken > 0 ? "draw: 0 begins anew" : "");
  checkInteger("seed", seed, 0);
  checkInteger("draw", draw, 0, MOST_DRAWS - samples);
  checkNumber("standardError", standardError, 0);
  return { samples, seed, draw, numbered, standardError };
}
