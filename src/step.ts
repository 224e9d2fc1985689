// The document's story: a masked forward pass, the loss, the backward pass, the update. What drops and what scales comes in as data
// (`UnitDropout`), so that training, testing and Monte-Carlo are one forward pass.

import { DivergedError } from "./checks.js";
import { maskScale, testScale } from "./dropout.js";
import { pad, weightLength } from "./layout.js";
import type { Model } from "./model.js";
import { backwardProduct, forwardProduct, gradientProduct } from "./products.js";
import { ACTIVATION_CODE } from "./runtime/kernels.js";

/** What happens to the units of one layer: dropped by the mask in memory or not, and what the kept ones are multiplied by. */
export interface UnitDropout {
  masked: boolean;
  scale: number;
}

/** Training: masks where p > 0, scaled as the strategy says. */
export function trainingDropout({ config }: Model, rates: readonly number[]): UnitDropout[] {
  return rates.map((p) => ({ masked: p > 0, scale: p > 0 ? maskScale(config.scaling, p) : 1 }));
}

/** Testing: no masks; standard dropout makes up for them with a factor. */
export function testDropout({ config }: Model, rates: readonly number[]): UnitDropout[] {
  return rates.map((p) => ({ masked: false, scale: testScale(config.scaling, p) }));
}

/**
 * x in memory → logits in the last layer's `u`, every hidden layer's `u` and `slope` on the way.
 * @param folded read the folded copies of the weights
 * @param first the unit layer to begin with: 0, or one whose units, neither masked nor scaled yet, are in its `u`
 */
export function forward(model: Model, batch: number, dropout: readonly UnitDropout[], folded = false, first = 0): void {
  const { kernels } = model.core;
  const { x, units, layers } = model.arena.plan;
  const last = units.length - 1;
  const activation = ACTIVATION_CODE[model.config.activation];

  const input = units[first];
  const [from, stride] = first === 0 ? [x, input.width] : [input.u, input.stride];
  const mask = dropout[first].masked ? input.mask : 0;
  const linear = ACTIVATION_CODE.linear;
  const { scale } = dropout[first];
  kernels.activate(input.u, input.stride, 0, from, stride, 0, mask, batch, input.width, linear, scale);

  for (let l = first + 1; l <= last; l++) {
    const { u, stride, slope, mask, width } = units[l];
    const { weight, bias, folded: foldedWeight } = layers[l - 1];
    forwardProduct(model, l - 1, folded ? foldedWeight : weight, batch);
    if (l === last) {
      kernels.activate(u, stride, 0, u, stride, bias, 0, batch, width, linear, 1);
    } else {
      const { masked, scale } = dropout[l];
      kernels.activate(u, stride, slope, u, stride, bias, masked ? mask : 0, batch, width, activation, scale);
    }
  }
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

/** The logits' gradient → every parameter's gradient. */
export function backward(model: Model, batch: number, dropout: readonly UnitDropout[]): void {
  const { kernels } = model.core;
  const { units, layers } = model.arena.plan;
  for (let l = layers.length - 1; l >= 0; l--) {
    const out = units[l + 1];
    gradientProduct(model, l, batch);
    kernels.bias_gradient(layers[l].gradient.bias, out.dz, batch, out.width, out.stride);
    if (l === 0) break;
    const { u, slope, dz, width, stride } = units[l];
    backwardProduct(model, l, batch);
    if (slope === 0) kernels.backward_relu(dz, dz, u, batch, width, stride, dropout[l].scale);
    else kernels.backward_slope(dz, dz, slope, batch, width, stride);
  }
}

/** Gradients → parameters: clip by global norm, decay, update, max-norm. `step` is the number of this update, from 1. */
export function update(model: Model, step: number): void {
  const { config, core, shapes, arena } = model;
  const { maxNorm } = config.optimizer;
  const clip = clipFactor(model);
  arena.plan.layers.forEach((layer, l) => {
    const shape = shapes[l];
    const states = layer.state;
    const decay = config.optimizer.weightDecay;
    const weightStates = states.map((state) => state.weight);
    const biasStates = states.map((state) => state.bias);
    optimize(model, layer.weight, layer.gradient.weight, weightStates, weightLength(shape), decay, clip, step);
    optimize(model, layer.bias, layer.gradient.bias, biasStates, pad(shape.out), 0, clip, step);
    if (maxNorm > 0 && l < shapes.length - 1) {
      const { rows, cols, orientation } = shape;
      if (orientation === "input") core.kernels.max_norm_columns(layer.weight, rows, cols, maxNorm);
      else core.kernels.max_norm_rows(layer.weight, rows, cols, maxNorm);
    }
  });
  model.weightsVersion++;
}

function optimize(
  model: Model,
  weight: number,
  gradient: number,
  state: readonly number[],
  length: number,
  weightDecay: number,
  clip: number,
  step: number,
): void {
  const { kernels: k } = model.core;
  const settings = model.config.optimizer;
  const { learningRate } = settings;
  if (settings.type !== "sgd") {
    const { beta1, beta2, epsilon, type } = settings;
    const decoupled = type === "adamw" ? 1 : 0;
    const correction1 = 1 - power(beta1, step);
    const correction2 = 1 - power(beta2, step);
    const [m, v] = state;
    // biome-ignore format: one update, one line
    k.adam(weight, m, v, gradient, length, learningRate, beta1, beta2, epsilon, weightDecay, decoupled, correction1, correction2, clip);
  } else if (settings.momentum > 0) {
    const { momentum, nesterov } = settings;
    k.sgd_momentum(weight, state[0], gradient, length, learningRate, momentum, nesterov ? 1 : 0, weightDecay, clip);
  } else {
    k.sgd(weight, gradient, length, learningRate, weightDecay, clip);
  }
}

/** baseⁿ by repeated squaring: `**` may differ between engines in its last bit. */
function power(base: number, n: number): number {
  let result = 1;
  for (let square = base; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** What all gradients are multiplied by, so that their common 2-norm is at most `clipNorm`. */
function clipFactor({ config, core, shapes, arena }: Model): number {
  const { clipNorm } = config.optimizer;
  if (clipNorm === 0) return 1;
  let squares = 0;
  arena.plan.layers.forEach(({ gradient }, l) => {
    squares += core.kernels.sum_of_squares(gradient.weight, weightLength(shapes[l]));
    squares += core.kernels.sum_of_squares(gradient.bias, pad(shapes[l].out));
  });
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) {
    throw new DivergedError(`the norm of the gradients is ${norm}; nothing was changed: lower the learning rate`);
  }
  return norm > clipNorm ? clipNorm / norm : 1;
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
