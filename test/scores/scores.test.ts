// Scores against what others compute: scikit-learn (test/fixtures/scores.py), and the figures that two toolboxes' own
// tests assert.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as scores from "../../src/scores/index.js";
import { cumulative } from "../../src/scores/normal.js";
import { numbers } from "../support/formula.js";

const fixture = JSON.parse(readFileSync(new URL("../fixtures/scores.json", import.meta.url), "utf8"));

const N = 200;
const CLASSES = 4;
const raw = numbers(N * CLASSES, 1).map((value) => value ** 3 + 0.01);
const probabilities = raw.map((value, i) => {
  const row = Math.floor(i / CLASSES) * CLASSES;
  return value / raw.slice(row, row + CLASSES).reduce((a, b) => a + b);
});
const labels = numbers(N, 2).map((value) => Math.floor(value * CLASSES));
const yes = numbers(N, 3);
const binary = yes.flatMap((p) => [1 - p, p]);
const truth = numbers(N, 4).map((value, i) => Number(value < yes[i]));

describe("scikit-learn", () => {
  test("log loss", () => {
    expect(scores.logLoss(probabilities, labels)).toBeCloseTo(fixture.logLoss, 10);
  });

  test("Brier: its binary form counts one of the two classes", () => {
    expect(scores.brier(binary, truth) / 2).toBeCloseTo(fixture.brier, 10);
  });

  test("area under the ROC curve, equals among the scores", () => {
    const hundredths = (value: number) => Math.round(value * 100 - 1e-9) / 100;
    const known = numbers(N, 5).map(hundredths);
    const strange = numbers(150, 6).map((value) => hundredths(0.3 + 0.7 * value));
    expect(scores.auroc(known, strange)).toBeCloseTo(fixture.auroc, 10);
  });

  test("pinball loss", () => {
    expect(scores.pinball(numbers(N, 8), numbers(N, 7), 0.2)).toBeCloseTo(fixture.pinball, 10);
  });

  test("the reliability curve, of answers that are always yes", () => {
    // scikit-learn's curve is of the probability of yes; ours is of the class that is said. Where yes is above ½ both
    // are one.
    const above = yes.flatMap((p, i) => (p > 0.5 ? [i] : []));
    const said = above.flatMap((i) => [1 - yes[i], yes[i]]);
    const bins = scores.reliability(said, above.map((i) => truth[i]), { bins: 10 }); // biome-ignore format: one call
    const { right, sure } = fixture.calibrationCurve;
    expect(bins).toHaveLength(5);
    bins.forEach(({ confidence, accuracy }, i) => {
      expect(confidence).toBeCloseTo(sure[5 + i], 10);
      expect(accuracy).toBeCloseTo(right[5 + i], 10);
    });
  });

  test.each(Object.entries(fixture.cumulative))("the normal distribution at %s", (z, wanted) => {
    const got = cumulative(Number(z));
    expect(Math.abs(got - (wanted as number))).toBeLessThanOrEqual(1e-13 * (wanted as number) + 1e-300);
  });
});

