// How well numbers put rows of a class before the others: curves over every threshold, and the areas under them.

import { wrongValue } from "../checks.js";
import { checkNumbers, descending, type Numbers } from "./arguments.js";

/** Of every threshold, from the strictest on: what is found, and at which price. */
export interface ThresholdCurve {
  /** Scores of at least this are taken for the class; Infinity first, for none. */
  thresholds: Float64Array;
  /** The share of the other rows that is taken for it: the ROC curve's x. */
  falsePositives: Float64Array;
  /** The share of its own rows that is found: the ROC curve's y, and recall. */
  truePositives: Float64Array;
  /** The share of what is taken for it that belongs to it; 1 for none. */
  precision: Float64Array;
}

/**
 * What each threshold finds. Equal scores are passed together.
 * @param scores `[n]`, larger is more likely of the class
 * @param truth `[n]`, 1 for rows of the class, 0 for others
 * @throws TypeError, RangeError naming the argument, or where one of the two is missing
 */
export function thresholdCurve(scores: Numbers, truth: Numbers): ThresholdCurve {
  checkNumbers("scores", scores);
  checkNumbers("truth", truth, scores.length);
  let own = 0;
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== 0 && truth[i] !== 1) wrongValue(`truth[${i}]`, "0 or 1", truth[i]);
    own += truth[i];
  }
  const others = truth.length - own;
  if (own === 0 || others === 0) wrongValue("truth", "of both kinds, 0 and 1", truth);
  const points: [number, number, number, number][] = [[Infinity, 0, 0, 1]];
  let [found, wrong] = [0, 0];
  const order = descending(scores);
  order.forEach((row, i) => {
    if (truth[row] === 1) found++;
    else wrong++;
    const next = order[i + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    points.push([scores[row], wrong / others, found / own, found / (found + wrong)]);
  });
  const column = (k: number) => Float64Array.from(points, (point) => point[k]);
  const [thresholds, falsePositives, truePositives, precision] = [0, 1, 2, 3].map(column);
  return { thresholds, falsePositives, truePositives, precision };
}

/**
 * Average precision: the precision at every step of the recall, by the step's width. The share of the class for
 * guessing, 1 at best. As scikit-learn, without interpolation.
 * @param scores `[n]`, larger is more likely of the class
 * @param truth `[n]`, 1 for rows of the class, 0 for others
 */
export function averagePrecision(scores: Numbers, truth: Numbers): number {
  const { truePositives, precision } = thresholdCurve(scores, truth);
  let sum = 0;
  for (let i = 1; i < precision.length; i++) sum += (truePositives[i] - truePositives[i - 1]) * precision[i];
  return sum;
}

/**
 * Area under the ROC curve: how likely a row of the class scores above another, equals counting half. ½ for guessing, 1
 * at best. `auroc` takes the two kinds of rows apart.
 * @param scores `[n]`, larger is more likely of the class
 * @param truth `[n]`, 1 for rows of the class, 0 for others
 */
export function rocArea(scores: Numbers, truth: Numbers): number {
  const { falsePositives: x, truePositives: y } = thresholdCurve(scores, truth);
  let sum = 0;
  for (let i = 1; i < x.length; i++) sum += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
  return sum;
}
