// Mean and variance of a network's answers under dropout without drawing masks: moments are carried from layer to layer
// (Wang & Manning 2013). A layer's sums are taken as normal, and its units as independent. docs/math.md says how far
// that is right.

import { kernelActivation } from "../compute/activation.js";
import { forwardProduct } from "../compute/products.js";
import { maskScale } from "../dropout/scaling.js";
import { boundedLogVariance, halfOf, variances } from "../gaussian.js";
import { weightLength } from "../memory/layout.js";
import { type Model, ratesAt } from "../model/model.js";
import type { MomentResult } from "../types.js";
import { factors } from "./logit-factors.js";
import { activateMoments, type Moments, softmaxMoments } from "./moments.js";
import { checkFiniteRows, makeRoom, placeRows } from "./rows.js";

/** See `Network.moment_step`. */
export function momentStep(model: Model, x: Float32Array): MomentResult {
  const { batch: total } = checkFiniteRows(model, x);
  const { sizes, output, temperature } = model.config;
  const rows = makeRoom(model, x, 1, true);
  const capacity = model.arena.needs.batch;
  const out = sizes.at(-1)!;
  const result = { mean: new Float32Array(total * out), variance: new Float32Array(total * out) };
  const noisy = output === "gaussian";
  squareWeights(model);
  const last = sizes.length - 1;
  for (let from = 0; from < total; from += capacity) {
    const batch = Math.min(capacity, total - from);
    placeRows(model, 0, rows.subarray(from * sizes[0], (from + batch) * sizes[0]));
    const spread = carry(model, batch);
    const moments = momentsAt(model, last, batch);
    const roots = output === "softmax" && spread ? factors(model, spread, batch) : null;
    cool(moments, roots, temperature);
    if (output === "softmax") softmaxMoments(moments, roots);
    else if (!noisy) activateMoments(model, moments, output);
    for (let s = 0; s < batch; s++) {
      const at = s * moments.stride;
      result.mean.set(moments.mean.subarray(at, at + out), (from + s) * out);
      result.variance.set(moments.variance.subarray(at, at + out), (from + s) * out);
    }
  }
  return noisy ? splitMoments(result, out) : result;
}

/** Of means and log variances with their own variances. A log-normal variance has the mean e^(μ + σ²/2). */
function splitMoments({ mean, variance }: MomentResult, out: number): MomentResult {
  const spread = halfOf(variance, out, true);
  const noise = halfOf(mean, out, true).map((log, i) => Math.exp(boundedLogVariance(log + spread[i] / 2)));
  return { mean: halfOf(mean, out), ...variances(halfOf(variance, out), noise) };
}

/**
 * From the inputs in memory to the moments of the logits: means in `u`, variances in `dz`. Returns the variances
 * `[batch, stride]` of what the last weight reads; null where nothing is dropped.
 */
function carry(model: Model, batch: number): Float32Array | null {
  const { config, arena, core, shapes } = model;
  const { units, layers } = arena.plan;
  const rates = ratesAt(model, model.counters.step);
  const options = { batch, dense: !config.sparse };
  const squared = Object.assign(Object.create(model), {
    arena: Object.assign(Object.create(arena), {
      // Variances travel where gradients do. The input has no gradient: there they stand in for the inputs a while.
      plan: { ...arena.plan, units: units.map((unit, l) => (l === 0 ? unit : { ...unit, u: unit.dz })) },
    }),
  }) as Model;
  let spread: Float32Array | null = null;
  for (let l = 0; l < shapes.length; l++) {
    const { width, stride, u } = units[l];
    const moments = momentsAt(model, l, batch);
    if (l > 0) {
      // Sums that nothing has disturbed yet have no variance.
      if (spread) activateMoments(model, moments, config.activation[l - 1]);
      else {
        moments.variance.fill(0);
        // biome-ignore format: output, operand, bias, mask, sizes, activation, scale
        core.kernels.activate(u, stride, 0, u, stride, 0, 0, batch, width, ...kernelActivation(config.activation[l - 1]), 1);
      }
    }
    mask(moments, rates[l], maskScale(config.scaling, rates[l]));
    if (spread || rates[l] > 0) spread = moments.variance;
    const count = (at: number) => core.kernels.count_nonzero(at, batch, width, stride);
    if (spread) {
      const means = l === 0 ? moments.mean.slice() : null;
      if (means) moments.mean.set(moments.variance);
      model.active[l] = { u: count(l === 0 ? u : units[l].dz), slope: 0 };
      forwardProduct(squared, l, layers[l].folded, options, 1);
      if (means) moments.mean.set(means);
    }
    model.active[l] = { u: count(u), slope: 0 };
    forwardProduct(model, l, layers[l].weight, options, 1);
    addBias(model, l, batch);
  }
  if (!spread) momentsAt(model, shapes.length, batch).variance.fill(0);
  return spread;
}

/** Views of a unit layer's means and variances. The input's variances have a place of their own. */
function momentsAt({ arena }: Model, l: number, batch: number): Moments {
  const { u, dz, width, stride } = arena.plan.units[l];
  const variance = l === 0 ? new Float32Array(batch * stride) : arena.floats(dz, batch * stride);
  return { mean: arena.floats(u, batch * stride), variance, batch, width, stride };
}

/** Units a with a mask: b·c·a, where b is 1 with probability 1 − p, else 0. */
function mask({ mean, variance }: Moments, p: number, c: number): void {
  const kept = (1 - p) * c;
  for (let i = 0; i < mean.length; i++) {
    variance[i] = kept * c * variance[i] + p * kept * c * mean[i] * mean[i];
    mean[i] *= kept;
  }
}

function addBias({ arena }: Model, l: number, batch: number): void {
  const { u, width, stride } = arena.plan.units[l + 1];
  const sums = arena.floats(u, batch * stride);
  const bias = arena.floats(arena.plan.layers[l].bias, width);
  for (let s = 0; s < batch; s++) for (let j = 0; j < width; j++) sums[s * stride + j] += bias[j];
}

/** Divides logits by the temperature. */
function cool({ mean, variance }: Moments, roots: Float64Array[] | null, temperature: number): void {
  if (temperature === 1) return;
  for (let i = 0; i < mean.length; i++) {
    mean[i] /= temperature;
    variance[i] /= temperature ** 2;
  }
  for (const root of roots ?? []) for (let i = 0; i < root.length; i++) root[i] /= temperature;
}

/** W² where the folded copies are, unless it is there already. */
function squareWeights(model: Model): void {
  const source = `squares of ${model.weightsVersion}`;
  if (model.foldedFrom === source) return;
  model.foldedFrom = "";
  model.arena.plan.layers.forEach(({ weight, folded }, l) => {
    const length = weightLength(model.shapes[l]);
    const from = model.arena.floats(weight, length);
    const to = model.arena.floats(folded, length);
    for (let i = 0; i < length; i++) to[i] = from[i] * from[i];
  });
  model.foldedFrom = source;
}
