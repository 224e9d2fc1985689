// Whole masked passes over a caller's rows: brought into memory, run, copied out. The step itself is in step.ts.

import { checkKeys, checkObject, DivergedError } from "../checks.js";
import { chooseLayout } from "../compute/first-layer.js";
import { trainingDropout } from "../compute/forward.js";
import { loss } from "../compute/step.js";
import { type Model, ratesAt } from "../model/model.js";
import type { DrawnMasks, LastMasks, Pass } from "../model/pass.js";
import { Stream } from "../random/philox.js";
import { forward, run } from "../threads/run.js";
import type { Masks, Parameters, StepOptions, StepResult, Targets, TrainResult } from "../types.js";
import { checkMasks, storeMasks } from "./masks.js";
import { getParameters } from "./parameters.js";
import { batchOf, makeRoom, readUnits, stage } from "./rows.js";
import { type CheckedTargets, checkTargets, storeTargets } from "./targets.js";

/** Brings x and masks that a caller brought into memory, and describes the pass. Nothing that outlives a step is touched. */
function prepare(
  model: Model,
  x: Float32Array,
  drawn: Omit<DrawnMasks, "rates" | "seed">,
  masks?: Masks,
): { pass: Pass; rows: Float32Array; last: LastMasks } {
  const batch = batchOf(model, x);
  const rates = ratesAt(model, model.counters.step);
  const dropout = trainingDropout(model, rates);
  const supplied = masks === undefined ? undefined : checkMasks(model, masks, batch);
  const rows = makeRoom(model, x, batch);
  const pass: Pass = { batch, dropout, dense: !model.config.sparse, fromInput: stage(model, rows) };
  if (!supplied) {
    const source = { ...drawn, seed: model.config.seed, rates };
    return { pass: { ...pass, draw: { source, firstSample: 0 } }, rows, last: { source, batch } };
  }
  storeMasks(model, supplied, batch);
  // `kept` stays what the rate says, whatever these masks keep: it decides between dense and sparse products. So masks that `masks()` gave back make
  // the same decisions as when they were drawn, and the same bits.
  supplied.forEach((mask, l) => {
    dropout[l] = mask ? { ...dropout[l], masked: true } : { masked: false, scale: 1, kept: 1 };
  });
  return { pass, rows, last: { source: { supplied }, batch } };
}

/** See `Network.train_step`. */
export function trainStep(
  model: Model,
  x: Float32Array,
  y: Targets | null | undefined,
  options: StepOptions,
): StepResult | TrainResult {
  checkKeys("options", checkObject("options", options), ["masks"]);
  if (y === undefined || y === null) return look(model, x, options.masks);
  return learn(model, x, checkTargets(model, y, batchOf(model, x)), options.masks);
}

/** See `Network.gradients`. */
export function gradients(
  model: Model,
  x: Float32Array,
  y: Targets,
  options: StepOptions,
): { loss: number } & Parameters {
  checkKeys("options", checkObject("options", options), ["masks"]);
  const loss = differentiate(model, x, checkTargets(model, y, batchOf(model, x)), options.masks);
  return Object.assign({ loss }, getParameters(model, "gradients")) as { loss: number } & Parameters;
}

/** A masked forward pass in which nothing is learned. */
function look(model: Model, x: Float32Array, masks?: Masks): StepResult {
  const { pass, last } = prepare(model, x, { stream: Stream.forward, step: model.counters.looks }, masks);
  forward(model, pass);
  model.counters.looks++;
  model.last = last;
  return { out: readUnits(model, pass.batch) };
}

/** One step of training. The targets were checked. */
export function learn(model: Model, x: Float32Array, targets: CheckedTargets, masks?: Masks): TrainResult {
  const { pass, rows, last } = prepare(model, x, { stream: Stream.update, step: model.counters.step }, masks);
  const takeBack = chooseLayout(model, rows, pass);
  storeTargets(model, targets, pass.batch);
  const update = model.counters.optimizerSteps + 1;
  const value = runOr(takeBack, model, { ...pass, learn: { labelled: "labels" in targets, update } });
  checkFinite(model, value, rows, "labels" in targets);
  model.weightsVersion++;
  model.counters.optimizerSteps++;
  model.counters.step++;
  model.last = last;
  return { out: readUnits(model, pass.batch), loss: value };
}

/** Runs a step. Where it learns nothing, because its loss is NaN or a worker has died before the first write, `takeBack` undoes what was chosen for it. */
function runOr(takeBack: () => void, model: Model, pass: Pass): number {
  let value = Number.NaN;
  try {
    value = run(model, pass);
  } finally {
    if (Number.isNaN(value) && !model.writing) takeBack();
  }
  return value;
}

/** The gradients of a step that is not taken, left in memory: by the dense kernels, which everything else is compared with. */
function differentiate(model: Model, x: Float32Array, targets: CheckedTargets, masks?: Masks): number {
  const own = model.arena.needs.gradients || x.buffer !== model.arena.memory.buffer ? x : x.slice();
  model.arena.ensure({ gradients: true });
  const { pass, rows } = prepare(model, own, { stream: Stream.update, step: model.counters.step }, masks);
  storeTargets(model, targets, pass.batch);
  const loss = run(model, { ...pass, dense: true, learn: { labelled: "labels" in targets, update: 0 } });
  checkFinite(model, loss, rows, "labels" in targets);
  return loss;
}

/** Says what made a loss NaN; the pass has written nothing that outlives it. */
function checkFinite(model: Model, value: number, x: Float32Array, labelled: boolean): void {
  if (!Number.isNaN(value)) return;
  const { u, width, stride } = model.arena.plan.units[0];
  const batch = x.length / width;
  const again = loss(model, batch, labelled, false);
  const what = `the loss of step ${model.counters.step} is ${again}`;
  for (let s = 0; s < batch; s++) {
    const j = model.core.kernels.find_nonfinite(u + 4 * s * stride, width);
    if (j < 0) continue;
    throw new DivergedError(`${what}, and row ${s} of x has ${x[s * width + j]} in column ${j}; nothing was changed`);
  }
  const why = Number.isFinite(Math.fround(again)) ? `${what}, and the norm of its gradients is not finite` : what;
  throw new DivergedError(`${why}; nothing was changed: lower the learning rate, or standardise the inputs`);
}
