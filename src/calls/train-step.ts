// train_step: a masked pass over a caller's rows. The rows are brought into memory, the pass is run, the outputs are
// copied out. What one worker does in a step is in compute/step.ts.

import { checkKeys, checkObject, wrongType } from "../checks.js";
import { chooseLayout, takeBackLayout } from "../compute/first-layer.js";
import type { Model } from "../model/model.js";
import { followSchedules } from "../model/scheduled.js";
import { Stream } from "../random/philox.js";
import { forward, run } from "../threads/run.js";
import type { Masks, StepOptions, StepResult, Targets, TrainResult } from "../types.js";
import { countUpdate, planUpdate } from "./beside.js";
import { checkFinite, checkKept, prepare } from "./prepare.js";
import { checkRows, type Rows, readUnits } from "./rows.js";
import { smoothTargets } from "./smoothing.js";
import { type CheckedTargets, checkTargets, storeTargets } from "./targets.js";
import { totalWeight, withWeights } from "./weights.js";

/** See `Network.train_step`. */
export function trainStep(
  model: Model,
  x: Float32Array,
  y: Targets | null | undefined,
  options: StepOptions,
): StepResult | TrainResult {
  checkKeys("options", checkObject("options", options), ["masks", "weights"]);
  const rows = checkRows(model, x);
  if (y === undefined || y === null) return look(model, rows, options);
  const targets = withWeights(checkTargets(model, y, rows.batch), options.weights, rows.batch);
  return learn(model, rows, targets, options.masks);
}

/** A masked forward pass in which nothing is learned. */
function look(model: Model, given: Rows, { masks, weights }: StepOptions): StepResult {
  if (weights !== undefined) wrongType("y", "given where weights are: the targets of a step", undefined);
  const { pass, rows, last } = prepare(model, given, { stream: Stream.forward, step: model.counters.looks }, masks);
  forward(model, pass);
  checkKept(model, { x: rows, batch: pass.batch });
  model.counters.looks++;
  model.last = last;
  return { out: readUnits(model, pass.batch) };
}

/**
 * One step of training. Rows and targets were checked.
 * @param epoch the epoch that it is a step of: `count` moves it on, `leave` gives it up where the step is broken off
 */
export function learn(
  model: Model,
  given: Rows,
  asked: CheckedTargets,
  masks?: Masks,
  epoch?: { count(loss: number): void; leave(): void },
): TrainResult {
  followSchedules(model);
  const { pass, rows, last } = prepare(model, given, { stream: Stream.update, step: model.counters.step }, masks);
  const targets = smoothTargets(model, asked);
  storeTargets(model, targets, pass.batch);
  const chosen = model.layoutChosen;
  const { orientation } = model.shapes[0];
  model.takeBack = () => {
    if (!chosen) takeBackLayout(model, orientation);
    epoch?.leave();
  };
  chooseLayout(model, rows, pass);
  const { weights } = targets;
  const labelled = "labels" in targets;
  const learning = planUpdate(model, labelled, totalWeight(targets, pass.batch));
  learning.weights = weights;
  pass.learn = learning;
  const value = run(model, pass);
  checkFinite(model, value, { x: rows, batch: pass.batch }, labelled, weights);
  model.weightsVersion++;
  countUpdate(model, learning);
  model.counters.step++;
  model.last = last;
  epoch?.count(value);
  model.takeBack = null;
  model.writing = false;
  return { out: readUnits(model, pass.batch), loss: value };
}
