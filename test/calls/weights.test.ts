import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Network } from "../../src/network.js";
import { permutation } from "../../src/random/philox.js";
import type { Loss, NetworkOptions, Targets } from "../../src/types.js";
import type { TargetValues } from "../reference/network.js";
import { numbers } from "../support/formula.js";
import {
  classes,
  create,
  expectClose,
  expectRefusals,
  expectWeights,
  keepOf,
  noise,
  rowsOf,
  twinOf,
} from "../support/networks.js";

const fixture = JSON.parse(readFileSync(new URL("../fixtures/weighted_loss.json", import.meta.url), "utf8"));
const LOSSES: Loss[] = ["cross-entropy", "mse", "bce"];
const BATCH = 6;
const WEIGHTS = [0.5, 2, 0, 1, 3.25, 0.125];

/** Labels for cross-entropy, and rows for each loss. */
function targetsOf(loss: Loss, labelled = false): TargetValues {
  if (labelled) return classes(BATCH, 3);
  return rowsOf(loss === "mse" ? noise(BATCH * 3, 9) : noise(BATCH * 3, 9).map(Math.abs), 3);
}

describe("PyTorch's losses and gradients, from logits", () => {
  const [N, CLASSES] = [7, 4];
  const z = numbers(N * CLASSES, 1).map((value) => 6 * value - 3);
  const weights = numbers(N, 3).map((value) => Math.floor(8 * value) / 4);
  const labels = numbers(N, 2).map((value) => Math.floor(CLASSES * value));
  const raw = rowsOf(numbers(N * CLASSES, 4), CLASSES).map((row) => row.map((value) => value + 0.1));
  const rows = raw.map((row) => row.map((value) => value / row.reduce((a, b) => a + b)));
  const values = rowsOf(numbers(N * CLASSES, 5), CLASSES);
  const cases: [string, NetworkOptions["loss"], Targets, number[] | undefined, number][] = [
    ["labels", "cross-entropy", labels, weights, 0],
    ["rows", "cross-entropy", rows, weights, 0],
    ["mse", "mse", values, weights, 0],
    ["bce", "bce", values, weights, 0],
    ["classWeights", "cross-entropy", labels, labels.map((label) => [0.5, 1, 2, 4][label]), 0],
    ["smoothedLabels", "cross-entropy", labels, undefined, 0.1],
    ["smoothedRows", "cross-entropy", rows, undefined, 0.3],
    ["smoothedAndWeighted", "cross-entropy", labels, weights, 0.2],
  ];

  it.each(cases)("%s", async (name, loss, y, given, labelSmoothing) => {
    for (const build of ["simd", "relaxed"] as const) {
      const net = await create({ sizes: [N, CLASSES], loss, dropout: 0, labelSmoothing, build });
      // Sample i is the i-th unit vector, so the weight's columns are the logits, and its gradient's theirs.
      const x = Float32Array.from({ length: N * N }, (_, i) => Number(i % N === Math.floor(i / N)));
      const transposed = (m: ArrayLike<number>, width: number) =>
        Float32Array.from(
          { length: m.length },
          (_, i) => m[(i % (m.length / width)) * width + Math.floor(i / (m.length / width))],
        );
      net.setParameters({ W1: transposed(z, CLASSES), b1: new Float32Array(CLASSES) });
      const { loss: value, W1 } = net.gradients(x, y, { weights: given });
      expectClose([value], [fixture[name].loss], `${name} ${build}`, 1e-6);
      expectClose(transposed(W1, N), fixture[name].gradient, `${name} ${build}`, 1e-6);
    }
  });
});

