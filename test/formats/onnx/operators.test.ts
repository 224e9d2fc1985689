// What single operators mean, in the forms that the exporters of other tests leave out.
import { describe, expect, test } from "vitest";
import { fromOnnx } from "../../../src/onnx.js";
import { floats, ints, model, node, value } from "../../support/onnx.js";
import { about, B1, check, parameters, sigmoid, times, W1 } from "../../support/onnx-graphs.js";

describe("weights", () => {
  test("Gemm multiplies its product by alpha and its bias by beta", () => {
    const file = model({
      nodes: [node("Gemm", ["x", "W1", "b1"], ["y"], { alpha: { float: 0.5 }, beta: { float: -2 } })],
      tensors: parameters,
    });
    check(file, (x) => times(x, W1, [0, 0, 0, 0]).map((sum, j) => 0.5 * sum - 2 * B1[j]));
  });

  test("a bias may be one number, and a weight may be preceded by axes of one", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "W"], ["m"]), node("Add", ["one", "m"], ["y"])],
      inputs: [value("x", ["N", 1, 3])],
      tensors: [floats("W", [1, 3, 4], W1), floats("one", [1], [0.5])],
    });
    check(file, (x) => times(x, W1, [0.5, 0.5, 0.5, 0.5]));
  });

  test("a layer at each of several places of a sample is none of a chain", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "W1"], ["y"])],
      inputs: [value("x", ["N", 2, 3])],
      tensors: parameters,
    });
    expect(() => fromOnnx(file)).toThrow(/expected one row of units for a sample, got \[2,2,3\]/);
  });

  test("weights that a caller hands in are no network's", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      inputs: [value("x", ["N", 3]), value("w", [3, 2])],
    });
    expect(() => fromOnnx(file)).toThrow(/expected one tensor that depends on the input, got "x", "w"/);
  });
});

