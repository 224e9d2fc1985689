// Measures of answers against scikit-learn's (test/fixtures/scores.py).
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as scores from "../../src/scores/index.js";
import { numbers } from "../support/formula.js";

const fixture = JSON.parse(readFileSync(new URL("../fixtures/scores.json", import.meta.url), "utf8"));
const [N, CLASSES] = [200, 4];
const raw = numbers(N * CLASSES, 1).map((value) => value ** 3 + 0.01);
const labels = numbers(N, 2).map((value) => Math.floor(value * CLASSES));
const keep = numbers(N, 10);
const answers = labels.map((label, row) => {
  const own = raw.slice(row * CLASSES, (row + 1) * CLASSES);
  return keep[row] < 0.6 ? label : own.indexOf(Math.max(...own));
});
const unanswered = answers.map((answer) => (answer === 3 ? 0 : answer));
const yes = numbers(N, 3);
const truth = numbers(N, 4).map((value, i) => Number(value < yes[i]));
const coarse = yes.map((value) => Math.round(10 * value - 1e-9) / 10);

const expectClose = (actual: ArrayLike<number>, expected: number[]) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => void expect(actual[i]).toBeCloseTo(value, 12));
};

test("the confusion matrix, and precision, recall, F1 and rows of each class", () => {
  expectClose(scores.confusionMatrix(labels, answers, CLASSES), fixture.confusion);
  for (const [i, given] of [answers, unanswered].entries()) {
    const confusion = scores.confusionMatrix(labels, given, CLASSES);
    const rows = scores.classScores(confusion);
    const columns = [...(["precision", "recall", "f1", "support"] as const).entries()];
    for (const [k, name] of columns) {
      expectClose(
        rows.map((row) => row[name]),
        fixture.perClass[i][k],
      );
    }
    expect(scores.balancedAccuracy(confusion)).toBeCloseTo(fixture.balancedAccuracy[i], 12);
  }
  // A class without rows does not count, as in scikit-learn.
  expect(scores.balancedAccuracy([3, 1, 0, 0, 2, 0, 0, 0, 0])).toBeCloseTo((0.75 + 1) / 2, 12);
});

test("areas under curves over all thresholds, with equal scores and without", () => {
  for (const [i, given] of [yes, coarse].entries()) {
    expect(scores.rocArea(given, truth)).toBeCloseTo(fixture.rocArea[i], 12);
    expect(scores.averagePrecision(given, truth)).toBeCloseTo(fixture.averagePrecision[i], 12);
    const [no, own] = [0, 1].map((kind) => given.filter((_, row) => truth[row] === kind));
    expect(scores.auroc(no, own)).toBeCloseTo(fixture.rocArea[i], 12);
  }
  const { falsePositives, truePositives, thresholds } = scores.thresholdCurve(coarse, truth);
  expectClose(falsePositives, fixture.rocCurve[0]);
  expectClose(truePositives, fixture.rocCurve[1]);
  expect([thresholds[0], thresholds.at(-1)]).toEqual([Infinity, Math.min(...coarse)]);
});

test("errors of numbers", () => {
  const [y, given] = [numbers(N, 7), numbers(N, 8)];
  expectClose([scores.rmse(given, y), scores.mae(given, y), scores.r2(given, y)], fixture.numbers);
});

describe("refusals", () => {
  test.each<[() => unknown, RegExp]>([
    [() => scores.confusionMatrix([0, 2], [0, 1], 2), /^labels\[1\] must be a class, .* from 0 to 1; got 2$/],
    [() => scores.confusionMatrix([0, 1], [0, 0.5], 2), /^answers\[1\] must be a class/],
    [() => scores.confusionMatrix([0, 1], [0], 2), /^answers must be 2 numbers/],
    [() => scores.classScores([1, 2, 3]), /^confusion must be a square matrix/],
    [() => scores.balancedAccuracy([0, 0, 0, 0]), /^confusion must be of one row or more/],
    [() => scores.rocArea([1, 2], [1, 1]), /^truth must be of both kinds, 0 and 1/],
    [() => scores.averagePrecision([1, 2], [1, 2]), /^truth\[1\] must be 0 or 1; got 2$/],
    [() => scores.rmse([1, Number.NaN], [1, 2]), /^answers\[1\] must be a finite number/],
    [() => scores.r2([1, 2], [3, 3]), /^y must be numbers that are not all equal/],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});
