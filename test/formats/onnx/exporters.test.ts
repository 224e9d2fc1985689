// Graphs as scikit-learn's, TensorFlow's, PyTorch's newer and MATLAB's exporters write them, against the same sums written out.
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../../src/formats/safetensors/reader.js";
import { fromOnnx } from "../../../src/onnx.js";
import { answersOf } from "../../reference/model-answers.js";
import { floats, ints, model, node, tensor, value, words } from "../../support/onnx.js";

const W1 = [0.5, -1, 0.25, 2, 1, -0.5, 0.75, -0.25, 1.5, 0.1, -2, 0.3]; // [3, 4]
const B1 = [0.1, -0.2, 0.3, -0.4];
const W2 = [1, -1, 0.5, 0.25, -0.75, 2, 0.6, -0.3]; // [4, 2]
const B2 = [0.05, -0.15];
const X = [
  [1, 2, 3],
  [-0.5, 0.25, 4],
  [0, -1, -2],
];

type F = (z: number) => number;
const times = (x: number[], w: number[], b: number[]) =>
  b.map((term, j) =>
    x.reduce((sum, xi, i) => sum + Math.fround(xi) * Math.fround(w[i * b.length + j]), Math.fround(term)),
  );
const softmax = (z: number[]) => z.map((zi) => 1 / z.reduce((sum, zj) => sum + Math.exp(zj - zi), 0));
const sigmoid: F = (z) => 1 / (1 + Math.exp(-z));
const relu: F = (z) => Math.max(z, 0);
const sums = (x: number[], f: F, b2 = B2, w2 = W2) => times(times(x, W1, B1).map(f), w2, b2);

function check(
  file: Uint8Array,
  wanted: (x: number[]) => number[],
  options?: Parameters<typeof fromOnnx>[1],
  rows = X,
) {
  const { answers } = answersOf(fromOnnx(file, options), rows);
  rows.forEach((x, i) => {
    const y = wanted(x);
    expect(answers[i]).toHaveLength(y.length);
    y.forEach((number, j) => {
      expect(answers[i][j]).toBeCloseTo(number, 5);
    });
  });
}
const about = (file: Uint8Array, options?: Parameters<typeof fromOnnx>[1]) => {
  const { metadata, tensors } = readSafetensors(fromOnnx(file, options));
  return { ...JSON.parse(metadata.config), classes: metadata.classes && JSON.parse(metadata.classes), tensors };
};

const parameters = [
  floats("W1", [3, 4], W1),
  floats("b1", [1, 4], B1),
  floats("W2", [4, 2], W2),
  floats("b2", [1, 2], B2),
];
const hidden = [
  node("Cast", ["x"], ["cast"], { to: 1 }),
  node("MatMul", ["cast", "W1"], ["m1"]),
  node("Add", ["m1", "b1"], ["a1"]),
  node("Relu", ["a1"], ["h"]),
];
const classify = [
  ...hidden,
  node("MatMul", ["h", "W2"], ["m2"]),
  node("Add", ["m2", "b2"], ["a2"]),
  node("Softmax", ["a2"], ["p"]),
];

