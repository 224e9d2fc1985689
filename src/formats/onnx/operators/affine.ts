// What adds a term to each unit and multiplies it by a factor: arithmetic with constants, standardisation, batch
// normalization.

import type { GraphNode } from "../graph.js";
import type { Operator, Operators, Progress } from "../link.js";
import { floatOf, floatsOf, intOf, refuse } from "../node.js";
import { broadcast, broadcastPlaces, elements } from "../shape.js";
import type { Constant } from "../tensor.js";

type Numbers = Pick<Constant, "dims" | "values">;

/** A constant as it meets each unit. It must not make the tensor larger, nor tell samples apart. */
function perUnit({ constants, batch, dims }: Progress, node: GraphNode, constant: Numbers): Float64Array {
  const { values, dims: shape } = constant;
  if (String(broadcast(dims, shape)) !== String(dims)) refuse(node, `a constant for [${dims}]`, `[${shape}]`);
  // A constant without an axis for samples, or with one of 1, is the same for all: one of them will do.
  const apart = shape.length === dims.length && shape[0] > 1;
  const to = dims[0] === batch && !apart ? [1, ...dims.slice(1)] : dims;
  constants.spend(elements(to));
  const met = Float64Array.from(broadcastPlaces(shape, to), (place) => values[place]);
  const width = elements(dims) / batch;
  if (met.some((value, i) => value !== met[i % width])) refuse(node, "the same for every sample", `[${shape}]`);
  return met.subarray(0, width);
}

const scalar = (value: number): Numbers => ({ dims: [], values: Float64Array.of(value) });

export function add(progress: Progress, node: GraphNode, term: Numbers, times = 1): void {
  const terms = perUnit(progress, node, term);
  progress.layers.add(node, times === 1 ? terms : terms.map((t) => t * times));
}

export function multiply(progress: Progress, node: GraphNode, factor: Numbers | number, f = (x: number) => x): void {
  const factors = typeof factor === "number" ? scalar(factor) : factor;
  progress.layers.multiply(node, perUnit(progress, node, factors).map(f));
}

/** The constant of a node with two inputs, where the other one depends on the network's input. */
function other({ constants, dims }: Progress, node: GraphNode, at: number): Constant {
  const constant = constants.get(node, 1 - at);
  const axis = intOf(node, "axis", -1);
  // Before operator set 7, a smaller tensor began at the axis that `axis` names.
  if (node.opset < 7 && axis >= 0 && axis + constant.dims.length !== dims.length)
    refuse(node, "a constant for the last axes");
  return constant;
}

const subtract: Operator = (progress, { node, at }) => {
  if (at === 1) multiply(progress, node, -1);
  add(progress, node, other(progress, node, at), at === 1 ? 1 : -1);
};

/** (x − offset) · scale, of scikit-learn's scalers: one number for all, or one for each. */
const scaler: Operator = (progress, { node }) => {
  const list = (name: string, missing: number): Numbers => {
    const [first = missing, ...rest] = floatsOf(node, name);
    const values = Float64Array.of(first, ...rest);
    return { dims: [values.length], values };
  };
  add(progress, node, list("offset", 0), -1);
  multiply(progress, node, list("scale", 1));
};

/** scale · (x − mean) / √(variance + epsilon) + B, the mean and the variance being those of training. */
const batchNormalization: Operator = (progress, { node }) => {
  const { constants, dims } = progress;
  const training =
    intOf(node, "training_mode", 0) !== 0 || (node.opset < 14 && node.outputs.filter(Boolean).length > 1);
  if (training) {
    refuse(node, "the statistics in the file", "training mode, which takes each batch's", "export in evaluation mode");
  }
  // One for each channel, whatever places a channel has.
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((input) => {
    const { values } = constants.get(node, input);
    return { values, dims: [values.length, ...dims.slice(2).map(() => 1)] };
  });
  const epsilon = floatOf(node, "epsilon", 1e-5);
  add(progress, node, mean, -1);
  multiply(progress, node, variance, (v) => 1 / Math.sqrt(v + epsilon));
  multiply(progress, node, scale);
  add(progress, node, bias);
};

export const AFFINE: Operators = {
  Add: (progress, { node, at }) => add(progress, node, other(progress, node, at)),
  Sub: subtract,
  Mul: (progress, { node, at }) => multiply(progress, node, other(progress, node, at)),
  Div: (progress, { node, at }) => multiply(progress, node, other(progress, node, at), (x) => 1 / x),
  BatchNormalization: batchNormalization,
  "ai.onnx.ml.Scaler": scaler,
};
