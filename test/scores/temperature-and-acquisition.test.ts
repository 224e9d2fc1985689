import { describe, expect, test } from "vitest";
import { Philox } from "../../src/random/philox.js";
import * as scores from "../../src/scores/index.js";

describe("temperature", () => {
  const random = new Philox(3, 15);
  const n = 4000;
  const classes = 5;
  // Labels follow softmax(logits); a network that is too sure says three times as much.
  const logits = Float32Array.from({ length: n * classes }, () => 3 * random.uniform());
  const labels = Array.from({ length: n }, (_, row) => {
    const weights = Array.from(logits.subarray(row * classes, (row + 1) * classes), Math.exp);
    let left = random.uniform() * weights.reduce((a, b) => a + b);
    const drawn = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return Math.max(0, drawn);
  });
  const sure = logits.map((logit) => 3 * logit);
  const half = (values: Float32Array) => [values.subarray(0, (n / 2) * classes), values.subarray((n / 2) * classes)];

  test("finds what the logits were multiplied by", () => {
    // The slope of the log likelihood has a standard deviation of about 1/√n here.
    expect(scores.fitTemperature(sure, labels)).toBeCloseTo(3, 0);
    expect(scores.fitTemperature(logits, labels)).toBeCloseTo(1, 1);
  });

  test("brings the calibration error of other rows to less than half, and changes no answer", () => {
    const [fitted, fresh] = half(sure);
    const temperature = scores.fitTemperature(fitted, labels.slice(0, n / 2));
    const before = scores.applyTemperature(fresh, classes, 1);
    const after = scores.applyTemperature(fresh, classes, temperature);
    const truth = labels.slice(n / 2);
    expect(scores.calibrationError(after, truth)).toBeLessThan(scores.calibrationError(before, truth) / 2);
    expect(scores.logLoss(after, truth)).toBeLessThan(scores.logLoss(before, truth));
    const answers = (probabilities: Float32Array) =>
      Array.from({ length: n / 2 }, (_, row) => {
        const own = probabilities.subarray(row * classes, (row + 1) * classes);
        return own.indexOf(Math.max(...own));
      });
    expect(answers(after)).toEqual(answers(before));
  });

  test("is where the log loss is least", () => {
    const best = scores.fitTemperature(sure, labels);
    const loss = (temperature: number) => scores.logLoss(scores.applyTemperature(sure, classes, temperature), labels);
    expect(loss(best)).toBeLessThan(loss(best * 1.05));
    expect(loss(best)).toBeLessThan(loss(best / 1.05));
  });
});

