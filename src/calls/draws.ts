// The answers of thinned networks, one after the other. The layers before the first dropped one are the same in every
// draw and are computed once. Where memory has room for the batch several times over, one pass makes several draws.

import { KEEP_ALL, trainingDropout, type UnitDropout } from "../dropout/kinds.js";
import { maskStride } from "../memory/layout.js";
import { type Model, ratesAt } from "../model/model.js";
import type { DrawnMasks } from "../model/pass.js";
import { Stream } from "../random/philox.js";
import { forward } from "../threads/run.js";
import { placeRows, type Rows, readAnswers, readUnits } from "./rows.js";
import type { Sampling } from "./sampling.js";

/** What all draws have in common. */
export interface Beginning {
  /** The unit layer to begin with: the first one that is dropped. */
  first: number;
  /** What it holds before its mask and scale, for every row: `[n, width]`. */
  units: Float32Array;
  width: number;
  /** What the masks are drawn from, the first draw's step. */
  source: DrawnMasks;
  dropout: UnitDropout[];
}

/** @param scaled inputs that are to be shifted and scaled already are in `units` */
export function beginDraws(model: Model, { x }: Rows, { seed, draw }: Sampling, scaled: boolean): Beginning {
  const { sizes, scaling } = model.config;
  const rates = ratesAt(model, model.counters.step);
  const dropped = rates.findIndex((p) => p > 0);
  const first = dropped < 0 ? rates.length - 1 : dropped;
  const rows = x.buffer === model.arena.memory.buffer ? x.slice() : x;
  const asTheyAre = first === 0 && !(scaled && model.config.inputs);
  return {
    first,
    units: asTheyAre ? rows : unitsBefore(model, rows, first, rates[first]),
    width: sizes[first],
    source: { seed, stream: Stream.monteCarlo, step: draw, rates },
    dropout: trainingDropout(scaling, rates),
  };
}

/**
 * The answers `[n, out]` of one thinned network after the other: draw, draw + 1, … Between two of them the caller may
 * use the network for something else, because nothing in its memory has to last.
 * @param place brings masks for so many rows into memory, where a pass should not draw them
 */
export function* answersOfDraws(
  model: Model,
  rows: Rows,
  sampling: Sampling,
  place?: (model: Model, source: DrawnMasks, batch: number) => void,
): Generator<Float32Array, void, void> {
  const { first, units, width, source, dropout } = beginDraws(model, rows, sampling, false);
  const total = rows.batch;
  const out = model.config.sizes.at(-1)!;
  const capacity = model.arena.needs.batch;

  for (let d = 0; d < sampling.samples; ) {
    const draws = Math.max(1, Math.min(Math.floor(capacity / total), sampling.samples - d));
    const answers = new Float32Array(draws * total * out);
    for (let from = 0; from < total; from += capacity) {
      const batch = Math.min(capacity, total - from);
      const rowsOfPass = units.subarray(from * width, (from + batch) * width);
      for (let r = 0; r < draws; r++) placeRows(model, first, rowsOfPass, r * batch);
      const masks = { ...source, step: sampling.draw + d, rowsPerDraw: batch };
      place?.(model, masks, draws * batch);
      const draw = place ? undefined : { source: masks, firstSample: from };
      forward(model, { batch: draws * batch, dropout, dense: !model.config.sparse, draw, first });
      answers.set(readAnswers(model, draws * batch), from * out);
    }
    for (let r = 0; r < draws; r++) yield answers.subarray(r * total * out, (r + 1) * total * out);
    d += draws;
  }
}

/**
 * What unit layer `first` holds before its mask and scale, for every row: `[n, width]`. Nothing before it is dropped.
 * It itself is dropped with probability p, which decides the order of its sums: so they have the bits of a masked pass.
 */
function unitsBefore(model: Model, x: Float32Array, first: number, p: number): Float32Array {
  const { sizes } = model.config;
  const total = x.length / sizes[0];
  const width = sizes[first];
  const capacity = model.arena.needs.batch;
  const nothingDropped = sizes.slice(1).map((_, l) => (l === first ? { ...KEEP_ALL, kept: 1 - p } : KEEP_ALL));
  const { memory, plan } = model.arena;
  new Uint8Array(memory.buffer, plan.units[first].mask, Math.min(capacity, total) * maskStride(width)).fill(255);
  const units = new Float32Array(total * width);
  for (let from = 0; from < total; from += capacity) {
    const batch = Math.min(capacity, total - from);
    placeRows(model, 0, x.subarray(from * sizes[0], (from + batch) * sizes[0]));
    forward(model, { batch, dropout: nothingDropped, dense: !model.config.sparse, last: first });
    units.set(readUnits(model, batch, first), from * width);
  }
  return units;
}