describe("scikit-learn", () => {
  const label = (classes: number[][], tail: number[][]) =>
    model({
      opset: 15,
      nodes: [
        ...classify,
        node("Identity", ["p"], ["probabilities"]),
        node("ArgMax", ["probabilities"], ["best"], { axis: 1 }),
        node("ai.onnx.ml.ArrayFeatureExtractor", ["classes", "best"], ["found"]),
        ...tail,
      ],
      tensors: [...parameters, ...classes, ints("flat", [-1])],
      outputs: [value("label", ["N"]), value("probabilities", ["N", 2])],
    });

  test("a classifier gives its probabilities, and the classes' names", () => {
    const file = label([words("classes", ["no", "yes"])], [node("Reshape", ["found", "flat"], ["label"])]);
    check(file, (x) => softmax(sums(x, relu)));
    expect(about(file)).toMatchObject({
      output: "softmax",
      loss: "cross-entropy",
      classes: ["no", "yes"],
      sizes: [3, 4, 2],
    });
  });

  test("names that are numbers come as texts; where only the label is put out, the probabilities in front of it answer", () => {
    const tail = [node("Reshape", ["found", "flat"], ["r"]), node("Cast", ["r"], ["label"], { to: 7 })];
    const file = label([ints("classes", [3, 7])], tail);
    expect(about(file).classes).toEqual(["3", "7"]);
    const only = model({
      nodes: [
        ...classify,
        node("ArgMax", ["p"], ["best"], { axis: 1 }),
        node("ai.onnx.ml.LabelEncoder", ["best"], ["label"], { keys_int64s: [1, 0], values_strings: ["good", "bad"] }),
      ],
      tensors: parameters,
      outputs: [value("label", ["N"])],
    });
    check(only, (x) => softmax(sums(x, relu)));
    expect(about(only).classes).toEqual(["bad", "good"]);
  });

  test("maps from names to probabilities end the graph: ZipMap", () => {
    const file = model({
      nodes: [...classify, node("ai.onnx.ml.ZipMap", ["p"], ["y"], { classlabels_strings: ["a", "b"] })],
      tensors: parameters,
    });
    check(file, (x) => softmax(sums(x, relu)));
    expect(about(file).classes).toEqual(["a", "b"]);
  });

  test("two classes as 1 − y and y of a sigmoid become a softmax of two", () => {
    const w = [1, -2, 0.5, 0.75];
    const file = model({
      nodes: [
        ...hidden,
        node("MatMul", ["h", "w"], ["m2"]),
        node("Add", ["m2", "b"], ["a2"]),
        node("Sigmoid", ["a2"], ["y"]),
        node("Sub", ["one", "y"], ["not"]),
        node("Concat", ["not", "y"], ["probabilities"], { axis: 1 }),
        node("ArgMax", ["probabilities"], ["best"], { axis: 1 }),
        node("ai.onnx.ml.ArrayFeatureExtractor", ["classes", "best"], ["label"]),
      ],
      tensors: [
        ...parameters,
        floats("w", [4, 1], w),
        floats("b", [1, 1], [0.3]),
        floats("one", [], [1]),
        words("classes", ["ham", "spam"]),
      ],
      outputs: [value("label", ["N"]), value("probabilities", ["N", 2])],
    });
    check(file, (x) => {
      const y = sigmoid(sums(x, relu, [0.3], w)[0]);
      return [1 - y, y];
    });
    expect(about(file)).toMatchObject({ output: "softmax", classes: ["ham", "spam"] });
  });

  test("other joins are not taken for that", () => {
    const join = (one: number, axis: number) =>
      model({
        nodes: [
          ...classify.slice(0, -1),
          node("Sub", ["one", "a2"], ["not"]),
          node("Concat", ["not", "a2"], ["y"], { axis }),
        ],
        tensors: [...parameters, floats("one", [], [one])],
      });
    expect(() => fromOnnx(join(1, 1))).toThrow(/the node Concat that makes "y": expected 1 − y and y of a sigmoid y/);
    expect(() => fromOnnx(join(2, 1))).toThrow(
      /the node Concat that makes "y": expected one tensor that depends on the input, got "not", "a2"/,
    );
  });

  test("a scaler is shift and scale, to the digits of features far from 0", () => {
    const file = model({
      nodes: [
        node("ai.onnx.ml.Scaler", ["x"], ["s"], { offset: { floats: [1e4, -1e4, 0] }, scale: { floats: [1, 0.5, 2] } }),
        node("Gemm", ["s", "W1", "b1"], ["y"]),
      ],
      tensors: parameters,
    });
    const { tensors } = about(file);
    expect(Array.from(tensors["input.shift"].data)).toEqual([1e4, -1e4, 0]);
    expect(Array.from(tensors["input.scale"].data)).toEqual([1, 0.5, 2]);
    check(file, ([a, b, c]) => times([a - 1e4, (b + 1e4) * 0.5, c * 2], W1, B1), {}, [[1e4 + 1, -9999, 3]]);
  });

  test("a feature whose scale is 0 keeps the term that is added to it", () => {
    const file = model({
      nodes: [node("Mul", ["x", "s"], ["m"]), node("Add", ["m", "t"], ["a"]), node("Gemm", ["a", "W1", "b1"], ["y"])],
      tensors: [...parameters, floats("s", [3], [0, 2, 1]), floats("t", [3], [5, 6, 0])],
    });
    check(file, ([, b, c]) => times([5, 2 * b + 6, c], W1, B1));
  });

  test("a regressor ends in a shape of one column", () => {
    const file = model({
      opset: 15,
      nodes: [
        node("MatMul", ["x", "w"], ["m"]),
        node("Add", ["m", "b"], ["a"]),
        node("Reshape", ["a", "shape"], ["y"]),
      ],
      tensors: [floats("w", [3, 1], [1, 2, 3]), floats("b", [1, 1], [4]), ints("shape", [-1, 1])],
    });
    check(file, ([a, b, c]) => [a + 2 * b + 3 * c + 4]);
  });
});

