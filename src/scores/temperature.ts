// Temperature scaling (Guo et al. 2017): logits divided by one number, which changes no answer and makes its
// probability honest.

import { wrongValue } from "../checks.js";
import { checkNumbers, type Numbers } from "./arguments.js";

/**
 * The temperature that makes held-out labels most likely. Above 1: the network was too sure.
 * @param logits `[n, classes]`: what `test_step` gives of rows that were not trained on
 * @param labels `[n]`
 * @returns between 0.01 and 100
 * @example
 * import { applyTemperature, fitTemperature } from "thinned/scores";
 * const logits = Float32Array.of(4, 0, 4, 0, 4, 0); // sure by 0.98, and once in three wrong
 * const temperature = fitTemperature(logits, [0, 0, 1]); // 5.8
 * applyTemperature(logits, 2, temperature); // probabilities of ⅔ and ⅓
 */
export function fitTemperature(logits: Numbers, labels: Numbers): number {
  const classes = checkLogits(logits, labels);
  // The loss is convex in 1/T: where its slope changes sign, halving finds the one minimum to the last bit that counts.
  let [low, high] = [Math.log(1 / 100), Math.log(100)];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (slope(logits, labels, classes, Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/**
 * Probabilities `[n, classes]` of logits at a temperature.
 * @param temperature above 0
 */
export function applyTemperature(logits: Numbers, classes: number, temperature: number): Float32Array {
  checkNumbers("logits", logits);
  if (logits.length % classes !== 0) wrongValue("logits", `rows of ${classes} classes`, logits);
  if (!(temperature > 0)) wrongValue("temperature", "above 0", temperature);
  const probabilities = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    probabilities.set(softmax(logits, at, classes, 1 / temperature), at);
  }
  return probabilities;
}

/** d(mean loss)/d(1/T): the expected logit less that of the label. */
function slope(logits: Numbers, labels: Numbers, classes: number, inverse: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const at = row * classes;
    softmax(logits, at, classes, inverse).forEach((p, k) => {
      sum += p * (logits[at + k] - logits[at + labels[row]]);
    });
  }
  return sum;
}

function softmax(logits: Numbers, at: number, classes: number, inverse: number): Float64Array {
  const row = Float64Array.from({ length: classes }, (_, k) => logits[at + k] * inverse);
  const most = row.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    row[k] = Math.exp(row[k] - most);
    sum += row[k];
  }
  return row.map((value) => value / sum);
}

function checkLogits(logits: Numbers, labels: Numbers): number {
  checkNumbers("labels", labels);
  checkNumbers("logits", logits);
  const classes = logits.length / labels.length;
  if (!Number.isInteger(classes) || classes < 2) {
    wrongValue("logits", `rows of two classes or more for each of the ${labels.length} labels`, logits);
  }
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      wrongValue(`labels[${i}]`, `a class, a whole number from 0 to ${classes - 1}`, labels[i]);
    }
  }
  return classes;
}
