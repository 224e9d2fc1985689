// A training step: a masked forward pass, the loss, the backward pass, the update. Every worker of a team runs all of
// this on its share of the outputs; `sync` stands wherever one is about to read what others have written.

import { isFrozen, type Model } from "../model/model.js";
import type { Pass } from "../model/pass.js";
import { averageWeights, sumGradients } from "./beside.js";
import { runForward } from "./forward.js";
import { finiteLoss } from "./loss.js";
import { clipFactor, update } from "./optimize.js";
import { backwardProduct, type Fate, gradientProduct } from "./products.js";

/**
 * Runs a pass. Returns the mean loss, or NaN if the loss, a kept input or the gradients' norm is not finite. After NaN
 * nothing that outlives the pass was written. After an update `model.writing` stays true until the caller has counted
 * the update.
 */
export function runPass(model: Model, pass: Pass): number {
  runForward(model, pass);
  if (!pass.learn) return 0;
  const first = model.team.index === 0;
  const fused = pass.learn.update > 0 && model.inPlace;
  const own = first ? finiteLoss(model, pass.batch, pass.learn.labelled, pass.learn.weights) : 0;
  const { sum, average = 0 } = pass.learn;
  const value = beforeWriting(model, own, fused || sum?.closes === false);
  if (Number.isNaN(value)) return value;
  backward(model, pass, fused);
  if (sum) sumGradients(model, sum);
  if (pass.learn.update === 0) return value;
  const clip = beforeWriting(model, first ? clipFactor(model) : 0, true);
  if (Number.isNaN(clip)) return clip;
  update(model, pass.learn.update, clip, fused);
  if (average > 0) averageWeights(model, average);
  return value;
}

/**
 * The team's total. If it is a number, weights are written next. That is noted before, because others may write while
 * this thread still waits for the total.
 */
function beforeWriting(model: Model, own: number, writes: boolean): number {
  model.writing = writes;
  const total = model.team.total(own);
  if (Number.isNaN(total)) model.writing = false;
  return total;
}

/**
 * The logits' gradient → every parameter's gradient, or, fused, every weight's update. A step needs none of frozen
 * layers, and goes no further down than to the lowest that learns.
 */
function backward(model: Model, pass: Pass, fused: boolean): void {
  const { team } = model;
  const { layers } = model.arena.plan;
  const { learningRate, weightDecay } = model.config.optimizer;
  const isStep = fused || pass.learn?.update !== 0 || pass.learn.sum !== undefined;
  const learns = (l: number) => !(isStep && isFrozen(model, l));
  let lowest = 0;
  while (lowest < layers.length && !learns(lowest)) lowest++;
  for (let l = layers.length - 1; l >= lowest; l--) {
    if (learns(l)) biasGradient(model, l, pass.batch);
    if (l > lowest) {
      backwardProduct(model, l, pass);
      team.sync();
      multiplySlopes(model, l, pass);
    }
    const fate: Fate = fused
      ? { shrink: 1 - learningRate * weightDecay, rate: learningRate }
      : { gradient: layers[l].gradient.weight };
    if (learns(l)) gradientProduct(model, l, pass, fate);
    if (l > lowest) team.sync();
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
