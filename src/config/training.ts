// What is looked at where a network is made to be trained, and not where it only answers.

import { checkNumber, wrongValue } from "../checks.js";
import type { Loss, NetworkOptions, Output } from "../types.js";
import { nameOf } from "./activation.js";

/** Names that others have for these. They are too far off to be taken for a slip. */
const ALIASES: Record<string, string> = {
  swish: '"silu"',
  identity: '"linear"',
  gelu_tanh: '{ type: "gelu", approximate: "tanh" }',
};

/** Says what an activation is called here that goes by another name elsewhere. */
export function refuseAliases({ activation, output }: NetworkOptions): void {
  const given: Record<string, unknown> = { activation, output };
  if (Array.isArray(activation)) for (const [i, each] of activation.entries()) given[`activation[${i}]`] = each;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== "string" || !Object.hasOwn(ALIASES, value)) continue;
    wrongValue(name, "an activation by the name that it has here", value, `take ${ALIASES[value]}`);
  }
}

/** What part of each target is spread over all classes; more than all of it there is not. */
export function checkSmoothing(labelSmoothing: unknown = 0, loss: Loss): number {
  const checked = checkNumber("labelSmoothing", labelSmoothing, 0, 1);
  if (checked > 0 && loss !== "cross-entropy") {
    wrongValue("labelSmoothing", `0 for the loss "${loss}"`, checked, 'it belongs to loss: "cross-entropy"');
  }
  return checked;
}

/** What the losses of logits answer; mse is of any answer that is taken output by output. */
const ANSWER_OF: Record<Exclude<Loss, "mse">, Output> = {
  "cross-entropy": "softmax",
  bce: "sigmoid",
  gaussian: "gaussian",
};

/** A loss that its network can be trained by. */
export function checkLoss({ loss, output, sizes }: { loss: Loss; output: Output; sizes: readonly number[] }): void {
  const trainedBy =
    Object.keys(ANSWER_OF).find((name) => ANSWER_OF[name as keyof typeof ANSWER_OF] === output) ?? "mse";
  const remedy = `${nameOf(output)} is trained by loss: "${trainedBy}"`;
  if (loss === "mse" && (output === "softmax" || output === "gaussian")) {
    wrongValue("output", 'an activation for the loss "mse"', output, remedy);
  }
  if (loss !== "mse" && output !== "linear" && output !== ANSWER_OF[loss]) {
    wrongValue("output", `"${ANSWER_OF[loss]}" or "linear" for the loss "${loss}"`, output, remedy);
  }
  // Softmax of one output is 1, whatever the network says: it would learn nothing, at a loss of 0.
  if (loss === "cross-entropy" && sizes.at(-1) === 1) {
    const remedy = 'take loss: "bce" for yes or no, "mse" for a number';
    wrongValue("sizes", 'of two outputs or more for the loss "cross-entropy"', sizes, remedy);
  }
}
