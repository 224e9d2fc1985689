// Whole passes over a caller's rows: brought into memory, run, copied out. The step itself is in step.ts.

import { DivergedError, wrongType, wrongValue } from "./checks.js";
import { readRows } from "./layout.js";
import { checkMasks, type DrawnMasks, drawMasks, type MaskSource, storeMasks } from "./masks.js";
import { type Model, ratesAt } from "./model.js";
import { Stream } from "./random.js";
import {
  backward,
  foldWeights,
  forward,
  loss,
  testDropout,
  trainingDropout,
  type UnitDropout,
  update,
} from "./step.js";
import { checkTargets, sliceTargets, storeTargets, type Wanted } from "./targets.js";
import type { Masks, Targets } from "./types.js";

/** Rows in x. */
export function batchOf({ config }: Model, x: unknown): number {
  const width = config.sizes[0];
  if (!(x instanceof Float32Array)) wrongType("x", `a Float32Array of rows of ${width}`, x);
  if (x.length === 0) {
    wrongValue(
      "x",
      `one or more rows of ${width}`,
      x,
      "a view from input() is gone when memory has grown: fetch it again",
    );
  }
  if (x.length % width !== 0) wrongValue("x", `rows of ${width}: a length that is a multiple of ${width}`, x);
  return x.length / width;
}

/** Copies x where the first layer reads it; a view from `input()` is there already. */
function stage({ arena }: Model, x: Float32Array): void {
  if (x.buffer === arena.memory.buffer && x.byteOffset === arena.plan.x) return;
  arena.floats(arena.plan.x, x.length).set(x);
}

/** Makes room for a batch. What x views is saved from being detached by a memory that grows. */
function makeRoom({ arena }: Model, x: Float32Array, batch: number, folded = false): Float32Array {
  const own = x.buffer === arena.memory.buffer;
  const fits = batch <= arena.needs.batch && (!folded || arena.needs.folded);
  const rows = own && !fits ? x.slice() : x;
  arena.ensure({ batch, folded });
  return rows;
}

/** The last pass's masks: where they come from and how many rows they have. */
export interface LastMasks {
  source: MaskSource;
  batch: number;
}

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
export function look(model: Model, x: Float32Array, masks?: Masks): { out: Float32Array; last: LastMasks } {
  const pass = prepareMasked(model, x, { stream: Stream.forward, step: model.counters.looks }, masks);
  forward(model, pass.batch, pass.dropout);
  model.counters.looks++;
  return { out: readLogits(model, pass.batch), last: pass.last };
}

/** Forward, loss, backward: leaves every gradient in memory. Masks are those of the coming update unless handed in. */
function differentiate(
  model: Model,
  x: Float32Array,
  y: Targets | Wanted,
  masks?: Masks,
): { loss: number; pass: MaskedPass } {
  const wanted = isWanted(y) ? y : checkTargets(model, y, batchOf(model, x));
  const pass = prepareMasked(model, x, { stream: Stream.update, step: model.counters.step }, masks);
  storeTargets(model, wanted, pass.batch);
  forward(model, pass.batch, pass.dropout);
  const value = loss(model, pass.batch, "labels" in wanted, true);
  if (!Number.isFinite(value)) {
    throw new DivergedError(
      `the loss of step ${model.counters.step} is ${value}; nothing was changed: look for inputs that are not finite, or lower the learning rate`,
    );
  }
  backward(model, pass.batch, pass.dropout);
  return { loss: value, pass };
}

/** One step of training. */
export function learn(
  model: Model,
  x: Float32Array,
  y: Targets | Wanted,
  masks?: Masks,
): { out: Float32Array; loss: number; last: LastMasks } {
  const { loss: value, pass } = differentiate(model, x, y, masks);
  update(model, model.counters.optimizerSteps + 1);
  model.counters.step++;
  model.counters.optimizerSteps++;
  return { out: readLogits(model, pass.batch), loss: value, last: pass.last };
}

/** The gradients of a step that is not taken, left in memory. */
export function differentiateOnly(model: Model, x: Float32Array, y: Targets, masks?: Masks): number {
  return differentiate(model, x, y, masks).loss;
}

/** Runs `each` over x in test mode, in pieces that memory has room for: logits are in memory when it is called. */
export function test(model: Model, x: Float32Array, each: (from: number, batch: number) => void): void {
  const total = batchOf(model, x);
  const width = model.config.sizes[0];
  const rates = ratesAt(model, model.counters.step);
  const folded = model.config.scaling === "folded";
  const rows = makeRoom(model, x, 1, folded);
  if (folded) foldWeights(model, rates);
  const dropout = testDropout(model, rates);
  const piece = model.arena.needs.batch;
  for (let from = 0; from < total; from += piece) {
    const batch = Math.min(piece, total - from);
    stage(model, rows.subarray(from * width, (from + batch) * width));
    forward(model, batch, dropout, folded);
    each(from, batch);
  }
}

/** The test-mode loss of one piece whose logits are in memory. */
export function pieceLoss(model: Model, wanted: Wanted, from: number, batch: number): number {
  const { sizes } = model.config;
  storeTargets(model, sliceTargets(wanted, from, from + batch, sizes[sizes.length - 1]), batch);
  return loss(model, batch, "labels" in wanted, false);
}

/** One Monte-Carlo draw for all of x: masks of stream 2, `draw` standing where the step stands in training. */
export function drawMonteCarlo(
  model: Model,
  x: Float32Array,
  seed: number,
  draw: number,
  each: (from: number, batch: number) => void,
): void {
  const total = batchOf(model, x);
  const width = model.config.sizes[0];
  const rates = ratesAt(model, model.counters.step);
  const dropout = trainingDropout(model, rates);
  const piece = model.arena.needs.batch;
  for (let from = 0; from < total; from += piece) {
    const batch = Math.min(piece, total - from);
    stage(model, x.subarray(from * width, (from + batch) * width));
    drawMasks(model, { seed, stream: Stream.monteCarlo, step: draw, rates }, batch, from);
    forward(model, batch, dropout);
    each(from, batch);
  }
}

/** A copy of the logits `[batch, out]` in memory. */
export function readLogits(model: Model, batch: number): Float32Array {
  const { arena } = model;
  const { u, width, stride } = arena.plan.units[arena.plan.units.length - 1];
  return readRows(arena.floats(u, batch * stride), batch, width, stride);
}

/** Turns the logits in memory into probabilities (mse: leaves the outputs) and copies them. */
export function readAnswers(model: Model, batch: number): Float32Array {
  const { kernels } = model.core;
  const { u, width, stride } = model.arena.plan.units[model.arena.plan.units.length - 1];
  if (model.config.loss === "cross-entropy") kernels.softmax(u, u, batch, width, stride);
  else if (model.config.loss === "bce") kernels.sigmoid_rows(u, u, batch, width, stride);
  return readLogits(model, batch);
}

function isWanted(y: Targets | Wanted): y is Wanted {
  return typeof y === "object" && y !== null && ("labels" in y || "rows" in y);
}
