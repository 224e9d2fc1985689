// One number that logits are divided by: what predict and mc_step make of it, what stays as it is, and how it travels.
import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { exactEnsemble, Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import { fromOnnx, toOnnx } from "../../src/onnx.js";
import type { NetworkOptions } from "../../src/types.js";

const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
const OPTIONS: NetworkOptions = { sizes: [3, 9, 4], seed: 2, build: "simd" };

/** softmax or sigmoid of logits at a temperature, in double precision. */
function answersOf(logits: Float32Array, out: number, temperature: number, output: string): number[] {
  const scaled = Array.from(logits, (z) => z / temperature);
  if (output === "sigmoid") return scaled.map((z) => 1 / (1 + Math.exp(-z)));
  return scaled.map((z, i) => {
    const row = scaled.slice(i - (i % out), i - (i % out) + out);
    return Math.exp(z) / row.reduce((sum, other) => sum + Math.exp(other), 0);
  });
}

const near = (found: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(found.length).toBe(expected.length);
  // Single precision of numbers up to 1.
  Array.from(found).forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `${i}: ${value}, ${expected[i]}`).toBeLessThan(1e-6);
  });
};

test.each([
  ["softmax", "cross-entropy", 3],
  ["sigmoid", "bce", 0.25],
] as const)(
  "%s answers by logits divided by it; logits, losses and the mode of training stay",
  async (output, loss, temperature) => {
    using net = await Network.create({ ...OPTIONS, loss });
    using other = await Network.create({ ...OPTIONS, loss, temperature });
    expect(other.config.temperature).toBe(temperature);
    near(net.predict(x), answersOf(net.test_step(x), 4, 1, output));
    const logits = net.test_step(x);
    net.temperature = temperature;
    expect(net.test_step(x)).toEqual(logits);
    near(net.predict(x), answersOf(logits, 4, temperature, output));
    expect(net.predict(x)).toEqual(other.predict(x));

    // One draw is the network with its masks.
    const masks = net.masks({ draw: 3, batch: 4 });
    const { out } = net.train_step(x, null, { masks });
    near(net.mc_step(x, { draw: 3, samples: 1 }).mean, answersOf(out, 4, temperature, output));

    const y = loss === "bce" ? Float32Array.from({ length: 16 }, (_, i) => i % 2) : [0, 1, 2, 3];
    const [hot, cold] = [other.train_step(x, y).loss, other.evaluate({ x, y }).loss];
    using plain = await Network.create({ ...OPTIONS, loss });
    expect([plain.train_step(x, y).loss, plain.evaluate({ x, y }).loss]).toEqual([hot, cold]);
  },
);

test("travels in the file, into every reader, and is not there where it is 1", async () => {
  using net = await Network.create({ ...OPTIONS, temperature: 1.7 });
  const bytes = net.save();
  expect(readSafetensors(bytes).metadata.temperature).toBe("1.7");
  using again = await Network.load(bytes, { build: "simd" });
  using small = await Trained.load(bytes);
  using twin = net.clone();
  for (const copy of [again, small, twin]) {
    expect(copy.config.temperature).toBe(1.7);
    expect(copy.predict(x)).toEqual(net.predict(x));
    expect(copy.metadata).toEqual({});
  }
  expect(net.summary()).toContain("output softmax at temperature 1.7,");
  net.temperature = 1;
  expect("temperature" in readSafetensors(net.save()).metadata).toBe(false);
});

test("an exact average and an ONNX file with probabilities have it as well", async () => {
  using net = await Network.create({ ...OPTIONS, temperature: 2.5 });
  near(exactEnsemble(net, x).weightScaling!, net.predict(x));
  using back = await Network.load(fromOnnx(toOnnx(net.save(), { probabilities: true })), { build: "simd" });
  near(back.predict(x), net.predict(x));
  using raw = await Network.load(fromOnnx(toOnnx(net.save())), { build: "simd" });
  expect(raw.test_step(x)).toEqual(net.test_step(x));
});

test.each([
  [0, /^temperature must be a number from 0.01 to 100; got 0$/],
  [-1, /^temperature must be a number from 0.01 to 100/],
  [Number.NaN, /got NaN/],
  ["2", /^temperature must be a number from 0.01 to 100; got "2"$/],
  [null, /got null/],
  [undefined, /^temperature must be a number; got undefined; 1 makes probabilities as trained$/],
])("refuses %s, and stays as it was", async (value, message) => {
  using net = await Network.create({ ...OPTIONS, temperature: 2 });
  expect(() => {
    net.temperature = value as number;
  }).toThrow(message);
  expect(net.temperature).toBe(2);
  if (value !== undefined)
    await expect(Network.create({ ...OPTIONS, temperature: value as number })).rejects.toThrow(message);
});

test("answers that are no probabilities have none", async () => {
  const message = /^temperature must be 1 where the output is neither softmax nor sigmoid; got 2$/;
  await expect(Network.create({ sizes: [3, 2], loss: "mse", temperature: 2 })).rejects.toThrow(message);
  using net = await Network.create({ sizes: [3, 2], loss: "mse", temperature: 1 });
  expect(() => {
    net.temperature = 2;
  }).toThrow(message);
});

test.each(["0", "1e3", '"2"', "null", "[2]", "{", ""])("both readers refuse %j in a file", async (text) => {
  using net = await Network.create(OPTIONS);
  const { tensors, metadata } = readSafetensors(net.save());
  const bytes = writeSafetensors(tensors, { ...metadata, temperature: text });
  await expect(Network.load(bytes)).rejects.toThrow(/temperature/);
  await expect(Trained.load(bytes)).rejects.toThrow(/temperature/);
});
