// Monte-Carlo dropout: the masks stay on, and the answers of many thinned networks are averaged.

import { checkInteger, checkKeys, checkObject } from "./checks.js";
import type { Model } from "./model.js";
import { drawMonteCarlo } from "./passes.js";
import { batchOf, readAnswers } from "./rows.js";
import type { MonteCarloOptions, MonteCarloResult } from "./types.js";

export function monteCarlo(model: Model, x: Float32Array, options: MonteCarloOptions): MonteCarloResult {
  checkKeys("options", checkObject("options", options), ["samples", "seed", "draw"]);
  const { samples = 50, seed = model.config.seed, draw = model.counters.draws } = options;
  checkInteger("samples", samples, 1);
  checkInteger("seed", seed, 0);
  checkInteger("draw", draw, 0, 2 ** 48 - samples);
  const width = model.config.sizes[model.config.sizes.length - 1];
  const length = batchOf(model, x) * width;
  // Welford's running mean and sum of squares, in double precision.
  const mean = new Float64Array(length);
  const squares = new Float64Array(length);
  const rows = x.buffer === model.arena.memory.buffer ? x.slice() : x;
  for (let d = 0; d < samples; d++) {
    drawMonteCarlo(model, rows, seed, draw + d, (from, batch) => {
      const answers = readAnswers(model, batch);
      for (let i = 0; i < answers.length; i++) {
        const at = from * width + i;
        const delta = answers[i] - mean[at];
        mean[at] += delta / (d + 1);
        squares[at] += delta * (answers[i] - mean[at]);
      }
    });
  }
  // A draw that the caller numbers is a replay: only draws that nobody numbered move the counter on.
  if (options.draw === undefined) model.counters.draws += samples;
  const variance = Float32Array.from(squares, (sum) => (samples > 1 ? sum / (samples - 1) : 0));
  return { mean: Float32Array.from(mean), variance };
}
