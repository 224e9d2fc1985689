import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { RawTable } from "../../src/data/encode/table.js";
import { loadData, loadForModel } from "../../src/data/load.js";
import { drawDigits, drawRawDigits } from "../../src/data/sources/digits.js";
import { folderOfTest, idxPart, writeIdx } from "../support/files.js";

const digest = (values: Uint8Array | Float32Array) => createHash("sha256").update(values).digest("hex").slice(0, 16);

describe("drawn digits", () => {
  test("are the same pixels in every engine and for ever", () => {
    expect(digest(drawRawDigits({ samples: 50, seed: 1 }).x)).toBe("0f90981f4d2466d5");
    expect(digest(drawRawDigits({ samples: 20, seed: 2 ** 53 - 1, part: "test", size: 28, difficulty: 1 }).x)).toBe(
      "91fc6b9d476766e6",
    );
  });

  test("use no function that engines may round differently", () => {
    for (const file of ["digits", "strokes"]) {
      const source = readFileSync(new URL(`../../src/data/sources/${file}.ts`, import.meta.url), "utf8");
      const used = new Set(source.match(/Math\.\w+/g));
      for (const exact of ["floor", "ceil", "round", "min", "max", "sqrt"]) used.delete(`Math.${exact}`);
      expect([...used]).toEqual([]);
      expect(source).not.toMatch(/\w \*\* /);
    }
  });

  test("are all ten, in turn; each follows from seed, part and number, not from how many are drawn", () => {
    const few = drawRawDigits({ samples: 12, seed: 7 });
    const many = drawRawDigits({ samples: 30, seed: 7 });
    expect([...few.y!]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(digest(many.x.slice(0, few.x.length))).toBe(digest(few.x));
    const image = (raw: RawTable, i: number) => digest(raw.x.slice(i * 400, i * 400 + 400));
    const others = [
      many,
      drawRawDigits({ samples: 30, seed: 8 }),
      drawRawDigits({ samples: 30, seed: 7 + 2 ** 32 }),
      drawRawDigits({ samples: 30, seed: 7, part: "test" }),
    ];
    const images = others.flatMap((raw) => Array.from({ length: 30 }, (_, i) => image(raw, i)));
    expect(new Set(images).size).toBe(120);
  });

  test("are a table of pixels in steps of 1/255, dark on light, neither empty nor full", () => {
    const raw = drawRawDigits({ samples: 200, seed: 3 });
    const table = drawDigits({ samples: 200, seed: 3 });
    expect(table).toMatchObject({ samples: 200, features: 400 });
    expect(table.y).toEqual(Int32Array.from(raw.y!));
    expect(digest(table.x)).toBe(digest(Float32Array.from(raw.x, (byte) => byte / 255)));
    for (let i = 0; i < 200; i++) {
      const inked = raw.x.subarray(400 * i, 400 * i + 400).reduce((sum, byte) => sum + (byte > 64 ? 1 : 0), 0);
      expect(inked, `inked pixels of digit ${i}`).toBeGreaterThan(15);
      expect(inked, `inked pixels of digit ${i}`).toBeLessThan(250);
    }
  });

  test.each([
    [0, 0.97, 1],
    [0.5, 0.5, 0.9],
    [1, 0.2, 0.6],
  ])(
    "at difficulty %d are told apart by their classes' mean pictures in %d to %d of all cases",
    (difficulty, low, high) => {
      const train = drawDigits({ samples: 1000, seed: 1, difficulty });
      const test = drawDigits({ samples: 500, part: "test", difficulty });
      const means = Array.from({ length: 10 }, () => new Float64Array(400));
      train.y.forEach((label, i) => {
        for (let j = 0; j < 400; j++) means[label][j] += train.x[400 * i + j] / 100;
      });
      let right = 0;
      test.y.forEach((label, i) => {
        const distances = means.map((mean) => mean.reduce((sum, m, j) => sum + (m - test.x[400 * i + j]) ** 2, 0));
        if (distances.indexOf(Math.min(...distances)) === label) right++;
      });
      expect(right / 500).toBeGreaterThanOrEqual(low);
      expect(right / 500).toBeLessThanOrEqual(high);
    },
  );

  test("refuse what cannot be drawn", () => {
    expect(() => drawDigits({ samples: 0 })).toThrow(/samples must be a whole number of at least 1; got 0/);
    expect(() => drawDigits({ samples: 1, size: 7 })).toThrow(/size must be a whole number from 8 to 256; got 7/);
    expect(() => drawDigits({ samples: 1, difficulty: 2 })).toThrow(/difficulty must be/);
    expect(() => drawDigits({ samples: 1, seed: -1 })).toThrow(/seed must be/);
    expect(() => drawDigits({ samples: 2 ** 31 })).toThrow(
      /digits: expected a table of at most 2147483648 bytes, got 2147483648 samples of 400 features, which need 3435973836800 bytes/,
    );
  });
});

describe("the source digits", () => {
  test("has training, validation and test digits", async () => {
    const data = await loadData("digits", { samples: 100, seed: 5, val: 0.2 });
    expect([data.train.samples, data.validation!.samples, data.test!.samples]).toEqual([80, 20, 4000]);
    expect(data.encoding).toMatchObject({ kind: "digits", task: "classify", outputs: 10, imageShape: [20, 20] });
    expect((await loadData("digits")).train.samples).toBe(1000);
  });

  test("tests with the same digits whatever the seed, so that evaluating later repeats the training's test error", async () => {
    const one = await loadData("digits", { samples: 10, seed: 1 });
    const two = await loadData("digits", { samples: 10, seed: 2 });
    expect(digest(two.train.x)).not.toBe(digest(one.train.x));
    const evaluated = await loadForModel("digits", one.encoding, true);
    expect(digest(two.test!.x)).toBe(digest(one.test!.x));
    expect(digest(evaluated.x)).toBe(digest(one.test!.x));
    expect(evaluated.y).toEqual(one.test!.y);
  });

  test("is drawn at the size of a model's images", async () => {
    const folder = folderOfTest();
    writeIdx(folder, { train: idxPart(10, 12, 12, 10) });
    const { encoding } = await loadData(folder);
    expect(await loadForModel("digits", encoding, true)).toMatchObject({ samples: 4000, features: 144 });
    const oblong = folderOfTest();
    writeIdx(oblong, { train: idxPart(10, 12, 11, 10) });
    await expect(loadForModel("digits", (await loadData(oblong)).encoding, true)).rejects.toThrow(
      /digits: expected images of 12 × 11, got square ones of 8 to 256 pixels; /,
    );
    await expect(loadForModel("digits", { ...encoding, features: 16, imageShape: [4, 4] }, true)).rejects.toThrow(
      /digits: expected images of 4 × 4, got square ones of 8 to 256 pixels; give a directory of IDX files$/,
    );
    await expect(loadForModel("digits", { ...encoding, imageShape: null }, true)).rejects.toThrow(
      /digits: expected a table, .*, got images/,
    );
  });
});
