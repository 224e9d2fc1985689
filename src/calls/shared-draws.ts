// The answers of thinned networks that each have one mask for all rows. Where there are many rows, such a network is
// made, smaller than the whole one. Where there are few, the making would take longer than what it spares: then every
// row has a copy of the mask.

import { drawMasks } from "../compute/masks.js";
import { gatherWeights, thinModel } from "../compute/thin.js";
import { maskStride, rowStride, storeRows } from "../memory/layout.js";
import { type Model, scratchOf } from "../model/model.js";
import { forward } from "../threads/run.js";
import { type Beginning, beginDraws } from "./draws.js";
import { answersOfRepeatedMasks } from "./repeated-masks.js";
import { type Rows, readAnswers } from "./rows.js";
import type { Sampling } from "./sampling.js";

/** Fewer rows than these do not pay for a smaller network. */
const MANY = 32;

/** As `answersOfDraws`. */
export const answersOfSharedDraws: typeof answersOfRepeatedMasks = (model, rows, sampling) =>
  (rows.batch >= MANY && makeRoom(model) ? answersOfThinModels : answersOfRepeatedMasks)(model, rows, sampling);

/** Is there room for a second set of weights? */
function makeRoom({ arena }: Model): boolean {
  try {
    arena.ensure({ folded: true });
    return true;
  } catch {
    return false;
  }
}

function* answersOfThinModels(model: Model, rows: Rows, sampling: Sampling): Generator<Float32Array, void, void> {
  const begun = beginDraws(model, rows, sampling, true);
  const { first, source, dropout } = begun;
  const { sizes, sparse } = model.config;
  const out = sizes.at(-1)!;
  const whole = dropout.map((layer) => ({ ...layer, kind: "none" as const }));
  for (let d = 0; d < sampling.samples; d++) {
    // Others may have used the network since the last draw.
    model.foldedFrom = "";
    drawMasks(model, { ...source, step: sampling.draw + d, rowsPerDraw: 1 }, 1);
    const byOutput = model.shapes[0].orientation === "output";
    const kept = sizes.map((_, l) => keptUnits(model, l, source.rates[l] ?? 0));
    // Sums over the columns of a weight keep their order only where all columns stay.
    const inputs = kept[0];
    if (byOutput) kept[0] = keptUnits(model, 0, 0);
    const widths = kept.map(({ length }) => Math.max(1, length));
    const thin = thinModel(model, widths);
    gatherWeights(model, thin, kept, first);
    const capacity = model.arena.needs.batch;
    const answers = new Float32Array(rows.batch * out);
    for (let from = 0; from < rows.batch; from += capacity) {
      const batch = Math.min(capacity, rows.batch - from);
      placeKept(thin, begun, first === 0 ? inputs : kept[first], from, batch);
      if (byOutput && first === 0) keepAll(thin, batch);
      forward(thin, { batch, dropout: whole, dense: !sparse, first });
      answers.set(readAnswers(model, batch), from * out);
    }
    yield answers;
  }
}

/** What the mask of row 0 keeps of a unit layer that is dropped with probability p. */
function keptUnits({ arena }: Model, l: number, p: number): Int32Array {
  const { mask, width } = arena.plan.units[l];
  const packed = new Uint8Array(arena.memory.buffer, mask, p > 0 ? maskStride(width) : 0);
  const kept = new Int32Array(width);
  let count = 0;
  for (let j = 0; j < width; j++) if (p === 0 || (packed[j >> 3] >> (j & 7)) & 1) kept[count++] = j;
  return kept.subarray(0, count);
}

/** Puts the kept units of rows where the thin model begins; or all of them, zeros where they are dropped. */
function placeKept(
  thin: Model,
  { first, units, width }: Beginning,
  kept: Int32Array,
  from: number,
  batch: number,
): void {
  const { arena, core } = thin;
  const scratch = scratchOf(thin);
  const { u, width: places, stride } = arena.plan.units[first];
  const wide = rowStride(width);
  const rows = arena.floats(u, batch * wide);
  storeRows(rows, 0, units.subarray(from * width, (from + batch) * width), batch, width, wide);
  if (kept.length === width) return;
  if (kept.length === 0) rows.fill(0);
  else if (places < width) {
    const { entries } = arena.plan.lists;
    new Int32Array(arena.memory.buffer, entries, kept.length).set(kept);
    core.kernels.gather_columns(u, stride, u, wide, batch, entries, kept.length, scratch);
  } else {
    const keeps = new Set(kept);
    for (let j = 0; j < width; j++) if (!keeps.has(j)) for (let s = 0; s < batch; s++) rows[s * wide + j] = 0;
  }
}

/**
 * A weight that is stored by output looks for the wanted units of the layer behind it. In the thin model they all are.
 */
function keepAll({ arena }: Model, batch: number): void {
  const { mask, width } = arena.plan.units[1];
  new Uint8Array(arena.memory.buffer, mask, batch * maskStride(width)).fill(255);
}
