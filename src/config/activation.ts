// What follows a layer's sums: hidden layers' activations, and what the last layer's logits are answered as.

import { checkEach, checkKeys, checkNumber, checkOneOf, kindOf } from "../checks.js";
import type { Activation, ActivationName, Loss, Output } from "../types.js";

/** In the order of the kernels' numbers for them. */
export const ACTIVATIONS = [
  "linear",
  "relu",
  "leaky_relu",
  "tanh",
  "sigmoid",
  "gelu",
  "selu",
  "elu",
  "silu",
  "mish",
] as const satisfies readonly ActivationName[];

/** What an activation has beside its name: the key, and the value that the bare name stands for. */
const PARAMETER: Partial<Record<ActivationName, [key: string, standard: number | string]>> = {
  leaky_relu: ["slope", 0.01],
  elu: ["alpha", 1],
  gelu: ["approximate", "none"],
};
const LARGEST_FLOAT = 2 ** 128 - 2 ** 104;

/** What the network answers unless it is told otherwise: what the loss is taken of. */
const OUTPUT_OF: Record<Loss, Output> = {
  "cross-entropy": "softmax",
  bce: "sigmoid",
  mse: "linear",
  gaussian: "gaussian",
};

/** The name that an activation goes by, whatever its parameter. */
export function nameOf<T extends Output>(activation: T): ActivationName | Exclude<T, Activation> {
  return (typeof activation === "string" ? activation : activation.type) as ActivationName;
}

/** The number that leaky_relu and elu have beside their name; others have none to read. */
export function parameterOf(activation: Activation): number {
  const [key = "", standard] = PARAMETER[nameOf(activation)] ?? [];
  return Number(typeof activation === "string" ? standard : activation[key as keyof Activation]) || 0;
}

/** One activation for all hidden layers, or one for each, as one for each. */
export function resolveActivations(given: unknown, hiddenLayers: number): Activation[] {
  if (!Array.isArray(given)) return Array<Activation>(hiddenLayers).fill(resolveActivation("activation", given));
  const what = "activations (one per hidden layer, sizes.length − 2)";
  return checkEach("activation", given, hiddenLayers, what, resolveActivation);
}

/** What the network answers: by default what belongs to the loss. */
export function resolveOutput(given: unknown, loss: Loss): Output {
  if (given === undefined) return OUTPUT_OF[loss];
  return given === "softmax" || given === "gaussian"
    ? given
    : resolveActivation("output", given, "softmax", "gaussian");
}

/** In its shortest form: the bare name where the parameter is the one that it stands for. */
function resolveActivation(name: string, given: unknown, ...others: string[]): Activation {
  if (kindOf(given) !== "Object") {
    return checkOneOf(name, given, [...ACTIVATIONS, ...others]) as ActivationName;
  }
  const { type, ...rest } = given as Record<string, unknown>;
  const known = checkOneOf(`${name}.type`, type, Object.keys(PARAMETER)) as ActivationName;
  const [key, standard] = PARAMETER[known]!;
  checkKeys(name, rest, [key]);
  const { [key]: value = standard } = rest;
  if (known === "gelu") checkOneOf(`${name}.${key}`, value, ["none", "tanh"]);
  else checkNumber(`${name}.${key}`, value, -LARGEST_FLOAT, LARGEST_FLOAT);
  return value === standard ? known : ({ type: known, [key]: value } as Activation);
}
