// The options of fit, checked.

import {
  checkBoolean,
  checkCallback,
  checkInteger,
  checkKeys,
  checkMagnitude,
  checkObject,
  checkSignal,
  wrongType,
} from "../checks.js";
import { plateauOf } from "../config/schedules/plateau.js";
import type { Model } from "../model/model.js";
import type { FitOptions } from "../types.js";

export type CheckedOptions = FitOptions &
  Required<Pick<FitOptions, "epochs" | "batch" | "restart" | "shuffle" | "minDelta">>;

const KNOWN = [
  "epochs",
  "batch",
  "steps",
  "shuffle",
  "validation",
  "validationSplit",
  "patience",
  "minDelta",
  "restart",
  "signal",
  "onStep",
];

/** @throws TypeError, RangeError naming the option */
export function checkOptions({ config }: Model, options: FitOptions): CheckedOptions {
  checkKeys("options", checkObject("options", options), KNOWN);
  const { epochs = 10, batch = config.maxBatch, restart = false, shuffle = true, minDelta = 0 } = options;
  const { steps, validation, validationSplit, patience, signal, onStep } = options;
  checkInteger("epochs", epochs, 1);
  checkInteger("batch", batch, 1);
  if (steps !== undefined) checkInteger("steps", steps, 1);
  const watches = validation !== undefined || validationSplit !== undefined;
  const data = "a data set to watch, or validationSplit: 0.1";
  if (validation !== undefined && validationSplit !== undefined)
    wrongType("validationSplit", "left out where validation is given", validationSplit);
  if (patience !== undefined) {
    checkInteger("patience", patience, 1);
    if (!watches) wrongType("validation", `given where patience is: ${data}`, validation);
  }
  checkMagnitude("minDelta", minDelta);
  if (minDelta > 0 && patience === undefined) wrongType("patience", "given where minDelta is", patience);
  if (plateauOf(config.schedules?.learningRate) && !watches)
    wrongType("validation", `given where the learning rate waits for plateaus: ${data}`, validation);
  checkBoolean("restart", restart);
  checkBoolean("shuffle", shuffle);
  checkSignal(signal);
  checkCallback("onStep", onStep);
  return { ...options, epochs, batch, restart, shuffle, minDelta };
}
