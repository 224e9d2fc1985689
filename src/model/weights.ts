// A network's parameters: drawn at first, then read and written as `[out, in]`, by whichever side they are stored.

import { nameOf } from "../config/activation.js";
import { pad, readWeight, storeWeight, weightLength } from "../memory/layout.js";
import { Philox, Stream, uniform24 } from "../random/philox.js";
import type { ActivationName } from "../types.js";
import type { Model } from "./model.js";

/**
 * Draws the initial weights from the seed: uniform with the variance of He et al. 2015 (relu and its smooth relatives),
 * Glorot & Bengio 2010 (tanh, sigmoid, linear, and every output layer) or LeCun et al. 1998 (selu); biases are zero.
 * Weight i of `[out, in]` takes word i of its layer.
 */
export function initialiseWeights(model: Model): void {
  const { config, shapes, arena } = model;
  shapes.forEach((shape, l) => {
    const activation = l === shapes.length - 1 ? "linear" : nameOf(config.activation[l]);
    const limit = initialLimit(activation, shape.in, shape.out);
    const random = new Philox(config.seed, Stream.initialisation, l);
    const weight = new Float32Array(shape.in * shape.out);
    for (let i = 0; i < weight.length; i++) weight[i] = (2 * uniform24(random.word(i)) - 1) * limit;
    storeWeight(arena.floats(arena.plan.layers[l].weight, weightLength(shape)), weight, shape);
  });
  model.weightsVersion++;
}

function initialLimit(activation: ActivationName, inputs: number, outputs: number): number {
  switch (activation) {
    case "relu":
    case "leaky_relu":
    case "gelu":
    case "elu":
    case "silu":
    case "mish":
      return Math.sqrt(6 / inputs);
    case "selu":
      return Math.sqrt(3 / inputs);
    default:
      return Math.sqrt(6 / (inputs + outputs));
  }
}

/** Where a set of parameters lies: the weights themselves, one of the optimizer's copies, or the gradients. */
export type ParameterSet = "parameters" | "gradients" | { state: number };

/** Copies of a set's `[out, in]` weight and `[out]` bias of one layer. */
export function readParameters(
  model: Model,
  l: number,
  set: ParameterSet,
): { weight: Float32Array<ArrayBuffer>; bias: Float32Array<ArrayBuffer> } {
  const shape = model.shapes[l];
  const { weight, bias } = regions(model, l, set);
  return { weight: readWeight(weight, shape), bias: bias.slice(0, shape.out) };
}

/** Overwrites one layer of a set; what is left out stays. Lengths were checked. */
export function writeParameters(
  model: Model,
  l: number,
  set: ParameterSet,
  values: { weight?: ArrayLike<number>; bias?: ArrayLike<number> },
): void {
  const { weight, bias } = regions(model, l, set);
  if (values.weight) storeWeight(weight, values.weight, model.shapes[l]);
  if (values.bias) bias.set(values.bias);
  if (set === "parameters") model.weightsVersion++;
}

/** The stored weight and bias of one layer of a set: views that a growing memory invalidates. */
export function regions(
  { arena, shapes }: Model,
  l: number,
  set: ParameterSet,
): { weight: Float32Array; bias: Float32Array } {
  const layer = arena.plan.layers[l];
  const at = set === "parameters" ? layer : set === "gradients" ? layer.gradient : layer.state[set.state];
  return { weight: arena.floats(at.weight, weightLength(shapes[l])), bias: arena.floats(at.bias, pad(shapes[l].out)) };
}
