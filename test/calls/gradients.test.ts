import { describe, expect, it } from "vitest";
import { ACTIVATIONS } from "../../src/config/activation.js";
import type { Loss, NetworkOptions, OptimizerOptions, Scaling } from "../../src/types.js";
import { ReferenceNetwork, type TargetValues } from "../reference/network.js";
import {
  classes,
  create,
  expectClose,
  expectWeights,
  keepOf,
  noise,
  rowsOf,
  snapshot,
  twinOf,
} from "../support/networks.js";

const LOSSES: Loss[] = ["cross-entropy", "mse", "bce", "gaussian"];
const SCALINGS: Scaling[] = ["standard", "inverted", "folded"];
const DEPTHS = [
  [5, 3],
  [7, 19, 4],
  [17, 33, 9, 2],
  [3, 49, 16, 31, 5],
];

/** Targets that suit the loss; every third batch of classes as rows, smoothed. */
function targetsFor(loss: Loss, batch: number, out: number, salt: number): TargetValues {
  if (loss === "gaussian") return rowsOf(noise((batch * out) / 2, salt + 50), out / 2);
  if (loss === "cross-entropy" && salt % 3 !== 0) return classes(batch, out, salt);
  const rows = rowsOf(noise(batch * out, salt + 50), out);
  if (loss === "mse") return rows;
  if (loss === "bce") return rows.map((row) => row.map((value) => Math.fround(Math.abs(value))));
  return rows.map((row) => row.map((_, j) => (j === salt % out ? 0.5 : Math.fround(0.5 / out))));
}

describe("gradients agree with double precision", () => {
  it.each(ACTIVATIONS)("%s, every loss, scaling and depth, batches of changing size", async (activation) => {
    let salt = 0;
    for (const loss of LOSSES) {
      for (const sizes of DEPTHS.filter((all) => loss !== "gaussian" || all.at(-1)! % 2 === 0)) {
        const dropout = sizes.slice(1).map((_, l) => [0.2, 0.5, 0.3, 0.1][l]);
        const build = salt % 2 ? "simd" : "relaxed";
        const net = await create({ sizes, activation, loss, dropout, build, seed: 3, maxBatch: 4 });
        for (const scaling of SCALINGS) {
          net.scaling = scaling;
          for (const batch of [1, 6, 3]) {
            const what = `${activation} ${loss} ${sizes} ${scaling} ${build} batch ${batch}`;
            const x = noise(batch * sizes[0], ++salt);
            const y = targetsFor(loss, batch, sizes[sizes.length - 1], salt);
            net.train_step(x); // for masks of this shape
            const masks = net.masks();
            const before = net.save();
            const { loss: value, ...gradients } = net.gradients(x, y, { masks });
            expect(Buffer.compare(net.save(), before), "nothing changed").toBe(0);
            const expected = twinOf(net).gradients(rowsOf(x, sizes[0]), y, keepOf(masks, sizes));
            expectClose([value], [expected.loss], `${what}, loss`, 2e-5, 0.1);
            expectWeights(gradients, expected.gradients, what);
          }
        }
      }
    }
  });

  it("are those of the coming step, and clipping, decay and max-norm are not in them", async () => {
    const options: NetworkOptions = { sizes: [6, 30, 3], seed: 1, dropout: 0.5, maxBatch: 4 };
    const learningRate = 0.25;
    const plain = await create({ ...options, optimizer: { type: "sgd", learningRate } });
    const strict = await create({
      ...options,
      optimizer: { type: "sgd", learningRate, weightDecay: 0.5, maxNorm: 0.1, clipNorm: 0.01 },
    });
    const x = noise(24);
    const y = [0, 1, 2, 1];
    const { loss, ...gradients } = plain.gradients(x, y);
    expect(strict.gradients(x, y)).toEqual({ loss, ...gradients });
    const before = plain.parameters();
    expect(plain.train_step(x, y).loss).toBe(loss);
    for (const [name, after] of Object.entries(plain.parameters())) {
      const step = before[name].map((weight, i) => (weight - after[i]) / learningRate);
      expectClose(step, gradients[name], name);
    }
  });
});

