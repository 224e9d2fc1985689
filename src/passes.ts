// Whole masked passes over a caller's rows: brought into memory, run, copied out. The step itself is in step.ts.

import { DivergedError } from "./checks.js";
import { checkMasks, type DrawnMasks, drawMasks, type LastMasks, storeMasks } from "./masks.js";
import { type Model, ratesAt } from "./model.js";
import { Stream } from "./random.js";
import { batchOf, makeRoom, readLogits, stage } from "./rows.js";
import { backward, forward, loss, trainingDropout, type UnitDropout, update } from "./step.js";
import { storeTargets, type Wanted } from "./targets.js";
import type { Masks, StepResult, TrainResult } from "./types.js";

interface MaskedPass {
  batch: number;
  dropout: UnitDropout[];
  last: LastMasks;
}

/** Brings x and its masks into memory. Nothing that outlives a step is touched. */
function prepareMasked(
  model: Model,
  x: Float32Array,
  drawn: Omit<DrawnMasks, "rates" | "seed">,
  masks?: Masks,
): MaskedPass {
  const batch = batchOf(model, x);
  const rates = ratesAt(model, model.counters.step);
  const dropout = trainingDropout(model, rates);
  const supplied = masks === undefined ? undefined : checkMasks(model, masks, batch);
  stage(model, makeRoom(model, x, batch));
  if (supplied) {
    storeMasks(model, supplied, batch);
    supplied.forEach((mask, l) => {
      dropout[l] = mask ? { masked: true, scale: dropout[l].scale } : { masked: false, scale: 1 };
    });
    return { batch, dropout, last: { source: { supplied }, batch } };
  }
  const source = { ...drawn, seed: model.config.seed, rates };
  drawMasks(model, source, batch);
  return { batch, dropout, last: { source, batch } };
}

/** A masked forward pass in which nothing is learned. */
export function look(model: Model, x: Float32Array, masks?: Masks): StepResult {
  const pass = prepareMasked(model, x, { stream: Stream.forward, step: model.counters.looks }, masks);
  forward(model, pass.batch, pass.dropout);
  model.counters.looks++;
  model.last = pass.last;
  return { out: readLogits(model, pass.batch) };
}

/** Forward, loss, backward: leaves every gradient in memory. Masks are those of the coming update unless handed in. */
function differentiate(
  model: Model,
  x: Float32Array,
  wanted: Wanted,
  masks?: Masks,
): { loss: number; pass: MaskedPass } {
  const pass = prepareMasked(model, x, { stream: Stream.update, step: model.counters.step }, masks);
  storeTargets(model, wanted, pass.batch);
  forward(model, pass.batch, pass.dropout);
  const value = loss(model, pass.batch, "labels" in wanted, true);
  checkFinite(model, value, pass.batch);
  backward(model, pass.batch, pass.dropout);
  return { loss: value, pass };
}

/**
 * Nothing was written yet, and nothing will be where the loss is beyond float32 or an input that was kept is not finite. Such an input
 * can hide from the loss, because tanh saturates and relu cuts off, and would still spoil the weights; a dropped one does no harm.
 */
function checkFinite(model: Model, value: number, batch: number): void {
  const { kernels } = model.core;
  const { x, units } = model.arena.plan;
  const { u, width, stride } = units[0];
  const finite = Number.isFinite(Math.fround(value));
  if (finite && kernels.find_nonfinite(x, batch * width) < 0) return;
  const what = `the loss of step ${model.counters.step} is ${value}`;
  for (let s = 0; s < batch; s++) {
    const j = kernels.find_nonfinite(u + 4 * s * stride, width);
    if (j < 0) continue;
    const input = model.arena.floats(x, batch * width)[s * width + j];
    throw new DivergedError(`${what}, and row ${s} of x has ${input} in column ${j}; nothing was changed`);
  }
  if (!finite)
    throw new DivergedError(`${what}; nothing was changed: lower the learning rate, or standardise the inputs`);
}

/** One step of training. The targets were checked. */
export function learn(model: Model, x: Float32Array, wanted: Wanted, masks?: Masks): TrainResult {
  const { loss: value, pass } = differentiate(model, x, wanted, masks);
  update(model, model.counters.optimizerSteps + 1);
  model.counters.optimizerSteps++;
  model.counters.step++;
  model.last = pass.last;
  return { out: readLogits(model, pass.batch), loss: value };
}

/** The gradients of a step that is not taken, left in memory. */
export function differentiateOnly(model: Model, x: Float32Array, wanted: Wanted, masks?: Masks): number {
  return differentiate(model, x, wanted, masks).loss;
}
