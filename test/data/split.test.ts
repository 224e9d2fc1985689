import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { foldsOf } from "../../src/data/split/folds.js";
import { splitRows } from "../../src/data/split/split.js";
import { numbers } from "../support/formula.js";

describe("the split", () => {
  test.each([
    [100, 0.1, 10],
    [101, 0.5, 51],
    [7, 0.01, 1],
    [7, 0, 0],
    [2, 0.5, 1],
  ])("of %d rows takes the fraction %d: %d rows, and each row falls into one part", (samples, fraction, taken) => {
    const { train, validation } = splitRows(samples, { val: fraction, seed: 11 });
    expect(validation.length).toBe(taken);
    expect(Array.from(train).sort((a, b) => a - b)).toEqual([...train]);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: samples }, (_, i) => i));
  });

  test("follows from the seed alone", () => {
    const { validation } = splitRows(1000, { val: 0.2, seed: 5 });
    expect(splitRows(1000, { val: 0.2, seed: 5 }).validation).toEqual(validation);
    expect(splitRows(1000, { val: 0.2, seed: 6 }).validation).not.toEqual(validation);
    // A fixed few, so that nobody changes the split of a saved run by accident.
    expect([...splitRows(10, { val: 0.3, seed: 1 }).validation]).toEqual([0, 4, 7]);
  });

  test("is spread evenly", () => {
    const { validation } = splitRows(10_000, { val: 0.3, seed: 3 });
    const early = validation.filter((row) => row < 5000).length;
    // Hypergeometric: 3000 drawn, half of all rows early; sd = sqrt(3000·¼·0.7) = 22.9. Six of them.
    expect(Math.abs(early - 1500)).toBeLessThan(138);
  });

  test("leaves something to train on, or says so", () => {
    expect(() => splitRows(1, { val: 0.1, seed: 0 })).toThrow(/val must leave a row to train on; got 0\.1 of 1 row; /);
    expect(() => splitRows(10, { val: 1, seed: 0 })).toThrow(/val must leave a row to train on/);
    expect(() => splitRows(10, { val: 1.5, seed: 0 })).toThrow(/val must be a number from 0 to 1; got 1\.5/);
    expect(() => splitRows(10, { val: Number.NaN, seed: 0 })).toThrow(/val must be/);
    expect(() => splitRows(10, { val: 0.1, seed: -1 })).toThrow(/seed must be/);
  });
});

describe("as scikit-learn counts", () => {
  const fixture = JSON.parse(readFileSync(new URL("../fixtures/splits.json", import.meta.url), "utf8"));
  const labelsOf = ({ samples, classes, power }: { samples: number; classes: number; power: number }) =>
    numbers(samples, classes).map((value) => Math.floor(value ** power * classes));
  const countsIn = (rows: ArrayLike<number>, labels: number[], classes: number) => {
    const counts = new Array<number>(classes).fill(0);
    for (const row of Array.from(rows)) counts[labels[row]]++;
    return counts;
  };

  test("StratifiedKFold and KFold: rows of each class in each fold", () => {
    for (const given of fixture.folds) {
      const { samples, classes, folds, stratified, plain } = given;
      const labels = labelsOf(given);
      for (const seed of [0, 1]) {
        const [byClass, anyhow] = [foldsOf(samples, folds, seed, labels), foldsOf(samples, folds, seed)];
        for (let fold = 0; fold < folds; fold++) {
          const rowsOf = (all: Uint32Array) => [...all.keys()].filter((row) => all[row] === fold);
          expect(countsIn(rowsOf(byClass), labels, classes)).toEqual(stratified[fold]);
          expect(rowsOf(anyhow).length).toBe(plain[fold]);
        }
      }
      expect(foldsOf(samples, folds, 0, labels)).not.toEqual(foldsOf(samples, folds, 1, labels));
    }
  });

  test("StratifiedShuffleSplit: a class gives its share", () => {
    for (const given of fixture.holdOut) {
      const labels = labelsOf(given);
      const { validation, train } = splitRows(given.samples, { val: given.val, seed: 3 }, { labels });
      expect(countsIn(validation, labels, given.classes)).toEqual(given.counts);
      expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...labels.keys()]);
      expect(splitRows(given.samples, { val: given.val, seed: 3, by: "random" }, { labels }).validation).toEqual(
        splitRows(given.samples, { val: given.val, seed: 3 }).validation,
      );
    }
  });

  test("GroupKFold: rows in each fold; and no group is on both sides, of a fold or of a validation split", () => {
    for (const { samples, sizes } of fixture.groups) {
      const groups = numbers(samples, 9).map((value) => Math.floor(value ** 2 * 12));
      const folds = foldsOf(samples, 3, 1, null, groups);
      expect(countsIn([...folds.keys()], [...folds], 3).sort((a, b) => a - b)).toEqual(sizes);
      for (let index = 0; index < 3; index++) {
        const split = splitRows(samples, { val: 0.2, seed: 5, fold: { index, of: 3 } }, { groups });
        const parts = [split.train, split.validation, split.held].map(
          (rows) => new Set([...rows].map((r) => groups[r])),
        );
        for (const [a, b] of [
          [0, 1],
          [0, 2],
          [1, 2],
        ])
          expect([...parts[a]].filter((group) => parts[b].has(group))).toEqual([]);
        expect(split.validation.length).toBeGreaterThan(0.1 * samples);
        expect(split.train.length + split.validation.length + split.held.length).toBe(samples);
      }
    }
  });
});

describe("other ways", () => {
  test("the last rows; and a fold, whose rest is split", () => {
    expect([...splitRows(10, { val: 0.3, by: "last" }).validation]).toEqual([7, 8, 9]);
    const all = [0, 1, 2].map((index) => splitRows(11, { val: 0.25, seed: 4, fold: { index, of: 3 } }));
    expect(all.flatMap(({ held }) => [...held]).sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i));
    expect(all.map(({ train, validation }) => [train.length, validation.length])).toEqual([
      [5, 2],
      [5, 2],
      [6, 2],
    ]);
  });

  test("groups that are larger than the share: the smallest that leaves something", () => {
    const groups = [1, 1, 1, 1, 1, 2, 2, 2, 2];
    expect([...splitRows(9, { val: 0.1, seed: 1 }, { groups }).validation]).toEqual([5, 6, 7, 8]);
    expect(() => splitRows(3, { val: 0.3 }, { groups: [1, 1, 1] })).toThrow(
      /leave a row to train on; got 0.3 of a single/,
    );
  });

  test("what cannot be", () => {
    expect(() => splitRows(9, { val: 0.2, by: "last" }, { groups: [] })).toThrow(
      /^by must be .* groups are drawn whole/,
    );
    expect(() => splitRows(9, { by: "last", fold: { index: 0, of: 3 } })).toThrow(/^by must be .* folds are drawn/);
    expect(() => splitRows(9, { by: "first" as never })).toThrow(/^by must be one of/);
    expect(() => foldsOf(3, 4, 0)).toThrow(/^folds must be at most 3, one for each row; got 4/);
    expect(() => foldsOf(3, 3, 0, null, [1, 1, 2])).toThrow(/^folds must be at most 2, one for each group; got 3/);
    expect(() => splitRows(9, { fold: { index: 3, of: 3 } })).toThrow(/^fold.index must be a whole number from 0 to 2/);
  });
});
