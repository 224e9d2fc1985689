// The probability of dropping, per layer and step.

import { wrongType, wrongValue } from "../checks.js";
/** A rate as passes read it. */
export type StepRate = number | ((step: number) => number);

/** The probability of dropping a unit of unit layer `layer` (0 is the input) at a step. */
export function rateAt(rate: StepRate, step: number, layer: number): number {
  if (typeof rate === "number") return rate;
  const p: unknown = rate(step);
  const name = `dropout of ${layerName(layer)} at step ${step}`;
  const expected = "a number from 0 to 1";
  const remedy = "the function given as its rate returned this";
  if (typeof p !== "number") wrongType(name, expected, p, remedy);
  if (!(p >= 0 && p <= 1)) wrongValue(name, expected, p, remedy);
  return p;
}

/** A unit layer as errors call it. */
export function layerName(layer: number): string {
  return layer === 0 ? "layer 0 (the input)" : `layer ${layer}`;
}
