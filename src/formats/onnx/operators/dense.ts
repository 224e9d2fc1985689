// Weights: Gemm, MatMul.

import { describe } from "../../../checks.js";
import type { GraphNode } from "../graph.js";
import type { Link, Operators, Progress } from "../link.js";
import { floatOf, intOf, refuse } from "../node.js";
import { fullDims, perUnit, shown } from "../row.js";
import { type Constant, isFloat } from "../tensor.js";
import { times } from "../vector.js";

/** y = alpha · x · B + beta · C; B is [in, out], or [out, in] with transB. */
function gemm(progress: Progress, { node }: Link): void {
  const { constants, layers, row } = progress;
  if (intOf(node, "transA", 0) !== 0) refuse(node, "samples in rows", "transA, which has them in columns");
  const { dims } = row;
  if (fullDims(row).length !== 2 || (row.batch === undefined && dims[0] !== 1))
    refuse(node, "rows of units", `the shape [${shown(row)}]`);
  const weight = weightOf(progress, node, 1);
  const [rows, columns] = weight.dims;
  const last = dims.length - 1;
  const transposed = intOf(node, "transB", 0) !== 0;
  const [inputs, out] = transposed ? [columns, rows] : [rows, columns];
  checkWidth(node, dims[last], inputs);
  layers.dense(node, { data: weight.values, strides: transposed ? [columns, 1] : [1, columns], inputs, out });
  row.dims = [...dims.slice(0, last), out];
  const alpha = floatOf(node, "alpha", 1);
  if (alpha !== 1) layers.multiply(node, alpha);
  const name = node.inputs[2] ?? "";
  if (name === "") return;
  if (!constants.has(name)) refuse(node, "a bias in the file", `${describe(name)}, which depends on the input`);
  const bias = perUnit(node, row, constants.get(name, node));
  layers.add(node, times(bias, floatOf(node, "beta", 1)));
}

/** y = x · B for rows x, y = A · x for columns. */
function matMul(progress: Progress, { node, at }: Link): void {
  const { layers, row } = progress;
  const weight = weightOf(progress, node, 1 - at);
  const [rows, columns] = weight.dims;
  const { dims } = row;
  const columnar = at === 1;
  const [inputs, out] = columnar ? [columns, rows] : [rows, columns];
  const unitAxis = dims.length - (columnar ? 2 : 1);
  if (unitAxis < 0 || dims.some((size, axis) => axis !== unitAxis && size !== 1)) {
    const expected = columnar ? "columns of units" : "rows of units";
    refuse(node, `${expected}, one for each sample`, `the shape [${shown(row)}]`);
  }
  checkWidth(node, dims[unitAxis], inputs);
  layers.dense(node, { data: weight.values, strides: columnar ? [columns, 1] : [1, columns], inputs, out });
  row.dims = dims.map((size, axis) => (axis === unitAxis ? out : size));
}

function checkWidth(node: GraphNode, units: number, inputs: number): void {
  if (!Number.isNaN(units) && units !== inputs) refuse(node, `a weight for ${units} units`, `one for ${inputs}`);
}

/** A matrix that is a constant. Axes of one in front of it change nothing. */
function weightOf({ constants }: Progress, node: GraphNode, at: number): Constant {
  const name = node.inputs[at] ?? "";
  if (!constants.has(name)) refuse(node, "a weight in the file", `${describe(name)}, which the caller hands in`);
  const weight = constants.get(name, node);
  const dims = weight.dims.slice(-2);
  const small = weight.dims.slice(0, -2).every((size) => size === 1);
  if (dims.length !== 2 || !small || !isFloat(weight.type) || dims.includes(0)) {
    refuse(node, "a matrix of floats as its weight", `the shape [${weight.dims}] of the type ${weight.type}`);
  }
  return { ...weight, dims };
}

export const DENSE: Operators = {
  Gemm: { apply: gemm },
  MatMul: { apply: matMul, at: [0, 1] },
};
