// The document's story: a masked forward pass, the loss, the backward pass, the update. What drops and what scales comes in as data
// (`UnitDropout`), so that training, testing and Monte-Carlo are one forward pass. Every worker of a team runs all of this on its share of
// the outputs; `sync` stands where one reads what others wrote.

import { updatesInPlace } from "./arena.js";
import { maskScale, testScale } from "./dropout.js";
import { maskStride, weightLength } from "./layout.js";
import { type DrawnMasks, drawMasks } from "./masks.js";
import type { Model } from "./model.js";
import { backwardProduct, type Fate, forwardProduct, gradientProduct, type Way } from "./products.js";
import { ACTIVATION_CODE } from "./runtime/kernels.js";
import { clipFactor, update } from "./update.js";

/** What happens to the units of one layer: dropped by the mask in memory or not, and what the kept ones are multiplied by. */
export interface UnitDropout {
  masked: boolean;
  scale: number;
  /** The fraction of units that the mask keeps; 1 without one. */
  kept: number;
}

/** One pass over a batch whose rows (and targets, and masks that a caller brought) are in memory. */
export interface Pass extends Way {
  dropout: readonly UnitDropout[];
  /** Masks to draw first, and the number of the caller's row that comes first. */
  draw?: { source: DrawnMasks; firstSample: number };
  /** Read the folded copies of the weights. */
  folded?: boolean;
  /** The unit layer to begin with: 0, or one whose units, neither masked nor scaled yet, are in its `u`. */
  first?: number;
  /** Compute the loss and the gradients, of labels or of rows of targets. */
  learn?: {
    labelled: boolean;
    /** The number of the update to make, from 1; 0 leaves the gradients in memory. */
    update: number;
  };
}

/** Training: masks where p > 0, scaled as the strategy says. */
export function trainingDropout({ config }: Model, rates: readonly number[]): UnitDropout[] {
  return rates.map((p) => ({ masked: p > 0, scale: p > 0 ? maskScale(config.scaling, p) : 1, kept: 1 - p }));
}

/** Testing: no masks; standard dropout makes up for them with a factor. */
export function testDropout({ config }: Model, rates: readonly number[]): UnitDropout[] {
  return rates.map((p) => ({ masked: false, scale: testScale(config.scaling, p), kept: 1 }));
}

/**
 * Runs a pass. Returns the mean loss; NaN where it, a kept input or the gradients' norm is not finite, and then nothing that outlives the pass
 * was written.
 */
export function runPass(model: Model, pass: Pass): number {
  if (pass.draw) drawMasks(model, pass.draw.source, pass.batch, pass.draw.firstSample);
  forward(model, pass);
  if (!pass.learn) return 0;
  const first = model.team.index === 0;
  const value = model.team.total(first ? finiteLoss(model, pass.batch, pass.learn.labelled) : 0);
  if (Number.isNaN(value)) return value;
  const fused = pass.learn.update > 0 && updatesInPlace(model.config);
  model.writing = fused;
  backward(model, pass, fused);
  if (pass.learn.update === 0) return value;
  const clip = model.team.total(first ? clipFactor(model) : 0);
  if (Number.isNaN(clip)) return clip;
  model.writing = true;
  update(model, pass.learn.update, clip, fused);
  model.writing = false;
  return value;
}

/** x in memory → logits in the last layer's `u`; every hidden layer's `u` and `slope` on the way. */
function forward(model: Model, pass: Pass): void {
  const { team, config } = model;
  const { x, units, layers } = model.arena.plan;
  const last = units.length - 1;
  const linear = ACTIVATION_CODE.linear;

  const { first = 0 } = pass;
  const [input, stride] = first === 0 ? [x, units[0].width] : [units[first].u, units[first].stride];
  activateShare(model, pass, first, input, stride, 0, linear);
  for (let l = first + 1; l <= last; l++) {
    const { weight, bias, folded } = layers[l - 1];
    forwardProduct(model, l - 1, pass.folded ? folded : weight, pass, l < last ? pass.dropout[l].kept : 1);
    team.sync();
    activateShare(
      model,
      pass,
      l,
      units[l].u,
      units[l].stride,
      bias,
      l < last ? ACTIVATION_CODE[config.activation] : linear,
    );
  }
}

