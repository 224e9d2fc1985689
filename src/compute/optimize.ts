// From gradients to weights: the optimizers, and the bounds on norms.

import { power } from "../config/schedules/power.js";
import { PANEL, pad, panelCount, weightLength } from "../memory/layout.js";
import { isFrozen, type Model } from "../model/model.js";
import type { Pointer } from "../runtime/kernels.js";

/** A run of numbers in memory that one call of an optimizer updates, and the runs that go with it. */
interface Run {
  /** Numbers, a multiple of 4. */
  length: number;
  parameters: Pointer;
  gradients: Pointer;
  /** Momentum; or Adam's m, then v. */
  state: readonly Pointer[];
  weightDecay: number;
}

/**
 * Gradients → parameters: clip, decay, update, max-norm.
 * @param step the number of this update, from 1
 * @param clip what the gradients are multiplied by: see `clipFactor`
 * @param fused the weights were updated together with their products (`updatesInPlace`), so that the biases alone are left
 */
export function update(model: Model, step: number, clip: number, fused: boolean): void {
  const { config, shapes, team, arena } = model;
  const { maxNorm, weightDecay } = config.optimizer;
  arena.plan.layers.forEach(({ weight, bias, gradient, state }, l) => {
    if (isFrozen(model, l)) return;
    const shape = shapes[l];
    if (!fused) {
      // Workers share whole panels. So max-norm by columns bounds what the same worker has updated, without waiting.
      const [first, end] = team
        .share(panelCount(shape), 1)
        .map((panel) => Math.min(panel * PANEL * shape.rows, weightLength(shape)));
      const run = {
        length: end - first,
        parameters: weight + 4 * first,
        gradients: gradient.weight + 4 * first,
        state: state.map((copy) => copy.weight + 4 * first),
        weightDecay,
      };
      optimize(model, run, clip, step);
    }
    if (team.index === 0) {
      const run = {
        length: pad(shape.out),
        parameters: bias,
        gradients: gradient.bias,
        state: state.map((copy) => copy.bias),
        weightDecay: 0,
      };
      optimize(model, run, clip, step);
    }
    if (maxNorm > 0 && l < shapes.length - 1) boundNorms(model, l, maxNorm);
  });
  team.sync();
}

/** Max-norm (Srivastava et al. 2014, 5.1): bounds the 2-norm of the weights that lead to each unit. */
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

/** One update of one run by the network's optimizer. */
function optimize(model: Model, run: Run, clip: number, step: number): void {
  const { kernels: k } = model.core;
  const { length, parameters, gradients, state, weightDecay } = run;
  const settings = model.config.optimizer;
  const { learningRate } = settings;
  if (settings.type === "rmsprop") {
    const { alpha, epsilon, momentum } = settings;
    const [v, b] = state;
    const kept = model.copies[1] === "momentum" ? b : 0;
    k.rmsprop(parameters, v, kept, gradients, length, learningRate, alpha, epsilon, momentum, weightDecay, clip);
  } else if (settings.type !== "sgd") {
    const { beta1, beta2, epsilon, type } = settings;
    const decoupled = type === "adamw" ? 1 : 0;
    const correction1 = 1 - power(beta1, step);
    const correction2 = 1 - power(beta2, step);
    const [m, v] = state;
    // biome-ignore format: one update, one line
    k.adam(parameters, m, v, gradients, length, learningRate, beta1, beta2, epsilon, weightDecay, decoupled, correction1, correction2, clip);
  } else if (model.copies[0] === "momentum") {
    const { momentum, nesterov } = settings;
    const [v] = state;
    k.sgd_momentum(parameters, v, gradients, length, learningRate, momentum, nesterov ? 1 : 0, weightDecay, clip);
  } else {
    k.sgd(parameters, gradients, length, learningRate, weightDecay, clip);
  }
}

/**
 * What all gradients are multiplied by, so that their common 2-norm is at most `clipNorm`; NaN where it is not finite.
 */
export function clipFactor(model: Model): number {
  const { config, core, shapes, arena } = model;
  const { clipNorm } = config.optimizer;
  if (clipNorm === 0) return 1;
  let squares = 0;
  arena.plan.layers.forEach(({ gradient }, l) => {
    if (isFrozen(model, l)) return;
    squares += core.kernels.sum_of_squares(gradient.weight, weightLength(shapes[l]));
    squares += core.kernels.sum_of_squares(gradient.bias, pad(shapes[l].out));
  });
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) return Number.NaN;
  return norm > clipNorm ? clipNorm / norm : 1;
}
