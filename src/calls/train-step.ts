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

/** The epoch that a step is of: `count` moves it on, `leave` gives it up where the step is broken off. */
interface EpochUnderWay {
  count(loss: number): void;
  leave(): void;
}

/** One step of training. Rows and targets were checked. */
export function learn(
  model: Model,
  given: Rows,
  asked: CheckedTargets,
  masks?: Masks,
  epoch?: EpochUnderWay,
): TrainResult {
  followSchedules(model);
  const { pass, rows, last } = prepare(model, given, { stream: Stream.update, step: model.counters.step }, masks);
  const { batch } = pass;
  const targets = smoothTargets(model, asked);
  storeTargets(model, targets, batch);
  // From here on a step that is broken off leaves something to take back.
  model.takeBack = takingBack(model, epoch);
  chooseLayout(model, rows, pass);
  const learning = planUpdate(model, "labels" in targets, totalWeight(targets, batch));
  learning.weights = targets.weights;
  pass.learn = learning;
  const loss = run(model, pass);
  checkFinite(model, loss, { x: rows, batch }, learning);
  // The step was taken: it counts, and there is nothing to take back.
  model.weightsVersion++;
  countUpdate(model, learning);
  model.counters.step++;
  model.last = last;
  epoch?.count(loss);
  model.takeBack = null;
  model.writing = false;
  return { out: readUnits(model, batch), loss };
}

/** Gives the first layer the side that it has now, unless that has been chosen for good, and leaves the epoch. */
function takingBack(model: Model, epoch?: EpochUnderWay): () => void {
  const chosen = model.layoutChosen;
  const { orientation } = model.shapes[0];
  return () => {
    if (!chosen) takeBackLayout(model, orientation);
    epoch?.leave();
  };
}
