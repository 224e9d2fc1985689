// What makes constants of constants. Operators that only move elements are those of the chain, carried out on a constant's instead.

import { POINTWISE } from "../elementwise.js";
import type { GraphNode } from "../graph.js";
import type { Lookup, Operators } from "../link.js";
import { intOf, refuse } from "../node.js";
import { broadcastDims, elements, placesBroadcast } from "../shape.js";
import { BFLOAT16, type Constant, FLOAT, FLOAT16, isFloat, isInteger, readTensor } from "../tensor.js";
import { NEUTRAL } from "./neutral.js";
import { SELECT } from "./select.js";

type Fold = (constants: Lookup, node: GraphNode, inputs: Constant[]) => Constant;

const INT64 = 7;
/** They read other constants by themselves: where to, and which. */
export const MOVING: Operators = { ...NEUTRAL, ...SELECT };

const list = (values: ArrayLike<number>, type = INT64): Constant => ({
  type,
  dims: [values.length],
  values: Float64Array.from(values),
});

function moved(constants: Lookup, node: GraphNode, [from]: Constant[]): Constant {
  const row = { batch: undefined, dims: [...from.dims] };
  let { values } = from;
  const select = (_: GraphNode, places: readonly number[]) => {
    values = Float64Array.from(places, (place) => from.values[place]);
  };
  MOVING[node.op].apply(
    { constants, row, layers: { select } as never },
    { node, from: "", at: 0, to: node.outputs[0] },
  );
  return { ...from, dims: row.dims, values };
}

/** Numbers stay as exact as they came: they are rounded when a weight is written. */
function cast(_: Lookup, node: GraphNode, [from]: Constant[]): Constant {
  const type = intOf(node, "to", 0);
  if (isInteger(type)) return { ...from, type, values: Float64Array.from(from.values, Math.trunc) };
  if (type !== from.type && (!isFloat(type) || type === FLOAT16 || type === BFLOAT16))
    refuse(node, "float or whole numbers", `type ${type}`);
  return { ...from, type };
}

/** Broadcast as NumPy does; whole numbers stay whole. */
function pointwise(constants: Lookup, node: GraphNode, inputs: Constant[]): Constant {
  const dims = inputs.reduce<number[] | undefined>((all, input) => all && broadcastDims(all, input.dims), []);
  if (!dims) return refuse(node, "shapes that broadcast", inputs.map((input) => `[${input.dims}]`).join(" and "));
  constants.spend((inputs.length + 1) * elements(dims));
  const places = inputs.map((input) => placesBroadcast(input.dims, dims)!);
  const f = POINTWISE[node.op](node);
  const whole = inputs.every(({ type }) => isInteger(type));
  const values = Float64Array.from({ length: elements(dims) }, (_, i) => {
    const value = f(...inputs.map((input, k) => input.values[places[k][i]]));
    return whole ? Math.trunc(value) : value;
  });
  return { type: inputs[inputs.length - 1].type, dims, values };
}

function concat(_: Lookup, node: GraphNode, inputs: Constant[]): Constant {
  if (inputs.some(({ dims }) => dims.length !== 1)) refuse(node, "lists of numbers", "constants of other shapes");
  return list(
    inputs.flatMap(({ values }) => Array.from(values)),
    inputs[0].type,
  );
}

function constant(_: Lookup, node: GraphNode): Constant {
  const [[name, { t, f, i, floats, ints }]] =
    node.attributes.size === 0 ? [["", { floats: [], ints: [] }]] : node.attributes;
  if (t) return readTensor(t);
  const one = name === "value_float" ? (f ?? 0) : name === "value_int" ? (i ?? 0) : undefined;
  if (one !== undefined) return { ...list([one], name === "value_int" ? INT64 : FLOAT), dims: [] };
  if (name !== "value_floats" && name !== "value_ints") refuse(node, "numbers", `the attribute ${name}`);
  return name === "value_ints" ? list(ints) : list(floats, FLOAT);
}

/** A shape, or its entries from `start` to `end`; what is not known of it is NaN. */
function shape(_: Lookup, node: GraphNode, [{ dims }]: Constant[]): Constant {
  return list(dims.slice(intOf(node, "start", 0), intOf(node, "end", dims.length)));
}

export const FOLDS: Readonly<Record<string, Fold>> = {
  ...Object.fromEntries(Object.keys(POINTWISE).map((op) => [op, pointwise])),
  ...Object.fromEntries(Object.keys(MOVING).map((op) => [op, moved])),
  Cast: cast,
  Concat: concat,
  Constant: constant,
  Shape: shape,
};
