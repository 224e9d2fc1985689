// What changes a tensor's shape or type and leaves a sample's units as they are, in their order.

import type { GraphNode } from "../graph.js";
import type { Link, Operator, Operators, Shaped } from "../link.js";
import { intOf, intsOf, refuse } from "../node.js";
import { fullDims, type Row, shown, widthOf } from "../row.js";
import { elements, frontAxis, placesTransposed } from "../shape.js";
import { isFloat } from "../tensor.js";

const nothing = (): void => {};

function cast(_: Shaped, { node }: Link): void {
  const to = intOf(node, "to", 1);
  if (!isFloat(to)) refuse(node, "a cast to a kind of float", `the type ${to}`);
}

/** Numbers of a constant input, or of the attribute that older operator sets have in its place. */
function given({ constants }: Shaped, node: GraphNode, input: number, attribute: string): number[] | undefined {
  const name = node.inputs[input] ?? "";
  return name === "" ? intsOf(node, attribute) : Array.from(constants.get(name, node).values);
}

function flatten({ row }: Shaped, { node }: Link): void {
  const dims = fullDims(row);
  const axis = frontAxis(intOf(node, "axis", 1), dims.length + 1);
  const [outer, inner] = [dims.slice(0, axis), dims.slice(axis)];
  const { batch } = row;
  const apart = batch === undefined || (elements(outer.slice(1)) === 1 && (axis > 0 || batch === 1));
  if (axis < 0 || !apart) refuse(node, `an axis that leaves samples of [${shown(row)}] apart`, `axis ${axis}`);
  row.dims = batch === undefined ? [elements(outer), elements(inner)] : [elements(inner)];
}

function reshape(progress: Shaped, { node }: Link): void {
  const { row } = progress;
  const target = given(progress, node, 1, "shape") ?? [];
  const dims = fullDims(row);
  const width = widthOf(row);
  const copies = intOf(node, "allowzero", 0) === 0;
  const wanted = target.map((size, axis) => (size === 0 && copies ? (dims[axis] ?? 0) : size));
  // Of one sample without an axis for it, any shape will do.
  const free = row.batch === undefined || (row.batch === 1 && wanted.length === 1 && width !== 1);
  const [first, ...own] = free ? [0, ...wanted] : wanted;
  const rest = elements(own.filter((size) => size !== -1));
  const open = own.includes(-1);
  // The samples' axis is copied, counted out, or whatever is left over: then all others must be known.
  const copied = free || Number.isNaN(first) || first === row.batch;
  const samples = copied || (!open && (first === -1 || (Number.isNaN(row.batch) && first > 0)));
  const units = open ? Number.isInteger(width / rest) : rest === width || Number.isNaN(width);
  const sound = own.every((size) => Number.isInteger(size) && size >= -1) && own.filter((size) => size < 0).length < 2;
  if (!samples || !units || !sound) {
    refuse(node, `a shape that keeps samples of [${shown(row)}] apart`, `[${target}]`);
  }
  if (free) row.batch = undefined;
  row.dims = own.map((size) => (size === -1 ? width / rest : size));
}

function squeeze(progress: Shaped, { node }: Link): void {
  const { row } = progress;
  const dims = fullDims(row);
  const axes = given(progress, node, 1, "axes")?.map((axis) => frontAxis(axis, dims.length));
  const gone = axes ?? dims.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (gone.some((axis) => dims[axis] !== 1)) refuse(node, `axes of length 1 in [${shown(row)}]`, `[${axes}]`);
  set(
    row,
    row.batch !== undefined && !gone.includes(0),
    dims.filter((_, axis) => !gone.includes(axis)),
  );
}

function unsqueeze(progress: Shaped, { node }: Link): void {
  const { row } = progress;
  const left = fullDims(row);
  const axes = given(progress, node, 1, "axes") ?? [];
  const rank = left.length + axes.length;
  const added = axes.map((axis) => frontAxis(axis, rank));
  const atFront = added.includes(0) && row.batch !== undefined && row.batch !== 1;
  if (added.includes(-1) || atFront || rank > 64)
    refuse(node, `axes behind that of the samples of [${shown(row)}]`, `[${axes}]`);
  const dims = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : left.shift()!));
  set(row, row.batch !== undefined, dims);
}

function set(row: Row, batched: boolean, dims: number[]): void {
  row.batch = batched ? dims[0] : undefined;
  row.dims = batched ? dims.slice(1) : dims;
}

/** Axes of length 1 may go anywhere; others are units in another order. */
function transpose({ constants, layers, row }: Shaped, { node }: Link): void {
  const dims = fullDims(row);
  const order = intsOf(node, "perm") ?? dims.map((_, axis) => axis).reverse();
  const whole = order.length === dims.length && dims.every((_, axis) => order.includes(axis));
  const batched = row.batch !== undefined && order[0] === 0;
  const apart = batched || row.batch === undefined || row.batch === 1;
  if (!whole || !apart) refuse(node, `an order of [${shown(row)}] that keeps samples in rows`, `[${order}]`);
  const long = order.filter((axis) => dims[axis] !== 1);
  if (long.some((axis, i) => axis < long[i - 1])) {
    if (dims.slice(1).some(Number.isNaN)) refuse(node, "a known shape", `[${shown(row)}]`);
    const offset = batched ? 1 : 0;
    constants.spend(widthOf(row));
    layers.select(
      node,
      placesTransposed(
        dims.slice(offset),
        order.slice(offset).map((axis) => axis - offset),
      ),
    );
  }
  set(
    row,
    batched,
    order.map((axis) => dims[axis]),
  );
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