describe("weights of samples", () => {
  it.each(LOSSES)("%s: the mean by weight of what double precision says of each sample", async (loss) => {
    for (const labelled of loss === "cross-entropy" ? [true, false] : [false]) {
      for (const [threads, build] of [
        [1, "relaxed"],
        [1, "simd"],
        [2, "simd"],
      ] as const) {
        const sizes = [5, 19, 3];
        const output = loss === "mse" ? "tanh" : undefined;
        const net = await create({ sizes, loss, output, activation: "tanh", seed: 2, maxBatch: 4, threads, build });
        const x = noise(BATCH * 5);
        const y = targetsOf(loss, labelled);
        net.train_step(x);
        const masks = net.masks();
        const { loss: value, ...gradients } = net.gradients(x, y, { masks, weights: WEIGHTS });
        const twin = twinOf(net);
        const total = WEIGHTS.reduce((a, b) => a + b);
        const keep = keepOf(masks, sizes);
        const each = WEIGHTS.map((_, s) =>
          twin.gradients(
            [rowsOf(x, 5)[s]],
            [y[s]] as TargetValues,
            keep.map((layer) => layer && [layer[s]]),
          ),
        );
        const mean = (of: (one: (typeof each)[number]) => number) =>
          each.reduce((sum, one, s) => sum + (WEIGHTS[s] / total) * of(one), 0);
        const { W, b } = each[0].gradients;
        const expected = {
          W: W.map((rows, l) => rows.map((row, j) => row.map((_, i) => mean((one) => one.gradients.W[l][j][i])))),
          b: b.map((row, l) => row.map((_, j) => mean((one) => one.gradients.b[l][j]))),
        };
        const what = `${loss} ${labelled} ${threads} ${build}`;
        expectClose([value], [mean((one) => one.loss)], `${what}, loss`, 2e-5, 0.1);
        expectWeights(gradients, expected, what);
      }
    }
  });

  it("change nothing where all are equal, but for rounding, whatever their size", async () => {
    for (const loss of LOSSES) {
      const net = await create({ sizes: [5, 19, 3], loss, seed: 2 });
      const [x, y] = [noise(BATCH * 5), targetsOf(loss)];
      const { loss: plain, ...gradients } = net.gradients(x, y);
      for (const weight of [1, 7, 1e30, 1e-30]) {
        const { loss: value, ...others } = net.gradients(x, y, { weights: new Float64Array(BATCH).fill(weight) });
        expectClose([value], [plain], `${loss} ${weight}`, 1e-7);
        for (const name in others) expectClose(others[name], gradients[name], `${loss} ${weight} ${name}`, 1e-6);
      }
    }
  });

  it("of 0 leave a sample out, and of nothing but 0 leave the weights as they are", async () => {
    const net = await create({ sizes: [5, 19, 3], dropout: 0, seed: 2 });
    const [x, y] = [noise(BATCH * 5), classes(BATCH, 3)];
    const some = net.gradients(x, y, { weights: [1, 1, 1, 0, 0, 0] });
    const first = net.gradients(x.subarray(0, 15), y.slice(0, 3));
    for (const name in first) {
      if (name !== "loss") expectClose(some[name], first[name], name, 1e-6);
    }
    expect(some.loss).toBeCloseTo(first.loss, 12);
    const before = net.parameters();
    expect(net.train_step(x, y, { weights: new Uint8Array(BATCH) }).loss).toBe(0);
    expect(net.parameters()).toEqual(before);
    expect(net.step).toBe(1);
  });

  it("take part in no step whose loss is not finite, whatever they are", async () => {
    const net = await create({ sizes: [2, 1], loss: "mse", dropout: 0 });
    const y = [[1], [0]];
    const before = net.save();
    expect(() => net.train_step(Float32Array.of(1, 1, 1e38, 3e38), [[0], [-3e38]], { weights: [1, 1] })).toThrow(
      /^the loss of step 0 is .*nothing was changed/,
    );
    expect(() => net.train_step(Float32Array.of(0, 1, Number.NaN, 1), y, { weights: [1, 0] })).toThrow(
      /^x, row 1, column 0, must be a finite number; got NaN$/,
    );
    expect(net.save()).toEqual(before);
  });

  it("count in evaluate as so many copies do, in loss and error", async () => {
    for (const loss of LOSSES) {
      const net = await create({ sizes: [5, 19, 3], loss, seed: 2, maxBatch: 4 });
      const [x, y] = [noise(BATCH * 5), targetsOf(loss)];
      const weights = [1, 3, 0, 2, 1, 4];
      const copies = weights.flatMap((times, s) => new Array<number>(times).fill(s));
      const { loss: value, error } = net.evaluate({ x, y, weights });
      const many = net.evaluate({
        x: Float32Array.from(copies.flatMap((s) => [...x.subarray(5 * s, 5 * s + 5)])),
        y: copies.map((s) => y[s]) as Targets,
      });
      expect(value).toBeCloseTo(many.loss, 12);
      expect(error).toBeCloseTo(many.error, 12);
    }
  });

  it("go through fit, to the bit, as through train_step; and an epoch that is stopped goes on with them", async () => {
    const options: NetworkOptions = { sizes: [5, 19, 3], seed: 3, maxBatch: 4, build: "simd" };
    const [whole, byHand] = [await create(options), await create(options)];
    const data = { x: noise(11 * 5), y: classes(11, 3), weights: noise(11, 5).map(Math.abs) };
    const [report] = await whole.fit(data, { epochs: 1 });
    const order = [...permutation(11, 3, 0)];
    let sum = 0;
    for (let from = 0; from < 11; from += 4) {
      const chosen = order.slice(from, from + 4);
      const x = Float32Array.from(chosen.flatMap((s) => [...data.x.subarray(5 * s, 5 * s + 5)]));
      const weights = chosen.map((s) => data.weights[s]);
      const { loss } = byHand.train_step(
        x,
        chosen.map((s) => data.y[s]),
        { weights },
      );
      sum += loss * weights.reduce((a, b) => a + b);
    }
    expect(byHand.parameters()).toEqual(whole.parameters());
    expect(report.trainLoss).toBeCloseTo(sum / data.weights.reduce((a, b) => a + b), 6);

    const stopped = await create(options);
    await stopped.fit(data, { epochs: 1, steps: 2 });
    const resumed = await Network.load(stopped.save(), { build: "simd" });
    expect((await resumed.fit(data, { epochs: 1 }))[0].trainLoss).toBe(report.trainLoss);
    expect(resumed.parameters()).toEqual(whole.parameters());
    resumed.dispose();
  });

  it("are refused where they are none, and nothing changes", async () => {
    const [x, y] = [noise(3 * 2), [0, 1, 1]];
    const step = (weights: unknown) => (net: Network) => net.train_step(x, y, { weights: weights as number[] });
    await expectRefusals({ sizes: [2, 4, 2], seed: 1 }, [
      [step([1, 1]), /^weights must be 3 numbers, one for each sample of x; got \[1, 1\]$/],
      [step("111"), /^weights must be 3 numbers, one for each sample of x; got "111"$/],
      [step(null), /^weights must be 3 numbers/],
      [step([1, "1", 1]), /^weights\[1\] must be a finite number of at least 0, and below 3.4e38; got "1"$/],
      [step([1, -1, 1]), /^weights\[1\] must be .* got -1$/],
      [step([1, 1, Number.NaN]), /^weights\[2\] must be .* got NaN$/],
      [step([Infinity, 1, 1]), /^weights\[0\] must be .* got Infinity$/],
      [(net) => net.train_step(x, null, { weights: [1, 1, 1] }), /^y must be given where weights are/],
      [(net) => net.gradients(x, y, { weights: [1] }), /^weights must be 3 numbers/],
      [(net) => net.evaluate({ x, y, weights: [0, 0, 0] }), /^data\.weights must be above 0 for at least one sample/],
      [(net) => net.fit({ x, y, weights: [1] }), /^data\.weights must be 3 numbers/],
      [
        (net) => net.fit({ x, y }, { validation: { x, y, weights: [1, 2, -3] } }),
        /^validation.weights\[2\] must be a finite number of at least 0/,
      ],
    ]);
  });
});

