// Monte-Carlo dropout (Gal & Ghahramani 2016): the masks stay on, and the answers of many thinned networks are
// averaged.

import { checkCallback, checkKeys, checkObject, checkSignal, isThenable } from "../checks.js";
import type { Model } from "../model/model.js";
import { LAST_STEP } from "../random/philox.js";
import type { MonteCarloAsyncOptions, MonteCarloOptions, MonteCarloResult } from "../types.js";
import { answersOfDraws } from "./draws.js";
import { KeptDraws } from "./kept-draws.js";
import { checkFiniteRows, type Rows } from "./rows.js";
import { resolveSampling, SAMPLING, type Sampling } from "./sampling.js";
import { Spread } from "./spread.js";
import { TimeSlice } from "./time-slice.js";

/** Two or three draws may agree by chance; a standard error is not looked at before there are this many. */
const FEWEST_DRAWS = 10;

/** See `Network.mc_step`. */
export function monteCarlo(model: Model, x: Float32Array, options: MonteCarloOptions): MonteCarloResult {
  checkKeys("options", checkObject("options", options), SAMPLING);
  const sampling = resolveSampling(model, options);
  const rows = checkFiniteRows(model, x);
  const spread = spreadOf(model, rows, sampling);
  const draws = answersOfDraws(model, rows, sampling);
  while (!isEnough(spread, sampling)) spread.add(draws.next().value as Float32Array);
  if (!sampling.numbered) model.counters.draws += spread.draws;
  return spread.result();
}

/** See `Network.mc_step_async`. `live` gives the model, or throws where the network was disposed meanwhile. */
export async function monteCarloAsync(
  live: () => Model,
  x: Float32Array,
  options: MonteCarloAsyncOptions,
): Promise<MonteCarloResult> {
  checkKeys("options", checkObject("options", options), [...SAMPLING, "signal", "onDraw"]);
  const { signal, onDraw } = options;
  checkSignal(signal);
  checkCallback("onDraw", onDraw);
  const model = live();
  const sampling = resolveSampling(model, options);
  const rows = checkFiniteRows(model, x);
  const spread = spreadOf(model, rows, sampling);
  // A copy: the caller may put other rows into x while this goes on.
  const draws = answersOfDraws(model, { ...rows, x: x.slice() }, sampling);
  const version = model.weightsVersion;
  const giveBack = setAside(model, sampling);
  const slice = new TimeSlice();
  let made = 0;
  try {
    while (!isEnough(spread, sampling)) {
      signal?.throwIfAborted();
      if (live().weightsVersion !== version) {
        throw new Error(
          "the network was changed while its thinned networks were being averaged; wait for mc_step_async",
        );
      }
      spread.add(draws.next().value as Float32Array);
      const { samples } = sampling;
      const told = onDraw?.({ draws: spread.draws, samples, standardError: spread.standardError() });
      if (isThenable(told)) await told;
      if (slice.isOver) await slice.renew();
    }
    live();
    made = spread.draws;
    return spread.result();
  } finally {
    giveBack(made);
  }
}

/**
 * Takes the numbers of the draws to come from the counter, so that no other average takes them meanwhile. What it
 * returns gives back all but the first `made` of them, unless later ones have been taken.
 */
function setAside({ counters }: Model, { draw, samples, numbered }: Sampling): (made: number) => void {
  if (numbered) return () => {};
  // The largest count that a file may hold: a network may be saved meanwhile.
  const end = Math.min(draw + samples, LAST_STEP);
  counters.draws = end;
  return (made) => {
    if (counters.draws === end) counters.draws = draw + made;
  };
}

function isEnough(spread: Spread, { samples, standardError }: Sampling): boolean {
  if (spread.draws === samples) return true;
  if (standardError === 0 || spread.draws < Math.min(FEWEST_DRAWS, samples)) return false;
  return spread.standardError() <= standardError;
}

function spreadOf({ config }: Model, { batch }: Rows, sampling: Sampling): Spread {
  const out = config.sizes.at(-1)!;
  return new Spread(batch, out, config.output, new KeptDraws(sampling, batch * out));
}
