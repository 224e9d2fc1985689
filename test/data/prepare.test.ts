import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { NumberCode } from "../../src/cells/number.js";
import { encode, prepare } from "../../src/data/encode/prepare.js";
import type { Encoding, RawTable } from "../../src/data/encode/table.js";
import { loadData } from "../../src/data/load.js";
import { splitRows } from "../../src/data/split/split.js";
import { csvText, folderOfTest, writeFile } from "../support/files.js";

const regression: Encoding = {
  kind: "csv",
  task: "regress",
  features: 3,
  outputs: 1,
  classes: null,
  columns: ["a", "b", "same"],
  target: "t",
  inputMean: null,
  inputScale: null,
  targetMean: null,
  targetScale: null,
  imageShape: null,
};

function rawTable(samples: number): RawTable {
  const x = Float64Array.from({ length: 3 * samples }, (_, i) =>
    i % 3 === 2 ? 0.1 : 1e6 * (i % 3) + ((i * 7919) % 1009) / 10,
  );
  const y = Float64Array.from({ length: samples }, (_, i) => 50 + ((i * 104729) % 997) / 3);
  return { name: "f.csv", samples, features: 3, x, y };
}

test("everything but reading files runs in a browser", () => {
  const folder = new URL("../../src/data/", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      name.endsWith(".ts") && !["bytes.ts", "load.ts", "read.ts", "read-parquet.ts", "read-table.ts"].includes(name),
  );
  expect(sources).toContain("sources/idx.ts");
  for (const name of sources) {
    expect(readFileSync(new URL(name, folder), "utf8"), name).not.toMatch(
      /"node:|"\.{1,2}\/(read|load)\.js"|\bBuffer\b/,
    );
  }
});

describe("standardisation", () => {
  test("gives training rows mean 0 and standard deviation 1, a constant column 0", () => {
    const raw = rawTable(200);
    const { train, encoding } = prepare(raw, regression, { val: 0.25, seed: 4 });
    expect(train.samples).toBe(150);
    for (const [values, stride, offset] of [
      [train.x, 3, 0],
      [train.x, 3, 1],
      [train.y, 1, 0],
    ] as const) {
      const column = Array.from({ length: 150 }, (_, i) => values[i * stride + offset]);
      const mean = column.reduce((a, b) => a + b) / 150;
      const sd = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / 150);
      // Single precision rounds each value by up to 2⁻²⁴ of at most 4; means of them are no further off.
      expect(Math.abs(mean)).toBeLessThan(4 * 2 ** -24);
      expect(Math.abs(sd - 1)).toBeLessThan(4 * 2 ** -24);
    }
    expect(train.x.filter((_, i) => i % 3 === 2)).toEqual(new Float32Array(150));
    expect([encoding.inputMean![2], encoding.inputScale![2]]).toEqual([0.1, 1]);
  });

  test("is undone by the encoding: raw = y / scale + mean", () => {
    const raw = rawTable(50);
    const { train, encoding } = prepare(raw, regression, { val: 0, seed: 0 });
    for (let i = 0; i < 50; i++) {
      const again = train.y[i] / encoding.targetScale! + encoding.targetMean!;
      // The one rounding to single precision (2⁻²⁴ of at most 4), in units of the standard deviation (about 96).
      expect(Math.abs(again - raw.y![i])).toBeLessThan((4 * 2 ** -24) / encoding.targetScale!);
    }
  });

  test("learns nothing from validation rows", () => {
    const raw = rawTable(200);
    const honest = prepare(raw, regression, { val: 0.25, seed: 4 });
    const changed = { ...raw, x: raw.x.slice() as Float64Array, y: raw.y!.slice() };
    for (const row of splitRows(200, { val: 0.25, seed: 4 }).validation) {
      changed.x.fill(1e9, 3 * row, 3 * row + 3);
      changed.y![row] = -1e9;
    }
    const again = prepare(changed, regression, { val: 0.25, seed: 4 });
    expect(again.encoding).toEqual(honest.encoding);
    expect(again.train).toEqual(honest.train);
    expect(again.validation).not.toEqual(honest.validation);
  });

  test("learns nothing from test rows, and treats all rows alike", async () => {
    const folder = folderOfTest();
    const rows = Array.from({ length: 40 }, (_, i) => [i / 2, (i * 37) % 41, ((i * 53) % 89) / 4]);
    const train = writeFile(folder, "train.csv", csvText(["a", "b", "t"], rows));
    const test = writeFile(folder, "test.csv", csvText(["a", "b", "t"], [[1e6, 3, 9], ...rows.slice(0, 2)]));
    const alone = await loadData(train, { val: 0.2, seed: 9 });
    const data = await loadData(train, { val: 0.2, seed: 9, test });
    expect(data.encoding).toEqual(alone.encoding);
    expect(data.train).toEqual(alone.train);
    const { targetMean, targetScale, table } = data.encoding;
    const codes = table!.columns as NumberCode[];
    expect([...data.test!.x.subarray(2)]).toEqual(
      [0, 0, 0.5, 37].map((raw, i) => Math.fround((raw - codes[i % 2].shift) * codes[i % 2].scale)),
    );
    expect([...data.test!.y]).toEqual(
      [9, rows[0][2], rows[1][2]].map((raw) => Math.fround((raw - targetMean!) * targetScale!)),
    );
  });

  test("leaves pixels as fractions of full ink", () => {
    const raw: RawTable = { name: "i", samples: 3, features: 1, x: new Uint8Array([0, 51, 255]), y: null };
    const images: Encoding = { ...regression, kind: "idx", task: "classify", columns: null, imageShape: [1, 1] };
    const { train, encoding } = prepare(raw, images, { val: 0, seed: 0 });
    expect([...train.x]).toEqual([0, Math.fround(0.2), 1]);
    expect([encoding.inputMean, encoding.inputScale]).toEqual([null, null]);
  });

  test("centres pixels on the mean image of the training rows alone, when asked", () => {
    const raw: RawTable = { name: "i", samples: 40, features: 2, x: new Uint8Array(80), y: null };
    (raw.x as Uint8Array).forEach((_, i, all) => {
      all[i] = i % 2 ? 0 : (i * 37) % 256;
    });
    const images: Encoding = { ...regression, kind: "idx", task: "classify", columns: null, imageShape: [1, 2] };
    const { train, validation, encoding } = prepare(raw, images, { val: 0.25, seed: 4 }, true);
    const { train: trainRows, validation: validationRows } = splitRows(40, { val: 0.25, seed: 4 });
    const mean = trainRows.reduce((sum, row) => sum + raw.x[2 * row] / 255, 0) / 30;
    expect(encoding.inputScale).toBeNull();
    expect(encoding.inputMean![0]).toBeCloseTo(mean, 6);
    expect(encoding.inputMean![1]).toBe(0);
    for (const [table, rows] of [[train, trainRows] as const, [validation!, validationRows] as const]) {
      rows.forEach((row, i) => {
        expect(table.x[2 * i]).toBe(Math.fround(raw.x[2 * row] / 255 - encoding.inputMean![0]));
        expect(table.x[2 * i + 1]).toBe(0);
      });
    }
  });

  test("of a CSV cannot be left out by way of center", async () => {
    const file = writeFile(
      folderOfTest(),
      "a.csv",
      csvText(
        ["a", "t"],
        [
          [1, 0.5],
          [2, 1.5],
          [3, 9.25],
        ],
      ),
    );
    await expect(loadData(file, { center: false })).rejects.toThrow(
      /center is for images alone; the columns of "[^"]*" are always standardised; leave it out/,
    );
    await expect(loadData(file, { center: 1 as never })).rejects.toThrow(/center must be true or false/);
    await expect(loadData(file, { center: true })).resolves.toBeDefined();
  });
});

