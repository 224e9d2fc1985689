import { expect, test } from "vitest";
import { type ModelParts, writeModelFile } from "../../src/formats/model-file.js";
import { readSafetensors } from "../../src/formats/safetensors/writer.js";

const parts = (): ModelParts => ({
  sizes: [2, 3, 1],
  layers: [
    { weight: Float32Array.of(1, 2, 3, 4, 5, 6), bias: Float32Array.of(7, 8, 9) },
    { weight: Float32Array.of(-1, -2, -3), bias: Float32Array.of(0.5) },
  ],
  activation: [{ type: "elu", alpha: 2 }],
  output: "tanh",
  dropout: [0, 0.25],
});

test("a model file says all that a reader of version 2 asks for", () => {
  const { tensors, metadata } = readSafetensors(
    writeModelFile({
      ...parts(),
      inputs: { shift: Float64Array.of(1e4 + 1e-9, 0), scale: Float32Array.of(0.5, 1) },
      classes: ["yes"],
      metadata: { author: "somebody" },
    }),
  );
  expect(Object.keys(tensors).sort()).toEqual([
    "input.scale",
    "input.shift",
    "layers.0.bias",
    "layers.0.weight",
    "layers.1.bias",
    "layers.1.weight",
  ]);
  expect(tensors["layers.0.weight"]).toEqual({ dtype: "F32", shape: [3, 2], data: parts().layers[0].weight });
  expect(tensors["input.shift"]).toEqual({ dtype: "F64", shape: [2], data: Float64Array.of(1e4 + 1e-9, 0) });
  expect(tensors["input.scale"].dtype).toBe("F32");
  expect(metadata).toMatchObject({ format: "thinned", version: "2", author: "somebody", classes: '["yes"]' });
  expect(JSON.parse(metadata.config)).toMatchObject({
    sizes: [2, 3, 1],
    activation: [{ type: "elu", alpha: 2 }],
    output: "tanh",
    dropout: [0, 0.25],
    scaling: "inverted",
    loss: "mse",
    rateFunctions: false,
  });
  expect(new Set(Object.values(JSON.parse(metadata.counters)))).toEqual(new Set([0]));
});

test.each([
  ["softmax", "cross-entropy"],
  ["sigmoid", "bce"],
  ["relu", "mse"],
])("the loss of an output %s is %s", (output, loss) => {
  const { metadata } = readSafetensors(writeModelFile({ ...parts(), output }));
  expect(JSON.parse(metadata.config).loss).toBe(loss);
});

test("no file is written that could not be opened", () => {
  const broken = parts();
  broken.layers[1].weight[2] = Number.POSITIVE_INFINITY;
  expect(() => writeModelFile(broken)).toThrow(
    /^element 2 of layers\.1\.weight must be a finite number in float32; got /,
  );
});
