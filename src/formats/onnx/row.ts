// What one sample looks like on its way: the shape of a tensor without its batch. Units are numbered as they lie, row-major, so that a node
// which only changes the shape changes nothing.

import { damaged } from "./error.js";
import type { GraphNode } from "./graph.js";
import type { ValueInfo } from "./messages.js";
import { refuse } from "./node.js";
import { elements, frontAxis, placesBroadcast } from "./shape.js";
import type { Constant } from "./tensor.js";

/** Units that a layer of a network can have at most. */
const WIDEST_LAYER = 2 ** 24;

export interface Row {
  /** Samples, NaN where any number may come; undefined where the tensor has no axis for them. */
  batch: number | undefined;
  /** NaN where the file does not say. */
  dims: number[];
}

export const widthOf = ({ dims }: Row): number => elements(dims);

/** The whole shape, batch first. */
export const fullDims = ({ batch, dims }: Row): number[] => (batch === undefined ? dims : [batch, ...dims]);

/** What a graph says of its input; rows of some width where it says nothing. */
export function rowOf(info: ValueInfo | undefined): Row {
  const dims = info?.type?.tensor_type?.shape?.dim.map(({ dim_value: size }) => size ?? Number.NaN);
  if (!dims || dims.length === 0) return { batch: Number.NaN, dims: [Number.NaN] };
  const known = dims.map((size) => (size > 0 ? size : Number.NaN));
  if (elements(known.slice(1)) > WIDEST_LAYER) damaged(`its input has the shape [${known}]`);
  return known.length === 1 ? { batch: undefined, dims: known } : { batch: known[0], dims: known.slice(1) };
}

/** An axis of the whole shape as one of the row's; refused where it is the batch's. */
export function rowAxis(node: GraphNode, row: Row, axis: number): number {
  const front = frontAxis(axis, fullDims(row).length) - (row.batch === undefined ? 0 : 1);
  if (front < 0) refuse(node, `an axis of one sample of [${shown(row)}]`, String(axis));
  return front;
}

/** A constant as it meets each unit: one number for all, or one each. It must not make the tensor larger. */
export function perUnit(node: GraphNode, row: Row, constant: Constant): number | Float64Array {
  const { dims, values } = constant;
  if (constant.texts) refuse(node, "numbers", "texts");
  if (dims.length > fullDims(row).length) refuse(node, `a constant for [${shown(row)}]`, `one of the shape [${dims}]`);
  if (elements(dims) === 1) return values[0];
  // Where the file does not say how wide a row is, what is done to it does.
  if (Number.isNaN(widthOf(row)) && row.dims.length === 1 && elements(dims) === dims[dims.length - 1])
    row.dims = [values.length];
  const own = row.batch === undefined || dims.length <= row.dims.length ? dims : dims.slice(1);
  const places = elements(own) === elements(dims) && !Number.isNaN(widthOf(row)) && placesBroadcast(own, row.dims);
  if (!places) return refuse(node, `a constant for each unit of [${shown(row)}]`, `one of the shape [${dims}]`);
  return Float64Array.from(places, (place) => values[place]);
}

/** A shape as messages show it: "?" for what is not known. */
export const shown = (row: Row): string =>
  fullDims(row)
    .map((size) => (size >= 0 ? size : "?"))
    .join(", ");
