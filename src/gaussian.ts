// The loss and the output `gaussian` (Nix & Weigend 1994): a network says how noisy its targets are. Its logits are the
// targets' means, then the logarithms of their variances; its answers the means, then standard deviations.

import { wrongValue } from "./checks.js";
import type { Loss, MonteCarloResult, Output } from "./types.js";

/**
 * Log variances beyond ±30 count as that, so deviations lie between 3·10⁻⁷ and 3·10⁶: the digits of a float32, and then
 * some.
 */
const BOUND = 30;

export function boundedLogVariance(value: number): number {
  return Math.min(Math.max(value, -BOUND), BOUND);
}

/** How many numbers a row of targets has. */
export function targetWidth({ sizes, loss }: { sizes: readonly number[]; loss: Loss }): number {
  return sizes[sizes.length - 1] / (loss === "gaussian" ? 2 : 1);
}

/** How many numbers an answer is about: each is a mean with its deviation where the output is `gaussian`. */
export function answerWidth({ sizes, output }: { sizes: readonly number[]; output: Output }): number {
  return sizes[sizes.length - 1] / (output === "gaussian" ? 2 : 1);
}

/** Of rows `[n, width]` their first halves, the means; or their second ones. */
export function halfOf<T extends Float32Array | Float64Array>(rows: T, width: number, second = false): T {
  return rows.filter((_, i) => i % width >= width / 2 === second) as T;
}

/** All variance, as results have it. Only where there is noise are its parts told apart. */
export function variances(
  epistemic: Float32Array | Float64Array,
  noise?: Float32Array | Float64Array,
): Pick<MonteCarloResult, "variance" | "epistemic" | "aleatoric"> {
  if (!noise) return { variance: Float32Array.from(epistemic) };
  return {
    variance: Float32Array.from(epistemic, (value, i) => value + noise[i]),
    epistemic: Float32Array.from(epistemic),
    aleatoric: Float32Array.from(noise),
  };
}

/** @throws RangeError where means and variances do not come in pairs */
export function checkPairs(sizes: readonly number[]): void {
  if (sizes[sizes.length - 1] % 2 === 0) return;
  const remedy = "each target has two outputs, its mean and its log variance";
  wrongValue("sizes", "ending with an even number for gaussian", sizes, remedy);
}
