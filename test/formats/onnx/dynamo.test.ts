// Graphs as PyTorch's dynamo exporter writes them, against the same sums written out.
import { describe, expect, test } from "vitest";
import { fromOnnx } from "../../../src/onnx.js";
import { answersOf } from "../../reference/model-answers.js";
import { floats, ints, model, node, tensor, value } from "../../support/onnx.js";
import { about, B1, B2, check, type F, relu, sigmoid, sums, W1, W2 } from "../../support/onnx-graphs.js";

describe("PyTorch's dynamo", () => {
  const file = (activation: number[][], constants: number[][] = []) =>
    model({
      opset: 18,
      ir: 10,
      nodes: [
        node("Transpose", ["W1t"], ["w"], { perm: [1, 0] }),
        node("MatMul", ["x", "w"], ["m"]),
        node("Add", ["m", "b1"], ["a"]),
        ...activation,
        node("Gemm", ["h", "W2t", "b2"], ["y"], { transB: 1, alpha: { float: 1 }, beta: { float: 1 } }),
      ],
      tensors: [
        floats(
          "W1t",
          [4, 3],
          [0, 1, 2, 3].flatMap((j) => [0, 1, 2].map((i) => W1[i * 4 + j])),
        ),
        floats(
          "W2t",
          [2, 4],
          [0, 1].flatMap((j) => [0, 1, 2, 3].map((i) => W2[i * 2 + j])),
        ),
        floats("b1", [4], B1),
        floats("b2", [2], B2),
        ...constants,
      ],
    });
  const scalar = (name: string, number: number) => floats(name, [], [number]);
  const gelu: F = (z) =>
    answersOf(fromOnnx(model({ nodes: [node("Gelu", ["x"], ["y"])], inputs: [value("x", ["N", 1])], opset: 20 })), [
      [z],
    ]).answers[0][0];

  test.each<[string, number[][], number[][], F]>([
    [
      "gelu",
      [
        node("Div", ["a", "root"], ["d"]),
        node("Erf", ["d"], ["e"]),
        node("Add", ["e", "one"], ["s"]),
        node("Mul", ["a", "s"], ["t"]),
        node("Mul", ["t", "half"], ["h"]),
      ],
      [scalar("root", Math.SQRT2), scalar("one", 1), scalar("half", 0.5)],
      gelu,
    ],
    [
      "gelu",
      [
        node("CastLike", ["half", "a"], ["c"]),
        node("Mul", ["c", "a"], ["u"]),
        node("Mul", ["a", "root"], ["d"]),
        node("Erf", ["d"], ["e"]),
        node("Add", ["one", "e"], ["s"]),
        node("Mul", ["u", "s"], ["h"]),
      ],
      [scalar("root", Math.SQRT1_2), scalar("one", 1), scalar("half", 0.5)],
      gelu,
    ],
    ["silu", [node("Sigmoid", ["a"], ["s"]), node("Mul", ["s", "a"], ["h"])], [], (z) => z * sigmoid(z)],
    [
      "sigmoid",
      [
        node("Neg", ["a"], ["n"]),
        node("Exp", ["n"], ["e"]),
        node("Add", ["e", "one"], ["s"]),
        node("Reciprocal", ["s"], ["h"]),
      ],
      [scalar("one", 1)],
      sigmoid,
    ],
    ["relu", [node("Max", ["a", "zero"], ["h"])], [scalar("zero", 0)], relu],
    ["relu", [node("Clip", ["a", "zero", ""], ["h"])], [scalar("zero", 0)], relu],
    [
      "leaky_relu",
      [node("Mul", ["a", "slope"], ["s"]), node("Max", ["a", "s"], ["h"])],
      [scalar("slope", 0.01)],
      (z) => Math.max(z, 0.01 * z),
    ],
    [
      "selu",
      [node("Elu", ["a"], ["e"], { alpha: { float: 1.6732632423543772 } }), node("Mul", ["e", "g"], ["h"])],
      [scalar("g", 1.0507009873554805)],
      (z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z)),
    ],
    ["silu", [node("Swish", ["a"], ["h"])], [], (z) => z * sigmoid(z)],
  ])("%s in pieces: %#", (name, activation, constants, f) => {
    check(file(activation, constants), (x) => sums(x, f));
    const [found] = about(file(activation, constants)).activation;
    if (name !== "selu") expect(found).toBe(name);
  });

  test("what is nearly an activation is not taken for one", () => {
    const nearly = [
      node("Sigmoid", ["a"], ["s"]),
      node("Mul", ["s", "a"], ["t"]),
      node("Add", ["t", "bit"], ["u"]),
      node("Tanh", ["u"], ["v"]),
      node("Mul", ["v", "a"], ["h"]),
    ];
    expect(() => fromOnnx(file(nearly, [scalar("bit", 1e-3)]))).toThrow(
      /the node Mul that makes "h": expected relu, .*got another function/,
    );
    const steps = [node("Clip", ["a", "low", "high"], ["h"])];
    expect(() => fromOnnx(file(steps, [scalar("low", 0), scalar("high", 1e6)]))).toThrow(/another function/);
  });

  test("constants are followed through casts, sums and other shapes; floats of all widths", () => {
    const bits = [0x3c00, 0xc000, 0x3800, 0x3400]; // 1, −2, 0.5, 0.25 as halves
    const file16 = (type: number, data: number[]) =>
      model({
        nodes: [
          node("Cast", ["w"], ["w32"], { to: 1 }),
          node("Unsqueeze", ["w32", "last"], ["column"]),
          node("Mul", ["column", "two"], ["doubled"]),
          node("Squeeze", ["doubled", "last"], ["row"]),
          node("Reshape", ["row", "shape"], ["W"]),
          node("MatMul", ["x", "W"], ["y"]),
        ],
        inputs: [value("x", ["N", 2])],
        tensors: [
          tensor({ name: "w", dims: [4], type, data }),
          ints("last", [1]),
          ints("shape", [2, -1]),
          scalar("two", 2),
        ],
      });
    const wanted = ([a, b]: number[]) => [2 * a + b, -4 * a + 0.5 * b];
    const raw = (bytes: Uint8Array) => [...[0x4a], bytes.length, ...bytes];
    const rows = [
      [1, 2],
      [-3, 0.5],
    ];
    check(file16(10, raw(new Uint8Array(Uint16Array.from(bits).buffer))), wanted, {}, rows);
    check(
      file16(
        10,
        bits.flatMap((half) => [0x28, (half & 127) | 128, ((half >> 7) & 127) | 128, half >> 14]),
      ),
      wanted,
      {},
      rows,
    );
    check(file16(16, raw(new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x3f00, 0x3e80).buffer))), wanted, {}, rows);
    check(file16(11, raw(new Uint8Array(Float64Array.of(1, -2, 0.5, 0.25).buffer))), wanted, {}, rows);
    const packed = new Uint8Array(Float32Array.of(1, -2, 0.5, 0.25).buffer);
    check(file16(1, [0x22, 16, ...packed]), wanted, {}, rows);
    check(
      file16(
        1,
        [0, 4, 8, 12].flatMap((at) => [0x25, ...packed.slice(at, at + 4)]),
      ),
      wanted,
      {},
      rows,
    );
  });
});
