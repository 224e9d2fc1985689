// The optimizer's numbers of the step to come, where they follow schedules.

import { checkInteger, checkMagnitude, checkNumber, checkObject } from "../checks.js";
import { afterLoss, type PlateauState, plateauOf } from "../config/schedules/plateau.js";
import { scheduledValue } from "../config/schedules/value.js";
import type { Model } from "./model.js";

/** Sets the learning rate and the momentum that the next step is to learn by. */
export function followSchedules({ config, counters, plateau }: Model): void {
  const { optimizer, schedules } = config;
  if (!schedules) return;
  const { learningRate, momentum } = schedules;
  if (learningRate) optimizer.learningRate = scheduledValue(learningRate, counters.step, plateau?.value);
  if (momentum && "momentum" in optimizer) optimizer.momentum = scheduledValue(momentum, counters.step);
}

/** The model, its optimizer's numbers those of the step to come. */
export function followed(model: Model): Model {
  followSchedules(model);
  return model;
}

/** Tells a learning rate that waits for plateaus of a validation loss. */
export function noteLoss(model: Model, loss: number): void {
  const schedule = plateauOf(model.config.schedules?.learningRate);
  if (schedule) model.plateau = afterLoss(schedule, model.plateau, loss);
}

/** @throws TypeError, RangeError naming what a file has wrong */
export function checkPlateau(name: string, given: unknown): PlateauState {
  const { value, best, bad, cooling } = checkObject(name, given, "an object") as unknown as PlateauState;
  return {
    value: checkMagnitude(`${name}.value`, value),
    best: best === null ? best : checkNumber(`${name}.best`, best),
    bad: checkInteger(`${name}.bad`, bad, 0),
    cooling: checkInteger(`${name}.cooling`, cooling, 0),
  };
}
