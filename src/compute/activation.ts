// Activations as the kernels know them.

import { ACTIVATIONS, parameterOf } from "../config/activation.js";
import { GELU_TANH } from "../runtime/kernels.js";
import type { Activation, ActivationName } from "../types.js";

const BY_NAME = Object.fromEntries(ACTIVATIONS.map((name, code) => [name, [code, parameterOf(name)]])) as Record<
  ActivationName,
  KernelActivation
>;

/** The two arguments that `activate` takes of an activation. */
export type KernelActivation = [code: number, parameter: number];

export function kernelActivation(activation: Activation): KernelActivation {
  if (typeof activation === "string") return BY_NAME[activation];
  // gelu's object form is the approximate one: the exact one's shortest form is its name.
  const code = activation.type === "gelu" ? GELU_TANH : ACTIVATIONS.indexOf(activation.type);
  return [code, parameterOf(activation)];
}
