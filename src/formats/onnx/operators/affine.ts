// What adds a term to each unit and multiplies it by a factor: arithmetic with constants, standardisation, batch normalization.

import type { Link, Operators, Progress } from "../link.js";
import { floatOf, floatsOf, intOf, refuse } from "../node.js";
import { perUnit, shown } from "../row.js";
import { type PerUnit, times, zip } from "../vector.js";

/** The constant of a node with two inputs, one of which depends on the input. */
function other({ constants, row }: Progress, { node, at }: Link): PerUnit {
  const constant = constants.get(node.inputs[1 - at] ?? "", node);
  const axis = intOf(node, "axis", -1);
  // Before operator set 7, a smaller tensor began at the axis that `axis` names.
  const misaligned = node.opset < 7 && axis >= 0 && axis + constant.dims.length !== row.dims.length + 1;
  if (misaligned) refuse(node, "a constant that ends at the last axis", `one at axis ${axis}`);
  return perUnit(node, row, constant);
}

const negative = (vector: PerUnit): PerUnit => times(vector, -1);
const inverse = (vector: PerUnit): PerUnit => zip(1, vector, (one, x) => one / x);

function subtract(progress: Progress, link: Link): void {
  const { layers } = progress;
  const term = other(progress, link);
  if (link.at === 1) layers.multiply(link.node, -1);
  layers.add(link.node, link.at === 1 ? term : negative(term));
}

/** (x − offset) · scale, of scikit-learn's scalers. */
function scaler({ layers, row }: Progress, { node }: Link): void {
  const list = (name: string): PerUnit | undefined => {
    const values = floatsOf(node, name) ?? [];
    if (values.length > 1) return Float64Array.from(values);
    return values[0];
  };
  if (row.dims.length !== 1) refuse(node, "rows of units", `the shape [${shown(row)}]`);
  layers.add(node, negative(list("offset") ?? 0));
  layers.multiply(node, list("scale") ?? 1);
}

/** scale · (x − mean) / √(variance + epsilon) + B, the mean and the variance being those of training. */
function batchNormalization({ constants, layers, row }: Progress, { node }: Link): void {
  const training =
    intOf(node, "training_mode", 0) !== 0 || (node.opset < 14 && node.outputs.filter(Boolean).length > 1);
  if (training || intOf(node, "spatial", 1) === 0) {
    const got = training ? "training mode, which takes those of each batch" : "statistics of each place";
    refuse(node, "statistics that are kept in the file, by channel", got, "export the model in evaluation mode");
  }
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((input) => {
    const statistic = constants.get(node.inputs[input] ?? "", node);
    // One for each channel, whatever places a channel has.
    const dims = [...statistic.dims, ...row.dims.slice(1).map(() => 1)];
    return perUnit(node, row, { ...statistic, dims });
  });
  const epsilon = floatOf(node, "epsilon", 1e-5);
  layers.add(node, negative(mean));
  layers.multiply(
    node,
    zip(scale, variance, (s, v) => s / Math.sqrt(v + epsilon)),
  );
  layers.add(node, bias);
}

export const AFFINE: Operators = {
  Add: { apply: (progress, link) => progress.layers.add(link.node, other(progress, link)), at: [0, 1] },
  Sub: { apply: subtract, at: [0, 1] },
  Mul: { apply: (progress, link) => progress.layers.multiply(link.node, other(progress, link)), at: [0, 1] },
  Div: { apply: (progress, link) => progress.layers.multiply(link.node, inverse(other(progress, link))) },
  BatchNormalization: { apply: batchNormalization },
  "ai.onnx.ml.Scaler": { apply: scaler },
};
