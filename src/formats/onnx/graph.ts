// A model as nodes that know each other: who makes which tensor, what was given, in which order to read.

import { describe } from "../../checks.js";
import { damaged, OnnxError } from "./error.js";
import { int, type Message, messages, part, text, texts } from "./proto.js";

/** A node: its operator with the domain in front where that is not ONNX's own. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: ReadonlyMap<string, Message>;
  /** Version of the operator set that defines the operator. */
  opset: number;
  /** Place in the file, where every node comes after what it reads. */
  order: number;
}

export interface Graph {
  producers: ReadonlyMap<string, GraphNode>;
  initializers: ReadonlyMap<string, Message>;
  /** What a caller hands in: without those that have a value in the file. */
  inputs: ReadonlyMap<string, Message>;
  outputs: readonly string[];
  /** Tensors that do not depend on the inputs' values. */
  constants: ReadonlySet<string>;
}

const OLDEST_IR = 3;
const NEWEST_IR = 13;

export function buildGraph(model: Message, file: Uint8Array): Graph {
  const ir = int(model, 1);
  const graph = part(model, 7);
  if (ir === undefined || !graph[1]) {
    throw new OnnxError(
      `not an ONNX file with nodes: it begins with ${describe(String.fromCharCode(...file.subarray(0, 16)))}`,
    );
  }
  if (!(ir >= OLDEST_IR && ir <= NEWEST_IR))
    throw new OnnxError(`the IR version must be from ${OLDEST_IR} to ${NEWEST_IR}; got ${ir}`);
  const opsets = new Map(messages(model, 8).map((opset) => [plain(text(opset, 1)), int(opset, 2) ?? 0]));
  const initializers = new Map(messages(graph, 5).map((tensor) => [text(tensor, 8), tensor]));
  const inputs = new Map(messages(graph, 11).map((input) => [text(input, 1), input]));
  for (const name of initializers.keys()) inputs.delete(name);
  const known = new Set(["", ...initializers.keys(), ...inputs.keys()]);
  const constants = new Set(initializers.keys());
  const producers = new Map<string, GraphNode>();
  messages(graph, 1).forEach((written, order) => {
    const node = readNode(written, order, opsets);
    const unknown = node.inputs.find((input) => !known.has(input));
    if (unknown !== undefined)
      damaged(`${nodeName(node)} reads ${describe(unknown)}, which nothing in front of it makes`);
    const constant = dependingInputs(node, constants).length === 0;
    for (const output of node.outputs) {
      if (output === "") continue;
      if (known.has(output)) damaged(`two tensors have the name ${describe(output)}`);
      known.add(output);
      producers.set(output, node);
      if (constant) constants.add(output);
    }
  });
  return { producers, initializers, inputs, outputs: messages(graph, 12).map((output) => text(output, 1)), constants };
}

const plain = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

function readNode(node: Message, order: number, opsets: ReadonlyMap<string, number>): GraphNode {
  const domain = plain(text(node, 7));
  const op = text(node, 4);
  return {
    name: text(node, 3),
    op: domain ? `${domain}.${op}` : op,
    inputs: texts(node, 1),
    outputs: texts(node, 2),
    attributes: new Map(messages(node, 5).map((attribute) => [text(attribute, 1), attribute])),
    opset: opsets.get(domain) ?? damaged(`it names no version of the operators ${describe(domain)}`),
    order,
  };
}

/** The inputs that count: shapes are taken for constants, and what CastLike takes its type from does not matter. */
export const dependingInputs = (
  { op, inputs }: Pick<GraphNode, "op" | "inputs">,
  constants: ReadonlySet<string>,
): string[] =>
  (op === "Shape" ? [] : op === "CastLike" ? inputs.slice(0, 1) : inputs).filter(
    (input) => input !== "" && !constants.has(input),
  );

/** A node as messages call it. */
export function nodeName({ name, op, outputs }: GraphNode): string {
  return name ? `node ${describe(name)} (${op})` : `the node ${op} that makes ${describe(outputs[0] ?? "")}`;
}
