import { expect, it } from "vitest";
import { argmax } from "../../src/calls/argmax.js";

it.each([
  [[1, 2, 3, 4, 5], 4],
  [[5, 5, 5, 5, 5], 0],
  [[-5, -1, -2, -1, -3], 1],
  [[0, Number.NaN, 9, 0, 0], -1],
  [[9, 0, 0, 0, Number.NaN], -1],
  [[-Infinity, 0, Infinity, 0, 0], 2],
  [[-Infinity, -Infinity], 0],
])("of %j is %i, wherever the row lies", (row, expected) => {
  expect(argmax(row, 0, row.length)).toBe(expected);
  expect(argmax([9, 9, Number.NaN, ...row, 9], 3, row.length)).toBe(expected);
  expect(argmax(Float32Array.from(row), 0, row.length)).toBe(expected);
});
