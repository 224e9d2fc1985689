// The masks of a pass, drawn from their counter. docs/masks.md states the function; src/dropout/mask.ts is its
// definition.

import { maskStride } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { DrawnMasks } from "../model/pass.js";
import { splitSeed } from "../random/philox.js";

/**
 * Draws the keep bits of `batch` rows for every unit layer with p > 0, this worker's rows of them. Row 0 in memory is
 * the caller's row `firstSample`.
 */
export function drawMasks(model: Model, source: DrawnMasks, batch: number, firstSample = 0): void {
  const { seed, stream, rates, rowsPerDraw = batch } = source;
  const { lo, hi } = splitSeed(seed);
  const [begin, end] = model.team.share(batch, 1);
  for (let start = 0; start < batch; start += rowsPerDraw) {
    const step = source.step + start / rowsPerDraw;
    const [low, high] = [step >>> 0, Math.floor(step / 2 ** 32)];
    const from = Math.max(begin, start);
    const rows = Math.min(end, start + rowsPerDraw) - from;
    if (rows <= 0) continue;
    for (let l = 0; l < rates.length; l++) {
      if (rates[l] === 0) continue;
      const { mask, width } = model.arena.plan.units[l];
      const at = mask + from * maskStride(width);
      // biome-ignore format: output, rows, counter and key
      model.core.kernels.draw_mask(at, rows, width, firstSample + from - start, rates[l], stream, l, low, high, lo, hi);
    }
  }
}
