// What a node says of itself, read with its defaults; and how it is refused.

import { describe } from "../../checks.js";
import { damaged } from "./error.js";
import { dependingInputs, type Graph, type GraphNode, nodeName } from "./graph.js";
import { int, ints, type Message, packed, part, text, texts } from "./proto.js";
import { type Constant, readTensor } from "./tensor.js";

/** A node that has no place in a chain of layers. Where it stands in the file is added by whoever knows the graph. */
export class Refusal extends Error {
  constructor(
    readonly node: GraphNode,
    problem: string,
  ) {
    super(`${nodeName(node)}: ${problem}`);
  }
}

/** Throws a `Refusal`: node: expected …, got …; remedy. */
export function refuse(node: GraphNode, expected: string, got?: string, remedy?: string): never {
  throw new Refusal(node, `expected ${expected}${got ? `, got ${got}` : ""}${remedy ? `; ${remedy}` : ""}`);
}

/** The fields of AttributeProto that values are in, by what they are. */
const F = 2;
const I = 3;
const S = 4;
const T = 5;
const FLOATS = 7;
const INTS = 8;
const STRINGS = 9;

const attribute = ({ attributes }: GraphNode, name: string): Message => attributes.get(name) ?? {};

/** A value that is written as nothing is 0. */
export const intOf = (node: GraphNode, name: string, fallback: number): number =>
  node.attributes.has(name) ? (int(attribute(node, name), I) ?? 0) : fallback;
export const intsOf = (node: GraphNode, name: string): number[] | undefined => {
  const given = attribute(node, name);
  return given[INTS] && ints(given, INTS);
};
export const textOf = (node: GraphNode, name: string): string => text(attribute(node, name), S);
export const tensorOf = (node: GraphNode, name: string): Constant | undefined => {
  const given = attribute(node, name);
  return given[T] && readTensor(part(given, T));
};
/** Floats of an attribute, of either kind. */
export function floatsOf(node: GraphNode, name: string): Float32Array {
  const given = attribute(node, name);
  const bytes = packed(given, given[FLOATS] ? FLOATS : F);
  return bytes.length % 4 ? damaged(`an attribute ${name} of ${bytes.length} bytes`) : new Float32Array(bytes.buffer);
}
export function floatOf(node: GraphNode, name: string, fallback: number): number {
  if (!node.attributes.has(name)) return fallback;
  const [value = 0] = floatsOf(node, name);
  return Number.isFinite(value) ? value : refuse(node, `a finite ${name}`);
}

/** Whole numbers or texts of the first of these attributes that the node has, as texts. */
export function labelsOf(node: GraphNode, ...names: string[]): string[] | undefined {
  const name = names.find((each) => node.attributes.has(each));
  if (name === undefined) return undefined;
  const given = attribute(node, name);
  const tensor = tensorOf(node, name);
  return tensor ? textsOf(tensor) : given[STRINGS] ? texts(given, STRINGS) : ints(given, INTS).map(String);
}

/** A tensor's numbers or texts, as texts. */
export const textsOf = (tensor: Constant): string[] => tensor.texts ?? Array.from(tensor.values, String);

/** The operators on the way from the input to a node, the last of them in front of it: Gemm → Elu → Slice ← here. */
export function picture({ producers, constants }: Graph, node: GraphNode): string {
  const shown = 8;
  const way: string[] = [];
  for (let at: GraphNode | undefined = node; at && way.length <= shown; ) {
    way.unshift(at.op.slice(0, 40));
    const sources: GraphNode[] = dependingInputs(at, constants).flatMap((input) => producers.get(input) ?? []);
    at = sources.sort((a, b) => b.order - a.order)[0];
  }
  if (way.length > shown) way[0] = "…";
  return `${way.join(" → ")} ← here`;
}

export const quoted = (names: readonly string[]): string => names.map((name) => describe(name)).join(", ");
