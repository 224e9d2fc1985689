// What the scores take: any arrays of numbers, row after row. Each is checked once, where it comes in.

import { describe, wrongType, wrongValue } from "../checks.js";

export type Numbers = ArrayLike<number>;

/** Finite numbers. @throws TypeError, RangeError naming the array and the place */
export function checkNumbers(name: string, values: Numbers, length?: number): void {
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) wrongType(name, "an array of numbers", values);
  if (values.length === 0) wrongValue(name, "one number or more", values);
  if (length !== undefined && values.length !== length) wrongValue(name, `${length} numbers`, values);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) wrongValue(`${name}[${i}]`, "a finite number", values[i]);
  }
}

/** Probabilities `[n, classes]` and labels `[n]`. @returns the number of classes */
export function checkClassified(probabilities: Numbers, labels: Numbers): number {
  checkNumbers("labels", labels);
  checkNumbers("probabilities", probabilities);
  const classes = probabilities.length / labels.length;
  if (!Number.isInteger(classes) || classes < 2) {
    wrongValue("probabilities", `rows of two classes or more for each of the ${labels.length} labels`, probabilities);
  }
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      wrongValue(`labels[${i}]`, `a class, a whole number from 0 to ${classes - 1}`, labels[i]);
    }
  }
  for (let row = 0; row < labels.length; row++) {
    let sum = 0;
    for (let k = row * classes; k < (row + 1) * classes; k++) {
      if (probabilities[k] < 0) wrongValue(`probabilities[${k}]`, "a number of at least 0", probabilities[k]);
      sum += probabilities[k];
    }
    // Float32 rows of some thousand classes add up to 1 within this.
    if (Math.abs(sum - 1) > 1e-3) wrongValue(`probabilities, row ${row},`, "numbers that add up to 1", describe(sum));
  }
  return classes;
}

/** Above 0 and below 1. */
export function checkShare(name: string, value: number, remedy = ""): void {
  if (typeof value !== "number") wrongType(name, "a number between 0 and 1", value, remedy);
  if (!(value > 0 && value < 1)) wrongValue(name, "between 0 and 1, neither included", value, remedy);
}

export function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The class of a row's largest probability; the first of equals. */
export function topClass(probabilities: Numbers, row: number, classes: number): number {
  let top = 0;
  for (let k = 1; k < classes; k++) {
    if (probabilities[row * classes + k] > probabilities[row * classes + top]) top = k;
  }
  return top;
}

/** The places of `values`, from the largest value to the smallest; equals in their order. */
export function descending(values: Numbers): number[] {
  return Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
}
