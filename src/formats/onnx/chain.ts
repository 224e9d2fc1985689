// The way from a tensor back to the input, as links of one tensor to the next: a node that reads one tensor that
// depends on the input, or several nodes that are, taken together, an activation.

import { describe } from "../../checks.js";
import { POINTS, recognise } from "./activation.js";
import { POINTWISE } from "./elementwise.js";
import { dependingInputs, type Graph, type GraphNode } from "./graph.js";
import type { Link, Lookup } from "./link.js";
import { MOVES } from "./moves.js";
import { quoted, refuse } from "./node.js";
import { OPERATORS } from "./operators/operators.js";

/** More than an activation is ever written in. */
const MOST_PIECES = 48;

/**
 * @returns the links from the input to the tensor `to`, and the tensor that they start from: an input of the graph, or
 * `from`
 */
export function findChain(
  graph: Graph,
  constants: Lookup,
  to: string,
  from?: string,
): { start: string; links: Link[] } {
  const links: Link[] = [];
  let tensor = to;
  const isInput = (name: string) => (from === undefined ? graph.inputs.has(name) : from === name);
  while (!isInput(tensor)) {
    const node = graph.producers.get(tensor);
    if (!node) break;
    const link = linkOf(graph, constants, node, tensor);
    links.push(link);
    tensor = link.from;
  }
  return { start: tensor, links: links.reverse() };
}

function linkOf(graph: Graph, constants: Lookup, node: GraphNode, to: string): Link {
  const dynamic = dependingInputs(node, graph.constants);
  const [from] = dynamic;
  if (from === undefined) refuse(node, "something that depends on the input");
  const at = node.inputs.indexOf(from);
  if (isComplement(graph, constants, node)) return { node, from: node.inputs[1], at: 1, to, complement: true };
  const known = MOVES[node.op] ?? OPERATORS[node.op];
  if (known && dynamic.length === 1 && (at === 0 || TWO_SIDED.includes(node.op))) {
    if (to !== node.outputs[0] && node.op !== "Split") refuse(node, "its first output to be read", describe(to));
    return { node, from, at, to };
  }
  if (POINTWISE[node.op]) return activationAt(graph, constants, node, to);
  if (known) refuse(node, ONE, quoted(dynamic));
  return refuse(node, "an operator of a chain of dense layers", node.op);
}

const ONE = "one tensor that depends on the input";
/** Those whose second input may depend on the input of the graph, the first being a constant. */
const TWO_SIDED = ["Add", "Mul", "Sub", "MatMul"];

/** Concat of 1 − y and y. */
function isComplement(graph: Graph, constants: Lookup, { op, inputs }: GraphNode): boolean {
  const one = graph.producers.get(inputs[0]);
  if (op !== "Concat" || inputs.length !== 2 || one?.op !== "Sub" || one.inputs[1] !== inputs[1]) return false;
  return constants.has(one.inputs[0]) && String(constants.get(one, 0).values) === "1";
}

/**
 * Takes in one node more at a time, the last one first, until all of them together are a known function of a single
 * tensor.
 */
function activationAt(graph: Graph, constants: Lookup, node: GraphNode, to: string): Link {
  const pieces: Piece[] = [];
  const open = new Set([to]);
  let converged = false;
  while (pieces.length < MOST_PIECES) {
    const piece = pieceOf(constants, latest(graph, open));
    if (!piece) break;
    pieces.unshift(piece);
    open.delete(piece.node.outputs[0]);
    for (const input of dependingInputs(piece.node, graph.constants)) open.add(input);
    if (open.size !== 1) continue;
    converged = true;
    const [from] = open;
    const activation = recognise(valuesOf(pieces, from, to));
    if (activation) return { node, from, at: node.inputs.indexOf(from), to, activation };
  }
  if (!converged) refuse(node, ONE, quoted([...open]));
  return refuse(node, "relu, leaky_relu, elu, selu, gelu, silu, mish, tanh, sigmoid or a multiple", "another function");
}

/** The node behind which none of the open tensors is made: no other of them can depend on what it makes. */
function latest(graph: Graph, open: ReadonlySet<string>): GraphNode | undefined {
  let last: GraphNode | undefined;
  for (const tensor of open) {
    const node = graph.producers.get(tensor);
    if (node && node.outputs[0] === tensor && (!last || node.order > last.order)) last = node;
  }
  return last;
}

/** A node as a function of numbers, those of its inputs that are constants known. */
interface Piece {
  node: GraphNode;
  f: (...inputs: number[]) => number;
  constants: ReadonlyMap<string, number>;
}

/** Undefined where it is no such function: it is of another kind, or a constant is more than one number. */
function pieceOf(constants: Lookup, node: GraphNode | undefined): Piece | undefined {
  const f = node && POINTWISE[node.op]?.(node);
  if (!f) return undefined;
  const known = new Map<string, number>();
  for (const [i, input] of node.inputs.entries()) {
    if (input === "" || !constants.has(input)) continue;
    const { values } = constants.get(node, i);
    // One slope may be written once for every unit: PRelu never makes a tensor larger.
    const same = values.length === 1 || (node.op === "PRelu" && values.every((value) => value === values[0]));
    if (!same || values.length === 0) return undefined;
    known.set(input, values[0]);
  }
  return { node, f, constants: known };
}

/** What the pieces make of the tensor `from`, at every point. */
function valuesOf(pieces: readonly Piece[], from: string, to: string): number[] {
  return POINTS.map((x) => {
    const made = new Map([[from, x]]);
    for (const { node, f, constants } of pieces) {
      const inputs = node.inputs.map((input) => (input === "" ? undefined : (constants.get(input) ?? made.get(input))));
      made.set(node.outputs[0], f(...(inputs as number[])));
    }
    return made.get(to) as number;
  });
}
