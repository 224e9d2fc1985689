// Encodings of files: hostile ones are refused, old ones open. Records, and what is wrong with them.
import { expect, test } from "vitest";
import { encodeRecords } from "../../src/cells/records.js";
import { tableEncoding } from "../../src/cells/version1.js";

const sound = () => ({
  version: 2,
  kind: "table",
  task: "classify",
  features: 9,
  outputs: 2,
  classes: ["a", "b"],
  columns: [
    { name: "age", kind: "number", fill: 30, missing: true, shift: 30, scale: 0.1, clip: false },
    { name: "job", kind: "category", words: ["x", "y"], other: false, missing: false },
    { name: "when", kind: "date", fill: 0, missing: false, shift: 0, scale: 1, parts: ["day"] },
    { name: "on", kind: "boolean", fill: 0, missing: true, shift: 0, scale: 1 },
  ] as Record<string, unknown>[],
  targets: [{ name: "t", shift: 0, scale: 1 }] as unknown,
  imageShape: null,
});

type Draft = ReturnType<typeof sound>;

test("a sound encoding passes", () => {
  expect(tableEncoding(sound())).toEqual(sound());
});

test.each<[string, (draft: Draft) => unknown]>([
  ["version", (draft) => ({ ...draft, version: 3 })],
  ["kind", (draft) => ({ ...draft, kind: "csv" })],
  ["task", (draft) => ({ ...draft, task: "regress" })],
  ["classes", (draft) => ({ ...draft, classes: ["a", "a"] })],
  ["classes", (draft) => ({ ...draft, classes: "ab" })],
  ["columns", (draft) => ({ ...draft, columns: [] })],
  ["columns", (draft) => ({ ...draft, columns: [null] })],
  ["columns", (draft) => edit(draft, 0, { scale: 0 })],
  ["columns", (draft) => edit(draft, 0, { scale: "1" })],
  ["columns", (draft) => edit(draft, 0, { shift: null })],
  ["columns", (draft) => edit(draft, 0, { fill: Number.NaN })],
  ["columns", (draft) => edit(draft, 0, { clip: 1 })],
  ["columns", (draft) => edit(draft, 0, { missing: "yes" })],
  ["columns", (draft) => edit(draft, 0, { kind: "constructor" })],
  ["columns", (draft) => edit(draft, 0, { name: "job" })],
  ["columns", (draft) => edit(draft, 0, { name: 5 })],
  ["columns", (draft) => edit(draft, 1, { words: ["x", "x"] })],
  ["columns", (draft) => edit(draft, 1, { words: { length: 2 } })],
  ["columns", (draft) => edit(draft, 1, { other: null })],
  ["columns", (draft) => edit(draft, 2, { parts: ["toString"] })],
  ["columns", (draft) => edit(draft, 2, { parts: ["day", "day"] })],
  ["features", (draft) => ({ ...draft, features: 8 })],
  ["targets", (draft) => ({ ...draft, targets: [] })],
  ["targets", (draft) => ({ ...draft, targets: [{ name: "t", shift: 0, scale: -1 }] })],
  ["targets", (draft) => ({ ...draft, targets: [...(draft.targets as []), { name: "u", shift: 0, scale: 1 }] })],
  ["outputs", (draft) => ({ ...draft, outputs: 3 })],
])("a hostile %s is refused (%#)", (name, damage) => {
  expect(() => tableEncoding(damage(sound()))).toThrow(`encoding.${name} must be as thinned/table writes it`);
});

function edit(draft: Draft, column: number, change: Record<string, unknown>): Draft {
  return { ...draft, columns: draft.columns.map((code, j) => (j === column ? { ...code, ...change } : code)) };
}

const old = {
  kind: "csv",
  task: "regress",
  features: 2,
  outputs: 1,
  classes: null,
  columns: ["a", "b"],
  target: "t",
  inputMean: [5, 0] as unknown,
  inputScale: [2, 1],
  targetMean: 10,
  targetScale: 0.5,
  imageShape: null,
};

test("an encoding of version 1 opens; a missing number is the mean, which may be the network's", () => {
  const encoding = tableEncoding(old, [0, 7]);
  expect([
    ...encodeRecords(
      [
        { a: 6, b: 3 },
        { a: null, b: "" },
      ],
      encoding,
    ),
  ]).toEqual([2, 3, 0, 7]);
  expect(encoding.targets).toEqual([{ name: "t", shift: 10, scale: 0.5 }]);
});

test.each([
  { columns: "ab" },
  { inputMean: ["x", 1] },
  { inputMean: [1] },
  { inputScale: [1, 0] },
  { target: null },
  { features: 3 },
])("a damaged encoding of version 1 is refused: %j", (change) => {
  expect(() => tableEncoding({ ...old, ...change })).toThrow(/^encoding\.\w+ must be/);
});

test("records are read by name, as programs and forms have them", () => {
  const encoding = tableEncoding(sound());
  const six = Date.UTC(2024, 0, 1, 6);
  const rows = [
    { age: 41, job: "y", when: new Date(six), on: true, t: "a" },
    { age: " 4.1e1 ", job: "new", when: "2024-01-01T06:00", on: "NO" },
    { job: null, when: "2024-01-01 07:00+01:00", age: Number.NaN },
  ];
  const x = encodeRecords(rows, encoding);
  const at = (row: number) => [...x.subarray(9 * row, 9 * row + 9)];
  const circle = [1, 0].map((value) => expect.closeTo(value, 6));
  expect(at(0)).toEqual([expect.closeTo(1.1, 6), 0, 0, 1, Math.fround(six), ...circle, 1, 0]);
  expect(at(1)).toEqual([expect.closeTo(1.1, 6), 0, 0, 0, Math.fround(six), ...circle, 0, 0]);
  expect(at(2)).toEqual([0, 1, 0, 0, Math.fround(six), ...circle, 0, 1]);
});

test("all that is wrong with records is said at once", () => {
  const encoding = tableEncoding(sound());
  const wrong = [
    { aeg: 3, job: "x" },
    { age: "old", when: "yesterday", on: 7 },
  ];
  expect(() => encodeRecords(wrong, encoding)).toThrow(
    'records[0]["age"] must be a number, or null; did you mean "aeg"?; records[1]["age"] must be a number, or null; ' +
      'got "old"; records[1]["when"] must be a Date, or a text such as "2024-05-31" or "2024-05-31T23:59", or null; ' +
      'got "yesterday"; records[1]["on"] must be true or false, or null; got 7',
  );
  expect(() => encodeRecords([], encoding)).toThrow(/^records must be an array of one object or more/);
  expect(() => encodeRecords([[1]] as never, encoding)).toThrow(/^records\[0\] must be an object such as/);
  expect(() => encodeRecords(Array(7).fill({ age: "x" }), encoding)).toThrow(/; and 2 more$/);
});
