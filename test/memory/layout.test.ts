import { describe, expect, it } from "vitest";
import {
  maskStride,
  type Orientation,
  pad,
  panelCount,
  readRows,
  readWeight,
  rowStride,
  storeRows,
  storeWeight,
  weightLength,
  weightShape,
} from "../../src/memory/layout.js";

const WIDTHS = [1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 95, 96, 97, 127, 128, 129, 143, 145, 784, 1024];
const ORIENTATIONS: Orientation[] = ["input", "output"];

describe("widths", () => {
  it.each(WIDTHS)("%i: padded to whole cache lines, rows an odd number of them apart", (n) => {
    expect(pad(n) % 16).toBe(0);
    expect(pad(n) - n).toBeGreaterThanOrEqual(0);
    expect(pad(n) - n).toBeLessThan(16);
    expect((rowStride(n) / 16) % 2).toBe(1);
    expect(rowStride(n) - pad(n)).toBeGreaterThanOrEqual(0);
    expect(rowStride(n) - pad(n)).toBeLessThanOrEqual(16);
    expect(maskStride(n) % 16).toBe(0);
    expect(maskStride(n) * 8).toBeGreaterThanOrEqual(n);
    expect(maskStride(n) * 8 - n).toBeLessThan(128);
  });
});

describe.each(ORIENTATIONS)("weights with the %s side as rows", (orientation) => {
  it("lie in panels of 48 columns, zeros behind the last, and come back", () => {
    for (const inputs of [1, 16, 17, 47, 48, 49, 97]) {
      for (const outputs of [1, 10, 16, 47, 48, 49, 65, 145]) {
        const shape = weightShape(inputs, outputs, orientation);
        const dense = Float32Array.from({ length: inputs * outputs }, (_, i) => i + 1);
        const stored = new Float32Array(weightLength(shape)).fill(Number.NaN);
        storeWeight(stored, dense, shape);

        const { rows, cols } = shape;
        expect([rows, cols]).toEqual(orientation === "input" ? [inputs, outputs] : [outputs, inputs]);
        expect(panelCount(shape)).toBe(Math.ceil(cols / 48));
        const expected = new Float32Array(stored.length);
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < cols; c++) {
            const panel = Math.floor(c / 48);
            const width = Math.min(48, pad(cols) - 48 * panel);
            const [i, o] = orientation === "input" ? [r, c] : [c, r];
            expected[48 * panel * rows + r * width + (c % 48)] = dense[o * inputs + i];
          }
        }
        expect(stored).toEqual(expected);
        expect(readWeight(stored, shape)).toEqual(dense);
      }
    }
  });
});

describe("rows", () => {
  it("are copied into a stride and back, zeros up to the padding and nothing behind", () => {
    for (const n of [1, 15, 16, 17, 33]) {
      const stride = rowStride(n) + 32;
      const region = new Float32Array(3 * stride).fill(7);
      const rows = Float32Array.from({ length: 3 * n }, (_, i) => i + 1);
      storeRows(region, 0, rows, 3, n, stride);
      region.forEach((value, i) => {
        const [s, j] = [Math.floor(i / stride), i % stride];
        expect(value).toBe(j < n ? s * n + j + 1 : j < pad(n) ? 0 : 7);
      });
      expect(readRows(region, 0, 3, n, stride)).toEqual(rows);
    }
  });
});
