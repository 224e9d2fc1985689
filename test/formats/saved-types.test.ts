// Networks that are saved in fewer bits: what is rounded, what is not, and that every reader widens alike.
import { describe, expect, test } from "vitest";
import { narrowBF16, narrowBytes, narrowF16 } from "../../src/formats/narrow.js";
import { readModelFile } from "../../src/formats/read-model-file.js";
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { widenBytes, widenHalf } from "../../src/formats/widen.js";
import { Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import type { NetworkOptions, SavedType } from "../../src/types.js";
import { create, noise } from "../support/networks.js";

const options: NetworkOptions = { sizes: [30, 50, 4], build: "simd", seed: 8, optimizer: { type: "adam" } };
const rounded: Record<SavedType, (weight: Float32Array, width: number) => Float32Array> = {
  F32: (weight) => weight,
  F16: (weight) => widenHalf("F16", narrowF16(weight)),
  BF16: (weight) => widenHalf("BF16", narrowBF16(weight)),
  I8: (weight, width) => {
    const { bytes, scales } = narrowBytes(weight, width);
    return widenBytes(bytes, scales);
  },
};

async function trained(): Promise<Network> {
  const net = await create(options);
  for (let step = 0; step < 3; step++)
    net.train_step(
      noise(16 * 30, step),
      Array.from({ length: 16 }, (_, i) => i % 4),
    );
  return net;
}

describe.each(Object.entries(rounded))("%s", (name, round) => {
  const dtype = name as SavedType;

  test("rounds weights alone, and every reader widens them alike", async () => {
    const net = await trained();
    const exact = net.parameters();
    const bytes = net.save({ dtype });
    const again = await Network.load(bytes);
    const parameters = again.parameters();
    expect(parameters).toEqual({ ...exact, W1: round(exact.W1, 30), W2: round(exact.W2, 50) });
    const { layers } = readModelFile(bytes);
    expect(layers.flatMap(({ weight, bias }) => [weight, bias])).toEqual(Object.values(parameters));
    using answers = await Trained.load(bytes);
    const rows = noise(7 * 30, 5);
    using plain = await Network.load(again.save(), { build: "simd" });
    expect(answers.predict(rows)).toEqual(plain.predict(rows));
    again.dispose();
  });

  test("keeps the optimizer's state as it is", async () => {
    const net = await trained();
    const state = (bytes: Uint8Array) =>
      Object.entries(readSafetensors(bytes).tensors).filter(([key]) => key.startsWith("optimizer."));
    expect(state(net.save({ dtype }))).toEqual(state(net.save()));
    expect(state(net.save({ dtype, optimizer: false }))).toEqual([]);
  });

  test("saves what it loaded in the same type to the same weights", async () => {
    const net = await trained();
    using once = await Network.load(net.save({ dtype }));
    using twice = await Network.load(once.save({ dtype }));
    expect(twice.parameters().b1).toEqual(once.parameters().b1);
    const [first, second] = [once, twice].map((one) => one.parameters().W1);
    // The scale of a row of bytes is found anew, in float32.
    const off = first.findIndex((value, i) => Math.abs(second[i] - value) > Math.abs(value) * 2 ** -22);
    expect(off, `${first[off]} became ${second[off]}`).toBe(-1);
  });
});

test("takes half and a quarter of the bytes", async () => {
  using net = await Network.create({ sizes: [784, 200, 10] });
  const size = (dtype: SavedType) => net.save({ dtype, optimizer: false }).length / net.save().length;
  expect(size("F16")).toBeLessThan(0.505);
  expect(size("BF16")).toBeLessThan(0.505);
  expect(size("I8")).toBeLessThan(0.26);
});

test("refuses types that it does not know, and numbers that a type does not hold", async () => {
  using net = await Network.create({ sizes: [3, 2] });
  expect(() => net.save({ dtype: "F8" as never })).toThrow(/^dtype must be one of "F32", "F16", "BF16", "I8"/);
  net.setParameters({ W1: new Float32Array(6).fill(1e5) });
  expect(() => net.save({ dtype: "F16" })).toThrow(
    /^dtype must be one that holds 100000; F16 ends at 65504; got "F16"; dtype: "BF16"/,
  );
  using again = await Network.load(net.save({ dtype: "BF16" }));
  expect(again.parameters().W1[0]).toBe(99840);
  net.setParameters({ W1: new Float32Array(6).fill(3.4e38) });
  expect(() => net.save({ dtype: "BF16" })).toThrow(/^dtype must be one that holds 3.39.*save it as "F32"/);
  expect(net.save({ dtype: "I8" }).length).toBeGreaterThan(0);
});

describe("damage in a narrow file has a name in both entries", () => {
  test.each<[string, SavedType, (tensors: ReturnType<typeof readSafetensors>["tensors"]) => void, RegExp]>([
    ["no scale", "I8", (t) => void delete t["layers.0.weight_scale"], /layers.0.weight_scale/],
    [
      "a scale too short",
      "I8",
      (t) => {
        t["layers.0.weight_scale"] = { dtype: "F32", shape: [1], data: new Float32Array(1) };
      },
      /layers.0.weight_scale/,
    ],
    [
      "a scale that is infinite",
      "I8",
      (t) => {
        t["layers.0.weight_scale"].data[1] = Infinity;
      },
      /layers.0.weight_scale.* finite; its element 1/,
    ],
    [
      "an F16 that is no number",
      "F16",
      (t) => {
        t["layers.0.weight"].data[5] = 0x7e01;
      },
      /layers.0.weight.* finite; its element 5 is NaN/,
    ],
    [
      "a BF16 that is infinite",
      "BF16",
      (t) => {
        t["layers.0.weight"].data[5] = 0xff80;
      },
      /layers.0.weight.* finite; its element 5 is -Infinity/,
    ],
    [
      "a bias in half precision",
      "F32",
      (t) => {
        t["layers.0.bias"] = { dtype: "F16", shape: [2], data: new Uint16Array(2) };
      },
      /layers.0.bias/,
    ],
    [
      "an unknown type",
      "F32",
      (t) => {
        t["layers.0.weight"] = { dtype: "I16", shape: [2, 3], data: new Int16Array(6) };
      },
      /layers.0.weight/,
    ],
  ])("%s", async (_, dtype, change, message) => {
    using net = await Network.create({ sizes: [3, 2] });
    const { tensors, metadata } = readSafetensors(net.save({ dtype }));
    for (const tensor of Object.values(tensors)) tensor.data = tensor.data.slice();
    change(tensors);
    const bytes = writeSafetensors(tensors, metadata);
    await expect(Network.load(bytes)).rejects.toThrow(message);
    await expect(Trained.load(bytes)).rejects.toThrow(message);
  });
});
