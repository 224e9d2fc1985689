// What may change while a network lives, and where its training stands.

import { checkMagnitude, wrongType } from "../checks.js";
import { resolveDropout } from "../config/dropout-option.js";
import { resolveTemperature } from "../config/temperature.js";
import type { Model } from "../model/model.js";
import type { DropoutOption, Progress } from "../types.js";

/** See `Network.learningRate`. */
export function setLearningRate({ config }: Model, learningRate: unknown): void {
  const remedy = typeof learningRate === "function" ? "for a schedule, set it in onStep of fit()" : "";
  config.optimizer.learningRate = checkMagnitude("learningRate", learningRate, remedy);
}

/** See `Network.temperature`. */
export function setTemperature({ config }: Model, temperature: unknown): void {
  if (temperature === undefined) wrongType("temperature", "a number", temperature, "1 makes probabilities as trained");
  config.temperature = resolveTemperature(temperature, config.output);
}

/** See `Network.dropout`. */
export function setDropout({ config }: Model, dropout: DropoutOption): void {
  if (dropout === undefined) wrongType("dropout", "a rate, an array of rates or { input, hidden }", dropout);
  config.rates = resolveDropout(dropout, config.sizes);
}

/** See `Network.progress`. */
export function progressOf({ counters }: Model): Progress {
  return { epoch: counters.epoch, position: counters.position };
}
