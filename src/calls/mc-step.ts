// Monte-Carlo dropout (Gal & Ghahramani 2016): the masks stay on, and the answers of many thinned networks are
// averaged. The layers before the first dropped one are the same in every draw and are computed once. Where memory has
// room for the batch several times over, one pass makes several draws.

import { checkCallback, checkInteger, checkKeys, checkNumber, checkObject, checkSignal } from "../checks.js";
import { KEEP_ALL, trainingDropout } from "../dropout/kinds.js";
import { type Model, ratesAt } from "../model/model.js";
import { LAST_STEP, Stream } from "../random/philox.js";
import { forward } from "../threads/run.js";
import type { MonteCarloAsyncOptions, MonteCarloOptions, MonteCarloResult } from "../types.js";
import { checkFiniteRows, placeRows, type Rows, readAnswers, readUnits } from "./rows.js";
import { Spread } from "./spread.js";
import { Turns } from "./turns.js";

/** Two or three draws may agree by chance; a standard error is not looked at before there are this many. */
const FEWEST_DRAWS = 10;
/** A draw is numbered as a step is. */
const MOST_DRAWS = LAST_STEP + 1;
const OPTIONS = ["samples", "seed", "draw", "standardError"];

/** See `Network.mc_step`. */
export function monteCarlo(model: Model, x: Float32Array, options: MonteCarloOptions): MonteCarloResult {
  checkKeys("options", checkObject("options", options), OPTIONS);
  const sampling = resolve(model, options);
  const rows = checkFiniteRows(model, x);
  const spread = spreadOf(model, rows);
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
  checkKeys("options", checkObject("options", options), [...OPTIONS, "signal", "onDraw"]);
  const { signal, onDraw } = options;
  checkSignal(signal);
  checkCallback("onDraw", onDraw);
  const model = live();
  const sampling = resolve(model, options);
  const rows = checkFiniteRows(model, x);
  const spread = spreadOf(model, rows);
  // A copy: the caller may put other rows into x while this goes on.
  const draws = answersOfDraws(model, { ...rows, x: x.slice() }, sampling);
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
      spread.add(draws.next().value as Float32Array);
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
    return spread.result();
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

interface Sampling {
  samples: number;
  seed: number;
  draw: number;
  /** The caller chose `draw`: a replay, which moves no counter. */
  numbered: boolean;
  standardError: number;
}

function resolve(model: Model, options: MonteCarloOptions): Sampling {
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

function isEnough(spread: Spread, { samples, standardError }: Sampling): boolean {
  if (spread.draws === samples) return true;
  if (standardError === 0 || spread.draws < Math.min(FEWEST_DRAWS, samples)) return false;
  return spread.standardError() <= standardError;
}

function spreadOf({ config }: Model, { batch }: Rows): Spread {
  return new Spread(batch, config.sizes.at(-1)!, config.output);
}

/**
 * The answers `[n, out]` of one thinned network after the other: draw, draw + 1, … Between two of them the caller may
 * use the network for something else, because nothing in its memory has to last.
 */
function* answersOfDraws(
  model: Model,
  { x, batch: total }: Rows,
  sampling: Sampling,
): Generator<Float32Array, void, void> {
  const { sizes } = model.config;
  const width = sizes.at(-1)!;
  const rates = ratesAt(model, model.counters.step);
  const dropout = trainingDropout(model.config.scaling, rates);
  const dropped = rates.findIndex((p) => p > 0);
  const first = dropped < 0 ? rates.length - 1 : dropped;
  const capacity = model.arena.needs.batch;
  const rows = x.buffer === model.arena.memory.buffer ? x.slice() : x;
  const units = first === 0 ? rows : unitsBefore(model, rows, first);
  const source = { seed: sampling.seed, stream: Stream.monteCarlo, rates };

  for (let d = 0; d < sampling.samples; ) {
    const draws = Math.max(1, Math.min(Math.floor(capacity / total), sampling.samples - d));
    const answers = new Float32Array(draws * total * width);
    for (let from = 0; from < total; from += capacity) {
      const batch = Math.min(capacity, total - from);
      const rowsOfPass = units.subarray(from * sizes[first], (from + batch) * sizes[first]);
      for (let r = 0; r < draws; r++) placeRows(model, first, rowsOfPass, r * batch);
      const masks = { ...source, step: sampling.draw + d, rowsPerDraw: batch };
      const draw = { source: masks, firstSample: from };
      forward(model, { batch: draws * batch, dropout, dense: !model.config.sparse, draw, first });
      answers.set(readAnswers(model, draws * batch), from * width);
    }
    for (let r = 0; r < draws; r++) yield answers.subarray(r * total * width, (r + 1) * total * width);
    d += draws;
  }
}

/**
 * What unit layer `first` holds before its mask and scale, for every row: `[n, width]`. Nothing before it is dropped.
 */
function unitsBefore(model: Model, x: Float32Array, first: number): Float32Array {
  const { sizes } = model.config;
  const total = x.length / sizes[0];
  const width = sizes[first];
  const nothingDropped = sizes.slice(1).map(() => KEEP_ALL);
  const capacity = model.arena.needs.batch;
  const units = new Float32Array(total * width);
  for (let from = 0; from < total; from += capacity) {
    const batch = Math.min(capacity, total - from);
    placeRows(model, 0, x.subarray(from * sizes[0], (from + batch) * sizes[0]));
    forward(model, { batch, dropout: nothingDropped, dense: !model.config.sparse });
    units.set(readUnits(model, batch, first), from * width);
  }
  return units;
}
