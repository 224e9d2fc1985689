// Operators on constants. Whole numbers of shapes that are not known are NaN, and stay NaN.

import { POINTWISE } from "../elementwise.js";
import type { GraphNode } from "../graph.js";
import { intOf, intsOf, refuse } from "../node.js";
import {
  broadcastDims,
  elements,
  frontAxis,
  placesAlong,
  placesBroadcast,
  placesTransposed,
} from "../shape.js";
import { type Constant, DOUBLE, FLOAT, INTEGERS, isFloat, readTensor } from "../tensor.js";
import { sliceOf } from "./slice.js";

type Inputs = (Constant | undefined)[];
/** Counts elements before they are made. */
type Spend = (count: number) => void;
type Fold = (node: GraphNode, inputs: Inputs, spend: Spend) => Constant;

const INT64 = 7;

/** The elements at these places, under another shape. */
function take(from: Constant, places: readonly number[], dims: number[]): Constant {
  const values = from.values instanceof Float32Array ? new Float32Array(places.length) : new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) values[i] = from.values[places[i]];
  return { type: from.type, dims, values };
}

const first = (node: GraphNode, inputs: Inputs): Constant => inputs[0] ?? refuse(node, "an input", "none");
const numbers = (constant: Constant | undefined): number[] | undefined => constant && Array.from(constant.values);

function reshaped(node: GraphNode, from: Constant, dims: number[]): Constant {
  if (elements(dims) !== elements(from.dims) || dims.some((size) => !(size >= 0))) refuse(node, `a shape for [${from.dims}]`, `[${dims}]`);
  return { ...from, dims };
}

function fit(node: GraphNode, from: Constant, wanted: number[]): Constant {
  const copied = wanted.map((size, axis) => (size === 0 ? (from.dims[axis] ?? 0) : size));
  const rest = elements(copied.filter((size) => size !== -1));
  return reshaped(
    node,
    from,
    copied.map((size) => (size === -1 ? elements(from.dims) / rest : size)),
  );
}

function cast(node: GraphNode, from: Constant, to: number): Constant {
  if (to === from.type) return from;
  if (to === FLOAT) return { ...from, type: to, values: Float32Array.from(from.values) };
  if (to === DOUBLE) return { ...from, type: to, values: Float64Array.from(from.values) };
  if (INTEGERS[to]) return { ...from, type: to, values: Float64Array.from(from.values, Math.trunc) };
  return refuse(node, "a cast to float, double or whole numbers", `the type ${to}`);
}

/** Broadcast as NumPy does; whole numbers stay whole. */
function pointwise(node: GraphNode, inputs: Inputs, spend: Spend): Constant {
  const given = inputs.filter((input) => input !== undefined);
  const dims = given.reduce<number[] | undefined>((all, { dims }) => all && broadcastDims(all, dims), []);
  if (!dims) return refuse(node, "shapes that broadcast", given.map(({ dims: each }) => `[${each}]`).join(" and "));
  spend((inputs.length + 1) * elements(dims));
  const places = inputs.map((input) => input && placesBroadcast(input.dims, dims)!);
  const f = POINTWISE[node.op](node);
  const type = given.at(-1)?.type ?? FLOAT;
  const values = Float64Array.from({ length: elements(dims) }, (_, i) => {
    const value = f(...inputs.map((input, k) => input?.values[places[k]![i]] as number));
    return isFloat(type) ? value : Math.trunc(value);
  });
  return { type, dims, values };
}

function squeeze(node: GraphNode, [from, axes]: Inputs): Constant {
  const { dims } = first(node, [from]);
  const which = (numbers(axes) ?? intsOf(node, "axes"))?.map((axis) => frontAxis(axis, dims.length));
  const kept = dims.filter((size, axis) => (which ? !which.includes(axis) : size !== 1));
  return reshaped(node, from!, kept);
}

function unsqueeze(node: GraphNode, [from, axes]: Inputs): Constant {
  const rest = [...first(node, [from]).dims];
  const which = numbers(axes) ?? intsOf(node, "axes") ?? [];
  const rank = rest.length + which.length;
  if (rank > 64) refuse(node, "at most 64 axes", `${rank}`);
  const added = which.map((axis) => frontAxis(axis, rank));
  const dims = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift()!));
  return reshaped(node, from!, dims);
}

function transpose(node: GraphNode, inputs: Inputs, spend: Spend): Constant {
  const from = first(node, inputs);
  const order = intsOf(node, "perm") ?? from.dims.map((_, axis) => axis).reverse();
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== from.dims.length) {
    refuse(node, `an order of ${from.dims.length} axes`, `[${order}]`);
  }
  spend(elements(from.dims));
  return take(
    from,
    placesTransposed(from.dims, order),
    order.map((axis) => from.dims[axis]),
  );
}

