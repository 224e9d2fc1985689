// Functions that a model brings along, as PyTorch's dynamo exporter wrote them for a time: their nodes in the place of each call.

import { damaged } from "./error.js";
import type { Attribute, FunctionProto, Model, Node, OpsetId } from "./messages.js";

/** A node, and the versions of the operator sets that it was written for: a function has its own. */
export interface WrittenNode {
  node: Node;
  opsets: readonly OpsetId[];
}

/** Functions that call functions: deeper than any exporter goes. */
const DEEPEST = 16;

/** @param most nodes and calls that may come of it: a few functions that call each other twice would be millions */
export function inlineFunctions(nodes: Node[], { functions, opset_import }: Model, most: number): WrittenNode[] {
  const known = new Map(functions.map((called) => [key(called.domain, called.name), called]));
  const inlined: WrittenNode[] = [];
  let seen = 0;
  const write = (list: readonly Node[], opsets: readonly OpsetId[], depth: number): void => {
    for (const node of list) {
      if (++seen > most) damaged(`it has more than ${most} nodes`);
      const called = known.get(key(node.domain, node.op_type));
      if (!called) inlined.push({ node, opsets });
      else if (depth === DEEPEST) damaged(`its function ${called.name} stands in others, ${DEEPEST} deep`);
      else write(bodyOf(called, node, seen), called.opset_import, depth + 1);
    }
  };
  write(nodes, opset_import, 0);
  return inlined;
}

const key = (domain = "", name = ""): string => `${domain} ${name}`;

/** The function's nodes, with the caller's tensors and attributes in place of its own. `unique` tells two calls apart. */
function bodyOf(called: FunctionProto, call: Node, unique: number): Node[] {
  const tensors = new Map<string, string>([["", ""]]);
  called.input.forEach((name, i) => {
    tensors.set(name, call.input[i] ?? "");
  });
  called.output.forEach((name, i) => {
    if (call.output[i]) tensors.set(name, call.output[i]);
  });
  const rename = (name: string): string => tensors.get(name) ?? `${name} (call ${unique})`;
  const given = new Map([...called.attribute_proto, ...call.attribute].map((attribute) => [attribute.name, attribute]));
  return called.node.map((node) => ({
    ...node,
    input: node.input.map(rename),
    output: node.output.map(rename),
    attribute: node.attribute.flatMap((attribute): Attribute[] => {
      if (!attribute.ref_attr_name) return [attribute];
      const value = given.get(attribute.ref_attr_name);
      return value ? [{ ...value, name: attribute.name }] : [];
    }),
  }));
}
