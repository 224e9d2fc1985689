// What the test-mode network answers: passes without masks, in pieces that memory has room for. No result depends on
// where rows were cut.

import { foldWeights } from "../compute/forward.js";
import { testDropout } from "../dropout/kinds.js";
import { type Model, ratesAt } from "../model/model.js";
import { forward } from "../threads/run.js";
import { checkFiniteRows, makeRoom, type Rows, stage } from "./rows.js";

/**
 * Runs x through the test-mode network, as many rows at a time as memory has room for. `each` is called with their
 * logits in memory.
 */
export function testInPieces(
  model: Model,
  { x, batch: total }: Rows,
  each: (from: number, batch: number) => void,
): void {
  const width = model.config.sizes[0];
  const rates = ratesAt(model, model.counters.step);
  const folded = model.config.scaling === "folded";
  const rows = makeRoom(model, x, 1, folded);
  if (folded) foldWeights(model, rates);
  const dropout = testDropout(model.config.scaling, rates);
  const piece = model.arena.needs.batch;
  for (let from = 0; from < total; from += piece) {
    const batch = Math.min(piece, total - from);
    const fromInput = stage(model, rows.subarray(from * width, (from + batch) * width));
    forward(model, { batch, fromInput, dropout, folded, dense: !model.config.sparse });
    each(from, batch);
  }
}

/** All rows' answers `[n, out]`, each piece copied out by `read`. */
export function answer(
  model: Model,
  x: Float32Array,
  read: (model: Model, batch: number) => Float32Array,
): Float32Array<ArrayBuffer> {
  const width = model.config.sizes.at(-1)!;
  const rows = checkFiniteRows(model, x);
  const out = new Float32Array(rows.batch * width);
  testInPieces(model, rows, (from, batch) => out.set(read(model, batch), from * width));
  return out;
}
