// What makes constants of constants.

import { POINTWISE } from "./elementwise.js";
import type { GraphNode } from "./graph.js";

import { floatsOf, intOf, intsOf, refuse, tensorOf } from "./node.js";
import { broadcast, broadcastPlaces, elements } from "./shape.js";
import { type Table, table } from "./table.js";
import { BFLOAT16, type Constant, FLOAT, FLOAT16, INT64, isFloat } from "./tensor.js";

type Fold = (node: GraphNode, inputs: Constant[], spend: (count: number) => void) => Constant;

const list = (values: readonly number[], type: number): Constant => ({
  type,
  dims: [values.length],
  values: Float64Array.from(values),
});

/** Floats stay as exact as they came: they are rounded when a weight is written. */
const cast: Fold = (node, [from]) => {
  const type = intOf(node, "to", 0);
  if (!isFloat(type)) return { ...from, type, values: Float64Array.from(from.values, Math.trunc) };
  if (type !== from.type && (type === FLOAT16 || type === BFLOAT16)) refuse(node, "a cast to float or double");
  return { ...from, type };
};

/** Broadcast as NumPy does; whole numbers stay whole. */
const pointwise: Fold = (node, inputs, spend) => {
  const dims = inputs.reduce<number[] | undefined>((all, input) => all && broadcast(all, input.dims), []);
  if (!dims) return refuse(node, "shapes that broadcast");
  spend((inputs.length + 1) * elements(dims));
  const places = inputs.map((input) => broadcastPlaces(input.dims, dims));
  const f = POINTWISE[node.op]!(node);
  const { type } = inputs[inputs.length - 1];
  const values = Float64Array.from({ length: elements(dims) }, (_, i) => {
    const value = f(...inputs.map((input, k) => input.values[places[k][i]]));
    return isFloat(type) ? value : Math.trunc(value);
  });
  return { type, dims, values };
};

const concat: Fold = (node, inputs) => {
  if (inputs.some(({ dims }) => dims.length !== 1)) refuse(node, "lists of numbers");
  return list(
    inputs.flatMap(({ values }) => Array.from(values)),
    inputs[0].type,
  );
};

const constant: Fold = (node) => {
  const tensor = tensorOf(node, "value");
  if (tensor) return tensor;
  const ints = intsOf(node, "value_ints") ?? [intOf(node, "value_int", Number.NaN)];
  const floats = [...floatsOf(node, "value_floats"), ...floatsOf(node, "value_float")];
  const made = floats.length > 0 ? list(floats, FLOAT) : list(ints, INT64);
  return node.attributes.has("value_int") || node.attributes.has("value_float") ? { ...made, dims: [] } : made;
};

const shape: Fold = (node, [{ dims }]) =>
  list(dims.slice(intOf(node, "start", 0), intOf(node, "end", dims.length)), INT64);

export const FOLDS: Table<Fold> = table({
  ...Object.fromEntries(Object.keys(POINTWISE).map((op) => [op, pointwise])),
  Cast: cast,
  Concat: concat,
  Constant: constant,
  Shape: shape,
});
