// What is done beside an update, where it is asked for: gradients summed over batches, weights averaged over updates.

import { pad, weightLength } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { Sum } from "../model/pass.js";
import type { Pointer } from "../runtime/kernels.js";

/** This worker's share of every layer's weight, and of its bias: where it begins, in bytes, and how many floats. */
function eachShare(
  model: Model,
  visit: (l: number, part: "weight" | "bias", from: number, length: number) => void,
): void {
  model.shapes.forEach((shape, l) => {
    for (const part of ["weight", "bias"] as const) {
      const [from, to] = model.team.share(part === "weight" ? weightLength(shape) : pad(shape.out), 16);
      if (from < to) visit(l, part, 4 * from, to - from);
    }
  });
  model.team.sync();
}

/**
 * Adds the gradients in memory to the sum of the batches before, each by its weight; with the last batch, leaves the
 * mean of all of them in the gradients' place, and the sum as it was.
 */
export function sumGradients(model: Model, { weight, before, closes }: Sum): void {
  const { kernels } = model.core;
  const { layers } = model.arena.plan;
  const index = model.copies.indexOf("sum");
  const total = before + weight || 1;
  eachShare(model, (l, part, from, length) => {
    const gradient: Pointer = layers[l].gradient[part] + from;
    const sum = layers[l].state[index][part] + from;
    if (closes) {
      kernels.scale_floats(gradient, gradient, length, weight / total);
      kernels.add_scaled(gradient, sum, length, 1 / total);
    } else if (before === 0) kernels.scale_floats(sum, gradient, length, weight);
    else kernels.add_scaled(sum, gradient, length, weight);
  });
}

/** average += rate · (weights − average); a copy where the rate is 1. */
export function averageWeights(model: Model, rate: number): void {
  const { kernels } = model.core;
  const { layers } = model.arena.plan;
  const index = model.copies.indexOf("average");
  eachShare(model, (l, part, from, length) => {
    const average = layers[l].state[index][part] + from;
    if (rate === 1) kernels.scale_floats(average, layers[l][part] + from, length, 1);
    else kernels.blend_floats(average, layers[l][part] + from, length, rate);
  });
}
