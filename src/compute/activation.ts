// Activations as the kernels know them.

import { nameOf, parameterOf } from "../config/activation.js";
import { ACTIVATION_CODE, type Kernels } from "../runtime/kernels.js";
import type { Activation } from "../types.js";

/** An activation's number, and its parameter: the two arguments that `activate` takes of it. */
export type KernelActivation = [code: Parameters<Kernels["activate"]>[9], parameter: number];

export function kernelActivation(activation: Activation): KernelActivation {
  const name = nameOf(activation);
  // The object form of gelu is the approximate one: the exact one's shortest form is its name.
  const code = name === "gelu" && activation !== name ? "gelu_tanh" : name;
  return [ACTIVATION_CODE[code], parameterOf(activation)];
}