describe("uncertainty-toolbox 0.1.1, tests/test_metrics_scoring_rule.py", () => {
  const means = [1, 2, 3];
  const deviations = [0.1, 0.5, 1];
  const y = [1.5, 3, 2];
  /** Its scores average over these: 99 shares from 0.01 to 0.99. */
  const shares = Array.from({ length: 99 }, (_, i) => 0.01 + (i * 0.98) / 98);
  const average = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  /** The inverse of the normal distribution, by halving. */
  const quantile = (p: number) => {
    let [low, high] = [-10, 10];
    for (let i = 0; i < 80; i++) {
      const middle = (low + high) / 2;
      if (cumulative(middle) < p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  const at = (z: number) => means.map((mean, i) => mean + z * deviations[i]);

  test("negative log likelihood", () => {
    // Its test has the mean of nll over three points.
    expect(-scores.normalLogLikelihood(means, deviations, y)).toBeCloseTo(4.920361108686675, 6);
  });

  test("CRPS", () => {
    expect(scores.crpsNormal(means, deviations, y)).toBeCloseTo(0.59080610693, 6);
  });

  test("check score", () => {
    const losses = shares.map((share) => scores.pinball(at(quantile(share)), y, share));
    expect(average(losses)).toBeCloseTo(0.29801437323836477, 6);
  });

  test("interval score", () => {
    const each = shares.map((share) => {
      const z = quantile(0.5 + share / 2);
      return scores.intervalScore(at(-z), at(z), y, share);
    });
    expect(average(each)).toBeCloseTo(3.20755700861995, 6);
  });
});

describe("MAPIE 0.9, mapie/tests/test_metrics.py", () => {
  test("coverage and width of intervals", () => {
    const y = [5, 7.5, 9.5, 10.5, 12.5];
    const [low, high] = [
      [4, 6, 9, 8.5, 10.5],
      [6, 9, 10, 12.5, 12],
    ];
    expect(scores.coverage(low, high, y)).toBe(0.8);
    expect(scores.meanWidth(low, high)).toBeCloseTo(2.3, 12);
  });
});

describe("by definition", () => {
  test("draws of one value each are points: CRPS is the distance", () => {
    expect(scores.crpsDraws([1, 5, 1, 5], [3, 4])).toBe(1.5);
  });

  test("CRPS of many draws of a normal distribution is its closed form", () => {
    // 2,001 evenly spread quantiles stand for the distribution; their own score is larger by about 1/samples.
    const samples = 2001;
    const draws = Array.from({ length: samples }, (_, t) => {
      const p = (t + 0.5) / samples;
      let [low, high] = [-10, 10];
      for (let i = 0; i < 60; i++)
        [low, high] = cumulative((low + high) / 2) < p ? [(low + high) / 2, high] : [low, (low + high) / 2];
      return 2 + 3 * low;
    });
    expect(scores.crpsDraws(draws, [4])).toBeCloseTo(scores.crpsNormal([2], [3], [4]), 3);
  });

  test("log likelihood of draws, added up naively", () => {
    const [draws, y, tau] = [[0, 1, 2, 5, 4, 3], [1, 2, 3], 0.7];
    const naive = y.map((value, i) => {
      const densities = [0, 1].map((t) => Math.exp((-tau / 2) * (value - draws[3 * t + i]) ** 2));
      return Math.log(((densities[0] + densities[1]) / 2) * Math.sqrt(tau / (2 * Math.PI)));
    });
    expect(scores.drawsLogLikelihood(draws, y, tau)).toBeCloseTo((naive[0] + naive[1] + naive[2]) / 3, 12);
    expect(scores.drawsLogLikelihood([0], [1e4], 1), "no underflow").toBeCloseTo(-5e7 - 0.9189385, 4);
  });

  test("risk–coverage: the mean loss of those that are doubted least", () => {
    const { coverage, risk } = scores.riskCoverage([0.9, 0.1, 0.5, 0.7], [1, 0, 0, 1]);
    expect([...coverage]).toEqual([0.25, 0.5, 0.75, 1]);
    expect([...risk]).toEqual([0, 0, 1 / 3, 1 / 2]);
    expect(scores.aurc([0.9, 0.1, 0.5, 0.7], [1, 0, 0, 1])).toBeCloseTo((1 / 3 + 1 / 2) / 4, 12);
  });

  test("false positives where 95 % of the strange are found", () => {
    const strange = Array.from({ length: 20 }, (_, i) => 10 + i);
    // Nineteen of twenty lie at 11 or above; of these known rows, two do.
    expect(scores.fpr95([0, 5, 10, 11, 40], strange)).toBe(0.4);
  });

  test("calibration errors of equal width and of equal count", () => {
    const sure = [0.9, 0.1, 0.9, 0.1, 0.6, 0.4, 0.6, 0.4];
    const right = [0, 1, 0, 0];
    expect(scores.calibrationError(sure, right, { bins: 2 })).toBeCloseTo(0.75 - 0.75, 12);
    expect(scores.calibrationError(sure, right, { bins: 10 })).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.4, 12);
    expect(scores.calibrationError(sure, right, { bins: 2, by: "count" })).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.4, 12);
  });
});
