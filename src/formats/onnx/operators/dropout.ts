// Dropout of every operator set: the rate is an attribute before set 12, an input since. Whether the file has it switched on does not matter:
// a network of Thinned samples where it is asked to.

import { describe } from "../../../checks.js";
import { shortest } from "../activation.js";
import type { Link, Operators, Progress } from "../link.js";
import { floatOf, refuse } from "../node.js";

function dropout({ constants, layers }: Progress, { node }: Link): void {
  const name = node.inputs[1] ?? "";
  const isInput = node.opset >= 12;
  if (isInput && name !== "" && !constants.has(name)) refuse(node, "a rate in the file", describe(name));
  const rate = !isInput ? floatOf(node, "ratio", 0.5) : name === "" ? 0.5 : constants.get(name, node).values[0];
  if (!(rate >= 0 && rate < 1)) refuse(node, "a rate of at least 0 and below 1", String(rate));
  layers.drop(node, shortest(rate));
}

export const DROPOUT: Operators = { Dropout: { apply: dropout } };