describe("arithmetic", () => {
  test("a constant less the units turns their signs", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "W1"], ["m"]), node("Sub", ["b1", "m"], ["y"])],
      tensors: parameters,
    });
    check(file, (x) => times(x, W1, [0, 0, 0, 0]).map((sum, j) => B1[j] - sum));
  });

  test("behind the last activation, and behind the input, factors and terms get a weight of their own", () => {
    const file = model({
      nodes: [node("Tanh", ["x"], ["t"]), node("Mul", ["t", "s"], ["m"]), node("Sub", ["m", "o"], ["y"])],
      tensors: [floats("s", [3], [1, 2, 3]), floats("o", [], [0.5])],
    });
    check(file, (x) => x.map((xi, i) => (i + 1) * Math.tanh(xi) - 0.5));
    expect(about(file)).toMatchObject({ sizes: [3, 3, 3], activation: ["tanh"], output: "linear" });
  });

  test("before operator set 7, a smaller constant begins at an axis; one that does not end at the last is refused", () => {
    const file = (axis: number) =>
      model({
        opset: 6,
        nodes: [node("Add", ["x", "t"], ["y"], { broadcast: 1, axis })],
        inputs: [value("x", ["N", 3, 3])],
        tensors: [floats("t", [3], [1, 2, 3])],
      });
    check(file(2), (x) => x.map((xi, i) => xi + 1 + (i % 3)), {}, [[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    expect(() => fromOnnx(file(1))).toThrow(/expected a constant for the last axes/);
  });

  test("a constant that makes the tensor larger, or tells samples apart, is refused", () => {
    const file = (dims: number[], values: number[]) =>
      model({ nodes: [node("Add", ["x", "t"], ["y"])], tensors: [floats("t", dims, values)] });
    expect(() => fromOnnx(file([1, 1, 3], [1, 2, 3]))).toThrow(/expected a constant for \[2,3\], got \[1,1,3\]/);
    expect(() => fromOnnx(file([2, 3], [1, 2, 3, 4, 5, 6]))).toThrow(/expected the same for every sample/);
  });

  test("batch normalization is by channel, whatever places a channel has", () => {
    const file = model({
      nodes: [
        node("BatchNormalization", ["x", "s", "b", "m", "v"], ["n"], { epsilon: { float: 0.25 } }),
        node("Flatten", ["n"], ["y"]),
      ],
      inputs: [value("x", ["N", 2, 3])],
      tensors: [
        floats("s", [2], [2, 3]),
        floats("b", [2], [1, -1]),
        floats("m", [2], [0.5, 4]),
        floats("v", [2], [0.75, 3.75]),
      ],
    });
    const wanted = (x: number[]) => x.map((xi, i) => (i < 3 ? 2 * (xi - 0.5) + 1 : (3 * (xi - 4)) / 2 - 1));
    check(file, wanted, {}, [[1, 2, 3, 4, 5, 6]]);
  });

  test("1 − y of one thing and another are not taken for a pair of probabilities", () => {
    const file = model({
      nodes: [
        node("Sigmoid", ["x"], ["y"]),
        node("Tanh", ["x"], ["t"]),
        node("Sub", ["one", "t"], ["not"]),
        node("Concat", ["not", "y"], ["p"], { axis: 1 }),
      ],
      inputs: [value("x", ["N", 1])],
      outputs: [value("p", ["N", 2])],
      tensors: [floats("one", [], [1])],
    });
    expect(() => fromOnnx(file)).toThrow(/expected one tensor that depends on the input, got "not", "y"/);
  });
});

describe("shapes", () => {
  const shaped = (op: string, attributes = {}, dims: (number | string)[] = ["N", 2, 3], inputs: string[] = []) =>
    model({
      nodes: [
        node(op, ["x", ...inputs], ["r"], attributes),
        node("Flatten", ["r"], ["f"]),
        node("MatMul", ["f", "W"], ["y"]),
      ],
      inputs: [value("x", dims)],
      tensors: [floats("W", [6, 1], [1, 10, 100, 1000, 1e4, 1e5]), ints("shape", [0, -1, 2])],
    });
  const digits = [[1, 2, 3, 4, 5, 6]];

  test("axes that change places take their units along", () => {
    // [[1, 2, 3], [4, 5, 6]] is read as 1 4 2 5 3 6, the last of them a hundred thousand times.
    check(shaped("Transpose", { perm: [0, 2, 1] }), () => [635241], {}, digits);
    check(shaped("Reshape", {}, ["N", 2, 3], ["shape"]), () => [654321], {}, digits);
  });

  test("samples that would change places are refused", () => {
    expect(() => fromOnnx(shaped("Transpose", { perm: [1, 0, 2] }))).toThrow(
      /expected samples of \[2,2,3\] to stay apart/,
    );
    expect(() => fromOnnx(shaped("Flatten", { axis: 0 }))).toThrow(/row of units for a sample/);
  });

  test("a file with fixed samples, and one without an axis for them", () => {
    check(shaped("Identity", {}, [4, 2, 3]), () => [654321], {}, digits);
    const single = model({
      nodes: [
        node("Unsqueeze", ["x", "front"], ["row"]),
        node("Gemm", ["row", "W1", "b1"], ["g"]),
        node("Sigmoid", ["g"], ["s"]),
        node("Squeeze", ["s", "front"], ["y"]),
      ],
      inputs: [value("x", [3])],
      tensors: [...parameters, ints("front", [0])],
    });
    check(single, (x) => times(x, W1, B1).map(sigmoid));
  });
});

test("a file for thousands of samples at a time costs no more than one for a few", () => {
  const hidden = Array.from({ length: 8 }, (_, i) => node("Add", [i ? `h${i}` : "x", "t"], [`h${i + 1}`]));
  const file = model({
    nodes: [...hidden, node("Relu", ["h8"], ["y"])],
    inputs: [value("x", [2 ** 14, 256])],
    tensors: [floats("t", [256], Array(256).fill(1))],
  });
  expect(about(file).sizes).toEqual([256, 256]);
});

describe("softmax", () => {
  const file = (axis: number, opset: number, dims: (number | string)[]) =>
    model({ opset, nodes: [node("Softmax", ["x"], ["y"], { axis })], inputs: [value("x", dims)] });
  const row = ([a, b, c]: number[]) => [a, b, c].map((z) => Math.exp(z) / (Math.exp(a) + Math.exp(b) + Math.exp(c)));

  test("is over all units of a sample, by the rules of each operator set", () => {
    check(file(1, 11, ["N", 3]), row);
    check(file(-1, 13, ["N", 1, 3]), row);
    check(file(1, 11, ["N", 1, 3]), row);
    expect(() => fromOnnx(file(1, 13, ["N", 2, 3]))).toThrow(/all units of a sample of \[2,2,3\], got axis 1/);
    expect(() => fromOnnx(file(0, 13, ["N", 3]))).toThrow(/all units of a sample/);
  });

  test("ends the chain", () => {
    const more = model({ nodes: [node("Softmax", ["x"], ["p"]), node("Relu", ["p"], ["y"])] });
    expect(() => fromOnnx(more)).toThrow(/\(?Relu.*expected nothing behind a softmax/);
  });
});
