import { describe, expect, test } from "vitest";
import { rateAt } from "../../src/dropout/rates.js";
import { conversionFactor, foldScale, maskScale, SCALINGS, testScale } from "../../src/dropout/scaling.js";

const RATES = [0, 0.1, 0.2, 0.5, 0.9, 1 - 2 ** -20];

describe("the strategies agree with one another", () => {
  test.each(SCALINGS)("%s: what training shows on average is what testing shows, for every p", (scaling) => {
    for (const p of [...RATES, 1]) {
      const training = (1 - p) * maskScale(scaling, p); // the mean over the two states of one unit
      const testing = testScale(scaling, p) * foldScale(scaling, p);
      // PyTorch's convention: inverted dropout tests as the identity even where training dropped everything.
      if (scaling === "inverted" && p === 1) expect([training, testing]).toEqual([0, 1]);
      else expect(Math.abs(training - testing), `p = ${p}`).toBeLessThanOrEqual(Number.EPSILON);
    }
  });

  test("converted weights give the same masked and test outputs in all nine changes of strategy", () => {
    for (const from of SCALINGS) {
      for (const to of SCALINGS) {
        for (const p of RATES) {
          const factor = conversionFactor(from, to, p, 1);
          const masked = (factor * maskScale(to, p)) / maskScale(from, p);
          const tested = (factor * testScale(to, p) * foldScale(to, p)) / (testScale(from, p) * foldScale(from, p));
          // Three or four roundings, each of at most half an ulp.
          expect(Math.abs(masked - 1), `masked, ${from} → ${to}, p = ${p}`).toBeLessThan(4 * Number.EPSILON);
          expect(Math.abs(tested - 1), `tested, ${from} → ${to}, p = ${p}`).toBeLessThan(4 * Number.EPSILON);
        }
      }
    }
  });

  test("standard and folded share parameters, even where everything is dropped", () => {
    for (const p of [0, 0.3, 1]) {
      expect(conversionFactor("standard", "folded", p, 0)).toBe(1);
      expect(conversionFactor("folded", "standard", p, 0)).toBe(1);
      expect(conversionFactor("inverted", "inverted", p, 0)).toBe(1);
    }
  });
});

test("the table, in numbers that are exact", () => {
  expect(SCALINGS.map((scaling) => maskScale(scaling, 0.75))).toEqual([1, 4, 1]);
  expect(SCALINGS.map((scaling) => testScale(scaling, 0.75))).toEqual([0.25, 1, 1]);
  expect(SCALINGS.map((scaling) => foldScale(scaling, 0.75))).toEqual([1, 1, 0.25]);
  expect(SCALINGS.map((scaling) => maskScale(scaling, 0))).toEqual([1, 1, 1]);
  expect(SCALINGS.map((scaling) => testScale(scaling, 0))).toEqual([1, 1, 1]);
  expect(SCALINGS.map((scaling) => maskScale(scaling, 1))).toEqual([1, 0, 1]);
  expect(conversionFactor("standard", "inverted", 0.75, 1)).toBe(0.25);
  expect(conversionFactor("folded", "inverted", 0.75, 1)).toBe(0.25);
  expect(conversionFactor("inverted", "standard", 0.75, 1)).toBe(4);
  expect(conversionFactor("inverted", "folded", 0.75, 1)).toBe(4);
});

test("a conversion at p = 1 is refused, naming the layer", () => {
  expect(() => conversionFactor("inverted", "standard", 1, 2)).toThrow(
    'dropout of layer 2 must be below 1 to change scaling from "inverted" to "standard"; got 1',
  );
  expect(() => conversionFactor("folded", "inverted", 1, 0)).toThrow(
    /^dropout of layer 0 \(the input\) must be below 1/,
  );
});

describe("rateAt", () => {
  test("a number is itself; a function is asked for its step", () => {
    expect(rateAt(0.25, 7, 1)).toBe(0.25);
    expect(rateAt((step) => step / 10, 7, 1)).toBe(0.7);
  });

  test.each([Number.NaN, -0.1, 1.1, Infinity])("a function that returns %s is refused, naming layer and step", (p) => {
    expect(() => rateAt(() => p, 17, 2)).toThrow(RangeError);
    expect(() => rateAt(() => p, 17, 2)).toThrow(
      `dropout of layer 2 at step 17 must be a number from 0 to 1; got ${p}; the function`,
    );
  });

  test("a function that returns no number is refused", () => {
    for (const p of [undefined, "0.5", null, Promise.resolve(0.5)]) {
      expect(() => rateAt((() => p) as never, 0, 0)).toThrow(TypeError);
      expect(() => rateAt((() => p) as never, 0, 0)).toThrow(/^dropout of layer 0 \(the input\) at step 0 must be/);
    }
  });
});
