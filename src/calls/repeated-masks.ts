// Draws of one mask for all rows, plainly: every row has a copy of it.

import { drawMasks } from "../compute/masks.js";
import { maskStride } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { DrawnMasks } from "../model/pass.js";
import { answersOfDraws } from "./draws.js";
import type { Rows } from "./rows.js";
import type { Sampling } from "./sampling.js";

/** As `answersOfDraws`. */
export const answersOfRepeatedMasks = (model: Model, rows: Rows, sampling: Sampling) =>
  answersOfDraws(model, rows, sampling, repeatMasks);

/** Gives all rows of a draw the mask of its sample 0. */
function repeatMasks(model: Model, source: DrawnMasks, batch: number): void {
  const { arena } = model;
  const rows = source.rowsPerDraw as number;
  drawMasks(model, { ...source, rowsPerDraw: 1 }, batch / rows);
  source.rates.forEach((p, l) => {
    if (p === 0) return;
    const { mask, width } = arena.plan.units[l];
    const bytes = maskStride(width);
    const packed = new Uint8Array(arena.memory.buffer, mask, batch * bytes);
    for (let to = batch - 1; to > 0; to--) {
      const from = Math.floor(to / rows);
      packed.copyWithin(to * bytes, from * bytes, (from + 1) * bytes);
    }
  });
}
