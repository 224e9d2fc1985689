// From gradients to weights: the optimizers, and the bounds on norms.

import { power } from "../config/schedules/power.js";
import type { LayerMemory } from "../memory/arena.js";
import { PANEL, pad, panelCount, weightLength } from "../memory/layout.js";
import { isFrozen, type Model } from "../model/model.js";
import type { Pointer } from "../runtime/kernels.js";

/**
 * Gradients → parameters: clip, decay, update, max-norm.
 * @param step the number of this update, from 1
 * @param clip what the gradients are multiplied by: see `clipFactor`
 * @param fused the weights were updated together with their products (`updatesInPlace`), so that the biases alone are
 * left
 */
export function update(model: Model, step: number, clip: number, fused: boolean): void {
  const { config, shapes, team, arena } = model;
  const { maxNorm } = config.optimizer;
  const scales = scalesOf(config.optimizer, clip, step);
  for (let l = 0; l < shapes.length; l++) {
    if (isFrozen(model, l)) continue;
    const shape = shapes[l];
    const layer = arena.plan.layers[l];
    if (!fused) {
      // Workers share whole panels. So max-norm by columns bounds what the same worker has updated, without waiting.
      const [from, to] = team.share(panelCount(shape), 1);
      const first = from * PANEL * shape.rows;
      optimize(model, layer, "weight", first, Math.min(to * PANEL * shape.rows, weightLength(shape)) - first, scales);
    }
    if (team.index === 0) optimize(model, layer, "bias", 0, pad(shape.out), scales);
    if (maxNorm > 0 && l < shapes.length - 1) boundNorms(model, l, maxNorm);
  }
  team.sync();
}

/** What an update is scaled by, the same for all parameters. */
interface Scales {
  clip: number;
  /** Adam's, 1 for others. */
  correction1: number;
  correction2: number;
}

function scalesOf(settings: Model["config"]["optimizer"], clip: number, step: number): Scales {
  if (!("beta1" in settings)) return { clip, correction1: 1, correction2: 1 };
  return { clip, correction1: 1 - power(settings.beta1, step), correction2: 1 - power(settings.beta2, step) };
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

/** One update of `length` numbers, a multiple of 4, of a layer's weight or bias, from number `first` on. */
function optimize(
  model: Model,
  layer: LayerMemory,
  part: "weight" | "bias",
  first: number,
  length: number,
  { clip, correction1, correction2 }: Scales,
): void {
  const { kernels: k } = model.core;
  const settings = model.config.optimizer;
  const { learningRate } = settings;
  const isWeight = part === "weight";
  const weightDecay = isWeight ? settings.weightDecay : 0;
  const from = ({ weight, bias }: Record<typeof part, Pointer>): Pointer => (isWeight ? weight : bias) + 4 * first;
  const parameters = from(layer);
  const gradients = from(layer.gradient);
  const kept = (copy: number): Pointer => from(layer.state[copy]);
  if (settings.type === "rmsprop") {
    const { alpha, epsilon, momentum } = settings;
    const b = model.copies[1] === "momentum" ? kept(1) : 0;
    k.rmsprop(parameters, kept(0), b, gradients, length, learningRate, alpha, epsilon, momentum, weightDecay, clip);
  } else if (settings.type !== "sgd") {
    const { beta1, beta2, epsilon, type } = settings;
    const decoupled = type === "adamw" ? 1 : 0;
    // biome-ignore format: one update, one line
    k.adam(parameters, kept(0), kept(1), gradients, length, learningRate, beta1, beta2, epsilon, weightDecay, decoupled, correction1, correction2, clip);
  } else if (model.copies[0] === "momentum") {
    const { momentum, nesterov } = settings;
    k.sgd_momentum(parameters, kept(0), gradients, length, learningRate, momentum, nesterov ? 1 : 0, weightDecay, clip);
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
