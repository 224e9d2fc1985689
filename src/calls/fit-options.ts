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
  Required<Pick<FitOptions, "epochs" | "batch" | "restart" | "shuffle" | "shuffleBuffer" | "minDelta">>;

/** Samples that `fit` draws the next one from where data comes in blocks. */
const BUFFER = 8192;

const KNOWN = [
  "epochs",
  "batch",
  "steps",
  "shuffle",
  "shuffleBuffer",
  "validation",
  "validationSplit",
  "patience",
  "minDelta",
  "restart",
  "signal",
  "onStep",
];

/**
 * @param inBlocks the data comes in blocks
 * @throws TypeError, RangeError naming the option
 */
export function checkOptions({ config }: Model, options: FitOptions, inBlocks: boolean): CheckedOptions {
  checkKeys("options", checkObject("options", options), KNOWN);
  const { epochs = 10, batch = config.maxBatch, restart = false, shuffle = true, minDelta = 0 } = options;
  const { shuffleBuffer = BUFFER, steps, validation, validationSplit, patience, signal, onStep } = options;
  checkInteger("epochs", epochs, 1);
  checkInteger("batch", batch, 1);
  if (steps !== undefined) checkInteger("steps", steps, 1);
  const watches = validation !== undefined || validationSplit !== undefined;
  const data = "a data set to watch, or validationSplit: 0.1";
  if (validation !== undefined && validationSplit !== undefined)
    wrongType("validationSplit", "left out where validation is given", validationSplit);
  if (validationSplit !== undefined && inBlocks)
    wrongType("validationSplit", "left out where data comes in blocks", validationSplit);
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
  checkInteger("shuffleBuffer", shuffleBuffer, 1);
  if (options.shuffleBuffer !== undefined && !(inBlocks && shuffle))
    wrongType("shuffleBuffer", "left out unless data comes in blocks that are shuffled", shuffleBuffer);
  checkSignal(signal);
  checkCallback("onStep", onStep);
  return { ...options, epochs, batch, restart, shuffle, shuffleBuffer, minDelta };
}