describe("tables", () => {
  test("are refused before they are allocated, with the bytes they need", () => {
    const raw: RawTable = { name: "big", samples: 2 ** 20, features: 2 ** 10, x: new Float64Array(0), y: null };
    expect(() => encode(raw, regression)).toThrow(
      /big: expected a table of at most 2147483648 bytes, got 1048576 samples of 1024 features, which need 4294967296 bytes; /,
    );
  });
});

describe("rows as they are written", () => {
  test("come with what the network is to standardise them by", () => {
    const raw = rawTable(50);
    const { train, validation, encoding, inputs } = prepare(raw, regression, { val: 0.2, seed: 4 }, false, true);
    const fitted = prepare(raw, regression, { val: 0.2, seed: 4 });
    const far = fitted.encoding.inputMean![1] * fitted.encoding.inputScale![1];
    expect(far, "the second column lies this many standard deviations from 0").toBeGreaterThan(2 ** 12);
    expect(inputs).toEqual({
      shift: [fitted.encoding.inputMean![0], 0, 0.1],
      scale: [fitted.encoding.inputScale![0], 1, 1],
    });
    expect(encoding).toEqual({
      ...fitted.encoding,
      inputMean: [0, fitted.encoding.inputMean![1], 0],
      inputScale: [1, fitted.encoding.inputScale![1], 1],
    });
    const { train: rows, validation: held } = splitRows(50, { val: 0.2, seed: 4 });
    for (const [table, of, standard] of [
      [train, rows, fitted.train],
      [validation!, held, fitted.validation!],
    ] as const) {
      of.forEach((row, i) => {
        expect(table.x[3 * i]).toBe(Math.fround(raw.x[3 * row]));
        expect(table.x[3 * i + 1], "a column that stays with the encoding").toBe(standard.x[3 * i + 1]);
        expect(table.x[3 * i + 2]).toBe(Math.fround(0.1));
      });
      expect(table.y).toEqual(standard.y);
    }
  });

  test("have no mean in their encoding where all columns are near", () => {
    const raw = { ...rawTable(20), x: Float64Array.from({ length: 60 }, (_, i) => 1e4 + ((i * 37) % 11)) };
    const { encoding, inputs } = prepare(raw, regression, { val: 0, seed: 4 }, false, true);
    expect([encoding.inputMean, encoding.inputScale]).toEqual([null, null]);
    expect(inputs?.shift[0]).toBeCloseTo(10005, -1);
  });

  test("of images are fractions of 255, and the mean image is the network's", () => {
    const raw: RawTable = {
      name: "i",
      samples: 4,
      features: 2,
      x: Uint8Array.of(0, 51, 255, 51, 0, 0, 255, 0),
      y: null,
    };
    const images: Encoding = { ...regression, kind: "idx", task: "classify", columns: null, imageShape: [1, 2] };
    const { train, encoding, inputs } = prepare(raw, images, { val: 0, seed: 4 }, true, true);
    expect([...train.x]).toEqual([0, 0.2, 1, 0.2, 0, 0, 1, 0].map(Math.fround));
    expect([encoding.inputMean, encoding.inputScale]).toEqual([null, null]);
    expect(inputs).toEqual({ shift: [0.5, 0.1], scale: [1, 1] });
    expect(prepare(raw, images, { val: 0, seed: 4 }, false, true).inputs).toBeNull();
  });
});
