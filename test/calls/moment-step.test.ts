// moment_step against what it stands for: every mask of a small network, and many draws of larger ones.
import { describe, expect, test } from "vitest";
import { activateMoments } from "../../src/calls/moments.js";
import type { Network, NetworkOptions } from "../../src/index.js";
import type { Activation } from "../../src/types.js";
import { createStored, ORIENTATIONS } from "../support/layouts.js";
import { create, noise } from "../support/networks.js";

/** Mean and variance of the answers over all masks of one layer of `width` units, each by its probability. */
function enumerate(net: Network, x: Float32Array, layer: number, width: number, p: number) {
  const batch = x.length / net.config.sizes[0];
  const [mean, squares] = [new Float64Array(batch), new Float64Array(batch)];
  for (let bits = 0; bits < 2 ** width; bits++) {
    const row = Uint8Array.from({ length: width }, (_, j) => (bits >> j) & 1);
    const kept = row.reduce((sum, bit) => sum + bit, 0);
    const mask = Uint8Array.from({ length: batch * width }, (_, i) => row[i % width]);
    const masks = net.config.sizes.slice(0, -1).map((_, l) => (l === layer ? mask : null));
    const { out } = net.train_step(x, null, { masks });
    for (let s = 0; s < batch; s++) {
      mean[s] += p ** (width - kept) * (1 - p) ** kept * out[s];
      squares[s] += p ** (width - kept) * (1 - p) ** kept * out[s] ** 2;
    }
  }
  return { mean, variance: squares.map((sum, s) => sum - mean[s] ** 2) };
}

// Behind further weights the units of a layer vary together, which the variance neglects.
describe.each(ORIENTATIONS)(
  "a linear network, stored by %s, has its exact mean, and variance behind one weight:",
  (orientation) => {
    test.each([
      ["the input", { sizes: [6, 5, 1], dropout: [0.3, 0] }, 0],
      ["the hidden layer", { sizes: [4, 7, 1], dropout: [0, 0.5], scaling: "standard" }, 1],
      ["the first of two", { sizes: [3, 6, 20, 1], dropout: [0, 0.2, 0], scaling: "folded" }, 1],
      ["the input, shifted", { sizes: [6, 1], dropout: [0.8], inputs: { shift: 0.5, scale: 2 } }, 0],
    ] satisfies [string, NetworkOptions, number][])("%s", async (_, options, layer) => {
      const given = { ...options, activation: "linear", loss: "mse", seed: 3, maxBatch: 2 } as NetworkOptions;
      const net = await createStored(given, orientation);
      const x = noise(5 * options.sizes[0]);
      const p = (options.dropout as number[])[layer];
      const exact = enumerate(net, x, layer, options.sizes[layer], p);
      const { mean, variance } = net.moment_step(x);
      for (let s = 0; s < 5; s++) {
        // A few dozen roundings of float32; the masked passes have as many.
        expect(Math.abs(mean[s] - exact.mean[s])).toBeLessThan(3e-6);
        if (layer < options.sizes.length - 2) continue;
        expect(Math.abs(variance[s] - exact.variance[s])).toBeLessThan(1e-5 * (1 + exact.variance[s]));
      }
    });
  },
);

/** By the trapezoid rule over ± 9 deviations. */
function integrate(f: (z: number) => number, mean: number, variance: number): [number, number] {
  let [total, first, second] = [0, 0, 0];
  for (let t = -9; t <= 9; t += 1 / 512) {
    const weight = Math.exp((-t * t) / 2);
    const value = f(mean + Math.sqrt(variance) * t);
    total += weight;
    first += weight * value;
    second += weight * value * value;
  }
  return [first / total, second / total - (first / total) ** 2];
}

const CASES: [Activation, number, (z: number) => number][] = [
  ["relu", 1e-5, (z) => Math.max(0, z)],
  [{ type: "leaky_relu", slope: 0.3 }, 1e-5, (z) => (z > 0 ? z : 0.3 * z)],
  ["linear", 1e-7, (z) => z],
  ["tanh", 0.04, Math.tanh],
  ["sigmoid", 5e-4, (z) => 1 / (1 + Math.exp(-z))],
  ["silu", 0.004, (z) => z / (1 + Math.exp(-z))],
  ["elu", 0.02, (z) => (z > 0 ? z : Math.expm1(z))],
];

