// Counts of right and wrong answers, and what is read from them.

import { checkInteger, wrongValue } from "../checks.js";
import { checkNumbers, type Numbers } from "./arguments.js";

/** How good answers are for one class. 0 where there is nothing to divide by. */
export interface ClassScores {
  /** The share of the answers with this class that are right. */
  precision: number;
  /** The share of the rows of this class that are found. */
  recall: number;
  /** Their harmonic mean. */
  f1: number;
  /** Rows of this class. */
  support: number;
}

/**
 * Rows by their class (down) and the answer that they got (across), `[classes, classes]`.
 * @param labels `[n]`, classes from 0
 * @param answers `[n]`, classes from 0
 * @param classes how many there are
 * @throws TypeError, RangeError naming the argument that is wrong
 * @example
 * import { confusionMatrix } from "thinned/scores";
 * confusionMatrix([0, 0, 1], [0, 1, 1], 2); // 1, 1, 0, 1: one row of class 0 was taken for 1
 */
export function confusionMatrix(labels: Numbers, answers: Numbers, classes: number): Float64Array {
  checkInteger("classes", classes, 1);
  checkNumbers("labels", labels);
  checkNumbers("answers", answers, labels.length);
  const counts = new Float64Array(classes * classes);
  for (let row = 0; row < labels.length; row++) {
    counts[classAt("labels", labels, row, classes) * classes + classAt("answers", answers, row, classes)]++;
  }
  return counts;
}

function classAt(name: string, values: Numbers, row: number, classes: number): number {
  const value = values[row];
  if (Number.isInteger(value) && value >= 0 && value < classes) return value;
  return wrongValue(`${name}[${row}]`, `a class, a whole number from 0 to ${classes - 1}`, value);
}

/** Precision, recall, F1 and rows of each class, from a confusion matrix `[classes, classes]`. */
export function classScores(confusion: Numbers): ClassScores[] {
  checkNumbers("confusion", confusion);
  const classes = Math.sqrt(confusion.length);
  if (!Number.isInteger(classes)) wrongValue("confusion", "a square matrix, row after row", confusion);
  const sum = (at: (i: number) => number) => {
    let total = 0;
    for (let i = 0; i < classes; i++) total += confusion[at(i)];
    return total;
  };
  return Array.from({ length: classes }, (_, k) => {
    const right = confusion[k * classes + k];
    const support = sum((i) => k * classes + i);
    const answered = sum((i) => i * classes + k);
    const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
    const [precision, recall] = [ratio(right, answered), ratio(right, support)];
    return { precision, recall, f1: ratio(2 * right, support + answered), support };
  });
}

/**
 * Mean recall of the classes that have rows (a confusion matrix `[classes, classes]`): 1 / classes for guessing, 1 at
 * best.
 */
export function balancedAccuracy(confusion: Numbers): number {
  const there = classScores(confusion).filter(({ support }) => support > 0);
  if (there.length === 0) wrongValue("confusion", "of one row or more", confusion);
  return there.reduce((sum, { recall }) => sum + recall, 0) / there.length;
}
