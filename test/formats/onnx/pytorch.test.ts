// Files that PyTorch 1.13 exported (test/fixtures/onnx/make.py), against what it answered itself in double precision.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../../src/formats/safetensors/reader.js";
import { Network } from "../../../src/index.js";
import { Network as Trained } from "../../../src/infer.js";
import { fromOnnx } from "../../../src/onnx.js";
import { answersOf } from "../../reference/model-answers.js";

const folder = new URL("../../fixtures/onnx/", import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
interface Answers {
  x: number[][];
  y: number[][];
  /** Of the first row in training mode: the mean of 20,000 answers, and its standard error. */
  draws?: { mean: number[]; error: number[] };
}
const expected: Record<string, Answers> = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8"));
const beside = { external: { externalData: { "external.onnx.data": read("external.onnx.data") } } };

const REFUSED: Record<string, RegExp> = {
  "batch-norm-training":
    /^node "\/1\/BatchNormalization" \(BatchNormalization\): .*training mode.* Gemm → BatchNormalization ← here/,
  "dropout-before-tanh":
    /^node "\/2\/Tanh" \(Tanh\): expected dropout .*pass \{ dropout \}.* Gemm → Dropout → Tanh ← here/,
  "log-softmax":
    /\(LogSoftmax\): .* Gemm → Relu → Gemm → Relu → Gemm → LogSoftmax ← here\. \{ output: "\/0\/0\.4\/Gemm_output_0" \}/,
  relu6: /\(Clip\): expected relu, leaky_relu, .*got another function\. The file: Gemm → Clip → Gemm → Clip ← here/,
  softplus: /\(Softplus\): .*another function/,
  residual: /^node "\/Add" \(Add\): expected one tensor .*Gemm → Relu → Add ← here/,
  "layer-norm": /\(Div\): expected one tensor/,
};

const settings = (name: string) => {
  const { metadata } = readSafetensors(fromOnnx(read(`${name}.onnx`), beside[name as "external"]));
  return JSON.parse(metadata.config);
};

describe("PyTorch's exporter", () => {
  test.each(Object.keys(expected).filter((name) => !(name in REFUSED)))("%s answers as PyTorch does", (name) => {
    const { x, y } = expected[name];
    const { answers } = answersOf(fromOnnx(read(`${name}.onnx`), beside[name as "external"]), x);
    const largest = Math.max(...y.flat().map(Math.abs));
    y.flat().forEach((wanted, i) => {
      // Weights that were folded are rounded once more: 6e-8 each.
      expect(Math.abs(answers.flat()[i] - wanted), `${name}, number ${i}`).toBeLessThan(1e-6 * largest);
    });
    expect(answers.flat()).toHaveLength(y.flat().length);
  });

  test.each(Object.entries(REFUSED))("%s is refused, saying where", (name, message) => {
    expect(() => fromOnnx(read(`${name}.onnx`))).toThrow(message);
  });

  test.each([
    ["leaky-relu-plain", ["leaky_relu", "leaky_relu"]],
    ["leaky-relu", Array(2).fill({ type: "leaky_relu", slope: 0.2 })],
    ["prelu", Array(2).fill({ type: "leaky_relu", slope: 0.25 })],
    ["elu", ["elu", "elu"]],
    ["elu-half", Array(2).fill({ type: "elu", alpha: 0.5 })],
    ["celu", ["elu", "elu"]],
    ["selu", ["selu", "selu"]],
    ["gelu", ["gelu", "gelu"]],
    ["gelu-tanh", Array(2).fill({ type: "gelu", approximate: "tanh" })],
    ["silu", ["silu", "silu"]],
    ["mish", ["mish", "mish"]],
    ["no-activation", ["linear", "linear"]],
  ])("%s is recognised in its shortest form", (name, activation) => {
    expect(settings(name).activation).toEqual(activation);
  });

  test.each([
    ["relu", "linear", "mse"],
    ["tanh-softmax", "softmax", "cross-entropy"],
    ["sigmoid-sigmoid", "sigmoid", "bce"],
    ["chunk", "tanh", "mse"],
  ])("%s answers with %s and would be trained with %s", (name, output, loss) => {
    expect(settings(name)).toMatchObject({ output, loss });
  });

  test.each([
    ["dropout", [0, 0.25, 0.25]],
    ["dropout-11", [0.1, 0.4, 0.4]],
    ["dropout-before", [0, 0.25, 0.25]],
    ["dropout-evaluation", [0, 0, 0]],
  ])("%s keeps the rates that the exporter left", (name, rates) => {
    expect(settings(name).dropout).toEqual(rates);
  });

  test("rates of the caller stand in for those of the file, wherever those stand", () => {
    const rates = (dropout: Parameters<typeof fromOnnx>[1]) =>
      JSON.parse(readSafetensors(fromOnnx(read("dropout-before-tanh.onnx"), dropout)).metadata.config).dropout;
    expect(rates({ dropout: 0.125 })).toEqual([0, 0.125, 0.125]);
    expect(rates({ dropout: { input: 0.5, hidden: [0, 1] } })).toEqual([0.5, 0, 1]);
    expect(rates({ dropout: [0.25, 0.5, 0.75] })).toEqual([0.25, 0.5, 0.75]);
  });

  test("a weight that is made here gets no rate that is meant for hidden layers", () => {
    const { metadata } = readSafetensors(fromOnnx(read("relu-tanh-scaled.onnx"), { dropout: 0.5 }));
    expect(JSON.parse(metadata.config)).toMatchObject({ sizes: [5, 7, 6, 3, 3], dropout: [0, 0.5, 0.5, 0] });
  });

  test("standardisation in front of the first layer becomes shift and scale, not weights", () => {
    const { tensors } = readSafetensors(fromOnnx(read("standardised.onnx")));
    expect(tensors["input.shift"].data[0]).toBeCloseTo(0.13 * 255, 5);
    expect(tensors["input.scale"].data[1]).toBeCloseTo(1 / 255 / 0.2, 8);
  });

  test("a file beside the model is asked for by its name", () => {
    const external = read("external.onnx");
    expect(() => fromOnnx(external)).toThrow(
      /^tensor ".*" lies in another file: pass \{ externalData: \{ "external\.onnx\.data": bytes \} \}$/,
    );
    expect(() => fromOnnx(external, { externalData: new Uint8Array(10) })).toThrow(
      /^damaged ONNX file: tensor .* lies at/,
    );
    const whole = fromOnnx(external, { externalData: read("external.onnx.data").buffer });
    expect(whole).toEqual(fromOnnx(external, beside.external));
  });

  test("an answer further in front can be chosen", () => {
    const { x } = expected["log-softmax"];
    const cut = fromOnnx(read("log-softmax.onnx"), { output: "/0/0.4/Gemm_output_0" });
    const [row] = answersOf(cut, x.slice(0, 1)).answers;
    const [wanted] = expected["log-softmax"].y;
    expect(row[1] - row[0]).toBeCloseTo(wanted[1] - wanted[0], 6); // log-softmax keeps differences
  });
});

describe("what was converted, opened", () => {
  test.each(["gelu-tanh", "silu", "mish", "elu-half", "standardised", "tanh-softmax", "relu-tanh-scaled"])(
    "%s answers as PyTorch does, in both entries",
    async (name) => {
      const { x, y } = expected[name];
      const bytes = fromOnnx(read(`${name}.onnx`));
      const rows = Float32Array.from(x.flat());
      for (const net of [await Network.load(bytes), await Trained.load(bytes)]) {
        const answers = net.predict(rows);
        const largest = Math.max(...y.flat().map(Math.abs));
        y.flat().forEach((wanted, i) => {
          expect(Math.abs(answers[i] - wanted)).toBeLessThan(1e-5 * largest);
        });
        net.dispose();
      }
    },
  );

  test.each<[string, number | undefined]>([
    ["dropout", undefined],
    ["dropout-11", undefined],
    ["dropout-before", undefined],
    ["dropout-evaluation", 0.25],
  ])("%s samples as PyTorch does in training mode", async (name, dropout) => {
    const { x, draws } = expected[name];
    const samples = 20_000;
    const net = await Trained.load(fromOnnx(read(`${name}.onnx`), { dropout }));
    const { mean, variance } = net.mc_step(Float32Array.from(x[0]), { samples });
    draws!.mean.forEach((wanted, k) => {
      // Two means of so many draws: four standard errors of their difference.
      const error = Math.hypot(draws!.error[k], Math.sqrt(variance[k] / samples));
      expect(Math.abs(mean[k] - wanted)).toBeLessThan(4 * error);
      expect(error).toBeGreaterThan(0);
    });
    net.dispose();
  });
});