describe("acquisition", () => {
  // Two draws of three rows: sure, unsure in every draw, and draws that disagree.
  const values = [1, 0, 0.5, 0.5, 1, 0, 1, 0, 0.5, 0.5, 0, 1];
  const draws = { values, samples: 2, out: 2 };
  const bit = Math.log(2);

  test("entropy is all doubt, BALD the draws' disagreement, variance their spread", () => {
    expect([...scores.acquisition(draws, "entropy")]).toEqual([0, expect.closeTo(bit, 12), expect.closeTo(bit, 12)]);
    expect([...scores.acquisition(draws, "bald")]).toEqual([0, expect.closeTo(0, 12), expect.closeTo(bit, 12)]);
    expect([...scores.acquisition(draws, "variance")]).toEqual([0, 0, 0.5]);
    expect(scores.rank(draws, "bald", 1)).toEqual([2]);
    expect(scores.rank(draws, "variance", 3)).toEqual([2, 0, 1]);
  });

  test("BatchBALD of one row is BALD; of two, no row that says the same again", () => {
    // Rows 0 and 1 are copies with the most disagreement; row 2 disagrees a little less, about something else.
    const a = [0.95, 0.95, 0.05, 0.05];
    const b = [0.9, 0.1, 0.9, 0.1];
    const rows = a.flatMap((p, t) => [p, 1 - p, p, 1 - p, b[t], 1 - b[t]]);
    const three = { values: rows, samples: 4, out: 2 };
    expect(scores.rank(three, "bald", 2)).toEqual([0, 1]);
    expect(scores.batchBald(three, 1)).toEqual([0]);
    expect(scores.batchBald(three, 2)).toEqual([0, 2]);
  });

  test("BatchBALD takes the pair with the largest joint mutual information after the best row, counted outcome by outcome", () => {
    const random = new Philox(9, 15);
    const [samples, rows, out] = [6, 5, 3];
    const all = Array.from({ length: samples * rows }, () => {
      const weights = Array.from({ length: out }, () => random.uniform() ** 4 + 0.01);
      const sum = weights.reduce((x, y) => x + y);
      return weights.map((weight) => weight / sum);
    });
    const p = (t: number, row: number) => all[t * rows + row];
    const entropy = (q: number[]) => q.reduce((sum, value) => sum - value * Math.log(value), 0);
    const mean = (f: (t: number) => number) =>
      Array.from({ length: samples }, (_, t) => f(t)).reduce((x, y) => x + y) / samples;
    const information = (i: number, j: number) => {
      const outcomes = Array.from({ length: out * out }, (_, o) =>
        mean((t) => p(t, i)[Math.floor(o / out)] * p(t, j)[o % out]),
      );
      return entropy(outcomes) - mean((t) => entropy(p(t, i)) + entropy(p(t, j)));
    };
    const draw = { values: all.flat(), samples, out };
    const [first] = scores.rank(draw, "bald", 1);
    const others = [0, 1, 2, 3, 4].filter((row) => row !== first);
    const best = others.sort((x, y) => information(first, y) - information(first, x))[0];
    expect(scores.batchBald(draw, 2)).toEqual([first, best]);
  });

  test("is refused where outcomes could not be counted", () => {
    const ten = { values: Array(2 * 12 * 10).fill(0.1), samples: 2, out: 10 };
    expect(() => scores.batchBald(ten, 6)).toThrow(/^count must be at most 5 for 10 classes, .*; got 6$/);
    expect(() => scores.batchBald(ten, 11)).toThrow(/^count must be a whole number from 1 to 10; got 11/);
    expect(() => scores.rank(ten, "doubt" as never, 1)).toThrow(/^by must be one of "entropy", "bald", "variance"/);
  });
});

describe("arguments", () => {
  test.each([
    [() => scores.logLoss([0.5, 0.5], [2]), /^labels\[0\] must be a class, a whole number from 0 to 1; got 2$/],
    [() => scores.logLoss([0.5, 0.6], [0]), /^probabilities, row 0, must be numbers that add up to 1; got "1.1"$/],
    [
      () => scores.brier([0.5, 0.5, 1], [0, 1]),
      /^probabilities must be rows of two classes or more for each of the 2 labels/,
    ],
    [() => scores.brier("ab" as never, [0]), /^probabilities must be an array of numbers; got "ab"$/],
    [() => scores.brier([1.5, -0.5], [0]), /^probabilities\[1\] must be a number of at least 0; got -0.5$/],
    [() => scores.crpsNormal([0], [0], [0]), /^deviations\[0\] must be above 0; got 0; clip it to a smallest doubt$/],
    [() => scores.coverage([1], [0], [0]), /^low\[0\] must be at most high\[0\], 0; got 1$/],
    [() => scores.crpsDraws([1, 2, 3], [1, 2]), /^draws must be \[samples, 2\] numbers; got \[1, 2, 3\]$/],
    [() => scores.auroc([Number.NaN], [1]), /^known\[0\] must be a finite number; got NaN$/],
    [() => scores.riskCoverage([1, 2], [1]), /^losses must be 2 numbers; got \[1\]$/],
    [() => scores.pinball([1], [1], 1), /^quantile must be between 0 and 1, neither included; got 1$/],
    [() => scores.applyTemperature([1, 2], 2, 0), /^temperature must be above 0; got 0$/],
    [() => scores.drawsLogLikelihood([1], [1], 0), /^tau must be above 0; got 0$/],
  ])("are refused by name: %s", (call, message) => {
    expect(call).toThrow(message);
  });
});
