// Columns to numbers: against scikit-learn's transformers, and the rules that decide what a column becomes.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Code, type TableEncoding, widthOf } from "../../src/cells/encoding.js";
import { encode, fitEncoding, fromRecords, type Row } from "../../src/table.js";

const fixture = JSON.parse(readFileSync(new URL("../fixtures/table.json", import.meta.url), "utf8"));
const ORDER: Record<string, string[]> = { job: ["clerk", "smith", "nurse"] };

function columnOf(encoding: TableEncoding, name: string): { code: Code; at: number; width: number } {
  let at = 0;
  for (const code of encoding.columns) {
    const width = widthOf(code);
    if (code.name === name) return { code, at, width };
    at += width;
  }
  throw new Error(`no column ${name}`);
}

function inputsOf(records: Row[], encoding: TableEncoding, name: string): number[][] {
  const { x, samples } = encode(fromRecords(records), encoding, { targets: false });
  const { at, width } = columnOf(encoding, name);
  return Array.from({ length: samples }, (_, i) => [...x.slice(i * encoding.features + at).slice(0, width)]);
}

const learn = (records: Row[], options: Parameters<typeof fitEncoding>[1] = {}) =>
  fitEncoding(fromRecords(records), { target: "t", ...options });

const made = (rows: number, cells: (i: number) => Row): Row[] =>
  Array.from({ length: rows }, (_, i) => ({ ...cells(i), t: i % 2 ? "a" : "b" }));

test("columns become what scikit-learn makes of them, fitted to the training rows alone", () => {
  const table = fromRecords(fixture.records);
  const rows = Uint32Array.from({ length: fixture.trained }, (_, i) => i);
  const { encoding } = fitEncoding(table, { target: "target", rows });
  for (const name of ["age", "income", "job", "member"]) {
    const { code } = columnOf(encoding, name);
    const found = inputsOf(fixture.records, encoding, name);
    const expected: number[][] = fixture[name];
    found.forEach((inputs, i) => {
      // Words are in the order of the file here, and missing cells last.
      const ordered =
        code.kind === "category"
          ? [...ORDER.job.map((word) => inputs[code.words.indexOf(word)]), inputs.at(-1)!]
          : inputs;
      ordered.forEach((value, j) => {
        expect(value, `${name}, row ${i}, input ${j}`).toBeCloseTo(expected[i][j], 6);
      });
    });
  }
  expect(encoding.columns.map(({ kind, missing }) => `${kind} ${missing}`)).toEqual([
    "number true",
    "number true",
    "category true",
    "boolean false",
  ]);
});

test("the most frequent 64 words have an input, all others share one, and what was never seen is among them", () => {
  const records = made(600, (i) => ({ word: i < 500 ? `w${i % 70}` : `w${i % 3}` }));
  const { encoding } = learn(records);
  const { code } = columnOf(encoding, "word");
  if (code.kind !== "category") throw new Error(code.kind);
  expect(code.words).toEqual(Array.from({ length: 64 }, (_, i) => `w${i}`));
  const rows = inputsOf([{ word: "w3" }, { word: "w69" }, { word: "new" }, { word: null }], encoding, "word");
  expect(rows.map((row) => row.indexOf(1))).toEqual([3, 64, 64, 64]);
  expect(rows.map((row) => row.reduce((a, b) => a + b))).toEqual([1, 1, 1, 1]);
});

