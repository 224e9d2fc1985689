// Model files as state dicts, and back.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readModelFile } from "../../../src/formats/read-model-file.js";
import { readSafetensors } from "../../../src/formats/safetensors/reader.js";
import { Network } from "../../../src/index.js";
import { fromStateDict, PyTorchError, toStateDict } from "../../../src/pytorch.js";
import { logitsOf } from "../../reference/model-file.js";
import { modelFile } from "../../support/model-file.js";
import { noise } from "../../support/networks.js";

const rows = Array.from(noise(40, 9));
const close = (actual: number[], wanted: number[]) => {
  actual.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]), `answer ${i}: ${value} for ${wanted[i]}`).toBeLessThan(1e-5);
  });
};

describe("ours → PyTorch → ours", () => {
  test.each(["torch", "safetensors"] as const)("weights are equal to the bit, %s", async (format) => {
    using net = await Network.create({ sizes: [20, 33, 17, 3], seed: 3 });
    const state = toStateDict(net.save(), { names: ["a.0", "a.3", "a.12"], format });
    const again = readModelFile(fromStateDict(state, { activation: "relu", dropout: 0.5 }));
    const weights = again.layers.flatMap(({ weight, bias }) => [weight, bias]);
    expect(weights).toEqual(Object.values(net.parameters()));
  });

  test("a chain of equal widths stands by its numbers, whatever order a file has them in", () => {
    const model = modelFile(Array(14).fill(3));
    const names = Array.from({ length: 13 }, (_, l) => `net.${3 * l}`);
    const state = toStateDict(model, { names, format: "safetensors" });
    const again = fromStateDict(state, { activation: "relu", dropout: 0.5 });
    expect(readModelFile(again)).toEqual(readModelFile(model));
  });
});

test("writes the bytes that PyTorch 1.13 has loaded strictly (test/fixtures/pytorch/load_ours.py)", () => {
  const bytes = toStateDict(modelFile([5, 7, 6, 3]), { names: ["0", "3", "6"] });
  const loaded = readFileSync(new URL("../../fixtures/pytorch/ours.pt", import.meta.url));
  expect(Buffer.from(bytes).equals(loaded)).toBe(true);
});

test("takes the names of nn.Sequential by default, and a single nn.Linear's", () => {
  const keys = (bytes: Uint8Array) => Object.keys(readSafetensors(bytes).tensors);
  expect(keys(toStateDict(modelFile([5, 7, 3]), { format: "safetensors" }))).toEqual([
    "0.weight",
    "0.bias",
    "2.weight",
    "2.bias",
  ]);
  expect(keys(toStateDict(modelFile([5, 3]), { names: [""], format: "safetensors" }))).toEqual(["weight", "bias"]);
});

test.each(["standard", "folded"] as const)("weights of %s scaling become those of inverted dropout", (scaling) => {
  const model = modelFile([5, 7, 3], { scaling, dropout: [0.2, 0.5] });
  const again = fromStateDict(toStateDict(model), { activation: "relu", dropout: [0.2, 0.5] });
  close(logitsOf(again, rows), logitsOf(model, rows).map(Number));
  expect(readModelFile(again).layers[1].weight).toEqual(
    readModelFile(model).layers[1].weight.map((value) => value / 2),
  );
});

describe("shift and scale of the inputs", () => {
  const shift = Float64Array.of(1, 2, 3, 4, 5);
  const scale = Float32Array.of(0.5, 1, 2, 4, 8);
  const model = modelFile([5, 7, 3], { inputs: { shift, scale } });

  test("are refused unless they may be folded", () => {
    expect(() => toStateDict(model)).toThrow(PyTorchError);
    expect(() => toStateDict(model)).toThrow(/shifts and scales its inputs.*\{ inputs: "fold" \}/);
  });

  test("go into the first layer", () => {
    const plain = modelFile([5, 7, 3]);
    const scaled = rows.map((value, i) => (value - shift[i % 5]) * scale[i % 5]);
    const again = fromStateDict(toStateDict(model, { inputs: "fold" }), { activation: "relu" });
    logitsOf(again, rows).forEach((value, i) => {
      // Sums of terms up to 40, rounded to float32 once.
      expect(Math.abs(value - logitsOf(plain, scaled)[i])).toBeLessThan(1e-4);
    });
  });

  test("do not where inputs are dropped behind them", () => {
    const dropping = modelFile([5, 7, 3], { inputs: { shift, scale }, dropout: [0.2, 0.5] });
    expect(() => toStateDict(dropping, { inputs: "fold" })).toThrow(/drops inputs with 0.2 behind their shift/);
  });
});

test("refuses options that are none", () => {
  const model = modelFile([5, 7, 3]);
  const refusals: [object, RegExp][] = [
    [{ name: ["a", "b"] }, /options has no option "name"; did you mean "names"/],
    [{ names: "fc1" }, /^names must be 2 names/],
    [{ names: ["a"] }, /^names must be 2 names/],
    [{ names: ["a", 1] }, /^names\[1\] must be a text; got 1/],
    [{ names: ["a", "a"] }, /"a" is there twice/],
    [{ format: "pt" }, /^format must be one of "torch", "safetensors"/],
  ];
  for (const [options, message] of refusals) expect(() => toStateDict(model, options)).toThrow(message);
});
