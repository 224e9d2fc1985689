// One epoch, a pass over a whole data set in batches, from where the counters stand to its end.

import { wrongValue } from "../checks.js";
import { targetWidth } from "../gaussian.js";
import { copyRow } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import { ascending, permutation } from "../random/philox.js";
import type { TrainResult } from "../types.js";
import { type CheckedData, countErrors, errorOf } from "./evaluate.js";
import type { CheckedOptions } from "./fit-options.js";
import type { Rows } from "./rows.js";
import { type CheckedTargets, gatherTargets } from "./targets.js";
import { learn } from "./train-step.js";
import type { Turns } from "./turns.js";
import { totalWeight } from "./weights.js";

/** What lasts from one epoch of a call to the next. */
export interface Budget {
  /** Steps that the call may still take. */
  steps: number;
  turns: Turns;
}

export interface Epoch {
  samples: number;
  trainLoss: number;
  trainError: number | null;
  seconds: number;
}

/** The next epoch begins with its first sample. */
export function beginAnew(model: Model): void {
  Object.assign(model.counters, { position: 0, lossSum: 0 });
  Object.assign(model, { epochSamples: 0, epochErrors: 0 });
}

/** Between two steps the caller may have given an array away, to a worker for example. */
export function checkStillThere(name: string, x: Float32Array, length: number): void {
  if (x.length !== length) wrongValue(`${name}.x`, `of ${length} numbers until the end`, x);
}

/** An epoch is over one data set from its first sample to its last. */
function checkSamples({ counters, epochSamples }: Model, samples: number): void {
  const { position } = counters;
  if (position === 0 || samples === epochSamples || (epochSamples === 0 && position <= samples)) return;
  const expected =
    epochSamples > 0
      ? `of ${epochSamples} samples, as those that the epoch under way began with`
      : `of ${position} samples or more, which the epoch under way has taken so far`;
  wrongValue("data", expected, samples, "go on with the same data, or begin a new epoch with restart: true");
}

/** @throws Error where another `fit` of the network is in the middle of an epoch */
export function checkFree({ fitting }: Model): void {
  if (fitting && !fitting.isBrokenOff)
    throw new Error("another fit() of this network is under way: wait for it, abort it, or go on with a clone()");
}

/** Null if the call's steps run out before the epoch's end. */
export async function trainOneEpoch(
  live: () => Model,
  data: CheckedData,
  { batch, signal, onStep, shuffle }: CheckedOptions,
  budget: Budget,
): Promise<Epoch | null> {
  const model = live();
  const { config, counters } = model;
  const { x, targets, samples } = data;
  const { turns } = budget;
  const width = config.sizes[0];
  const out = targetWidth(config);
  checkFree(model);
  checkSamples(model, samples);
  const order = shuffle ? permutation(samples, config.seed, counters.epoch) : ascending(samples);
  const steps = Math.ceil(samples / batch);
  const gathered = new Float32Array(Math.min(batch, samples) * width);
  let seconds = 0;
  model.fitting = turns;
  turns.begin();
  try {
    while (counters.position < samples) {
      signal?.throwIfAborted();
      checkStillThere("data", x, samples * width);
      if (budget.steps === 0) return null;
      budget.steps--;
      const started = performance.now();
      const from = counters.position;
      const to = Math.min(from + batch, samples);
      const rows = gathered.subarray(0, (to - from) * width);
      for (let s = from; s < to; s++) copyRow(rows, (s - from) * width, x, order[s] * width, width);
      const gatheredTargets = gatherTargets(targets, order, from, to, out);
      const { loss } = takeStep(model, { x: rows, batch: to - from }, gatheredTargets, samples);
      seconds += (performance.now() - started) / 1000;
      const progress = { epoch: counters.epoch + 1, step: Math.ceil(to / batch), steps, loss };
      const waiting = turns.tell(onStep && (() => onStep(progress)));
      if (waiting) {
        await waiting;
        turns.begin();
      }
      live();
    }
  } finally {
    turns.end();
    model.fitting = null;
  }
  return endEpoch(model, samples, data.weight, seconds);
}

/**
 * The next step of the epoch under way.
 * @param samples those of the whole epoch; 0 where nobody knows
 */
export function takeStep(model: Model, rows: Rows, targets: CheckedTargets, samples: number): TrainResult {
  const { config, counters } = model;
  const to = counters.position + rows.batch;
  const taken = learn(model, rows, targets, undefined, {
    count(loss) {
      counters.position = to;
      model.epochSamples = samples;
      counters.lossSum += loss * totalWeight(targets, rows.batch);
    },
    leave() {
      model.fitting = null;
    },
  });
  model.epochErrors += countErrors(taken.out, targets, 0, config);
  return taken;
}

/** @param weight what its samples count together, 1 where that is 0 */
export function endEpoch(model: Model, samples: number, weight: number, seconds: number): Epoch {
  const { counters } = model;
  const epoch = { samples, trainLoss: counters.lossSum / weight, trainError: trainError(model, weight), seconds };
  counters.epoch++;
  beginAnew(model);
  return epoch;
}

/** Of the epoch's steps, as `evaluate` counts. */
function trainError({ config, counters, epochErrors }: Model, weight: number): number | null {
  const error = errorOf(config, counters.lossSum, epochErrors, weight);
  return Number.isNaN(error) ? null : error;
}
