// From gradients to weights: the optimizers, and the bounds on norms.

import { PANEL, pad, panelCount, weightLength } from "./layout.js";
import type { Model } from "./model.js";

/**
 * Gradients → parameters: clip, decay, update, max-norm. `step` is the number of this update, from 1; weights that are `fused` were updated with
 * their products already.
 */
export function update(model: Model, step: number, clip: number, fused: boolean): void {
  const { config, shapes, team, arena } = model;
  const { maxNorm, weightDecay } = config.optimizer;
  arena.plan.layers.forEach((layer, l) => {
    const shape = shapes[l];
    const states = layer.state;
    if (!fused) {
      // Whole panels, so that max-norm by columns finds this worker's own.
      const [first, end] = team
        .share(panelCount(shape), 1)
        .map((q) => Math.min(4 * q * PANEL * shape.rows, 4 * weightLength(shape)));
      const weightStates = states.map((state) => state.weight + first);
      optimize(
        model,
        layer.weight + first,
        layer.gradient.weight + first,
        weightStates,
        (end - first) / 4,
        weightDecay,
        clip,
        step,
      );
    }
    if (team.index === 0) {
      const biasStates = states.map((state) => state.bias);
      optimize(model, layer.bias, layer.gradient.bias, biasStates, pad(shape.out), 0, clip, step);
    }
    if (maxNorm > 0 && l < shapes.length - 1) boundNorms(model, l, maxNorm);
  });
  team.sync();
}

/** Max-norm on the weights that lead to each hidden unit. */
function boundNorms(model: Model, l: number, maxNorm: number): void {
  const { team, core } = model;
  const { rows, cols, orientation } = model.shapes[l];
  const { weight } = model.arena.plan.layers[l];
  if (orientation === "input") {
    const [from, to] = team.share(panelCount(model.shapes[l]), 1);
    const columns = Math.min(cols, to * PANEL) - from * PANEL;
    if (from < to) core.kernels.max_norm_columns(weight + 4 * from * PANEL * rows, rows, columns, maxNorm);
  } else {
    team.sync();
    if (team.index === 0) core.kernels.max_norm_rows(weight, rows, cols, maxNorm);
  }
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

/** What all gradients are multiplied by, so that their common 2-norm is at most `clipNorm`; NaN where it is not finite. */
export function clipFactor({ config, core, shapes, arena }: Model): number {
  const { clipNorm } = config.optimizer;
  if (clipNorm === 0) return 1;
  let squares = 0;
  arena.plan.layers.forEach(({ gradient }, l) => {
    squares += core.kernels.sum_of_squares(gradient.weight, weightLength(shapes[l]));
    squares += core.kernels.sum_of_squares(gradient.bias, pad(shapes[l].out));
  });
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) return Number.NaN;
  return norm > clipNorm ? clipNorm / norm : 1;
}
