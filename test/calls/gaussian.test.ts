// The loss gaussian from outside: what a network that knows its noise takes, answers, and says of its doubt.
import { expect, test } from "vitest";
import { Network, type NetworkOptions } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import { toOnnx } from "../../src/onnx.js";
import { normalLogLikelihood } from "../../src/scores/index.js";
import { decode, fitEncoding, readTable } from "../../src/table.js";
import { calibrate, Ensemble, intervals, rank } from "../../src/uncertainty/index.js";
import { create, noise } from "../support/networks.js";

const SIZES = [2, 24, 4];
const OPTIONS: NetworkOptions = { sizes: SIZES, loss: "gaussian", dropout: 0.2, seed: 3, build: "simd" };
const X = noise(20);
const Y = noise(20, 2); // ten rows of two targets

/** Of rows of two means and two others. */
const means = (rows: ArrayLike<number>) => Array.from(rows).filter((_, i) => i % 4 < 2);
const others = (rows: ArrayLike<number>) => Array.from(rows).filter((_, i) => i % 4 >= 2);

test("predict gives means, then standard deviations, as thinned/infer does; the loss is what they say", async () => {
  const net = await create(OPTIONS);
  const logits = net.test_step(X);
  const answers = net.predict(X);
  expect(means(answers)).toEqual(means(logits));
  others(answers).forEach((deviation, i) => {
    const exact = Math.exp(others(logits)[i] / 2);
    expect(Math.abs(deviation / exact - 1)).toBeLessThan(4e-7); // the sigmoid's roundings
  });
  using trained = await Trained.load(net.save());
  expect(trained.predict(X)).toEqual(answers);
  expect(trained.mc_step(X, { draw: 0 })).toEqual(net.mc_step(X, { draw: 0 }));
  const { loss, error } = net.evaluate({ x: X, y: Y });
  const likelihood = normalLogLikelihood(means(answers), others(answers), Y);
  expect(-loss - Math.log(2 * Math.PI) / 2).toBeCloseTo(likelihood, 6);
  expect(error).toBeCloseTo(Math.sqrt(means(answers).reduce((sum, mean, i) => sum + (mean - Y[i]) ** 2, 0) / 20), 6);
  const weights = Float32Array.from({ length: 10 }, (_, s) => Number(s < 5));
  expect(net.evaluate({ x: X, y: Y, weights })).toEqual(net.evaluate({ x: X.slice(0, 10), y: Y.slice(0, 10) }));
});

test("deviations have the bounds that the loss has, and no number is lost between them", async () => {
  const net = await create({ sizes: [1, 2], loss: "gaussian", dropout: 0 });
  for (const log of [-1e30, -31, -30, -12.5, 0, 1e-20, 9, 30, 31, 1e30]) {
    net.setParameters({ W1: new Float32Array(2), b1: Float32Array.of(7, log) });
    const [mean, deviation] = net.predict(Float32Array.of(1));
    const exact = Math.exp(Math.min(30, Math.max(-30, log)) / 2);
    expect(mean).toBe(7);
    expect(Math.abs(deviation / exact - 1), `at ${log}`).toBeLessThan(6e-7);
  }
});

test("mc_step splits the variance; its parts are those of the draws", async () => {
  const net = await create(OPTIONS);
  const { mean, variance, epistemic, aleatoric, outputs, quantiles, entropy } = net.mc_step(X, {
    samples: 30,
    draw: 0,
    outputs: true,
    quantiles: [0.5],
  });
  expect([outputs!.length, quantiles!.length, entropy]).toEqual([30 * 40, 40, null]);
  for (let i = 0; i < 20; i++) {
    const at = (d: number, second: number) => outputs![d * 40 + 4 * Math.floor(i / 2) + 2 * second + (i % 2)];
    const draws = Array.from({ length: 30 }, (_, d) => [at(d, 0), at(d, 1)]);
    const average = draws.reduce((sum, [m]) => sum + m, 0) / 30;
    const between = draws.reduce((sum, [m]) => sum + (m - average) ** 2, 0) / 29;
    const within = draws.reduce((sum, [, deviation]) => sum + deviation ** 2, 0) / 30;
    expect(Math.abs(mean[i] - average)).toBeLessThan(1e-6);
    expect(Math.abs(epistemic![i] - between)).toBeLessThan(1e-6 * (1 + between));
    expect(Math.abs(aleatoric![i] - within)).toBeLessThan(1e-6 * (1 + within));
    expect(Math.abs(variance[i] - between - within)).toBeLessThan(1e-6 * (1 + between + within));
  }
  const shared = net.mc_step(X, { samples: 4, draw: 0, masks: "shared" });
  expect([shared.epistemic!.length, shared.aleatoric!.length]).toEqual([20, 20]);
});

