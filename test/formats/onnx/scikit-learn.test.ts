// Graphs as skl2onnx writes them, against the same sums written out.
import { describe, expect, test } from "vitest";
import { fromOnnx } from "../../../src/onnx.js";
import { floats, ints, model, node, value, words } from "../../support/onnx.js";
import {
  about,
  B1,
  check,
  classify,
  hidden,
  parameters,
  relu,
  sigmoid,
  softmax,
  sums,
  times,
  W1,
} from "../../support/onnx-graphs.js";

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
