// Monte-Carlo dropout (Gal & Ghahramani 2016): the masks stay on, and the answers of many thinned networks are
// averaged.

import { checkCallback, checkKeys, checkObject, checkSignal } from "../checks.js";
import type { Model } from "../model/model.js";
import { LAST_STEP } from "../random/philox.js";
import type { MonteCarloAsyncOptions, MonteCarloOptions, MonteCarloResult } from "../types.js";
import { answersOfDraws } from "./draws.js";
import { checkFiniteRows, type Rows } from "./rows.js";
import { resolveSampling, SAMPLING, type Sampling } from "./sampling.js";
import { Spread } from "./spread.js";
import { Turns } from "./turns.js";

/** Two or three draws may agree by chance; a standard error is not looked at before there are this many. */
const FEWEST_DRAWS = 10;

/** What an average may do beyond mean and variance, for callers that have it: see more-draws.ts. */
export interface More {
  readonly options: readonly string[];
  /** Checks its options. */
  open(model: Model, rows: Rows, sampling: Sampling, options: MonteCarloOptions): Opened;
}

interface Opened {
  /** What answers instead of draws with independent masks. */
  answers?: typeof answersOfDraws;
  /** Is shown every draw, and adds to the result. */
  kept?: { add(answers: Float32Array): void; result(): object };
}

/** See `Network.mc_step`. */
export function monteCarlo(model: Model, x: Float32Array, options: MonteCarloOptions, more?: More): MonteCarloResult {
  const average = begin(model, x, options, more);
  const { spread, sampling } = average;
  const draws = average.answers(model, average.rows, sampling);
  while (!isEnough(spread, sampling)) take(average, draws);
  if (!sampling.numbered) model.counters.draws += spread.draws;
  return resultOf(average);
}

function begin(model: Model, x: Float32Array, options: MonteCarloOptions, more?: More, others: string[] = []) {
  checkKeys("options", checkObject("options", options), [...SAMPLING, ...(more?.options ?? []), ...others]);
  const sampling = resolveSampling(model, options);
  const rows = checkFiniteRows(model, x);
  const { answers = answersOfDraws, kept } = more?.open(model, rows, sampling, options) ?? {};
  const spread = new Spread(rows.batch, model.config);
  return { sampling, rows, answers, kept, spread };
}

type Average = ReturnType<typeof begin>;

/** One more draw. */
function take({ spread, kept }: Average, draws: Iterator<Float32Array>): void {
  const answers = draws.next().value;
  spread.add(answers);
  kept?.add(answers);
}

function resultOf({ spread, kept }: Average): MonteCarloResult {
  return { ...spread.result(), ...kept?.result() };
}

/** See `Network.mc_step_async`. `live` gives the model, or throws where the network was disposed meanwhile. */
export async function monteCarloAsync(
  live: () => Model,
  x: Float32Array,
  options: MonteCarloAsyncOptions,
  more: More,
): Promise<MonteCarloResult> {
  const model = live();
  const average = begin(model, x, options, more, ["signal", "onDraw"]);
  const { signal, onDraw } = options;
  checkSignal(signal);
  checkCallback("onDraw", onDraw);
  const { spread, sampling } = average;
  // A copy: the caller may put other rows into x while this goes on.
  const draws = average.answers(model, { ...average.rows, x: x.slice() }, sampling);
  const version = model.weightsVersion;
  const giveBack = setAside(model, sampling);
  const turns = new Turns(() => giveBack(0));
  let made = 0;
  turns.begin();
  try {
    while (!isEnough(spread, sampling)) {
      signal?.throwIfAborted();
      if (live().weightsVersion !== version) {
        throw new Error(
          "the network was changed while its thinned networks were being averaged; wait for mc_step_async",
        );
      }
      take(average, draws);
      const { samples } = sampling;
      const progress = { draws: spread.draws, samples, standardError: spread.standardError() };
      const waiting = turns.tell(onDraw && (() => onDraw(progress)));
      if (waiting) {
        await waiting;
        turns.begin();
      }
    }
    live();
    made = spread.draws;
    return resultOf(average);
  } finally {
    turns.end();
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
