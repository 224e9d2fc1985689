// Files with tables, to data that a network learns from and is asked.
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { NumberCode } from "../../src/cells/number.js";
import { checkEncoding, encodingText } from "../../src/data/encode/encoding.js";
import { loadData, loadForModel } from "../../src/data/load.js";
import { csvText, folderOfTest, writeFile } from "../support/files.js";

const MIXED = ["id", "age", "job", "since", "member", "kind"];
const mixed = (i: number) => [
  `n${i}`,
  i % 5 ? (i * 7) % 40 : "",
  ["clerk", "smith", "NA"][i % 3],
  `20${10 + (i % 9)}-0${1 + (i % 8)}-11`,
  i % 4 ? "yes" : "no",
  i % 7 ? ["red", "blue"][i % 2] : "",
];
const rowsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => mixed(from + i));

test("a table with words, dates and gaps is split, fitted to its training rows, and encoded", async () => {
  const folder = folderOfTest();
  const path = writeFile(folder, "train.tsv", csvText(MIXED, rowsOf(0, 60)));
  const test = writeFile(
    folder,
    "test.csv.gz",
    gzipSync(
      csvText(
        [...MIXED].reverse(),
        rowsOf(60, 80).map((row) => row.reverse()),
        "\r\n",
      ),
    ),
  );
  const data = await loadData(path, { test, val: 0.2, seed: 3 });
  // Every seventh row has no kind.
  expect([data.train.samples, data.validation!.samples, data.test!.samples]).toEqual([41, 10, 17]);
  expect([...data.rows.train, ...data.rows.validation].every((row) => row % 7 !== 0)).toBe(true);
  expect(data.encoding).toMatchObject({ kind: "csv", task: "classify", classes: ["blue", "red"], target: "kind" });
  expect(data.report!.map(({ name, kind, missing, inputs }) => [name, kind, missing, inputs])).toEqual([
    ["id", "left out", 0, 0],
    ["age", "number", 12, 2],
    ["job", "category", 20, 3],
    ["since", "date", 0, 5],
    ["member", "boolean", 0, 1],
    ["kind", "target", 9, 0],
  ]);
  const again = checkEncoding(JSON.parse(encodingText(data.encoding)));
  expect(again).toEqual(data.encoding);
  expect(await loadForModel(test, again, true)).toEqual(data.test);
  const all = await loadForModel(test, again, false);
  expect([all.samples, all.y.length]).toEqual([20, 0]);
  const resumed = await loadData(path, { val: 0.2, seed: 3, as: again });
  expect([resumed.train, resumed.validation]).toEqual([data.train, data.validation]);
});

test("numbers stand as they are written, and the network standardises them; what is drawn in does not", async () => {
  const folder = folderOfTest();
  const rows = Array.from({ length: 50 }, (_, i) => [
    (i * 7) % 40,
    i === 9 ? 1e5 : (i * 11) % 37,
    1.7e9 + ((i * 13) % 50),
    ["a", "b"][i % 2],
    i % 3,
  ]);
  const path = writeFile(folder, "t.csv", csvText(["plain", "tail", "seconds", "word", "t"], rows));
  const written = await loadData(path, { asWritten: true });
  const encoded = await loadData(path);
  const { shift, scale } = written.inputs!;
  const code = encoded.encoding.table!.columns[0] as NumberCode;
  expect([shift, scale]).toEqual([
    [code.shift, 0, 0, 0, 0],
    [code.scale, 1, 1, 1, 1],
  ]);
  const { x, features, samples } = written.train;
  expect([x[0], x[features]]).toEqual([0, 7]);
  encoded.train.x.forEach((value, at) => {
    const j = at % features;
    expect((x[at] - shift[j]) * scale[j], `${at}`).toBeCloseTo(value, 5);
  });
  expect(samples).toBe(50);
  expect(await loadForModel(path, written.encoding, true)).toMatchObject({ x });
});

test("of a rare class each part has its share, whatever the seed; drawn at random it has not", async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [(i * 37) % 101, i % 25 === 7 ? "rare" : "usual"]);
  const path = writeFile(folderOfTest(), "rare.csv", csvText(["a", "kind"], rows));
  const rareOf = async (seed: number, split?: "random") => {
    const { validation, encoding } = await loadData(path, { val: 0.25, seed, ...(split && { split }) });
    return [...validation!.y].filter((label) => encoding.classes![label] === "rare").length;
  };
  const seeds = Array.from({ length: 10 }, (_, seed) => seed);
  expect(await Promise.all(seeds.map((seed) => rareOf(seed)))).toEqual(seeds.map(() => 2));
  expect(new Set(await Promise.all(seeds.map((seed) => rareOf(seed, "random")))).size).toBeGreaterThan(1);
});

test("several targets are encoded side by side, and groups stay on one side", async () => {
  const folder = folderOfTest();
  const rows = Array.from({ length: 60 }, (_, i) => [(i * 7) % 40, i % 2 ? i / 3 : "", 100 - i / 2, `g${i % 6}`]);
  const path = writeFile(folder, "t.csv", csvText(["x", "a", "b", "who"], rows));
  const data = await loadData(path, { target: "a,b", group: "who", val: 0.3, seed: 1 });
  expect(data.encoding).toMatchObject({ task: "regress", outputs: 2, target: "a, b", columns: ["x"] });
  expect(data.train.y.length).toBe(2 * data.train.samples);
  const sides = [data.rows.train, data.rows.validation].map((side) => new Set([...side].map((row) => row % 6)));
  expect([...sides[0]].filter((group) => sides[1].has(group))).toEqual([]);
});

test("what is no table, no column and no number is refused, all of it at once", async () => {
  const folder = folderOfTest();
  const path = writeFile(folder, "data.txt", csvText(MIXED, rowsOf(0, 60)));
  await expect(loadData(`${folder}/none.csv`)).rejects.toThrow(/none\.csv does not exist: expected .*; check the path/);
  await expect(loadData("/dev/null")).rejects.toThrow(
    /^\/dev\/null: expected a file or a directory, got a device, a pipe/,
  );
  await expect(loadData("digit")).rejects.toThrow(/digit does not exist: .*; did you mean "digits"\?/);
  await expect(loadData(path, { sed: 1 } as object)).rejects.toThrow(
    /loadData has no option "sed"; did you mean "seed"\?/,
  );
  await expect(loadData(path, { target: "knd", ignore: ["ids"] })).rejects.toThrow(
    /has 2 mistakes: \(1\) .*a column "ids".*\(2\) .*a column "knd".*did you mean "id"\?; did you mean "kind"\?/,
  );
  const { encoding } = await loadData(path);
  const wrong = writeFile(folder, "wrong.csv", csvText(["age", "job", "member"], [["old", "clerk", "often"]]));
  await expect(loadForModel(wrong, encoding, false)).rejects.toThrow(/wrong\.csv/);
  const far = writeFile(folder, "far.csv", "a,t\n-1e300,0\n1e300,1\n");
  await expect(loadData(far)).rejects.toThrow(
    /far\.csv, column A "a": expected numbers that can be standardised, got a/,
  );
  const bomb = writeFile(folder, "bomb.csv.gz", gzipSync(Buffer.alloc(6e7, "\n")));
  await expect(loadData(bomb)).rejects.toThrow(/bomb\.csv\.gz: expected packed data that unfold to at most 100 times/);
});
