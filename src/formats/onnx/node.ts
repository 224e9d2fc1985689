// What a node says of itself, read with its defaults; and how it is refused.

import { describe } from "../../checks.js";
import { type Graph, type GraphNode, nodeName } from "./graph.js";
import type { Attribute } from "./messages.js";
import { readTensor } from "./tensor.js";
import { readText } from "./wire.js";

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

function read<T>(node: GraphNode, name: string, fallback: T, get: (attribute: Attribute) => T | undefined): T {
  const attribute = node.attributes.get(name);
  if (!attribute) return fallback;
  return get(attribute) ?? refuse(node, `a value of the attribute ${name}`, "none of the kind that it has");
}

export function intOf(node: GraphNode, name: string, fallback: number): number {
  return read(node, name, fallback, ({ i, type }) => i ?? (type === 2 ? 0 : undefined));
}

export function floatOf(node: GraphNode, name: string, fallback: number): number {
  const value = read(node, name, fallback, ({ f, type }) => f ?? (type === 1 ? 0 : undefined));
  if (value !== fallback && !Number.isFinite(value)) refuse(node, `a finite number as ${name}`, String(value));
  return value;
}

export function textOf(node: GraphNode, name: string, fallback: string): string {
  return read(node, name, fallback, ({ s, type }) => (s ? readText(s, name) : type === 3 ? "" : undefined));
}

export const intsOf = (node: GraphNode, name: string): number[] | undefined => node.attributes.get(name)?.ints;
export const floatsOf = (node: GraphNode, name: string): number[] | undefined => node.attributes.get(name)?.floats;

/** Whole numbers or texts of one of these attributes, as texts. */
export function labelsOf(node: GraphNode, ...names: string[]): string[] | undefined {
  for (const name of names) {
    const { ints, strings, t } = node.attributes.get(name) ?? {};
    if (strings && strings.length > 0) return strings.map((text) => readText(text, name));
    if (ints && ints.length > 0) return ints.map(String);
    if (t) return textsOf(readTensor(t));
  }
  return undefined;
}

/** A tensor's numbers or texts, as texts. */
export function textsOf({ texts, values }: { texts?: string[]; values: ArrayLike<number> }): string[] {
  return texts ?? Array.from(values, String);
}

/** The operators on the way from the input to a node, the last of them in front of it: Gemm → Elu → Slice ← here. */
export function picture(graph: Graph, node: GraphNode): string {
  const shown = 8;
  const way: string[] = [];
  let at: GraphNode | undefined = node;
  while (at && way.length <= shown) {
    way.unshift(at.op);
    const sources: (GraphNode | undefined)[] = at.inputs
      .filter((input) => !graph.constants.has(input))
      .map((input) => graph.producers.get(input));
    at = sources.reduce((last, source) => (source && !(last && last.order > source.order) ? source : last), undefined);
  }
  if (way.length > shown) way[0] = "…";
  return `${way.map((op) => op.slice(0, 40)).join(" → ")} ← here`;
}

export const quoted = (names: readonly string[]): string => names.map((name) => describe(name)).join(", ");
