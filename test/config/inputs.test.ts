// Shift and scale of the inputs and the outputs' names, as callers and files say them.
import { expect, test } from "vitest";
import { resolveOptions } from "../../src/config/network.js";
import type { NetworkOptions } from "../../src/types.js";

const resolved = (options: object) => resolveOptions({ sizes: [3, 4, 2], ...options } as NetworkOptions);

test("numbers are for all features, arrays for each; what is left out changes nothing", () => {
  expect(resolved({}).inputs).toBeNull();
  expect(resolved({ inputs: null }).inputs).toBeNull();
  expect(resolved({ inputs: {} }).inputs).toEqual({ shift: new Float64Array(3), scale: Float32Array.of(1, 1, 1) });
  expect(resolved({ inputs: { shift: 0.1, scale: [1, 2, 0.1] } }).inputs).toEqual({
    shift: Float64Array.of(0.1, 0.1, 0.1),
    scale: Float32Array.of(1, 2, 0.1),
  });
  expect(resolved({ inputs: { shift: Int32Array.of(1, 2, 3) } }).inputs?.shift).toEqual(Float64Array.of(1, 2, 3));
});

test.each<[unknown, RegExp]>([
  [3, /^inputs must be an object \{ shift, scale \}, or null; got 3$/],
  [{ mean: 1 }, /^inputs has no option "mean"; known options: shift, scale$/],
  [{ shift: [1, 2] }, /^inputs\.shift must be a number, or 3 of them, one per feature; got \[1, 2\]$/],
  [{ shift: "1" }, /^inputs\.shift must be a number, or one per feature; got "1"$/],
  [{ shift: [1, undefined, 3] }, /^inputs\.shift\[1\] must be a number; got undefined$/],
  [{ scale: [1, "2", 3] }, /^inputs\.scale\[1\] must be a number; got "2"$/],
  [{ scale: Number.NaN }, /^inputs\.scale must be a finite number in float32, below 3\.4e38; got NaN$/],
  [{ shift: [0, 1e39, 0] }, /^inputs\.shift\[1\] must be a finite number in float32, below 3\.4e38; got 1e\+39$/],
])("inputs %o are refused", (inputs, message) => {
  expect(() => resolved({ inputs })).toThrow(message);
});

test("classes are one name per output, or two for one that says yes or no", () => {
  expect(resolved({ classes: ["cat", "dog"] }).classes).toEqual(["cat", "dog"]);
  expect(resolved({ sizes: [3, 1], loss: "bce", classes: ["no", "yes"] }).classes).toEqual(["no", "yes"]);
  expect(resolved({ sizes: [3, 1], loss: "bce", classes: ["yes"] }).classes).toEqual(["yes"]);
  expect(() => resolved({ classes: ["cat"] })).toThrow(/^classes must be 2 names, one per output; got \["cat"\]$/);
  expect(() => resolved({ classes: "cat,dog" })).toThrow(/^classes must be 2 names, one per output; got "cat,dog"$/);
  expect(() => resolved({ classes: ["cat", 2] })).toThrow(/^classes\[1\] must be a text; got 2$/);
  const three = { sizes: [3, 1], loss: "bce", classes: ["a", "b", "c"] };
  expect(() => resolved(three)).toThrow(/^classes must be 1 names, one per output/);
});