test("without other words, one that was never seen and a first missing cell are 0 everywhere", () => {
  const { encoding } = learn(made(20, (i) => ({ word: ["x", "y", "z"][i % 3] })));
  expect(inputsOf([{ word: "z" }, { word: "new" }, { word: "" }], encoding, "word")).toEqual([
    [0, 0, 1],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test.each([
  [
    ["yes", "No", "YES", null],
    [1, 0, 1, 1],
  ],
  [
    [true, false, true, null],
    [1, 0, 1, 1],
  ],
  [
    ["f", "t", "F", null],
    [0, 1, 0, 0],
  ],
])("booleans %j are %j", (cells, expected) => {
  const { encoding } = learn(cells.slice(0, 3).map((b, i) => ({ b, t: `${i % 2}x` })));
  expect(encoding.columns[0]).toMatchObject({ kind: "boolean", missing: false });
  expect(
    inputsOf(
      cells.map((b) => ({ b })),
      encoding,
      "b",
    ).flat(),
  ).toEqual(expected);
});

test("dates are a time and points of circles, as their sines and cosines say", () => {
  const dates = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2020, i, 1 + (i % 7), i % 24)));
  const { encoding } = learn(dates.map((d, i) => ({ d, t: i % 2 ? "a" : "b" })));
  expect(encoding.columns[0]).toMatchObject({ kind: "date", parts: ["year", "week", "day"] });
  const rows = inputsOf(
    dates.map((d) => ({ d })),
    encoding,
    "d",
  );
  const DAY = 864e5;
  dates.forEach((date, i) => {
    [365.2425, 7, 1].forEach((days, part) => {
      const angle = (2 * Math.PI * +date) / (days * DAY);
      expect(rows[i][1 + 2 * part]).toBeCloseTo(Math.sin(angle), 6);
      expect(rows[i][2 + 2 * part]).toBeCloseTo(Math.cos(angle), 6);
    });
  });
  const mean = rows.reduce((sum, [first]) => sum + first, 0) / rows.length;
  expect(mean).toBeCloseTo(0, 6);
  const midnights = dates.map((d) => ({ d: d.toISOString().slice(0, 10), t: +d % 7 ? "a" : "b" }));
  expect(learn(midnights).encoding.columns[0]).toMatchObject({ parts: ["year", "week"] });
});

test("constants, row numbers and texts that hardly repeat are left out, and the report says so", () => {
  const records = made(30, (i) => ({
    PassengerId: 1000 + 7 * i,
    count: i + 1,
    name: `person ${i}`,
    same: "x",
    humid: 3 * i * i,
    few: i % 3 ? 1 : null,
  }));
  const { report, encoding } = learn(records);
  expect(report.map(({ name, kind, what, missing }) => [name, kind, what, missing])).toEqual([
    ["PassengerId", "left out", "numbers the rows", 0],
    ["count", "left out", "numbers the rows", 0],
    ["name", "left out", "text that hardly repeats", 0],
    ["same", "left out", "the same in every training row", 0],
    ["humid", "number", "standardised", 0],
    ["few", "number", "standardised, missing as the median, one input more", 10],
    ["t", "target", "2 classes", 0],
  ]);
  expect(encoding.features).toBe(3);
  expect(learn(records, { include: ["count"] }).encoding.features).toBe(4);
  expect(() => learn(records, { include: ["same"] })).toThrow(/"same": expected cells that can be learned from/);
  // Nothing else is there: hours, say.
  expect(learn(records.map(({ count, t }) => ({ count, t }))).encoding.columns[0].name).toBe("count");
});

test("rows without a target are left out, and numbers with gaps never become classes", () => {
  const records = Array.from({ length: 40 }, (_, i) => ({ x: (i * 7) % 11, y: i % 4 ? i + 0.5 : null }));
  const table = fromRecords(records);
  const { encoding, report } = fitEncoding(table, { target: "y" });
  expect(encoding).toMatchObject({ task: "regress", outputs: 1, classes: null });
  expect(report.at(-1)).toMatchObject({ missing: 10, what: "numbers, standardised; rows without it are left out" });
  const { rows, y, samples } = encode(table, encoding);
  expect(samples).toBe(30);
  expect([...rows].every((row) => row % 4 !== 0)).toBe(true);
  const numbers = [...y!];
  expect(numbers.reduce((a, b) => a + b) / 30).toBeCloseTo(0, 6);
  expect(numbers.reduce((a, b) => a + b * b, 0) / 30).toBeCloseTo(1, 5);
});

test.each([
  [
    [-1, 1],
    ["-1", "1"],
  ],
  [
    [0.5, 1.5],
    ["0.5", "1.5"],
  ],
  [
    ["true", "false"],
    ["false", "true"],
  ],
  [
    [10, 9],
    ["9", "10"],
  ],
])("any different values are labels where classes are asked for: %j", (values, classes) => {
  const records = Array.from({ length: 20 }, (_, i) => ({ x: (i * 7) % 11, y: values[i % 2] }));
  const table = fromRecords(records);
  const { encoding } = fitEncoding(table, { target: "y", task: "classify" });
  expect(encoding.classes).toEqual(classes);
  expect([...encode(table, encoding).y!].map((label) => classes[label])).toEqual(records.map(({ y }) => `${y}`));
});

test("several targets are regressed, each standardised by itself", () => {
  const table = fromRecords(Array.from({ length: 30 }, (_, i) => ({ x: (i * 7) % 11, a: i, b: 1000 - i * i })));
  const { encoding } = fitEncoding(table, { target: "a,b" });
  expect(encoding).toMatchObject({ outputs: 2, task: "regress", targets: [{ name: "a", shift: 14.5 }, { name: "b" }] });
  const { y } = encode(table, encoding);
  for (const j of [0, 1]) {
    const values = y!.filter((_, i) => i % 2 === j) as Float32Array;
    expect(values.reduce((a, b) => a + b) / 30).toBeCloseTo(0, 5);
  }
  expect(() => fitEncoding(table, { target: "a,b", task: "classify" })).toThrow(
    /one target to classify by, got 2: "a", "b"/,
  );
});

test("a name with commas can be given whole, and every wrong name is said at once", () => {
  const table = fromRecords(made(20, (i) => ({ "size, cm": (i * 7) % 11, age: (i * 5) % 13 })));
  expect(fitEncoding(table, { target: "t", ignore: ["size, cm"] }).encoding.features).toBe(1);
  expect(() => fitEncoding(table, { target: "tt", ignore: ["aeg,weight"] })).toThrow(
    'records has 3 mistakes: (1) records: expected a column "aeg", got "size, cm", "age", "t" (2) records: expected a ' +
      'column "weight", got "size, cm", "age", "t" (3) records: expected a column "tt", got "size, cm", "age", "t"; ' +
      'did you mean "age"?',
  );
});

test("everything that a model cannot read of a table is said at once", () => {
  const { encoding } = learn(
    made(20, (i) => ({ age: (i * 7) % 11, size: (i * 5) % 13, smoker: i % 3 ? "yes" : "no" })),
  );
  const other = fromRecords([{ age: "old", sise: 3, smoker: "often" }]);
  expect(() => encode(other, encoding)).toThrow(
    'records has 3 mistakes: (1) row 1, column "age": expected numbers, got "old" (2) records: expected a column "size" ' +
      'of numbers, got none (3) row 1, column "smoker": expected yes or no, got "often"; the model was trained on such ' +
      'cells; did you mean "sise"?',
  );
});

test("heavy tails are drawn in, and no number is beyond the clip", () => {
  const values = Array.from({ length: 100 }, (_, i) => (i === 50 ? 1e200 : i));
  expect(() => learn(values.map((v, i) => ({ v, t: i % 2 ? "a" : "b" })))).toThrow(/can be standardised/);
  const { encoding } = learn(values.map((v, i) => ({ v: Math.min(v, 1e6), t: i % 2 ? "a" : "b" })));
  expect(encoding.columns[0]).toMatchObject({ clip: true });
  const [low, high] = inputsOf([{ v: -1e300 }, { v: 1e300 }], encoding, "v").flat();
  expect([low, high]).toEqual([-3, 3]);
});