/** z → u and slope of unit layer l, for this worker's samples; counts what is not zero. Waits for the others'. */
function activateShare(
  model: Model,
  { batch, dropout }: Pass,
  l: number,
  z: number,
  ldz: number,
  bias: number,
  activation: number,
): void {
  const { core, team, active } = model;
  const { u, stride, slope, mask, width } = model.arena.plan.units[l];
  const { masked, scale } = dropout[l] ?? { masked: false, scale: 1 };
  const [from, to] = team.share(batch, 1);
  const rows = 4 * from * stride;
  const bits = masked ? mask + from * maskStride(width) : 0;
  const slopes = slope === 0 ? 0 : slope + rows;
  core.kernels.activate(
    u + rows,
    stride,
    slopes,
    z + 4 * from * ldz,
    ldz,
    bias,
    bits,
    to - from,
    width,
    activation,
    scale,
  );
  // Nothing drops or cuts off logits, so nobody counts them.
  if (dropout[l] === undefined) {
    active[l] = { u: batch * width, slope: batch * width };
    team.sync();
    return;
  }
  const count = core.kernels.count_nonzero(u + rows, to - from, width, stride);
  active[l].u = team.total(count);
  active[l].slope =
    slope === 0 ? active[l].u : team.total(core.kernels.count_nonzero(slopes, to - from, width, stride));
}

/** Logits and targets, from row `from` on → the mean loss, and its gradient with respect to the logits where `gradient` is wanted. */
export function loss(model: Model, batch: number, labelled: boolean, gradient: boolean, from = 0): number {
  const { kernels } = model.core;
  const { plan } = model.arena;
  const { u, width, stride, dz } = plan.units[plan.units.length - 1];
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
      return kernels.mse(to, z, targets, batch, width, stride);
    case "bce":
      return kernels.bce(to, z, targets, batch, width, stride);
  }
}

/** The loss, its gradient in memory; NaN where it is beyond float32 or an input that was kept is not finite. */
function finiteLoss(model: Model, batch: number, labelled: boolean): number {
  const { kernels } = model.core;
  const { x, units } = model.arena.plan;
  const { u, width, stride } = units[0];
  const value = loss(model, batch, labelled, true);
  if (!Number.isFinite(Math.fround(value))) return Number.NaN;
  // Such an input can hide from the loss, because tanh saturates and relu cuts off, and would still spoil the weights; a dropped one cannot.
  if (kernels.find_nonfinite(x, batch * width) < 0) return value;
  for (let s = 0; s < batch; s++) if (kernels.find_nonfinite(u + 4 * s * stride, width) >= 0) return Number.NaN;
  return value;
}

/** The logits' gradient → every parameter's gradient, or, fused, every weight's update. */
function backward(model: Model, pass: Pass, fused: boolean): void {
  const { team } = model;
  const { layers } = model.arena.plan;
  const { learningRate, weightDecay } = model.config.optimizer;
  for (let l = layers.length - 1; l >= 0; l--) {
    biasGradient(model, l, pass.batch);
    if (l > 0) {
      backwardProduct(model, l, pass);
      team.sync();
      multiplySlopes(model, l, pass);
    }
    const fate: Fate = fused
      ? { keep: 1 - learningRate * weightDecay, rate: learningRate }
      : { gradient: layers[l].gradient.weight };
    gradientProduct(model, l, pass, fate);
    if (l > 0) team.sync();
  }
  team.sync();
}

/** dz = du · slope for this worker's samples. */
function multiplySlopes(model: Model, l: number, { batch, dropout }: Pass): void {
  const { kernels } = model.core;
  const { u, slope, dz, width, stride } = model.arena.plan.units[l];
  const [from, to] = model.team.share(batch, 1);
  const rows = 4 * from * stride;
  if (slope === 0) kernels.backward_relu(dz + rows, dz + rows, u + rows, to - from, width, stride, dropout[l].scale);
  else kernels.backward_slope(dz + rows, dz + rows, slope + rows, to - from, width, stride);
}

function biasGradient(model: Model, l: number, batch: number): void {
  const { plan } = model.arena;
  const { dz, width, stride } = plan.units[l + 1];
  const [from, to] = model.team.share(width, 16);
  if (from === to) return;
  model.core.kernels.bias_gradient(plan.layers[l].gradient.bias + 4 * from, dz + 4 * from, batch, to - from, stride);
}

/** Makes the folded copies W_test = (1 − p)·W again where the weights or the rates have changed since. */
export function foldWeights(model: Model, rates: readonly number[]): void {
  const source = `${model.weightsVersion}: ${rates.join()}`;
  if (model.foldedFrom === source) return;
  const { plan } = model.arena;
  plan.layers.forEach(({ weight, folded }, l) => {
    model.core.kernels.scale_floats(folded, weight, weightLength(model.shapes[l]), 1 - rates[l]);
  });
  model.foldedFrom = source;
}
