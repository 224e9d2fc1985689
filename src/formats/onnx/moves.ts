// Operators that leave every number as it is and put it elsewhere. They move the elements of constants, and the units'
// places on their way through the network.

import type { GraphNode } from "./graph.js";
import { intOf, intsOf, refuse } from "./node.js";
import { combine, elements, fromFront, range, strides } from "./shape.js";
import { type Table, table } from "./table.js";
import type { Constant } from "./tensor.js";

/** What a node reads beside the tensor that it moves. */
export interface Given {
  /** A constant input, undefined where there is none. */
  get(input: number): Constant | undefined;
  /** Told of numbers before they are made. */
  spend(count: number): void;
}

/** @param output which of the node's outputs is made */
type Move = (from: Constant, node: GraphNode, given: Given, output: number) => Constant;

/** The elements at the sums of one offset for each axis. */
function take(from: Constant, offsets: readonly number[][], { spend }: Given): Constant {
  const dims = offsets.map(({ length }) => length);
  spend(elements(dims));
  return { ...from, dims, values: Float64Array.from(combine(offsets), (place) => from.values[place]) };
}

/** These places of one axis. */
function along(from: Constant, axis: number, places: number[], given: Given): Constant {
  const steps = strides(from.dims);
  const offsets = from.dims.map((size, a) => (a === axis ? places : range(size)).map((place) => place * steps[a]));
  return take(from, offsets, given);
}

/** Whole numbers that an input has, or else an attribute: older operator sets have that in its place. */
function numbers(node: GraphNode, given: Given, input: number, attribute: string): number[] | undefined {
  const constant = given.get(input);
  return constant ? Array.from(constant.values) : intsOf(node, attribute);
}

function shaped(from: Constant, node: GraphNode, dims: number[]): Constant {
  const fits = elements(dims) === from.values.length && dims.every((size) => Number.isInteger(size) && size >= 0);
  return fits ? { ...from, dims } : refuse(node, `a shape for [${from.dims}]`, `[${dims}]`);
}

/** Axes, from the front. */
function axesOf(node: GraphNode, axes: readonly number[], rank: number): number[] {
  const found = axes.map((axis) => fromFront(axis, rank));
  return found.includes(-1) || rank > 99 ? refuse(node, `axes of ${rank}`) : found;
}

const reshape: Move = (from, node, given) => {
  const copies = intOf(node, "allowzero", 0) === 0;
  const wanted = (numbers(node, given, 1, "shape") ?? []).map((size, axis) =>
    size === 0 && copies ? from.dims[axis] : size,
  );
  const open = wanted.indexOf(-1);
  if (open >= 0) wanted[open] = from.values.length / -elements(wanted);
  return shaped(from, node, wanted);
};

const flatten: Move = (from, node) => {
  const { dims } = from;
  const axis = intOf(node, "axis", 1);
  const at = axis === dims.length ? axis : axesOf(node, [axis], dims.length)[0];
  return shaped(from, node, [elements(dims.slice(0, at)), elements(dims.slice(at))]);
};

const squeeze: Move = (from, node, given) => {
  const { dims } = from;
  const axes = numbers(node, given, 1, "axes");
  const gone = axes ? axesOf(node, axes, dims.length) : range(dims.length).filter((axis) => dims[axis] === 1);
  return shaped(
    from,
    node,
    dims.filter((_, axis) => !gone.includes(axis)),
  );
};

const unsqueeze: Move = (from, node, given) => {
  const left = [...from.dims];
  const axes = numbers(node, given, 1, "axes") ?? [];
  const rank = left.length + axes.length;
  const added = axesOf(node, axes, rank);
  return shaped(
    from,
    node,
    range(rank).map((axis) => (added.includes(axis) ? 1 : left.shift()!)),
  );
};

const transpose: Move = (from, node, given) => {
  const { dims } = from;
  const order = numbers(node, given, -1, "perm") ?? range(dims.length).reverse();
  if (!range(dims.length).every((axis) => order[axis] < dims.length && order.includes(axis))) {
    refuse(node, `an order of ${dims.length} axes`);
  }
  const steps = strides(dims);
  return take(
    from,
    order.map((axis) => range(dims[axis]).map((i) => i * steps[axis])),
    given,
  );
};

/** Attributes before operator set 10, inputs since. */
const slice: Move = (from, node, given) => {
  const [starts, ends] = [numbers(node, given, 1, "starts") ?? [], numbers(node, given, 2, "ends") ?? []];
  const axes = axesOf(node, numbers(node, given, 3, "axes") ?? range(starts.length), from.dims.length);
  const steps = numbers(node, given, 4, "steps");
  return axes.reduce((part, axis, i) => {
    const size = part.dims[axis];
    const step = steps?.[i] ?? 1;
    const [low, high] = step < 0 ? [-1, size - 1] : [0, size];
    const [start, end] = [starts[i], ends[i]].map((at) => Math.min(high, Math.max(low, at < 0 ? at + size : at)));
    const count = Math.ceil((end - start) / step);
    if (!Number.isInteger(count)) refuse(node, "places to begin and to end at");
    return along(
      part,
      axis,
      range(Math.max(0, count)).map((place) => start + step * place),
      given,
    );
  }, from);
};

/** Into parts of the sizes that are given, or into equal ones; the last may be smaller. */
const split: Move = (from, node, given, output) => {
  const [axis] = axesOf(node, [intOf(node, "axis", 0)], from.dims.length);
  const size = from.dims[axis];
  const equal = Math.ceil(size / intOf(node, "num_outputs", node.outputs.length));
  const sizes = numbers(node, given, 1, "split") ?? node.outputs.map((_, part) => Math.min(equal, size - part * equal));
  if (sizes.reduce((sum, one) => sum + one, 0) !== size || sizes.some((one) => !(one >= 0))) {
    refuse(node, `parts of ${size} units`);
  }
  const before = sizes.slice(0, output).reduce((sum, one) => sum + one, 0);
  return along(
    from,
    axis,
    range(sizes[output] ?? 0).map((place) => before + place),
    given,
  );
};

/** By places of an axis, or as scikit-learn extracts columns: of the last one. */
const gather: Move = (from, node, given) => {
  const { dims } = from;
  const [axis] = axesOf(node, [node.op === "Gather" ? intOf(node, "axis", 0) : -1], dims.length);
  const picked = given.get(1) ?? refuse(node, "places");
  const places = Array.from(picked.values, (pick) => fromFront(pick, dims[axis]));
  if (places.includes(-1)) refuse(node, `places of ${dims[axis]}`);
  const taken = along(from, axis, places, given);
  const shape = node.op === "Gather" ? picked.dims : [places.length];
  return { ...taken, dims: [...dims.slice(0, axis), ...shape, ...dims.slice(axis + 1)] };
};

const same: Move = (from) => from;

export const MOVES: Table<Move> = table({
  Identity: same,
  CastLike: same,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Slice: slice,
  Split: split,
  Gather: gather,
  "ai.onnx.ml.ArrayFeatureExtractor": gather,
});