test.each(CASES)("%j of normal sums has the moments of its integral, within %d", async (activation, bound, f) => {
  const { modelOf } = await import("../../src/network-state.js");
  const net = await create({ sizes: [40, 40, 2], seed: 1 });
  const mean = Float32Array.from({ length: 40 }, (_, j) => (j - 20) / 6);
  const variance = Float32Array.from({ length: 40 }, (_, j) => [0, 0.01, 0.3, 1, 4][j % 5]);
  const moments = { mean: mean.slice(), variance: variance.slice(), batch: 1, width: 40, stride: 40 };
  activateMoments(modelOf(net), moments, activation);
  for (let j = 0; j < 40; j++) {
    const [first, second] = variance[j] === 0 ? [f(mean[j]), 0] : integrate(f, mean[j], variance[j]);
    const at = `N(${mean[j]}, ${variance[j]})`;
    expect(Math.abs(moments.mean[j] - first), `mean of ${at}`).toBeLessThan(bound + 2e-6);
    expect(Math.abs(moments.variance[j] - second), `variance of ${at}`).toBeLessThan(4 * bound + 1e-5);
  }
});

// The neglected correlations of units in one layer are what is left, and the points that softmax is averaged over.
test.each([
  ["one hidden layer", { sizes: [8, 32, 3], dropout: 0.5 }, 0.01, 0.3],
  ["two", { sizes: [8, 32, 32, 3], dropout: 0.5 }, 0.04, 0.5],
  ["at a temperature", { sizes: [8, 32, 3], dropout: 0.5, temperature: 2 }, 0.01, 0.3],
  ["yes or no", { sizes: [8, 32, 2], dropout: [0.1, 0.3], loss: "bce" }, 0.02, 0.3],
] satisfies [string, NetworkOptions, number, number][])(
  "%s: near to 100,000 draws",
  async (_, options, bound, share) => {
    const net = await create({ ...options, seed: 4, maxBatch: 4000 } as NetworkOptions);
    const x = noise(2 * 8);
    const many = net.mc_step(x, { samples: 100_000, draw: 0 });
    const { mean, variance } = net.moment_step(x);
    mean.forEach((value, i) => {
      expect(Math.abs(value - many.mean[i]), `mean ${i}`).toBeLessThan(bound);
      expect(Math.abs(Math.log(variance[i] / many.variance[i])), `variance ${i}`).toBeLessThan(share);
    });
  },
);

/** To rounding: where memory is short, the covariance of the logits is summed in another way. */
function expectAlike(a: Network, b: Network, x: Float32Array): void {
  const [one, two] = [a.moment_step(x), b.moment_step(x)];
  for (const key of ["mean", "variance"] as const) {
    one[key].forEach((value, i) => {
      expect(Math.abs(value - two[key][i]), `${key} ${i}`).toBeLessThan(1e-5);
    });
  }
}

test("without dropout it is predict, and nothing varies; pieces and what came before change nothing", async () => {
  const x = noise(7 * 9);
  for (const output of ["softmax", "linear"] as const) {
    const net = await create({ sizes: [9, 20, 17, 4], dropout: 0, output });
    const { mean, variance } = net.moment_step(x);
    net.predict(x).forEach((value, i) => {
      expect(Math.abs(mean[i] - value)).toBeLessThan(1e-6);
    });
    expect(Math.max(...variance)).toBeLessThan(1e-12);
  }
  const options: NetworkOptions = { sizes: [9, 20, 17, 4], dropout: 0.4, scaling: "folded", seed: 6 };
  const [small, large] = [await create({ ...options, maxBatch: 2 }), await create({ ...options, maxBatch: 64 })];
  const before = large.test_step(x);
  expectAlike(small, large, x);
  expect(large.test_step(x)).toEqual(before);
  large.train_step(x, [0, 1, 2, 3, 0, 1, 2]);
  small.train_step(x, [0, 1, 2, 3, 0, 1, 2]);
  expectAlike(small, large, x);
  expect(() => large.moment_step(x.subarray(1))).toThrow(/rows of 9/);
});
