// One number that logits are divided by on their way to probabilities (Guo et al. 2017).

import { checkNumber, wrongValue } from "../checks.js";
import type { Output } from "../types.js";

/** Farther from 1, probabilities are all alike or all 0 and 1. */
const [COLDEST, HOTTEST] = [0.01, 100];

/** Default 1: probabilities are what training made them. */
export function resolveTemperature(given: unknown, output: Output): number {
  const temperature = given === undefined ? 1 : checkNumber("temperature", given, COLDEST, HOTTEST);
  if (temperature !== 1 && output !== "softmax" && output !== "sigmoid") {
    wrongValue("temperature", "1 where the output is neither softmax nor sigmoid", temperature);
  }
  return temperature;
}
