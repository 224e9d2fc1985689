// What may change while a network lives, and where its training stands.

import { checkFraction, checkMagnitude, wrongType, wrongValue } from "../checks.js";
import { resolveDropout } from "../config/dropout-option.js";
import { resolveFrozen } from "../config/frozen.js";
import { resolveMomentumSchedule, resolveRateSchedule } from "../config/schedules/optimizer.js";
import { withScheduledRates } from "../config/schedules/rates.js";
import { isSchedule } from "../config/schedules/resolve.js";
import { resolveTemperature } from "../config/temperature.js";
import type { Model } from "../model/model.js";
import { followSchedules } from "../model/scheduled.js";
import type { DropoutOption, Progress } from "../types.js";

/** See `Network.learningRate`. */
export function setLearningRate(model: Model, learningRate: unknown): void {
  const { learningRate: _, ...others } = model.config.schedules ?? {};
  const remedy =
    typeof learningRate === "function"
      ? 'take { type: "cosine", from: 0.1, steps: 1000 }, or set it in onStep of fit()'
      : "";
  if (isSchedule(learningRate)) {
    const schedule = resolveRateSchedule("learningRate", learningRate);
    // Set once more, it goes on where it stands.
    if (JSON.stringify(schedule) === JSON.stringify(model.config.schedules?.learningRate)) return;
    model.config.schedules = { ...others, learningRate: schedule };
  } else {
    model.config.optimizer.learningRate = checkMagnitude("learningRate", learningRate, remedy);
    model.config.schedules = others;
  }
  model.plateau = null;
  followSchedules(model);
}

/** See `Network.temperature`. */
export function setTemperature({ config }: Model, temperature: unknown): void {
  if (temperature === undefined) wrongType("temperature", "a number", temperature, "1 makes probabilities as trained");
  config.temperature = resolveTemperature(temperature, config.output);
}

/** See `Network.dropout`. */
export function setDropout({ config }: Model, dropout: DropoutOption): void {
  if (dropout === undefined) wrongType("dropout", "a rate, an array of rates or { input, hidden }", dropout);
  config.rates = resolveDropout(withScheduledRates(dropout), config.sizes);
}

/** See `Network.progress`. */
export function progressOf({ counters }: Model): Progress {
  return { epoch: counters.epoch, position: counters.position };
}

/** See `Network.momentum`. @throws TypeError, RangeError where the optimizer keeps nothing that momentum needs */
export function setMomentum({ config, copies }: Model, momentum: unknown): void {
  const { optimizer, schedules: { momentum: _, ...others } = {} } = config;
  const remedy = 'Network.load(net.save(), { optimizer: { type: "sgd", momentum: 0.9 } }) changes the optimizer';
  if (!("momentum" in optimizer) || !copies.includes("momentum"))
    wrongValue("momentum", "of an optimizer that was created with a momentum above 0", momentum, remedy);
  if (isSchedule(momentum)) {
    config.schedules = { ...others, momentum: resolveMomentumSchedule("momentum", momentum) };
    return;
  }
  const checked = checkFraction("momentum", momentum);
  if (checked === 0) wrongValue("momentum", "above 0 where it has been", momentum, remedy);
  optimizer.momentum = checked;
  config.schedules = others;
}

/** See `Network.frozen`. */
export function setFrozen({ config, summed }: Model, given: unknown): void {
  const frozen = resolveFrozen(given, config.sizes.length - 1);
  if (summed.batches > 0)
    wrongValue(
      "frozen",
      "set between updates",
      given,
      `the next one has ${summed.batches} of ${config.accumulate} batches`,
    );
  config.frozen = frozen;
}