describe("TensorFlow", () => {
  test("a shape that is computed from the batch, biases by themselves, softplus and tanh in pieces of mish", () => {
    const file = model({
      opset: 13,
      nodes: [
        node("Shape", ["x"], ["shape"]),
        node("Cast", ["shape"], ["cast"], { to: 6 }),
        node("Slice", ["cast", "0", "1", "0"], ["batch"]),
        node("Concat", ["batch", "three"], ["wanted"], { axis: 0 }),
        node("Cast", ["wanted"], ["long"], { to: 7 }),
        node("Reshape", ["x", "long"], ["flat"]),
        node("MatMul", ["flat", "W1"], ["m1"]),
        node("Add", ["m1", "b1"], ["a1"]),
        node("Softplus", ["a1"], ["plus"]),
        node("Tanh", ["plus"], ["t"]),
        node("Mul", ["a1", "t"], ["h"]),
        node("MatMul", ["h", "W2"], ["m2"]),
        node("Add", ["m2", "b2"], ["y"]),
      ],
      inputs: [value("x", ["N", 1, 3])],
      tensors: [...parameters, ints("0", [0]), ints("1", [1]), ints("three", [3])],
    });
    check(file, (x) => sums(x, (z) => z * Math.tanh(Math.log1p(Math.exp(z)))));
    expect(about(file).activation).toEqual(["mish"]);
  });

  test("samples that a shape would join are refused", () => {
    const file = (shape: number[]) =>
      model({
        nodes: [node("Reshape", ["x", "s"], ["r"]), node("Gemm", ["r", "W"], ["y"])],
        tensors: [ints("s", shape), floats("W", [6, 2], Array(12).fill(1))],
      });
    expect(() => fromOnnx(file([-1, 6]))).toThrow(/one row of units for a sample/);
    expect(() => fromOnnx(file([3, -1]))).toThrow(/Reshape|row of units/);
  });

  test("inputs whose width the file does not give take it from the first weight", () => {
    for (const input of [value("x", ["N", "F"]), value("x", null), value("x", ["N", 1, "F"])]) {
      check(model({ nodes: [...classify], tensors: parameters, inputs: [input], outputs: [value("p", null)] }), (x) =>
        softmax(sums(x, relu)),
      );
    }
  });
});

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

describe("MATLAB and others", () => {
  test("an image of one pixel's height; a mean that is taken from it; weights that are inputs with a value", () => {
    const file = model({
      opset: 8,
      ir: 3,
      nodes: [
        node("Sub", ["x", "mean"], ["s"]),
        node("Flatten", ["s"], ["f"], { axis: 1 }),
        node("MatMul", ["f", "W1"], ["m"]),
        node("Add", ["m", "b1"], ["y"]),
      ],
      inputs: [value("mean", [1, 1, 1, 3]), value("W1", [3, 4]), value("b1", [4]), value("x", [1, 1, 1, 3])],
      tensors: [...parameters, floats("mean", [1, 1, 1, 3], [1, 2, 3])],
    });
    check(file, ([a, b, c]) => times([a - 1, b - 2, c - 3], W1, B1));
  });

  test("units in a column: W · x", () => {
    const file = model({
      nodes: [node("Transpose", ["W1"], ["W"]), node("MatMul", ["W", "x"], ["m"]), node("Add", ["m", "b"], ["y"])],
      inputs: [value("x", ["N", 3, 1])],
      tensors: [...parameters, floats("b", [4, 1], B1)],
    });
    check(file, (x) => times(x, W1, B1));
  });

  test("one sample without an axis for samples", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "W1"], ["m"]), node("Add", ["m", "b"], ["y"])],
      inputs: [value("x", [3])],
      tensors: [...parameters, floats("b", [4], B1)],
    });
    check(file, (x) => times(x, W1, B1));
  });

  test("Slice, Split and Dropout in their oldest forms", () => {
    const file = model({
      opset: 6,
      ir: 3,
      nodes: [
        node("Gemm", ["x", "W1", "b1"], ["g"], { broadcast: 1 }),
        node("Relu", ["g"], ["r"]),
        node("Dropout", ["r"], ["d", "mask"], { ratio: { float: 0.3 }, is_test: 1 }),
        node("Slice", ["d"], ["s"], { axes: [1], starts: [1], ends: [2147483647] }),
        node("Split", ["s"], ["left", "right"], { axis: 1, split: [1, 2] }),
        node("Identity", ["right"], ["y"]),
      ],
      tensors: [floats("W1", [3, 4], W1), floats("b1", [4], B1)],
    });
    check(file, (x) => times(x, W1, B1).map(relu).slice(2), { dropout: 0 });
    expect(() => fromOnnx(file)).toThrow(/dropout where a layer reads/); // behind the last layer, it would drop answers
  });
});
