// The loss of the logits in memory, and its gradient.

import { pad } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { Pointer } from "../runtime/kernels.js";
import type { Activation } from "../types.js";
import { kernelActivation } from "./activation.js";
import { gaussianLoss } from "./gaussian.js";

/**
 * Logits and targets of `batch` rows, from row `from` on → their mean loss; with `gradient`, also its gradient with
 * respect to the logits, into their `dz`.
 */
export function loss(model: Model, batch: number, labelled: boolean, gradient: boolean, from = 0): number {
  const { kernels } = model.core;
  const { plan } = model.arena;
  const { u, width, stride, dz, slope } = plan.units[plan.units.length - 1];
  const first = 4 * from * stride;
  const z = u + first;
  const labels = plan.labels + 4 * from;
  const targets = plan.targets + first;
  const to = gradient ? dz + first : 0;
  switch (model.config.loss) {
    case "cross-entropy":
      return labelled
        ? kernels.cross_entropy(to, z, labels, batch, width, stride)
        : kernels.cross_entropy_rows(to, z, targets, batch, width, stride);
    case "mse":
      return slope === 0
        ? kernels.mse(to, z, targets, batch, width, stride)
        : activatedLoss(model, batch, { z, y: dz + first, slopes: slope + first, targets }, gradient);
    case "bce":
      return kernels.bce(to, z, targets, batch, width, stride);
    case "gaussian":
      return gaussianLoss(model, batch, { z, dz: dz + first, targets, width, stride }, gradient);
  }
}

/**
 * mse of the network's answers, where these are not the logits. The logits stay; the answers take the place of their
 * gradient, which comes last.
 */
function activatedLoss(
  model: Model,
  batch: number,
  at: { z: Pointer; y: Pointer; slopes: Pointer; targets: Pointer },
  gradient: boolean,
): number {
  const { kernels } = model.core;
  const { width, stride } = model.arena.plan.units[model.arena.plan.units.length - 1];
  const { z, y, slopes, targets } = at;
  // An answer may be finite where its logit is not, and what made it infinite is not finite either.
  for (let s = 0; s < batch; s++) if (kernels.find_nonfinite(z + 4 * s * stride, pad(width)) >= 0) return Number.NaN;
  const output = kernelActivation(model.config.output as Activation);
  kernels.activate(y, stride, slopes, z, stride, 0, 0, batch, width, ...output, 1);
  const value = kernels.mse(gradient ? y : 0, y, targets, batch, width, stride);
  if (gradient) kernels.backward_slope(y, y, slopes, batch, width, stride);
  return value;
}

/**
 * The mean of the samples' losses by their weights, Σ wᵢ·lᵢ / Σ wᵢ, and its gradient; both are 0 where no sample has
 * weight.
 */
export function weightedLoss(model: Model, weights: Float64Array, labelled: boolean, gradient: boolean): number {
  const { dz, width, stride } = model.arena.plan.units[model.arena.plan.units.length - 1];
  const rows = model.arena.floats(dz, weights.length * stride);
  const total = sumOf(weights) || 1;
  let sum = 0;
  for (let s = 0; s < weights.length; s++) {
    const share = weights[s] / total;
    sum += share * loss(model, 1, labelled, gradient, s);
    if (gradient) for (let j = s * stride; j < s * stride + width; j++) rows[j] *= share;
  }
  return sum;
}

/** Added in order, so that a sum is the same whoever takes it. */
export function sumOf(weights: Float64Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return sum;
}

/**
 * As `loss` or `weightedLoss`, with the gradient. NaN where the loss is not finite in float32, or where an input that
 * was kept is not.
 */
export function finiteLoss(model: Model, batch: number, labelled: boolean, weights?: Float64Array): number {
  const { kernels } = model.core;
  const { u, width, stride } = model.arena.plan.units[0];
  const value = weights ? weightedLoss(model, weights, labelled, true) : loss(model, batch, labelled, true);
  if (!Number.isFinite(Math.fround(value))) return Number.NaN;
  // An infinite input may leave the loss finite, because tanh saturates and relu cuts off. It would still spoil the
  // first weight's gradient. An input that its mask has dropped is 0 in `u`, and harmless. Rows without a gap between
  // them are searched in one call.
  const [rows, length] = stride === pad(width) ? [1, batch * stride] : [batch, pad(width)];
  for (let s = 0; s < rows; s++) if (kernels.find_nonfinite(u + 4 * s * stride, length) >= 0) return Number.NaN;
  return value;
}
