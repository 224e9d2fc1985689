// A thinned network as a network of its own: the weights between kept units, close together. One mask for all rows
// leaves out rows and columns of the weights. What remains is a smaller product, with the same sums in the same order.

import { pad, rowStride, weightLength, weightShape } from "../memory/layout.js";
import { type Model, scratchOf } from "../model/model.js";

/**
 * The model of the network that is left when layers have so many units. It lies in the memory of the whole one: its
 * units in theirs, its weights, where it has others, in the folded copies.
 * @param widths per unit layer, 1 or more; where the first weight is stored by output, all inputs
 */
export function thinModel(model: Model, widths: readonly number[]): Model {
  const { plan } = model.arena;
  const shapes = model.shapes.map(({ orientation }, l) => weightShape(widths[l], widths[l + 1], orientation));
  const units = plan.units.map((unit, l) => ({ ...unit, width: widths[l], stride: rowStride(widths[l]) }));
  const layers = plan.layers.map((layer, l) => {
    const whole = shapes[l].in === model.shapes[l].in && shapes[l].out === model.shapes[l].out;
    return whole ? layer : { ...layer, weight: layer.folded, bias: layer.folded + 4 * weightLength(shapes[l]) };
  });
  const arena = Object.assign(Object.create(model.arena), { plan: { ...plan, units, layers } });
  return Object.assign(Object.create(model), { shapes, arena });
}

/**
 * Copies the weights and biases between kept units to where the thin model has them, from weight `first` on. Where no
 * unit of a layer is kept, one stands in, and nothing comes of it: its weights are zero.
 * @param kept per unit layer: its units that are kept, in ascending order
 */
export function gatherWeights(model: Model, thin: Model, kept: readonly Int32Array[], first: number): void {
  const { arena, core } = model;
  const scratch = scratchOf(model);
  const { layers, lists } = arena.plan;
  for (let l = first; l < layers.length; l++) {
    const [from, to] = [layers[l], thin.arena.plan.layers[l]];
    if (from.weight === to.weight) continue;
    const { rows, cols, out, orientation } = model.shapes[l];
    const outputs = kept[l + 1];
    const [keptRows, keptCols] = orientation === "input" ? [kept[l], outputs] : [outputs, kept[l]];
    const all = arena.floats(to.weight, weightLength(thin.shapes[l]) + pad(thin.shapes[l].out));
    if (keptRows.length === 0 || keptCols.length === 0) {
      all.fill(0);
      continue;
    }
    // The lists of a product's zeros have room for these, as no product is under way.
    const numbers = new Int32Array(arena.memory.buffer, lists.entries, keptRows.length + keptCols.length);
    numbers.set(keptRows);
    numbers.set(keptCols, keptRows.length);
    // biome-ignore format: output, operand, its sizes, what is kept of it, scratch
    core.kernels.gather_weight(to.weight, from.weight, rows, cols, lists.entries, keptRows.length, lists.entries + 4 * keptRows.length, keptCols.length, scratch);
    const bias = arena.floats(from.bias, out);
    const target = arena.floats(to.bias, pad(outputs.length));
    target.fill(0);
    outputs.forEach((unit, j) => {
      target[j] = bias[unit];
    });
  }
}
