// moment_step beside draws, on a network that has learned MNIST.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadData } from "../../src/data/load.js";
import { Network } from "../../src/index.js";

const folder = fileURLToPath(new URL("../../../shared/data/mnist", import.meta.url));
if (!existsSync(folder)) throw new Error(`MNIST is not at ${folder}: the four IDX files, gzipped or not, belong there`);

/** Ranks from 0; equal values in the order that they come. */
function ranks(values: number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const places: number[] = [];
  order.forEach((i, place) => {
    places[i] = place;
  });
  return places;
}

function correlation(a: number[], b: number[]): number {
  const middle = (a.length - 1) / 2;
  const sum = (x: number[], y: number[]) =>
    x.reduce((total, value, i) => total + (value - middle) * (y[i] - middle), 0);
  return sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
}

test("has the mean of 5,000 draws within 0.01, and their order of the digits by variance", async () => {
  const { train, test: held } = await loadData(folder);
  using net = await Network.create({
    sizes: [784, 256, 256, 10],
    optimizer: { type: "adam", learningRate: 0.001 },
    maxBatch: 500,
    seed: 1,
  });
  const n = 20_000;
  await net.fit({ x: train.x.subarray(0, n * 784), y: train.y.slice(0, n) }, { epochs: 2, batch: 100 });
  const x = held!.x.subarray(0, 500 * 784);
  const draws = net.mc_step(x, { samples: 5000, draw: 0, masks: "shared" });
  const moments = net.moment_step(x);
  const off = moments.mean.reduce((sum, value, i) => sum + Math.abs(value - draws.mean[i]), 0) / moments.mean.length;
  const total = (variance: Float32Array) =>
    Array.from({ length: 500 }, (_, s) => variance.subarray(10 * s, 10 * s + 10).reduce((sum, v) => sum + v, 0));
  const alike = correlation(ranks(total(moments.variance)), ranks(total(draws.variance)));
  expect(off).toBeLessThan(0.01);
  expect(alike).toBeGreaterThan(0.9);
}, 600_000);
