// Files that were damaged, or that lie: an error with a name, or a network, within a few times the work that the file's
// size calls for.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../../src/formats/safetensors/reader.js";
import { fromOnnx, OnnxError } from "../../../src/onnx.js";
import { damage, generator } from "../../support/damage.js";
import { field, floats, ints, model, node, tensor, value, varint } from "../../support/onnx.js";

const folder = new URL("../../fixtures/onnx/", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".onnx"))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));

test("random damage is refused by name, or leaves a network", () => {
  const random = generator(11);
  let refused = 0;
  for (let round = 0; round < 3000; round++) {
    const bytes = damage(files[round % files.length], random);
    try {
      readSafetensors(fromOnnx(bytes));
    } catch (error) {
      refused++;
      expect(error, `round ${round}: ${(error as Error).stack}`).toBeInstanceOf(OnnxError);
      expect((error as Error).message).not.toMatch(/\n/);
      expect((error as Error).message.length).toBeLessThan(1500);
    }
  }
  expect(refused).toBeGreaterThan(1000);
});

describe("files that lie", () => {
  const gemm = node("Gemm", ["x", "W"], ["y"]);
  const weight = floats("W", [3, 2], [1, 2, 3, 4, 5, 6]);
  const huge = 2 ** 15;
  const chain = (op: string, count: number, from: string, attributes = {}) =>
    Array.from({ length: count }, (_, i) => node(op, [i ? `${from}${i}` : from], [`${from}${i + 1}`], attributes));

  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(), /^not an ONNX file with nodes: it begins with ""$/],
    ["a zip archive", new TextEncoder().encode("PK\x03\x04\x14"), /^(damaged|not an) ONNX file/],
    ["a page", new TextEncoder().encode("<!DOCTYPE html>"), /^(damaged|not an) ONNX file/],
    [
      "an IR of tomorrow",
      model({ nodes: [gemm], tensors: [weight], ir: 14 }),
      /IR version must be from 3 to 13; got 14/,
    ],
    [
      "an IR of yesterday",
      model({ nodes: [gemm], tensors: [weight], ir: 2 }),
      /IR version must be from 3 to 13; got 2/,
    ],
    [
      "two gigabytes in a kilobyte",
      model({ nodes: [gemm], tensors: [tensor({ name: "W", dims: [huge, huge / 2] }, [1])] }),
      /^damaged ONNX file: tensor "W" \[32768,16384\] of the type 1 takes 2147483648, but has 4$/,
    ],
    [
      "a product beyond all numbers",
      model({ nodes: [gemm], tensors: [tensor({ name: "W", dims: [2 ** 50, 2 ** 50] }, [1])] }),
      /tensor "W" has the shape/,
    ],
    [
      "a negative size",
      model({ nodes: [gemm], tensors: [tensor({ name: "W", dims: [-3, -2] }, [1])] }),
      /has the shape/,
    ],
    [
      "a shape too small",
      model({ nodes: [gemm], tensors: [tensor({ name: "W", dims: [3, 1] }, [1, 2, 3, 4])] }),
      /takes 12, but has 16/,
    ],
    [
      "an unknown type",
      model({ nodes: [gemm], tensors: [tensor({ name: "W", dims: [3, 2], type: 99 })] }),
      /element type 99/,
    ],
    [
      "no such tensor",
      model({ nodes: [gemm] }),
      /\(Gemm\)|Gemm that makes "y" reads "W", which nothing in front of it makes/,
    ],
    [
      "a circle",
      model({ nodes: [node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"]), gemm], tensors: [weight] }),
      /Relu that makes "a" reads "b", which nothing in front of it makes/,
    ],
    ["a name twice", model({ nodes: [gemm, gemm], tensors: [weight] }), /two tensors have the name "y"/],
    [
      "an operator of Object's",
      model({ nodes: [node("constructor", ["x"], ["y"])] }),
      /expected an operator of a chain of dense layers, got constructor/,
    ],
    [
      "an operator of nobody's",
      model({ nodes: [node("org.pytorch.aten.ATen", ["x"], ["y"])] }),
      /names no version of the operators "org\.pytorch\.aten"/,
    ],
    [
      "a text that is none",
      model({ nodes: [[...field(1, Uint8Array.of(0xff, 0xfe)), ...gemm]], tensors: [weight] }),
      /not UTF-8/,
    ],
    ["a number that does not end", Uint8Array.from([8, ...Array(12).fill(0x80)]), /^damaged ONNX file/],
    [
      "a length beyond the end",
      Uint8Array.from([...field(1, 8), 0x3a, ...varint(2 ** 40)]),
      /no field can begin in front of byte/,
    ],
    [
      "not finite",
      model({ nodes: [gemm], tensors: [floats("W", [3, 2], [1, 2, Number.NaN, 4, 5, 6])] }),
      /^element \d of layers\.0\.weight must be a finite number/,
    ],
    [
      "a softmax of one",
      model({ nodes: [node("Softmax", ["x"], ["y"])], inputs: [value("x", ["N", 1])] }),
      /softmax of several units/,
    ],
    [
      "an input as wide as a memory",
      model({ nodes: [node("Relu", ["x"], ["y"])], inputs: [value("x", ["N", 2 ** 40])] }),
      /^damaged|at most 1024 units/,
    ],
    [
      "an input of nothing",
      model({ nodes: [node("Relu", ["x"], ["y"])], inputs: [value("x", ["N", 0])] }),
      /its input has the shape \[0,0\]/,
    ],
    [
      "constants of constants",
      model({
        nodes: [...chain("Neg", 200, "c"), node("MatMul", ["x", "c200"], ["y"])],
        tensors: [floats("c", [3, 2], [1, 2, 3, 4, 5, 6])],
      }),
      /at most 64 others in a row/,
    ],
    [
      "a few numbers that become many",
      model({
        nodes: [
          node("Add", ["column", "row"], ["square"]),
          node("Add", ["square", "deep"], ["cube"]),
          node("MatMul", ["x", "cube"], ["y"]),
        ],
        tensors: [
          floats("column", [2000, 1], Array(2000).fill(1)),
          floats("row", [2000], Array(2000).fill(1)),
          floats("deep", [2000, 1, 1], Array(2000).fill(1)),
        ],
      }),
      /its nodes make far more numbers/,
    ],
    [
      "one weight for a thousand layers",
      model({
        nodes: Array.from({ length: 1000 }, (_, i) => node("MatMul", [i ? `h${i}` : "x", "W"], [`h${i + 1}`])),
        tensors: [floats("W", [300, 300], Array(90000).fill(0.01))],
        inputs: [value("x", ["N", 300])],
        outputs: [value("h1000", null)],
      }),
      /its nodes make far more numbers/,
    ],
    [
      "columns that are gathered again and again",
      model({
        nodes: [
          gemm,
          node("Gather", ["y", "picks"], ["g"], { axis: 1 }),
          node("Gather", ["g", "picks"], ["h"], { axis: 1 }),
        ],
        tensors: [weight, ints("picks", Array(5000).fill(0), [1, 5000])],
        outputs: [value("h", null)],
      }),
      /its nodes make far more numbers/,
    ],
    [
      "more layers than a network has",
      model({
        nodes: [...chain("MatMul", 5000, "x")].map((_, i) => node("MatMul", [i ? `x${i}` : "x", "w"], [`x${i + 1}`])),
        tensors: [floats("w", [1, 1], [1])],
        inputs: [value("x", ["N", 1])],
        outputs: [value("x5000", null)],
      }),
      /at most 4095 layers/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => fromOnnx(bytes)).toThrow(OnnxError);
    expect(() => fromOnnx(bytes)).toThrow(message);
  });

  test("options that are wrong are named", () => {
    const bytes = model({ nodes: [gemm], tensors: [weight] });
    expect(() => fromOnnx(bytes, { droput: 0.5 } as never)).toThrow(/no option "droput"; did you mean "dropout"\?/);
    expect(() => fromOnnx(bytes, { output: "z" })).toThrow(
      /^output must be a tensor that a node makes, such as "y"; got "z"$/,
    );
    expect(() => fromOnnx(bytes, { input: "z" })).toThrow(OnnxError);
    expect(() => fromOnnx(bytes, { dropout: 2 })).toThrow(/^dropout must be a number from 0 to 1; got 2$/);
    expect(() => fromOnnx(bytes, { dropout: [0, 0.5] })).toThrow(
      /^dropout must be a rate for each of 1 layers' inputs; got \[0, 0\.5\]$/,
    );
    expect(() => fromOnnx(bytes, { dropout: (() => 0.5) as never })).toThrow(TypeError);
    expect(() => fromOnnx("model.onnx" as never)).toThrow(
      /^bytes must be a Uint8Array or an ArrayBuffer; got "model\.onnx"$/,
    );
    expect(() => fromOnnx(bytes, { externalData: { a: 1 } as never })).toThrow(
      /^externalData\["a"\] must be a Uint8Array/,
    );
  });
});
