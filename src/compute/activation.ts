// Activations as the kernels know them.

import { ACTIVATIONS, nameOf, parameterOf } from "../config/activation.js";
import { GELU_TANH } from "../runtime/kernels.js";
import type { Activation } from "../types.js";

/** The two arguments that `activate` takes of an activation. */
export type KernelActivation = [code: number, parameter: number];

export function kernelActivation(activation: Activation): KernelActivation {
  const name = nameOf(activation);
  // gelu's object form is the approximate one: the exact one's shortest form is its name.
  const code = name === "gelu" && activation !== name ? GELU_TANH : ACTIVATIONS.indexOf(name);
  return [code, parameterOf(activation)];
}
