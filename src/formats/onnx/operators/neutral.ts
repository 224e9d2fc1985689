// What changes a tensor's shape or type and leaves a sample's units as they are, in their order.

import type { GraphNode } from "../graph.js";
import type { Link, Operator, Operators, Progress } from "../link.js";
import { intOf, intsOf, refuse } from "../node.js";
import { fullDims, type Row, rowAxis, shown, widthOf } from "../row.js";
import { elements, frontAxis, placesTransposed } from "../shape.js";
import { isFloat } from "../tensor.js";

const nothing = (): void => {};

function cast(_: Progress, { node }: Link): void {
  const to = intOf(node, "to", 1);
  if (!isFloat(to)) refuse(node, "a cast to a kind of float", `the type ${to}`);
}

/** Numbers of a constant input, or of the attribute that older operator sets have in its place. */
function given({ constants }: Progress, node: GraphNode, input: number, attribute: string): number[] | undefined {
  const name = node.inputs[input] ?? "";
  return name === "" ? intsOf(node, attribute) : Array.from(constants.get(name, node).values);
}

function flatten({ row }: Progress, { node }: Link): void {
  const dims = fullDims(row);
  const axis = frontAxis(intOf(node, "axis", 1), dims.length + 1);
  const [outer, inner] = [dims.slice(0, axis), dims.slice(axis)];
  const keepsSamples = row.batch === undefined || row.batch === 1 ? elements(outer) === 1 : axis >= 1;
  if (axis < 0 || !keepsSamples || elements(outer.slice(1)) !== 1) {
    refuse(node, `an axis that leaves samples of [${shown(row)}] apart`, String(intOf(node, "axis", 1)));
  }
  row.batch ??= 1;
  row.dims = [elements(inner)];
}

function reshape(progress: Progress, { node }: Link): void {
  const { row } = progress;
  const target = given(progress, node, 1, "shape") ?? [];
  const dims = fullDims(row);
  const copies = intOf(node, "allowzero", 0) === 0;
  const wanted = target.map((size, axis) => (size === 0 && copies ? (dims[axis] ?? 0) : size));
  const width = widthOf(row);
  const batched = wanted.length > 1 || (row.batch !== undefined && width === 1);
  const [first, ...own] = batched ? wanted : [row.batch ?? 1, ...wanted];
  const rest = elements(own.filter((size) => size !== -1));
  const open = own.includes(-1);
  // The samples' axis is copied, counted out, or whatever is left over: then all others must be known.
  const copied = Number.isNaN(first) || first === (row.batch ?? 1);
  const samples = copied || (!open && (first === -1 || (Number.isNaN(row.batch) && first > 0)));
  const units = open ? Number.isInteger(width / rest) : rest === width || Number.isNaN(width);
  const lost = !batched && row.batch !== undefined && row.batch !== 1;
  if (!samples || !units || lost || own.some((size) => size < -1) || own.filter((size) => size === -1).length > 1) {
    refuse(node, `a shape that keeps samples of [${shown(row)}] apart`, `[${target}]`);
  }
  row.batch = batched ? (row.batch ?? 1) : undefined;
  row.dims = own.map((size) => (size === -1 ? width / rest : size));
}

function squeeze(progress: Progress, { node }: Link): void {
  const { row } = progress;
  const dims = fullDims(row);
  const axes = given(progress, node, 1, "axes")?.map((axis) => frontAxis(axis, dims.length));
  const gone = axes ?? dims.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (gone.some((axis) => dims[axis] !== 1)) refuse(node, `axes of length 1 in [${shown(row)}]`, `[${axes}]`);
  set(row, row.batch !== undefined && !gone.includes(0), dims.filter((_, axis) => !gone.includes(axis)));
}

function unsqueeze(progress: Progress, { node }: Link): void {
  const { row } = progress;
  const left = fullDims(row);
  const axes = given(progress, node, 1, "axes") ?? [];
  const rank = left.length + axes.length;
  const added = axes.map((axis) => frontAxis(axis, rank));
  const atFront = added.includes(0) && row.batch !== undefined && row.batch !== 1;
  if (added.includes(-1) || atFront || rank > 64) refuse(node, `axes behind that of the samples of [${shown(row)}]`, `[${axes}]`);
  const dims = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : left.shift()!));
  set(row, row.batch !== undefined || added.includes(0), dims);
}

function set(row: Row, batched: boolean, dims: number[]): void {
  row.batch = batched ? dims[0] : undefined;
  row.dims = batched ? dims.slice(1) : dims;
}

/** Axes of length 1 may go anywhere; others are units in another order. */
function transpose({ layers, row }: Progress, { node }: Link): void {
  const dims = fullDims(row);
  const order = intsOf(node, "perm") ?? dims.map((_, axis) => axis).reverse();
  const sorted = [...order].sort((a, b) => a - b);
  if (order.length !== dims.length || sorted.some((axis, i) => axis !== i)) {
    refuse(node, `an order of the axes of [${shown(row)}]`, `[${order}]`);
  }
  const long = order.filter((axis) => dims[axis] !== 1);
  const turned = order.map((axis) => dims[axis]);
  if (long.every((axis, i) => i === 0 || axis > long[i - 1]) && (row.batch === undefined || row.batch === 1 || order[0] === 0)) {
    set(row, row.batch !== undefined && order[0] === 0, turned);
    return;
  }
  if (row.batch === undefined || order[0] !== 0) refuse(node, `samples of [${shown(row)}] in rows`, `the order [${order}]`);
  const inner = order.slice(1).map((axis) => rowAxis(node, row, axis));
  if (Number.isNaN(widthOf(row))) refuse(node, "a known shape", `[${shown(row)}]`);
  layers.select(node, placesTransposed(row.dims, inner));
  row.dims = turned.slice(1);
}

const NOTHING: Operator = { apply: nothing };

export const NEUTRAL: Operators = {
  Identity: NOTHING,
  CastLike: NOTHING,
  Cast: { apply: cast },
  Flatten: { apply: flatten },
  Reshape: { apply: reshape },
  Squeeze: { apply: squeeze },
  Unsqueeze: { apply: unsqueeze },
  Transpose: { apply: transpose },
};
