// Weights: Gemm, MatMul.

import type { GraphNode } from "../graph.js";
import type { Operator, Operators, Progress } from "../link.js";
import { floatOf, intOf, refuse } from "../node.js";
import { elements } from "../shape.js";
import { add, multiply } from "./affine.js";

/**
 * A layer of the matrix that an input of the node is: [in, out], or [out, in]. The units lie along `axis`, one from the
 * end for rows.
 */
function dense(
  { constants, layers, batch, dims }: Progress,
  node: GraphNode,
  input: number,
  outFirst: boolean,
  axis = 1,
): void {
  const { values, dims: shape } = constants.get(node, input);
  const [rows, columns] = shape.slice(-2);
  if (elements(shape) !== rows * columns || shape.length < 2) refuse(node, "a matrix as its weight", `[${shape}]`);
  const [inputs, out] = outFirst ? [columns, rows] : [rows, columns];
  const at = dims.length - axis;
  // All else must be samples: a layer that each of several places in a sample goes through is none of a chain.
  if (dims[at] !== layers.width || elements(dims) !== batch * layers.width)
    refuse(node, "one row of units for a sample", `[${dims}]`);
  if (inputs !== layers.width) refuse(node, `a weight for ${layers.width} units`, `one for ${inputs}`);
  layers.dense(node, out, outFirst ? (j, i) => values[j * columns + i] : (j, i) => values[i * columns + j]);
  dims[at] = out;
}

/** y = alpha · x · B + beta · C; B is [in, out], or [out, in] with transB. */
const gemm: Operator = (progress, { node }) => {
  if (intOf(node, "transA", 0) !== 0 || progress.dims.length !== 2) refuse(node, "samples in rows", "columns");
  dense(progress, node, 1, intOf(node, "transB", 0) !== 0);
  multiply(progress, node, floatOf(node, "alpha", 1));
  if (node.inputs[2]) add(progress, node, progress.constants.get(node, 2), floatOf(node, "beta", 1));
};

/** y = x · B for rows x, y = A · x for columns. */
const matMul: Operator = (progress, { node, at }) => dense(progress, node, 1 - at, at === 1, 1 + at);

export const DENSE: Operators = { Gemm: gemm, MatMul: matMul };
