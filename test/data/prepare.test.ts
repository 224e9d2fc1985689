import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { NumberCode } from "../../src/cells/number.js";
import { encode, prepare } from "../../src/data/encode/prepare.js";
import type { Encoding, RawTable } from "../../src/data/encode/table.js";
import { loadData } from "../../src/data/load.js";
import { splitRows } from "../../src/data/split/split.js";
import { csvText, folderOfTest, writeFile } from "../support/files.js";

const images: Encoding = {
  kind: "idx",
  task: "classify",
  features: 2,
  outputs: 2,
  classes: ["0", "1"],
  columns: null,
  target: null,
  inputMean: null,
  inputScale: null,
  targetMean: null,
  targetScale: null,
  imageShape: [1, 2],
};

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
  test("learns nothing from validation rows", async () => {
    const folder = folderOfTest();
    const rows = Array.from({ length: 200 }, (_, i) => [i / 2, (i * 37) % 41, ((i * 53) % 89) + 0.25]);
    const split = { val: 0.25, seed: 4 };
    const honest = await loadData(writeFile(folder, "honest.csv", csvText(["a", "b", "t"], rows)), split);
    expect(honest.rows.validation.length).toBe(50);
    for (const row of honest.rows.validation) rows[row] = [1e9, 1e9, -1e9 - 0.5];
    const again = await loadData(writeFile(folder, "changed.csv", csvText(["a", "b", "t"], rows)), split);
    expect(again.rows).toEqual(honest.rows);
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
    const { train, encoding } = prepare(raw, { ...images, features: 1, imageShape: [1, 1] }, { val: 0, seed: 0 });
    expect([...train.x]).toEqual([0, Math.fround(0.2), 1]);
    expect([encoding.inputMean, encoding.inputScale]).toEqual([null, null]);
  });

  test("centres pixels on the mean image of the training rows alone, when asked", () => {
    const raw: RawTable = { name: "i", samples: 40, features: 2, x: new Uint8Array(80), y: null };
    raw.x.forEach((_, i, all) => {
      all[i] = i % 2 ? 0 : (i * 37) % 256;
    });
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
    const raw: RawTable = { name: "big", samples: 2 ** 20, features: 2 ** 10, x: new Uint8Array(0), y: null };
    expect(() => encode(raw, images)).toThrow(
      /big: expected a table of at most 2147483648 bytes, got 1048576 samples of 1024 features, which need 4294967296 bytes; /,
    );
  });
});

describe("rows as they are written", () => {
  test("of images are fractions of 255, and the mean image is the network's", () => {
    const raw: RawTable = {
      name: "i",
      samples: 4,
      features: 2,
      x: Uint8Array.of(0, 51, 255, 51, 0, 0, 255, 0),
      y: null,
    };
    const { train, encoding, inputs } = prepare(raw, images, { val: 0, seed: 4 }, true, true);
    expect([...train.x]).toEqual([0, 0.2, 1, 0.2, 0, 0, 1, 0].map(Math.fround));
    expect([encoding.inputMean, encoding.inputScale]).toEqual([null, null]);
    expect(inputs).toEqual({ shift: [0.5, 0.1], scale: [1, 1] });
    expect(prepare(raw, images, { val: 0, seed: 4 }, false, true).inputs).toBeNull();
  });
});
