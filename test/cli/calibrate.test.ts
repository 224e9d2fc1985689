// thinned calibrate, and what predict does with it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { Network } from "../../src/infer.js";
import { intervals } from "../../src/uncertainty/index.js";
import { type Folder, jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

let folder: Folder;
const run = (...args: string[]) => succeed(folder.path, ...args);
const bytes = (name: string) => new Uint8Array(readFileSync(join(folder.path, name)));
const table = (from: number, n: number, kind: (t: number) => string) =>
  [
    "a,b,y",
    ...Array.from({ length: n }, (_, i) => `${Math.sin(from + i)},${Math.cos(7 * (from + i))},${kind(from + i)}`),
  ].join("\n");
const number = (t: number) => String(50 + 20 * Math.sin(t) + 4 * Math.sin(91 * t));
const name = (t: number) => (Math.sin(t) + 0.4 * Math.sin(91 * t) < 0 ? "left" : Math.cos(7 * t) < 0 ? "up" : "down");

beforeAll(async () => {
  folder = temporaryFolder();
  folder.write("train.csv", table(0, 300, number));
  folder.write("held.csv", table(1000, 200, number));
  folder.write("names.csv", table(0, 300, name));
  folder.write("held-names.csv", table(1000, 200, name));
  const settings = ["--epochs", "20", "--seed", "1", "--quiet"];
  await Promise.all([
    run("train", "train.csv", ...settings, "--out", "line.safetensors"),
    run("train", "names.csv", ...settings, "--out", "names.safetensors"),
  ]);
}, 60_000);
afterAll(() => folder[Symbol.dispose]());

test("intervals: noted in the file, which stays what it was, and written in the target's own units", async () => {
  const before = readSafetensors(bytes("line.safetensors"));
  const printed = await run(
    "calibrate",
    "line.safetensors",
    "held.csv",
    "--coverage",
    "0.8,0.9",
    "--by",
    "deviation",
    "--out",
    "promised.safetensors",
  );
  expect(printed).toMatch(
    /^held.csv: 200 held-out rows, 200 of them for the promise, by deviation\ncoverage +threshold +width, mean\n80 % .*\n90 % .*\nsaved promised.safetensors\n$/,
  );
  const { tensors, metadata } = readSafetensors(bytes("promised.safetensors"));
  const { calibration, ...others } = metadata;
  expect([tensors, others]).toEqual([before.tensors, before.metadata]);
  expect(JSON.parse(calibration)).toMatchObject({ version: 1, by: "deviation", rows: 200, samples: 50 });

  const rows = jsonLines(
    await run("predict", "promised.safetensors", "held.csv", "--interval", "--coverage", "0.9", "--json"),
  );
  using net = await Network.load(bytes("promised.safetensors"));
  const { shift, scale } = JSON.parse(metadata.encoding).targets[0];
  const x = Float32Array.from({ length: 400 }, (_, i) =>
    i % 2 ? Math.cos(7 * (1000 + (i - 1) / 2)) : Math.sin(1000 + i / 2),
  );
  const expected = intervals(net, x, { coverage: 0.9 }).map((pair) => pair.map((value) => value / scale + shift));
  rows.forEach(({ low, high }, i) => {
    // Seven digits are printed; the relaxed build rounds otherwise than thinned/infer.
    expect(Math.abs(low - expected[i][0])).toBeLessThan(1e-3);
    expect(Math.abs(high - expected[i][1])).toBeLessThan(1e-3);
  });
  const inside = rows.filter(({ low, high }, i) => low <= Number(number(1000 + i)) && Number(number(1000 + i)) <= high);
  // ⌈201 · 0.9⌉ of the rows that the threshold is of; one of them lies on an end, which is printed with seven digits.
  expect(Math.abs(inside.length - 181)).toBeLessThan(2);
});

test("sets: classes with | between, at the coverage that is asked for; the temperature is in the probabilities", async () => {
  const asked = ["calibrate", "names.safetensors", "held-names.csv", "--coverage", "0.8,0.95", "--temperature"];
  const [result] = jsonLines(await run(...asked, "--out", "names-promised.safetensors", "--json"));
  expect(result).toMatchObject({ by: "lac", rows: 100 });
  expect(result.after.logLoss).toBeLessThan(result.before.logLoss);
  const csv = await run("predict", "names-promised.safetensors", "held-names.csv", "--sets", "--coverage", "0.95");
  const [head, ...rows] = csv
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  expect(head).toEqual(["class", "p:down", "p:left", "p:up", "set"]);
  const sizes = rows.map((cells) => cells[4].split("|").filter(Boolean).length);
  expect(Math.max(...sizes)).toBeGreaterThan(1);
  expect(sizes.reduce((a, b) => a + b) / 200).toBeCloseTo(result.sizes[1], 9);
  for (const cells of rows) expect(["", cells[0]]).toContain(cells[4].split("|")[0]);

  const raw = await run("predict", "names-promised.safetensors", "held-names.csv", "--temperature", "1");
  expect(raw).toBe(await run("predict", "names.safetensors", "held-names.csv"));
});

test.each<[string, string[], RegExp, number]>([
  [
    "sets of an uncalibrated file",
    ["predict", "names.safetensors", "held-names.csv", "--sets"],
    /names.safetensors was not calibrated, so it can promise nothing; run: thinned calibrate names.safetensors HELD-OUT-DATA --coverage 0.9 /,
    2,
  ],
  [
    "intervals of classes",
    ["predict", "names.safetensors", "held-names.csv", "--interval"],
    /--interval is of numbers, and names.safetensors predicts classes; ask for --sets/,
    2,
  ],
  [
    "sets of numbers",
    ["predict", "line.safetensors", "held.csv", "--sets"],
    /--sets are of classes, and line.safetensors predicts numbers/,
    2,
  ],
  [
    "a coverage of nothing",
    ["predict", "line.safetensors", "held.csv", "--coverage", "0.9"],
    /--coverage is that of --sets or --interval/,
    2,
  ],
  [
    "the rows of its training",
    ["calibrate", "line.safetensors", "train.csv"],
    /train.csv is what line.safetensors was trained on/,
    2,
  ],
  [
    "coverage 1",
    ["calibrate", "line.safetensors", "held.csv", "--coverage", "1"],
    /Expected a share between 0 and 1/,
    2,
  ],
  [
    "too few rows",
    ["calibrate", "line.safetensors", "held.csv", "--coverage", "0.999"],
    /held.csv: y, as far as it calibrates, must be of 999 rows or more/,
    1,
  ],
  [
    "draws of nothing",
    ["calibrate", "line.safetensors", "held.csv", "--samples", "9"],
    /--samples is of the draws of --by deviation/,
    2,
  ],
  [
    "a method of classes",
    ["calibrate", "line.safetensors", "held.csv", "--by", "lac"],
    /predicts numbers, which take --by residual or deviation/,
    2,
  ],
  [
    "a temperature of numbers",
    ["calibrate", "line.safetensors", "held.csv", "--temperature"],
    /--temperature is for classes/,
    2,
  ],
])("%s: refused, and nothing is written", async (_, args, message, status) => {
  const before = args.slice(1, 2).map(bytes);
  const refused = await thinned(folder.path, ...args);
  expect(refused.stderr).toMatch(message);
  expect([refused.status, refused.stdout]).toEqual([status, ""]);
  expect(args.slice(1, 2).map(bytes)).toEqual(before);
});