describe("the twin's gradients are the slopes of its loss", () => {
  it.each(ACTIVATIONS)("%s, by finite differences under fixed masks", async (activation) => {
    for (const loss of LOSSES) {
      const out = loss === "gaussian" ? 4 : 3;
      const sizes = [4, 7, 5, out];
      const net = await create({ sizes, activation, loss, dropout: [0.2, 0.5, 0.5], seed: 6 });
      const x = noise(5 * 4, 2);
      net.train_step(x);
      const keep = keepOf(net.masks(), sizes);
      const twin = twinOf(net);
      const rows = rowsOf(x, 4);
      const y = targetsFor(loss, 5, out, 1);
      const { gradients } = twin.gradients(rows, y, keep);
      const h = 1e-6; // error h² + 1e-16/h: about 1e-10, and steps this small cross no kink here
      const slope = (holder: number[], i: number) => {
        const value = holder[i];
        const lossAt = (w: number) => {
          holder[i] = w;
          return twin.gradients(rows, y, keep).loss;
        };
        const difference = (lossAt(value + h) - lossAt(value - h)) / (2 * h);
        holder[i] = value;
        return difference;
      };
      sizes.slice(1).forEach((_, l) => {
        const slopes = twin.weights.W[l].map((row) => row.map((_, i) => slope(row, i)));
        expectClose(slopes.flat(), gradients.W[l], `${activation} ${loss} W${l + 1}`, 1e-6);
        const bias = twin.weights.b[l];
        expectClose(
          bias.map((_, j) => slope(bias, j)),
          gradients.b[l],
          `${activation} ${loss} b${l + 1}`,
          1e-6,
        );
      });
    }
  });
});

const OPTIMIZERS: OptimizerOptions[] = [
  { type: "sgd", learningRate: 0.3 },
  { type: "sgd", learningRate: 0.1, weightDecay: 0.1 },
  { type: "sgd", learningRate: 0.1, momentum: 0.9 },
  { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.05, clipNorm: 0.3, maxNorm: 0.9 },
  { type: "sgd", learningRate: 0.1, momentum: 0.8, nesterov: true },
  { type: "sgd", learningRate: 0.2, momentum: 0.5, nesterov: true, weightDecay: 0.2, maxNorm: 1 },
  { type: "sgd", learningRate: 0.2, maxNorm: 0.7 },
  { type: "sgd", learningRate: 0.2, clipNorm: 0.05 },
  { type: "adam", learningRate: 0.02 },
  { type: "adam", learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 },
  { type: "adam", learningRate: 0.02, clipNorm: 0.1, maxNorm: 0.8 },
  { type: "adamw", learningRate: 0.02 },
  { type: "adamw", learningRate: 0.02, beta1: 0.7, beta2: 0.9, epsilon: 1e-4, weightDecay: 0.4, maxNorm: 1 },
];

describe("steps of training agree with double precision", () => {
  it.each(OPTIMIZERS)("%o", async (optimizer) => {
    for (const sizes of [
      [5, 3],
      [6, 33, 3],
      [7, 50, 17, 4],
    ]) {
      for (const build of ["simd", "relaxed"] as const) {
        const dropout = sizes.slice(1).map((_, l) => [0.2, 0.5, 0.4][l]);
        // Smooth: a relu's kink would let rounding decide, and Adam would make a full step of it.
        const net = await create({ sizes, activation: "tanh", dropout, optimizer, build, seed: 5, maxBatch: 3 });
        const twin = twinOf(net);
        for (const [step, batch] of [2, 7, 1, 5, 4].entries()) {
          const x = noise(batch * sizes[0], step);
          const y = classes(batch, sizes[sizes.length - 1], step);
          const { loss } = net.train_step(x, y);
          const expected = twin.learn(rowsOf(x, sizes[0]), y, keepOf(net.masks(), sizes));
          const what = `${sizes} ${build} step ${step}`;
          expectClose([loss], [expected], `${what}, loss`, 1e-4, 0.1);
          // Adam divides by a root that is nearly zero where gradients are: their rounding counts for more.
          expectWeights(net.parameters(), twin.weights, what, optimizer.type === "sgd" ? 2e-5 : 1e-3);
        }
      }
    }
  });

  it("a change of the learning rate counts from the next step on", async () => {
    const net = await create({ sizes: [5, 9, 3], seed: 5, optimizer: { type: "sgd", momentum: 0.9 } });
    const twin = twinOf(net);
    for (const [step, learningRate] of [0.1, 0.5, 0].entries()) {
      net.learningRate = learningRate;
      expect(net.learningRate).toBe(learningRate);
      twin.kind.optimizer.learningRate = learningRate;
      const x = noise(20, step);
      net.train_step(x, [0, 1, 2, 0]);
      twin.learn(rowsOf(x, 5), [0, 1, 2, 0], keepOf(net.masks(), [5, 9, 3]));
      expectWeights(net.parameters(), twin.weights, `step ${step}`);
    }
  });
});

