// A network of 3-4-2 units in the pieces that exporters make of it, and its sums written out.
import { expect } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { fromOnnx } from "../../src/onnx.js";
import { answersOf } from "../reference/model-answers.js";
import { floats, node } from "./onnx.js";

export const W1 = [0.5, -1, 0.25, 2, 1, -0.5, 0.75, -0.25, 1.5, 0.1, -2, 0.3]; // [3, 4]
export const B1 = [0.1, -0.2, 0.3, -0.4];
export const W2 = [1, -1, 0.5, 0.25, -0.75, 2, 0.6, -0.3]; // [4, 2]
export const B2 = [0.05, -0.15];
export const X = [
  [1, 2, 3],
  [-0.5, 0.25, 4],
  [0, -1, -2],
];

export type F = (z: number) => number;
export const times = (x: number[], w: number[], b: number[]) =>
  b.map((term, j) =>
    x.reduce((sum, xi, i) => sum + Math.fround(xi) * Math.fround(w[i * b.length + j]), Math.fround(term)),
  );
export const softmax = (z: number[]) => z.map((zi) => 1 / z.reduce((sum, zj) => sum + Math.exp(zj - zi), 0));
export const sigmoid: F = (z) => 1 / (1 + Math.exp(-z));
export const relu: F = (z) => Math.max(z, 0);
export const sums = (x: number[], f: F, b2 = B2, w2 = W2) => times(times(x, W1, B1).map(f), w2, b2);

export function check(
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
export const about = (file: Uint8Array, options?: Parameters<typeof fromOnnx>[1]) => {
  const { metadata, tensors } = readSafetensors(fromOnnx(file, options));
  return { ...JSON.parse(metadata.config), classes: metadata.classes && JSON.parse(metadata.classes), tensors };
};

export const parameters = [
  floats("W1", [3, 4], W1),
  floats("b1", [1, 4], B1),
  floats("W2", [4, 2], W2),
  floats("b2", [1, 2], B2),
];
export const hidden = [
  node("Cast", ["x"], ["cast"], { to: 1 }),
  node("MatMul", ["cast", "W1"], ["m1"]),
  node("Add", ["m1", "b1"], ["a1"]),
  node("Relu", ["a1"], ["h"]),
];
export const classify = [
  ...hidden,
  node("MatMul", ["h", "W2"], ["m2"]),
  node("Add", ["m2", "b2"], ["a2"]),
  node("Softmax", ["a2"], ["p"]),
];
