// A calibrated network: what is noted, what it answers, here and in thinned/infer, and what it refuses.
import { beforeAll, describe, expect, test } from "vitest";
import { Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import { Philox } from "../../src/random/philox.js";
import * as scores from "../../src/scores/index.js";
import { type CalibrateOptions, calibrate, intervals, sets } from "../../src/uncertainty/index.js";

const random = new Philox(11, 3);
/**
 * Points of a square; the class is that of a half of it, one in five of another one; the number has noise that grows.
 */
function draw(n: number) {
  const x = Float32Array.from({ length: 2 * n }, () => 2 * random.uniform() - 1);
  const labels = Array.from({ length: n }, (_, i) =>
    random.uniform() < 0.2 ? Math.floor(3 * random.uniform()) : x[2 * i] < 0 ? 0 : x[2 * i + 1] < 0 ? 1 : 2,
  );
  const y = Float32Array.from({ length: n }, (_, i) => x[2 * i] + (random.uniform() - 0.5) * (1 + x[2 * i + 1]));
  return { x, labels, y };
}
const [train, held, fresh] = [draw(60), draw(400), draw(1000)];
let classifier: Network;
let regressor: Network;

beforeAll(async () => {
  const options = {
    sizes: [2, 48, 3],
    build: "simd",
    seed: 1,
    optimizer: { type: "adam", learningRate: 0.02 },
  } as const;
  classifier = await Network.create({ ...options, dropout: 0.1, classes: ["a", "b", "c"] });
  regressor = await Network.create({ ...options, sizes: [2, 48, 1], loss: "mse", dropout: 0.2 });
  for (let step = 0; step < 600; step++) classifier.train_step(train.x, train.labels);
  for (let step = 0; step < 200; step++) regressor.train_step(train.x, train.y);
});

describe("classes", () => {
  test.each<CalibrateOptions>([{}, { by: "aps" }, { perClass: true }, { by: "aps", perClass: true, coverage: 0.8 }])(
    "%j: the sets of the pure functions, as often right as promised",
    (options) => {
      using net = classifier.clone();
      const { by, coverage = 0.9, perClass } = options;
      const share = coverage as number;
      const found = calibrate(net, { x: held.x, y: held.labels }, options);
      const rows = scores.setScores(net.predict(held.x), held.labels, by as scores.SetMethod);
      const threshold = perClass
        ? scores.classThresholds(rows, held.labels, 3, share)
        : scores.conformalQuantile(rows, share);
      expect(found.thresholds).toEqual([
        { coverage: share, threshold: perClass ? [...(threshold as Float64Array)] : [threshold] },
      ]);
      const answers = sets(net, fresh.x);
      expect(answers.map(({ set }) => set)).toEqual(
        scores.predictSets(net.predict(fresh.x), 3, threshold, by as scores.SetMethod),
      );
      expect(answers[0].names).toEqual(answers[0].set.map((k) => "abc"[k]));
      // A thousand rows and a threshold of 400: the standard deviation is 0.018.
      const right = answers.filter(({ set }, i) => set.includes(fresh.labels[i])).length / 1000;
      expect(Math.abs(right - share)).toBeLessThan(0.06);
    },
  );

  test("a temperature halves the calibration error of a network that is too sure, or better, and changes no answer", async () => {
    // Labels drawn from softmax(4x₀, 4x₁, 0), which the network learns; then its logits are made four times as large.
    const gumbel = () => -Math.log(-Math.log(random.uniform()));
    const labelled = ({ x }: { x: Float32Array }) => ({
      x,
      y: Int32Array.from({ length: x.length / 2 }, (_, i) => {
        const [a, b, c] = [4 * x[2 * i] + gumbel(), 4 * x[2 * i + 1] + gumbel(), gumbel()];
        return a > b && a > c ? 0 : b > c ? 1 : 2;
      }),
    });
    const [seen, half, others] = [draw(600), draw(800), draw(1000)].map(labelled);
    using net = await Network.create({
      sizes: [2, 3],
      build: "simd",
      dropout: 0,
      optimizer: { type: "adam", learningRate: 0.05 },
    });
    for (let step = 0; step < 200; step++) net.train_step(seen.x, seen.y);
    const { W1, b1 } = net.parameters();
    net.setParameters({ W1: W1.map((w) => 4 * w), b1: b1.map((b) => 4 * b) });
    const top = () => scores.reliability(net.predict(others.x), others.y, { bins: 1 })[0].accuracy;
    const error = () => scores.calibrationError(net.predict(others.x), others.y);
    const before = { accuracy: top(), error: error() };
    const { temperature, rows } = calibrate(net, half, { temperature: true });
    expect(rows).toBe(400);
    const even = { x: half.x.filter((_, i) => i % 4 < 2), y: half.y.filter((_, i) => i % 2 === 0) };
    expect(net.temperature).toBe(temperature);
    expect(temperature).toBe(scores.fitTemperature(net.test_step(even.x), even.y));
    expect(before.error).toBeGreaterThan(0.1);
    expect(error()).toBeLessThan(before.error / 2);
    expect(top()).toBe(before.accuracy);
  });
});

describe("numbers", () => {
  test.each(["residual", "deviation"] as const)("%s: the intervals of the pure functions", (by) => {
    using net = regressor.clone();
    calibrate(net, { x: held.x, y: held.y }, { by, samples: 30, seed: 7, coverage: [0.8, 0.95] });
    const spread = (x: Float32Array) =>
      by === "residual" ? undefined : net.mc_step(x, { samples: 30, seed: 7, draw: 0 }).variance.map(Math.sqrt);
    const residuals = scores.intervalScores(net.predict(held.x), held.y, spread(held.x));
    for (const coverage of [0.8, 0.95]) {
      const threshold = scores.conformalQuantile(residuals, coverage);
      const { low, high } = scores.predictIntervals(net.predict(fresh.x), threshold, spread(fresh.x));
      expect(intervals(net, fresh.x, { coverage })).toEqual(Array.from(low, (value, i) => [value, high[i]]));
      expect(Math.abs(scores.coverage(low, high, fresh.y) - coverage)).toBeLessThan(0.06);
    }
    expect(intervals(net, fresh.x)).toEqual(intervals(net, fresh.x, { coverage: 0.8 }));
  });
});

describe("the file", () => {
  test("thinned/infer gives the same sets and intervals", async () => {
    using net = classifier.clone();
    calibrate(net, { x: held.x, y: held.labels }, { temperature: true });
    using small = await Trained.load(net.save());
    expect(sets(small, fresh.x)).toEqual(sets(net, fresh.x));
    using line = regressor.clone();
    calibrate(line, { x: held.x, y: held.y }, { by: "deviation" });
    using again = await Trained.load(line.save());
    expect(intervals(again, fresh.x)).toEqual(intervals(line, fresh.x));
  });

  test("a promise is void once weights, dropout under it or the temperature are others", async () => {
    using net = regressor.clone();
    calibrate(net, { x: held.x, y: held.y }, { by: "deviation" });
    const void_ = /^the network has other weights, dropout or temperature .* run `thinned calibrate/;
    net.dropout = 0.5;
    expect(() => intervals(net, fresh.x)).toThrow(void_);
    net.dropout = 0.2;
    intervals(net, fresh.x);
    net.train_step(train.x, train.y);
    expect(() => intervals(net, fresh.x)).toThrow(void_);
    using other = classifier.clone();
    calibrate(other, { x: held.x, y: held.labels });
    using narrow = await Network.load(other.save({ dtype: "BF16" }));
    expect(() => sets(narrow, fresh.x)).toThrow(void_);
    other.temperature = 2;
    expect(() => sets(other, fresh.x)).toThrow(void_);
  });

  test.each<[string, (record: Record<string, unknown>) => unknown, RegExp]>([
    ["no JSON", () => "{", /^the file's calibration: /],
    ["a list", () => [], /^calibration must be an object; got/],
    ["version 2", (good) => ({ ...good, version: 2 }), /^calibration.version must be 1; got 2; run/],
    ["another key", (good) => ({ ...good, more: 1 }), /^calibration has no option "more"/],
    ["another method", (good) => ({ ...good, by: "luck" }), /^calibration.by must be one of/],
    ["no rows", (good) => ({ ...good, rows: 0 }), /^calibration.rows must be/],
    ["no thresholds", (good) => ({ ...good, thresholds: [] }), /^calibration.thresholds must be a list/],
    [
      "coverage 1",
      (good) => ({ ...good, thresholds: [{ coverage: 1, threshold: [1] }] }),
      /coverage must be between 0 and 1/,
    ],
    [
      "two thresholds",
      (good) => ({ ...good, thresholds: [{ coverage: 0.9, threshold: [1, 1] }] }),
      /threshold must be 1 numbers/,
    ],
    [
      "a text",
      (good) => ({ ...good, thresholds: [{ coverage: 0.9, threshold: ["1"] }] }),
      /threshold\[0\] must be a finite number/,
    ],
    ["a short probe", (good) => ({ ...good, probe: [1] }), /^calibration.probe must be 3 numbers/],
    [
      "intervals",
      (good) => ({ ...good, by: "residual" }),
      /^net must be calibrated for sets, by lac or aps; got "residual"$/,
    ],
  ])("%s in it is refused, by name", (_, damage, message) => {
    using net = classifier.clone();
    calibrate(net, { x: held.x, y: held.labels });
    const damaged = damage(JSON.parse(net.metadata.calibration));
    net.metadata.calibration = typeof damaged === "string" ? damaged : JSON.stringify(damaged);
    expect(() => sets(net, fresh.x)).toThrow(message);
  });
});

describe("refuses", () => {
  test("sets of a network that was not calibrated, with what to do", () => {
    const message =
      /^the network was not calibrated; run `thinned calibrate MODEL DATA --coverage 0.9`, or calibrate\(net, \{ x, y \}\)$/;
    expect(() => sets(classifier, fresh.x)).toThrow(message);
    expect(() => intervals(regressor, fresh.x)).toThrow(message);
    expect(() => sets(Promise.resolve(classifier) as never, fresh.x)).toThrow(
      /^net must be a network that answers; got a Promise/,
    );
  });

  test("another coverage than was calibrated for", () => {
    using net = classifier.clone();
    calibrate(net, { x: held.x, y: held.labels }, { coverage: [0.8, 0.9] });
    expect(() => sets(net, fresh.x, { coverage: 0.95 })).toThrow(
      "coverage must be one that the network was calibrated for, 0.8, 0.9; got 0.95; calibrate it for this one",
    );
  });

  test.each<[string, CalibrateOptions, RegExp]>([
    ["coverage 1", { coverage: 1 }, /^coverage must be between 0 and 1, neither included; got 1;/],
    ["coverage 0", { coverage: [0.5, 0] }, /^coverage must be between 0 and 1/],
    ["no coverage", { coverage: [] }, /^coverage must be a number between 0 and 1, or several/],
    [
      "too few rows",
      { coverage: 0.999 },
      /^y, as far as it calibrates, must be of 999 rows or more for a coverage of 0.999; got an array of 400; hold more/,
    ],
    ["too few of half", { coverage: 0.996, temperature: true }, /must be of 249 rows or more .* got an array of 200/],
    ["too few of a class", { coverage: 0.993, perClass: true }, /^y of class \d must be of 142 rows or more/],
    ["a method of numbers", { by: "residual" }, /^by must be one of "lac", "aps"/],
    ["another option", { method: "lac" } as CalibrateOptions, /^options has no option "method"/],
  ])("%s, and stays as it was", (_, options, message) => {
    using net = classifier.clone();
    expect(() => calibrate(net, { x: held.x, y: held.labels }, options)).toThrow(message);
    expect([net.metadata, net.temperature]).toEqual([{}, 1]);
  });

  test("labels and rows that do not fit, and stays as it was though the temperature was under way", () => {
    using net = classifier.clone();
    const wrong = held.labels.with(399, 3);
    expect(() => calibrate(net, { x: held.x, y: wrong }, { temperature: true })).toThrow(
      /^labels\[199\] must be a class/,
    );
    expect(() => calibrate(net, { x: held.x.subarray(2), y: held.labels })).toThrow(
      /^x must be a Float32Array of rows of 2 for each of the 400 in y/,
    );
    expect([net.metadata, net.temperature]).toEqual([{}, 1]);
  });

  test("deviations where nothing is dropped, and outputs that it has no promise for", async () => {
    using still = regressor.clone();
    still.dropout = 0;
    expect(() => calibrate(still, { x: held.x, y: held.y }, { by: "deviation" })).toThrow(
      /^by must be "residual" where no unit is dropped/,
    );
    using two = await Network.create({ sizes: [2, 2], loss: "mse" });
    expect(() => calibrate(two, { x: held.x, y: held.y })).toThrow(/^net must be one with a single output/);
    using yes = await Network.create({ sizes: [2, 2], loss: "bce" });
    expect(() => calibrate(yes, { x: held.x, y: held.y })).toThrow(
      /^net must be one whose output is softmax or numbers/,
    );
  });
});