describe("max-norm", () => {
  it("bounds each hidden unit's incoming weights, and leaves biases, smaller units and the output layer alone", async () => {
    const sizes = [9, 60, 20, 4];
    const build = { sizes, seed: 2, dropout: 0.5, maxBatch: 8 };
    const free = await create({ ...build, optimizer: { type: "sgd", learningRate: 0.5 } });
    const bound = await create({ ...build, optimizer: { type: "sgd", learningRate: 0.5, maxNorm: 1.25 } });
    const x = noise(8 * 9);
    const y = classes(8, 4);
    free.train_step(x, y);
    bound.train_step(x, y);
    const [loose, tight] = [free.parameters(), bound.parameters()];
    for (const name of ["b1", "b2", "b3", "W3"]) expect(tight[name], name).toEqual(loose[name]);
    for (const [name, width] of [
      ["W1", 9],
      ["W2", 60],
    ] as const) {
      let shrunk = 0;
      rowsOf(tight[name], width).forEach((row, j) => {
        const before = rowsOf(loose[name], width)[j];
        const [norm, was] = [Math.hypot(...row), Math.hypot(...before)];
        if (was > 1.25) {
          shrunk++;
          expect(norm).toBeCloseTo(1.25, 5);
          expectClose(
            row,
            before.map((w) => (w * 1.25) / was),
            `${name}, unit ${j}`,
            1e-6,
          );
        } else expect(row).toEqual(before);
      });
      expect(shrunk, `units of ${name} that were too large`).toBeGreaterThan(0);
      expect(shrunk).toBeLessThan(tight[name].length / width);
    }
  });
});

describe("a step that cannot be taken", () => {
  const optimizer: OptimizerOptions = { type: "sgd", learningRate: 0.1, momentum: 0.9, maxNorm: 1 };

  it("chooses nothing for the steps that follow", async () => {
    const options: NetworkOptions = { sizes: [40, 64, 3], seed: 1, dropout: 0.5, maxBatch: 8, optimizer };
    const [failed, fresh] = [await create(options), await create(options)];
    const sparse = noise(8 * 40).map((value) => (value > 0.9 ? value : 0));
    const poisoned = sparse.with(7, Number.NaN);
    expect(() => failed.train_step(poisoned, classes(8, 3))).toThrow(
      /^x, row 0, column 7, must be a finite number; got NaN$/,
    );
    expect(snapshot(failed)).toEqual(snapshot(fresh));
    for (const net of [failed, fresh]) net.train_step(noise(8 * 40), classes(8, 3));
    expect(snapshot(failed)).toEqual(snapshot(fresh));
  });

  it.each(ACTIVATIONS)("leaves %s networks as they were where an input is not finite", async (activation) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const dropout of [0, { input: 0.4, hidden: 0.5 }]) {
        const net = await create({ sizes: [6, 20, 12, 3], activation, dropout, optimizer, seed: 1, maxBatch: 4 });
        net.train_step(noise(24), [0, 1, 2, 0]);
        const before = snapshot(net);
        const x = noise(24, 2);
        x[3 * 6 + 2] = value;
        const masks = net.masks();
        masks[0]?.fill(1);
        const message = new RegExp(`^x, row 3, column 2, must be a finite number; got ${value}$`);
        expect(() => net.train_step(x, [0, 1, 2, 0], { masks })).toThrow(message);
        expect(() => net.gradients(x, [0, 1, 2, 0], { masks })).toThrow(message);
        expect(snapshot(net)).toEqual(before);
        net.train_step(noise(24, 3), [0, 1, 2, 0]);
        for (const parameter of Object.values(net.parameters())) {
          expect(parameter.every(Number.isFinite), "usable afterwards").toBe(true);
        }
      }
    }
  });

  it("leaves the network as it was where the loss or the gradients' norm is beyond float32", async () => {
    const net = await create({ sizes: [2, 1], loss: "mse", optimizer: { type: "sgd", clipNorm: 1 } });
    const before = snapshot(net);
    expect(() => net.train_step(Float32Array.of(1e30, 1e30), [[0]])).toThrow(/^the loss of step 0 is .*; nothing was/);
    net.setParameters({ W1: Float32Array.of(0, 0), b1: Float32Array.of(0) });
    const zeroed = snapshot(net);
    expect(zeroed).not.toEqual(before);
    // The loss is 1e30, the gradient −2e15 · 3e38.
    const far = Float32Array.of(3e38, 3e38);
    expect(() => net.train_step(far, [[1e15]])).toThrow(/norm of its gradients is not finite; nothing was changed/);
    expect(snapshot(net)).toEqual(zeroed);
  });
});

it("the twin computes what one computes by hand", () => {
  const twin = new ReferenceNetwork(
    {
      activation: ["relu"],
      loss: "mse",
      scaling: "inverted",
      optimizer: { type: "sgd", learningRate: 1 },
      output: "linear",
      inputs: null,
    },
    [0.5, 0],
    { W: [[[2, -3]], [[4]]], b: [[1], [0.5]] },
  );
  // h = (2·1/(1 − ½) + 1) = 5, out = 20.5; dout = 2·20.5 = 41, dW2 = 41·5, dh = 164.
  expect(twin.train([[1, 1]], [[[1, 0]], null])).toEqual([[20.5]]);
  const { loss, gradients } = twin.gradients([[1, 1]], [[0]], [[[1, 0]], null]);
  expect(loss).toBe(420.25);
  expect(gradients).toEqual({ W: [[[328, 0]], [[205]]], b: [[164], [41]] });
  expect(twin.test([[1, 1]])).toEqual([[0.5]]);
});
