// Model files as parts: what `writeModelFile` and `save()` wrote, and how others are refused.
import { describe, expect, test } from "vitest";
import { type ModelParts, writeModelFile } from "../../src/formats/model-file.js";
import { narrowBF16, narrowBytes, narrowF16 } from "../../src/formats/narrow.js";
import { readModelFile } from "../../src/formats/read-model-file.js";
import { SafetensorsError, type Tensor } from "../../src/formats/safetensors/format.js";
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { widenBytes, widenHalf } from "../../src/formats/widen.js";
import { Network } from "../../src/index.js";
import { modelFile } from "../support/model-file.js";
import { noise } from "../support/networks.js";

const parts: ModelParts = {
  sizes: [3, 4, 2],
  layers: [
    { weight: noise(12, 1), bias: noise(4, 2) },
    { weight: noise(8, 3), bias: noise(2, 4) },
  ],
  activation: [{ type: "elu", alpha: 0.5 }],
  output: "softmax",
  dropout: [0.1, 0.5],
  scaling: "folded",
  inputs: { shift: Float64Array.of(1, 2, 1 / 3), scale: Float32Array.of(1, 2, 3) },
  classes: ["no", "yes"],
  metadata: { note: "kept" },
};

test("gives back what writeModelFile took", () => {
  expect(readModelFile(writeModelFile(parts))).toEqual(parts);
});

test("reads what save() writes", async () => {
  using net = await Network.create({
    sizes: [3, 4, 5, 2],
    activation: "tanh",
    loss: "bce",
    scaling: "standard",
    seed: 4,
  });
  net.metadata = { note: "kept" };
  const { layers, ...rest } = readModelFile(net.save());
  expect(layers.flatMap(({ weight, bias }) => [weight, bias])).toEqual(Object.values(net.parameters()));
  expect(rest).toEqual({
    sizes: [3, 4, 5, 2],
    activation: ["tanh", "tanh"],
    output: "sigmoid",
    dropout: [0, 0.5, 0.5],
    scaling: "standard",
    metadata: { note: "kept" },
  });
});

describe("weights of fewer bits are widened", () => {
  const file = readSafetensors(modelFile([5, 7, 3]));
  const weight = noise(35, 1);
  const { bytes, scales } = narrowBytes(weight, 5);
  test.each<[string, Record<string, Tensor>, Float32Array]>([
    ["F16", { "": { dtype: "F16", shape: [7, 5], data: narrowF16(weight) } }, widenHalf("F16", narrowF16(weight))],
    ["BF16", { "": { dtype: "BF16", shape: [7, 5], data: narrowBF16(weight) } }, widenHalf("BF16", narrowBF16(weight))],
    [
      "I8",
      { "": { dtype: "I8", shape: [7, 5], data: bytes }, _scale: { dtype: "F32", shape: [7], data: scales } },
      widenBytes(bytes, scales),
    ],
  ])("%s", (_, tensors, floats) => {
    const named = Object.entries(tensors).map(([name, tensor]) => [`layers.0.weight${name}`, tensor]);
    const bytes = writeSafetensors({ ...file.tensors, ...Object.fromEntries(named) }, file.metadata);
    expect(readModelFile(bytes).layers[0].weight).toEqual(floats);
  });
});

describe("refuses, naming what is wrong", () => {
  const { tensors, metadata } = readSafetensors(writeModelFile(parts));
  const config = JSON.parse(metadata.config);
  const tensor = (shape: number[], data: Tensor["data"], dtype: Tensor["dtype"] = "F32"): Tensor => ({
    dtype,
    shape,
    data,
  });
  const changed = (settings: object, more: Record<string, Tensor> = {}, texts: object = {}) =>
    writeSafetensors(
      { ...tensors, ...more },
      { ...metadata, config: JSON.stringify({ ...config, ...settings }), ...texts },
    );
  test.each<[string, Uint8Array, RegExp]>([
    [
      "other safetensors",
      writeSafetensors(tensors),
      /must be a network of thinned, version 1 or 2; got format undefined/,
    ],
    ["another version", changed({}, {}, { version: "3" }), /got format "thinned", version "3"/],
    ["a config that is no JSON", changed({}, {}, { config: "{" }), /^the file's config cannot be read/],
    ["a config that is a list", changed({}, {}, { config: "[]" }), /^config must be an object/],
    ["no sizes", changed({ sizes: undefined }), /^the file's sizes cannot be undefined/],
    ["one size", changed({ sizes: [3] }), /^the file's sizes cannot be \[3\]/],
    ["a size of text", changed({ sizes: [3, "4", 2] }), /^sizes\[1\] must be a whole number/],
    ["an activation too few", changed({ activation: [] }), /^the file's activation cannot be \[\]/],
    ["an activation without a type", changed({ activation: [{}] }), /^the file's activation\[0\] cannot be/],
    ["no output", changed({ output: undefined }), /^output must be a name or an object/],
    ["a rate of 2", changed({ dropout: [0, 2] }), /^dropout\[1\] must be a number from 0 to 1/],
    ["a scaling that is none", changed({ scaling: "up" }), /^scaling must be one of/],
    ["a class too many", changed({}, {}, { classes: '["a","b","c"]' }), /^classes must be 2 names/],
    ["a class that is a number", changed({}, {}, { classes: "[1,2]" }), /^classes\[0\] must be a text; got 1/],
    [
      "a weight of another shape",
      changed({ sizes: [3, 5, 2] }),
      /must have F32 \[5,3\] as layers.0.weight; got F32 \[4, 3\]/,
    ],
    [
      "a weight of text",
      changed({}, { "layers.0.weight": tensor([4, 3], new Uint8Array(12), "U8") }),
      /got U8 \[4, 3\]/,
    ],
    [
      "bytes without scales",
      changed({}, { "layers.0.weight": tensor([4, 3], new Int8Array(12), "I8") }),
      /layers.0.weight_scale; got none/,
    ],
    [
      "a weight that is infinite",
      changed({}, { "layers.0.weight": tensor([4, 3], new Uint16Array(12).fill(0x7c00), "F16") }),
      /^layers.0.weight must be finite; its element 0 is Infinity/,
    ],
    [
      "a bias that is no number",
      changed({}, { "layers.1.bias": tensor([2], Float32Array.of(1, Number.NaN)) }),
      /^layers.1.bias must be finite; its element 1 is NaN/,
    ],
    [
      "shift without scale",
      changed({}, { "input.scale": tensor([2], new Float32Array(2)) }),
      /must have F32 \[3\] as input.scale/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readModelFile(bytes)).toThrow(message);
  });

  test("bytes that are no file", () => {
    expect(() => readModelFile(new Uint8Array(3))).toThrow(SafetensorsError);
  });
});
