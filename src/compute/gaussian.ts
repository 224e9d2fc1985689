// The loss of targets with noise: a row of z holds n means m, then n log variances l (Nix & Weigend 1994). It is not a
// kernel: rows are narrow here, and the exponential is one.

import { boundedLogVariance } from "../gaussian.js";
import { pad } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { Pointer } from "../runtime/kernels.js";

/** Rows `[batch, stride]` each: z, and its gradient's place; the targets `[batch, n]` are as far apart. */
export interface Places {
  z: Pointer;
  dz: Pointer;
  targets: Pointer;
  width: number;
  stride: number;
}

/**
 * Mean over batch × n of ½(s + (m − t)²·e⁻ˢ + |l − s|), where s is l, or the bound that l is beyond. `dz` is
 * overwritten, with the gradient where that is asked for: at a bound the one from inside, beyond it one that leads
 * back.
 */
export function gaussianLoss(
  { arena, core }: Pick<Model, "arena" | "core">,
  batch: number,
  { z, dz, targets, width, stride }: Places,
  gradient: boolean,
): number {
  const n = width / 2;
  const count = batch * n;
  let sum = 0;
  for (let s = 0; s < batch; s++) {
    const row = 4 * s * stride;
    const [outputs, slopes] = [z, dz].map((at) => arena.floats(at + row, pad(width)));
    const t = arena.floats(targets + row, n);
    slopes.fill(0, width);
    for (let j = 0; j < n; j++) slopes[j] = -boundedLogVariance(outputs[n + j]);
    core.kernels.map_exp(dz + row, dz + row, n);
    for (let j = 0; j < n; j++) {
      const log = outputs[n + j];
      const bounded = boundedLogVariance(log);
      const error = outputs[j] - t[j];
      const precision = slopes[j];
      const square = error * error * precision;
      sum += bounded + square + Math.abs(log - bounded);
      if (!gradient) continue;
      slopes[j] = (error * precision) / count;
      slopes[n + j] = (log === bounded ? 1 - square : Math.sign(log)) / (2 * count);
    }
  }
  return sum / (2 * count);
}
