// What toOnnx writes, read back: fields by a reader of our own, networks by fromOnnx.
import { describe, expect, test } from "vitest";
import { type ModelParts, writeModelFile } from "../../../src/formats/model-file.js";
import { readSafetensors } from "../../../src/formats/safetensors/reader.js";
import { writeSafetensors } from "../../../src/formats/safetensors/writer.js";
import { Network } from "../../../src/index.js";
import { fromOnnx, toOnnx } from "../../../src/onnx.js";
import { answersOf } from "../../reference/model-answers.js";

const ALL = [
  "linear",
  "relu",
  "leaky_relu",
  { type: "leaky_relu", slope: 0.3 },
  "tanh",
  "sigmoid",
  "selu",
  "elu",
  { type: "elu", alpha: 0.25 },
  "gelu",
  { type: "gelu", approximate: "tanh" },
  "silu",
  "mish",
] as ModelParts["activation"];

/** A network with every activation, 3 units wide, of numbers that use all bits of a float. */
function parts(): ModelParts {
  let state = 1;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.fround((state / 2 ** 30 - 1) * Math.SQRT2);
  };
  const sizes = Array(ALL.length + 2).fill(3);
  const layers = sizes.slice(1).map(() => ({
    weight: Float32Array.from({ length: 9 }, next),
    bias: Float32Array.from({ length: 3 }, next),
  }));
  layers[0].bias[1] = -0;
  layers[1].weight[4] = -0;
  return { sizes, layers, activation: ALL, output: "linear", dropout: sizes.slice(1).map((_, l) => (l % 3) / 4) };
}

const rows = [
  [0.5, -1, 2],
  [3, 0.25, -0.125],
];
const settings = (file: Uint8Array) => JSON.parse(readSafetensors(file).metadata.config);

describe("a network that goes to ONNX and comes back", () => {
  test.each([13, 17, 18, 20, 22, 25])("is the same to the bit, by operator set %i", (opset) => {
    const inputs = { shift: Float64Array.of(1 / 3, 1e4 + 1e-7, -Math.PI * 1e-3), scale: Float32Array.of(1, 0.1, 3) };
    const ours = writeModelFile({ ...parts(), inputs, classes: ["a", "b", "c"] });
    const back = fromOnnx(toOnnx(ours, { opset, dropout: "nodes" }));
    expect(back).toEqual(ours);
  });

  test.each(["softmax", "sigmoid", "tanh", "relu", "silu"])("answers with %s as before", (output) => {
    const ours = writeModelFile({ ...parts(), output });
    const back = fromOnnx(toOnnx(ours, { probabilities: true, dropout: "nodes" }));
    expect(back).toEqual(ours);
    const sums = fromOnnx(toOnnx(ours));
    const [probability] = [["softmax", "sigmoid"].includes(output)];
    expect(settings(sums).output).toBe(probability ? "linear" : output);
    expect(answersOf(sums, rows).logits).toEqual(answersOf(ours, rows).logits);
  });

  test("without Dropout nodes, nothing is dropped", () => {
    expect(settings(fromOnnx(toOnnx(writeModelFile(parts())))).dropout).toEqual(parts().dropout.map(() => 0));
  });

  test.each(["standard", "folded"] as const)("%s dropout has its factors in the weights afterwards", (scaling) => {
    const ours = writeModelFile({ ...parts(), scaling });
    const back = fromOnnx(toOnnx(ours, { dropout: "nodes" }));
    expect(settings(back)).toMatchObject({ scaling: "inverted", dropout: parts().dropout });
    answersOf(back, rows)
      .answers.flat()
      .forEach((answer, i) => {
        expect(answer).toBeCloseTo(answersOf(ours, rows).answers.flat()[i], 5);
      });
  });

  test("what Network.save wrote is read as it is", async () => {
    const net = await Network.create({ sizes: [3, 8, 4, 2], seed: 5, activation: "gelu", dropout: [0.1, 0.5, 0.25] });
    const back = fromOnnx(toOnnx(net.save(), { probabilities: true, dropout: "nodes" }));
    const x = Float32Array.from(rows.flat());
    const wanted = Array.from(net.predict(x));
    answersOf(back, rows)
      .answers.flat()
      .forEach((answer, i) => {
        expect(answer).toBeCloseTo(wanted[i], 6);
      });
    expect(settings(back)).toMatchObject({ sizes: [3, 8, 4, 2], output: "softmax", loss: "cross-entropy" });
    expect(readSafetensors(back).tensors["layers.1.weight"]).toEqual(
      readSafetensors(net.save()).tensors["layers.1.weight"],
    );
    net.dispose();
  });
});

