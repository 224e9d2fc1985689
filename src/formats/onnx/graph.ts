// A model as nodes that know each other: who makes which tensor, what was given, in which order to read.

import { describe } from "../../checks.js";
import { damaged, OnnxError } from "./error.js";
import type { Attribute, Model, Node, TensorProto, ValueInfo } from "./messages.js";

/** A node: its operator with the domain in front where that is not ONNX's own. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: ReadonlyMap<string, Attribute>;
  /** Version of the operator set that defines the operator. */
  opset: number;
  /** Place in an order in which every node comes after what it reads. */
  order: number;
}

export interface Graph {
  producers: ReadonlyMap<string, GraphNode>;
  nodes: readonly GraphNode[];
  initializers: ReadonlyMap<string, TensorProto>;
  /** What a caller hands in: without those that have a value in the file. */
  inputs: readonly ValueInfo[];
  outputs: readonly string[];
  /** Tensors that do not depend on the inputs' values. */
  constants: ReadonlySet<string>;
}

const OLDEST_IR = 3;
const NEWEST_IR = 13;
/** Far more than a chain of 4,096 layers takes. */
export const MOST_NODES = 100_000;

export function buildGraph({ ir_version: ir, graph, opset_import }: Model, file: Uint8Array): Graph {
  if (!graph || ir === undefined) {
    throw new OnnxError(`not an ONNX file: it begins with ${describe(String.fromCharCode(...file.subarray(0, 16)))}`);
  }
  if (!(ir >= OLDEST_IR && ir <= NEWEST_IR)) {
    throw new OnnxError(`the file's IR version must be from ${OLDEST_IR} to ${NEWEST_IR}; got ${ir}`);
  }
  if (graph.node.length > MOST_NODES) damaged(`it has more than ${MOST_NODES} nodes`);
  const made = new Set(graph.input.map(({ name = "" }) => name));
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name ?? "", tensor]));
  if (initializers.size < graph.initializer.length) damaged("two of its tensors have one name");
  const opsets = new Map(opset_import.map(({ domain, version = 0 }) => [plain(domain), version]));
  const producers = new Map<string, GraphNode>();
  const nodes = graph.node.map((node) => readNode(node, opsets));
  for (const node of nodes) {
    for (const output of node.outputs.filter(Boolean)) {
      if (made.has(output) || initializers.has(output)) damaged(`the tensor ${describe(output)} is made twice`);
      made.add(output);
      producers.set(output, node);
    }
  }
  const inputs = graph.input.filter(({ name = "" }) => !initializers.has(name));
  const outputs = graph.output.map(({ name = "" }) => name);
  const sorted = sort(nodes, producers);
  return { producers, nodes: sorted, initializers, inputs, outputs, constants: findConstants(sorted, initializers) };
}

const plain = (domain = ""): string => (domain === "ai.onnx" ? "" : domain);

function readNode(node: Node, opsets: ReadonlyMap<string, number>): GraphNode {
  const { name = "", op_type: type = "", input: inputs, output: outputs } = node;
  const domain = plain(node.domain);
  const opset = opsets.get(domain) ?? damaged(`it names no version of the operators ${describe(domain)}`);
  const attributes = new Map(node.attribute.map((attribute) => [attribute.name ?? "", attribute]));
  return { name, op: domain === "" ? type : `${domain}.${type}`, inputs, outputs, attributes, opset, order: 0 };
}

/** Kahn's algorithm: what no input is missing of comes first; what is left over goes in a circle. */
function sort(nodes: GraphNode[], producers: ReadonlyMap<string, GraphNode>): GraphNode[] {
  const missing = new Map<GraphNode, number>();
  const readers = new Map<GraphNode, GraphNode[]>();
  for (const node of nodes) {
    const sources = node.inputs.map((input) => producers.get(input)).filter((source) => source !== undefined);
    missing.set(node, sources.length);
    for (const source of sources) {
      const others = readers.get(source);
      if (others) others.push(node);
      else readers.set(source, [node]);
    }
  }
  const sorted = nodes.filter((node) => missing.get(node) === 0);
  for (let i = 0; i < sorted.length; i++) {
    sorted[i].order = i;
    for (const reader of readers.get(sorted[i]) ?? []) {
      missing.set(reader, missing.get(reader)! - 1);
      if (missing.get(reader) === 0) sorted.push(reader);
    }
  }
  const stuck = nodes.find((node) => missing.get(node)! > 0);
  if (stuck) damaged(`${nodeName(stuck)} reads, by way of others, what it makes itself`);
  return sorted;
}

/** Shapes count as constants: whether one can be computed shows where it is needed. */
function findConstants(sorted: GraphNode[], initializers: ReadonlyMap<string, TensorProto>): Set<string> {
  const constants = new Set(initializers.keys());
  for (const { op, inputs, outputs } of sorted) {
    const read = op === "Shape" ? [] : op === "CastLike" ? inputs.slice(0, 1) : inputs;
    if (read.every((input) => input === "" || constants.has(input)))
      for (const output of outputs) constants.add(output);
  }
  return constants;
}

/** A node as messages call it. */
export function nodeName({ name, op, outputs }: GraphNode): string {
  return name ? `node ${describe(name)} (${op})` : `the node ${op} that makes ${describe(outputs[0] ?? "")}`;
}