describe("label smoothing", () => {
  const options: NetworkOptions = { sizes: [5, 19, 3], seed: 3, dropout: 0.2, labelSmoothing: 0.1 };

  it("is saved, and evaluate does without", async () => {
    const [net, plain] = [await create(options), await create({ ...options, labelSmoothing: 0 })];
    const data = { x: noise(11 * 5), y: classes(11, 3) };
    expect(net.evaluate(data)).toEqual(plain.evaluate(data));
    expect(net.gradients(data.x, data.y).loss).not.toBe(plain.gradients(data.x, data.y).loss);
    const again = await Network.load(net.save());
    expect(again.config.labelSmoothing).toBe(0.1);
    for (const each of [again, net.clone(), await Network.create(net.config)]) {
      expect(each.gradients(data.x, data.y)).toEqual(net.gradients(data.x, data.y));
      each.dispose();
    }
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
    expect(text(net.save())).toContain("labelSmoothing");
    expect(text(plain.save()), "files without it open in earlier versions").not.toContain("labelSmoothing");
  });

  it("is refused out of range, and for other losses", async () => {
    const refusal = (more: object) => expect(Network.create({ ...options, ...more })).rejects;
    await refusal({ labelSmoothing: 1.5 }).toThrow(/^labelSmoothing must be a number from 0 to 1; got 1.5$/);
    await refusal({ labelSmoothing: "0.1" }).toThrow(/^labelSmoothing must be a number from 0 to 1; got "0.1"$/);
    await refusal({ loss: "mse" }).toThrow(/^labelSmoothing must be 0 for the loss "mse"; got 0.1; it belongs to/);
  });
});