describe("model files in fewer bytes", () => {
  const ours = writeModelFile({
    ...parts(),
    sizes: [3, 3],
    activation: [],
    dropout: [0],
    layers: [{ weight: Float32Array.of(1, -2, 0.5, 0.25, 4, -8, 3, 2, 1), bias: Float32Array.of(1, 2, 3) }],
  });
  const { tensors, metadata } = readSafetensors(ours);
  const rewrite = (weight: Parameters<typeof writeSafetensors>[0]) =>
    writeSafetensors({ ...tensors, ...weight }, metadata);
  const wanted = fromOnnx(toOnnx(ours));

  test("F16 and BF16 are widened", () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x3400, 0x4400, 0xc800, 0x4200, 0x4000, 0x3c00);
    const upper = new Uint16Array(new Float32Array(tensors["layers.0.weight"].data as Float32Array).buffer).filter(
      (_, i) => i % 2 === 1,
    );
    for (const [dtype, data] of [
      ["F16", halves],
      ["BF16", upper],
    ] as const) {
      expect(fromOnnx(toOnnx(rewrite({ "layers.0.weight": { dtype, shape: [3, 3], data } })))).toEqual(wanted);
    }
  });

  test("I8 gets the scale of its row", () => {
    const file = rewrite({
      "layers.0.weight": { dtype: "I8", shape: [3, 3], data: Int8Array.of(2, -4, 1, 1, 16, -32, 3, 2, 1) },
      "layers.0.weight_scale": { dtype: "F32", shape: [3], data: Float32Array.of(0.5, 0.25, 1) },
    });
    expect(fromOnnx(toOnnx(file))).toEqual(wanted);
  });
});

describe("toOnnx refuses", () => {
  const ours = writeModelFile(parts());
  test.each<[string, () => unknown, RegExp]>([
    [
      "bytes of something else",
      () => toOnnx(new Uint8Array(20)),
      /^not the model file of a network: its header is not JSON/,
    ],
    [
      "a file of other tensors",
      () => toOnnx(writeSafetensors({}, { format: "pt" })),
      /must be of the format "thinned", version 1 or 2; got "pt"/,
    ],
    ["no bytes", () => toOnnx("net" as never), /^bytes must be a Uint8Array or an ArrayBuffer; got "net"$/],
    ["an old operator set", () => toOnnx(ours, { opset: 12 }), /^opset must be a whole number from 13 to 25; got 12$/],
    [
      "a misspelt option",
      () => toOnnx(ours, { dropuot: "nodes" } as never),
      /no option "dropuot"; did you mean "dropout"\?/,
    ],
    [
      "another dropout",
      () => toOnnx(ours, { dropout: "node" as never }),
      /^dropout must be one of "none", "nodes"; got "node"/,
    ],
    [
      "a rate that no node can have",
      () => toOnnx(writeModelFile({ ...parts(), dropout: parts().dropout.map(() => 1) }), { dropout: "nodes" }),
      /^dropout of layer 0 must be below 1 in a Dropout node; got 1; load/,
    ],
    [
      "a tensor too short",
      () => toOnnx(ours.subarray(0, ours.length - 4)),
      /it must have \[3(,3)?\] as layers\..* or too few bytes/,
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
