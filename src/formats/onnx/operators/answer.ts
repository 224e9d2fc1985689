// What stands at the end of a chain: Softmax over the units, and the pair of probabilities of a yes or no.

import type { Graph, GraphNode } from "../graph.js";
import type { Link, Lookup, Operators, Progress } from "../link.js";
import { intOf, refuse } from "../node.js";
import { fullDims, type Row, shown } from "../row.js";
import { elements, frontAxis } from "../shape.js";

function softmax({ layers, row }: Progress, { node }: Link): void {
  checkAxis(node, row);
  layers.activate(node, "softmax");
}

/** Over all units of a sample: before operator set 13 of all axes from the one it names, since of that alone. */
function checkAxis(node: GraphNode, row: Row): void {
  const dims = fullDims(row);
  const since13 = node.opset >= 13;
  const axis = frontAxis(intOf(node, "axis", since13 ? -1 : 1), dims.length);
  const batch = row.batch === undefined ? 0 : 1;
  const outside = dims.filter((_, at) => at >= batch && (since13 ? at !== axis : at < axis));
  if (axis < batch || elements(outside) !== 1) refuse(node, `all units of a sample of [${shown(row)}]`, `axis ${axis}`);
}

function logSoftmax(_: Progress, { node, from }: Link): void {
  refuse(
    node,
    "softmax or the sums in front of it",
    "their logarithm",
    `pass { output: ${JSON.stringify(from)} } for the sums`,
  );
}

/** Concat of 1 − y and y, as scikit-learn's networks for two classes end. */
export function isComplement(graph: Graph, constants: Lookup, node: GraphNode): boolean {
  if (node.op !== "Concat" || node.inputs.length !== 2) return false;
  const [no, yes] = node.inputs;
  const one = graph.producers.get(no);
  if (one?.op !== "Sub" || one.inputs[1] !== yes || !constants.has(one.inputs[0])) return false;
  const { dims, values } = constants.get(one.inputs[0], one);
  return dims.length < 3 && values.length === 1 && values[0] === 1;
}

function concat({ layers, row }: Progress, { node, complement }: Link): void {
  if (node.inputs.length === 1) return;
  if (!complement) refuse(node, "one tensor, or 1 − y and y", "others");
  const axis = frontAxis(intOf(node, "axis", 1), fullDims(row).length);
  if (axis !== fullDims(row).length - 1 || row.batch === undefined || elements(row.dims) !== 1) {
    refuse(node, `an axis of a sample of [${shown(row)}]`, String(axis));
  }
  layers.complement(node);
  row.dims = [...row.dims.slice(0, -1), 2];
}

export const ANSWER: Operators = {
  Softmax: { apply: softmax },
  LogSoftmax: { apply: logSoftmax },
  Concat: { apply: concat, at: [0, 1] },
};
