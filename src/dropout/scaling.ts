// The dropout strategies as data: which number multiplies what, in which strategy, for a probability p of dropping.
//
//   scaling    | kept unit, training | unit, testing          | weights that read the layer, next to "standard"
//   standard   | 1                   | 1 − p                  | the same
//   inverted   | 1 / (1 − p)         | 1                      | × (1 − p)
//   folded     | 1                   | 1, read by (1 − p)·W   | the same: standard and folded share parameters
//
// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (JMLR 15, 2014), describe
// "folded" and mention "inverted" (section 10). Their p is the probability of keeping a unit; here, as in PyTorch, p is
// that of dropping.

import { wrongValue } from "../checks.js";
import type { Scaling } from "../types.js";
import { layerName } from "./rates.js";

export const SCALINGS = ["standard", "inverted", "folded"] as const satisfies readonly Scaling[];

/** What a kept unit is multiplied by in training. At p = 1 no unit is kept, and the scale is 0 instead of 1 / 0. */
export function maskScale(scaling: Scaling, p: number): number {
  if (scaling !== "inverted") return 1;
  return p === 1 ? 0 : 1 / (1 - p);
}

/**
 * What every unit is multiplied by in testing. Folded dropout has this factor in its copy of the weights instead: see
 * `foldScale`.
 */
export function testScale(scaling: Scaling, p: number): number {
  return scaling === "standard" ? 1 - p : 1;
}

/** What the weights that testing reads are multiplied by: W_test = (1 − p)·W for folded dropout. */
export function foldScale(scaling: Scaling, p: number): number {
  return scaling === "folded" ? 1 - p : 1;
}

/**
 * The factor of the weights that read unit layer `layer`, dropped with p, when a trained network changes its strategy.
 * It keeps masked and test outputs as they are. Biases are not multiplied.
 */
export function conversionFactor(from: Scaling, to: Scaling, p: number, layer: number): number {
  if ((from === "inverted") === (to === "inverted")) return 1;
  if (p === 1) {
    const expected = `below 1 to change scaling from "${from}" to "${to}"`;
    wrongValue(`dropout of ${layerName(layer)}`, expected, p, "no weight makes up for units that are never kept");
  }
  return to === "inverted" ? 1 - p : 1 / (1 - p);
}
