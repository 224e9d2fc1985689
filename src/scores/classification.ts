// Proper scores of probabilities: the true probabilities, and no others, are expected to score best.

import { checkClassified, type Numbers } from "./arguments.js";

/**
 * A probability of 0 for what happened would cost infinitely much. As scikit-learn does for doubles, it counts as this.
 */
const LEAST = 2 ** -52;

/**
 * Mean negative log likelihood of the labels, in nats: 0 at best.
 * @param probabilities `[n, classes]`
 * @param labels `[n]`, classes from 0
 * @throws TypeError, RangeError naming the argument that is wrong
 * @example
 * import { logLoss } from "thinned/scores";
 * logLoss([0.5, 0.5, 0.1, 0.9], [0, 1]); // 0.40
 */
export function logLoss(probabilities: Numbers, labels: Numbers): number {
  const classes = checkClassified(probabilities, labels);
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    sum -= Math.log(Math.min(1 - LEAST, Math.max(LEAST, probabilities[row * classes + labels[row]])));
  }
  return sum / labels.length;
}

/**
 * Brier (1950): mean squared distance of the probabilities from what happened, summed over the classes. 0 at best, 2 at
 * worst.
 * @param probabilities `[n, classes]`
 * @param labels `[n]`
 */
export function brier(probabilities: Numbers, labels: Numbers): number {
  const classes = checkClassified(probabilities, labels);
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    for (let k = 0; k < classes; k++) sum += (probabilities[row * classes + k] - Number(k === labels[row])) ** 2;
  }
  return sum / labels.length;
}
