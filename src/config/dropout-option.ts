// The option `dropout`: every form of it as one rate per unit layer.

import { checkEach, checkKeys, checkNumber, kindOf, wrongType } from "../checks.js";
import type { StepRate } from "../dropout/rates.js";
import type { DropoutOption, Rate } from "../types.js";

/** Every form of the dropout option as one rate per unit layer. `net.dropout = …` comes here as well. */
export function resolveDropout(
  dropout: DropoutOption = { input: 0, hidden: 0.5 },
  sizes: readonly number[],
): StepRate[] {
  const hiddenLayers = sizes.length - 2;
  if (Array.isArray(dropout)) return resolveLayerRates(dropout, sizes);
  if (typeof dropout !== "object" || kindOf(dropout) !== "Object") {
    const rate = checkRate("dropout", dropout, "a number from 0 to 1, a function of the step, an array or an object");
    return [0, ...Array<StepRate>(hiddenLayers).fill(rate)];
  }
  checkKeys("dropout", dropout, ["input", "hidden"]);
  const { input = 0, hidden = 0.5 } = dropout as { input?: Rate; hidden?: Rate | Rate[] };
  const rates = Array.isArray(hidden)
    ? checkEach("dropout.hidden", hidden, hiddenLayers, "rates (one per hidden layer, sizes.length − 2)", checkRate)
    : Array<StepRate>(hiddenLayers).fill(checkRate("dropout.hidden", hidden));
  return [checkRate("dropout.input", input), ...rates];
}

/** Rates that are listed, one for each layer's input. */
export function resolveLayerRates(dropout: Rate[], sizes: readonly number[]): StepRate[] {
  return checkEach("dropout", dropout, sizes.length - 1, "rates (one per layer's input, sizes.length − 1)", checkRate);
}

function checkRate(name: string, rate: unknown, expected = "a number from 0 to 1 or a function of the step"): StepRate {
  if (typeof rate === "function") return rate as StepRate;
  if (typeof rate !== "number") wrongType(name, expected, rate);
  return checkNumber(name, rate, 0, 1, "it is the probability of dropping a unit");
}