test("moment_step says nearly what many draws say, and exactly what there is without dropout", async () => {
  const net = await create({ ...OPTIONS, sizes: [2, 64, 4] });
  const [moments, draws] = [net.moment_step(X), net.mc_step(X, { samples: 4000, draw: 0 })];
  for (const part of ["mean", "epistemic", "aleatoric", "variance"] as const) {
    moments[part]!.forEach((value, i) => {
      expect(Math.abs(value - draws[part]![i]), `${part}[${i}]`).toBeLessThan(0.1 * Math.max(0.3, draws[part]![i]));
    });
  }
  const plain = await create({ ...OPTIONS, dropout: 0 });
  const answers = plain.predict(X);
  const { mean, epistemic, aleatoric } = plain.moment_step(X);
  expect(Array.from(mean)).toEqual(means(answers));
  expect(Array.from(epistemic!)).toEqual(new Array(20).fill(0));
  aleatoric!.forEach((value, i) => {
    expect(Math.abs(value / others(answers)[i] ** 2 - 1)).toBeLessThan(1e-6);
  });
});

test("learns noise that differs from place to place, and tells it from ignorance", async () => {
  const n = 400;
  const x = noise(n, 5).map((value) => 2 * value);
  const uniform = noise(n * 12, 6);
  // A sum of twelve uniforms is nearly normal; its deviation is 2.
  const y = x.map((at, i) => {
    const normal = uniform.subarray(12 * i, 12 * i + 12).reduce((sum, value) => sum + value, 0) / 2;
    return at + normal * (at < 0 ? 0.05 : 0.5);
  });
  const net = await create({
    ...OPTIONS,
    sizes: [1, 48, 48, 2],
    dropout: { input: 0, hidden: 0.05 },
    optimizer: { type: "adam", learningRate: 0.005 },
  });
  const history = await net.run({ x, y }, { epochs: 60, batch: 40, validationSplit: 0.2 });
  const last = history.at(-1)!;
  expect(last.validation!.error).toBeLessThan(0.6);
  expect(last.trainError).toBeLessThan(0.6);
  expect(last.validation!.loss).toBeLessThan(history[0].validation!.loss - 0.5);
  const { epistemic, aleatoric } = net.mc_step(Float32Array.of(-1, 1, 6), { samples: 200, draw: 0 });
  const [quiet, loud] = Array.from(aleatoric!, Math.sqrt);
  const residuals = Array.from(y, (value, i) => value - x[i]).filter((_, i) => x[i] > 0);
  const deviation = Math.sqrt(residuals.reduce((sum, value) => sum + value * value, 0) / residuals.length);
  expect(quiet).toBeLessThan(0.25);
  // Of 200 points, seen through a network with dropout: within a factor of two.
  expect(Math.abs(Math.log(loud / deviation))).toBeLessThan(Math.LN2);
  expect(epistemic![2]).toBeGreaterThan(4 * epistemic![1]);
});

test("trains on alike from a file, in one piece and in two, by weights", async () => {
  const options: NetworkOptions = { ...OPTIONS, optimizer: { type: "adam", learningRate: 0.01 } };
  const [whole, first] = [await create(options), await create(options)];
  const weights = noise(10, 4).map(Math.abs);
  const data = { x: X, y: Y, weights };
  await whole.run(data, { epochs: 4, batch: 3 });
  await first.run(data, { epochs: 4, batch: 3, steps: 6 });
  const second = await Network.load(first.save(), { build: "simd" });
  const history = await second.run(data, { epochs: 3, batch: 3 });
  expect(second.save()).toEqual(whole.save());
  expect(history[0].trainError).toBeGreaterThan(0);
  second.dispose();
});

