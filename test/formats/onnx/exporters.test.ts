// Graphs as tf2onnx, MATLAB and older tools write them, against the same sums written out.
import { describe, expect, test } from "vitest";
import { fromOnnx } from "../../../src/onnx.js";
import { floats, ints, model, node, value } from "../../support/onnx.js";
import { about, B1, check, classify, parameters, relu, softmax, sums, times, W1 } from "../../support/onnx-graphs.js";

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