function concat(node: GraphNode, inputs: Inputs, spend: Spend): Constant {
  const given = inputs.filter((input) => input !== undefined);
  if (given.some(({ dims }) => dims.length !== 1)) refuse(node, "lists of numbers", "constants of other shapes");
  spend(given.reduce((sum, { values }) => sum + values.length, 0));
  const values = Float64Array.from(given.flatMap((each) => Array.from(each.values)));
  return { type: first(node, given).type, dims: [values.length], values };
}

function gather(node: GraphNode, inputs: Inputs, spend: Spend): Constant {
  const [from, picked] = [first(node, inputs), first(node, inputs.slice(1))];
  const axis = frontAxis(intOf(node, "axis", 0), from.dims.length);
  const picks = Array.from(picked.values, (pick) => frontAxis(pick, from.dims[axis] ?? 0));
  if (axis < 0 || picks.includes(-1)) refuse(node, `places in [${from.dims}]`, `[${picked.values.slice(0, 8)}]`);
  spend((elements(from.dims) / from.dims[axis]) * picks.length);
  const dims = [...from.dims.slice(0, axis), ...picked.dims, ...from.dims.slice(axis + 1)];
  return take(from, placesAlong(from.dims, axis, picks), dims);
}

function slice(node: GraphNode, inputs: Inputs, spend: Spend): Constant {
  let from = first(node, inputs);
  for (const { axis, places } of sliceOf(node, from.dims, inputs.slice(1).map(numbers))) {
    const dims = from.dims.map((size, at) => (at === axis ? places.length : size));
    spend(elements(dims));
    from = take(from, placesAlong(from.dims, axis, places), dims);
  }
  return from;
}

/** Of ConstantOfShape and Expand: a shape that is small enough to be made. */
function spread(node: GraphNode, wanted: Constant | undefined, spend: Spend): number[] {
  const dims = numbers(wanted) ?? [];
  if (!dims.every((size) => Number.isInteger(size) && size >= 0)) refuse(node, "a shape", `[${dims.slice(0, 8)}]`);
  spend(elements(dims));
  return dims;
}

function constant(node: GraphNode): Constant {
  const { t, f, i, floats, ints, strings } = [...node.attributes.values()][0] ?? {};
  const name = [...node.attributes.keys()][0];
  if (name === "value" && t) return readTensor(t);
  if (name === "value_float") return { type: FLOAT, dims: [], values: Float32Array.of(f ?? 0) };
  if (name === "value_int") return { type: INT64, dims: [], values: Float64Array.of(i ?? 0) };
  if (name === "value_floats" && floats) return { type: FLOAT, dims: [floats.length], values: Float32Array.from(floats) };
  if (name === "value_ints" && ints) return { type: INT64, dims: [ints.length], values: Float64Array.from(ints) };
  return refuse(node, "numbers", strings ? "texts" : `the attribute ${name}`);
}

export const FOLDS: Readonly<Record<string, Fold>> = {
  ...Object.fromEntries(Object.keys(POINTWISE).map((op) => [op, pointwise])),
  Identity: first,
  Constant: constant,
  Shape: (node, inputs) => {
    const dims = first(node, inputs);
    const [start, end] = [intOf(node, "start", 0), intOf(node, "end", dims.values.length)];
    const values = (dims.values as Float64Array).slice(start, end);
    return { type: INT64, dims: [values.length], values };
  },
  Cast: (node, inputs) => cast(node, first(node, inputs), intOf(node, "to", 0)),
  /** What it is to be like depends on the input: a float of some width. */
  CastLike: first,
  Reshape: (node, inputs) => fit(node, first(node, inputs), numbers(inputs[1]) ?? intsOf(node, "shape") ?? []),
  Flatten: (node, inputs) => {
    const from = first(node, inputs);
    const axis = frontAxis(intOf(node, "axis", 1), from.dims.length + 1);
    return reshaped(node, from, [elements(from.dims.slice(0, axis)), elements(from.dims.slice(axis))]);
  },
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Gather: gather,
  Slice: slice,
  ConstantOfShape: (node, inputs, spend) => {
    const dims = spread(node, inputs[0], spend);
    const value = node.attributes.get("value")?.t;
    const fill = value ? readTensor(value) : { type: FLOAT, values: Float32Array.of(0) };
    return { type: fill.type, dims, values: new Float64Array(elements(dims)).fill(fill.values[0] ?? 0) };
  },
  Expand: (node, inputs, spend) => {
    const from = first(node, inputs);
    const dims = broadcastDims(from.dims, numbers(inputs[1]) ?? []);
    if (!dims) return refuse(node, `a shape that [${from.dims}] broadcasts to`, `[${inputs[1]?.values.slice(0, 8)}]`);
    spread(node, { ...from, values: Float64Array.from(dims) }, spend);
    return take(from, placesBroadcast(from.dims, dims)!, dims);
  },
};