test("ensembles average means and variances; intervals and ranks rest on the right part", async () => {
  const members = await Promise.all([1, 2, 3].map((seed) => Network.create({ ...OPTIONS, sizes: [2, 24, 2], seed })));
  using ensemble = Ensemble.of(members);
  const each = members.map((member) => member.predict(X));
  const answers = ensemble.predict(X);
  for (let i = 0; i < 10; i++) {
    const mean = each.reduce((sum, rows) => sum + rows[2 * i], 0) / 3;
    const square = each.reduce((sum, rows) => sum + rows[2 * i + 1] ** 2, 0) / 3;
    expect(answers[2 * i]).toBeCloseTo(mean, 6);
    expect(answers[2 * i + 1]).toBeCloseTo(Math.sqrt(square), 6);
  }
  const own = members.map((member) => member.mc_step(X, { samples: 5, draw: 0 }));
  const all = ensemble.mc_step(X, { samples: 5, draw: 0 });
  all.variance.forEach((variance, i) => {
    const noises = own.reduce((sum, { aleatoric }) => sum + aleatoric![i], 0) / 3;
    const within = own.reduce((sum, { epistemic }) => sum + epistemic![i], 0) / 3;
    expect(all.aleatoric![i]).toBeCloseTo(noises, 6);
    expect(all.within[i]).toBeCloseTo(within, 6);
    expect(all.epistemic![i]).toBeCloseTo(within + all.across[i], 6);
    expect(variance).toBeCloseTo(all.epistemic![i] + all.aleatoric![i], 6);
  });
  const [net] = members;
  const y = Y.slice(0, 10);
  const { threshold } = calibrate(net, { x: X, y }, { coverage: 0.8, by: "deviation" }).thresholds[0];
  const { variance, epistemic } = net.mc_step(X, { samples: 50, seed: 0, draw: 0 });
  const points = net.predict(X);
  intervals(net, X).forEach(([low, high], i) => {
    expect((low + high) / 2).toBeCloseTo(points[2 * i], 5);
    expect((high - low) / 2).toBeCloseTo(threshold[0] * Math.sqrt(variance[i]), 5);
  });
  const doubt = (i: number) => epistemic![i];
  const order = rank(net, X, { count: 10, seed: 0 });
  expect(order).toEqual(Array.from(y.keys()).sort((a, b) => doubt(b) - doubt(a)));
});

test.each<[NetworkOptions, RegExp]>([
  [{ ...OPTIONS, sizes: [2, 3] }, /^sizes must be .*even.*\[2, 3\]; each target has two outputs/],
  [
    { ...OPTIONS, output: "gaussian", loss: "mse" },
    /^output must be an activation .*gaussian is trained by loss: "gaussian"/,
  ],
  [{ ...OPTIONS, output: "softmax" }, /^output must be "gaussian" or "linear" .*loss: "cross-entropy"/],
  [{ ...OPTIONS, labelSmoothing: 0.1 }, /^labelSmoothing must be 0/],
  [{ ...OPTIONS, temperature: 2 }, /^temperature must be 1/],
])("refuses %j", async (options, message) => {
  await expect(Network.create(options)).rejects.toThrow(message);
});

test("targets are as many as means, and a loss that leaves float32 changes nothing", async () => {
  const net = await create(OPTIONS);
  expect(() => net.train_step(X, noise(40))).toThrow(/^y must be 10 × 2 targets for the 10 samples of x/);
  expect(() => net.train_step(X, [[1, 2, 3, 4]])).toThrow(/^y must be 10 rows/);
  const before = net.save();
  expect(() =>
    net.train_step(
      X,
      Y.map(() => 3e38),
    ),
  ).toThrow(/the loss of step 0/);
  expect(net.save()).toEqual(before);
  const raw = await create({ ...OPTIONS, output: "linear" });
  expect(raw.predict(X)).toEqual(raw.test_step(X));
  expect(raw.mc_step(X, { samples: 2 }).aleatoric).toBeUndefined();
});

test("graphs answer with means and log variances; a table's answers have deviations where they are said to", async () => {
  const net = await create(OPTIONS);
  const file = net.save();
  expect(toOnnx(file).length).toBeGreaterThan(500);
  expect(() => toOnnx(file, { probabilities: true })).toThrow(/^probabilities must be false for the output "gaussian"/);
  const { encoding } = fitEncoding(readTable("a,b,c\n1,20,300\n2,40,500\n3,30,100\n"), { target: ["b", "c"] });
  const [b, c] = encoding.targets;
  const [answer] = decode([0, 1, 2, 3], encoding, { deviations: true });
  expect(answer).toEqual({
    values: { b: b.shift, c: 1 / c.scale + c.shift },
    deviations: { b: 2 / b.scale, c: 3 / c.scale },
  });
  expect(decode([0, 1, 2, 3], encoding)).toHaveLength(2);
  expect(() => decode([0, 1], encoding, { deviations: true })).toThrow(/^answers must be rows of 4/);
});
