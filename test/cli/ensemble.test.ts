// thinned train --members, and what the commands make of its file.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/index.js";
import { Ensemble } from "../../src/uncertainty/index.js";
import { type Folder, jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

let folder: Folder;
const run = (...args: string[]) => succeed(folder.path, ...args);
const bytes = (name: string) => new Uint8Array(readFileSync(join(folder.path, name)));
const name = (t: number) => (Math.sin(t) + 0.4 * Math.sin(91 * t) < 0 ? "left" : "right");
const table = (from: number, n: number) => [
  "a,b,y",
  ...Array.from({ length: n }, (_, i) => `${Math.sin(from + i)},${Math.cos(7 * (from + i))},${name(from + i)}`),
];
const settings = ["--epochs", "4", "--seed", "3", "--hidden", "12", "--build", "simd", "--quiet"];

beforeAll(async () => {
  folder = temporaryFolder();
  folder.write("train.csv", table(0, 200).join("\n"));
  folder.write("held.csv", table(1000, 100).join("\n"));
  await run("train", "train.csv", "--members", "2", ...settings, "--out", "two.safetensors");
}, 60_000);
afterAll(() => folder[Symbol.dispose]());

test("the first member is the run with that seed; the others learn the same rows from other weights", async () => {
  await run("train", "train.csv", ...settings, "--out", "one.safetensors");
  using alone = await Network.load(bytes("one.safetensors"));
  using two = await Ensemble.load(bytes("two.safetensors"), Network);
  expect(two.members[0].parameters()).toEqual(alone.parameters());
  expect(two.members[1].parameters()).not.toEqual(alone.parameters());
  expect(two.members.map(({ config }) => config.seed)).toEqual([3, 4]);
  expect(two.members[1].config.inputs).toEqual(alone.config.inputs);
});

test("predict averages, and keeps the promise that calibrate noted", async () => {
  const [result] = jsonLines(
    await run("calibrate", "two.safetensors", "held.csv", "--temperature", "--out", "sure.safetensors", "--json"),
  );
  const rows = jsonLines(await run("predict", "sure.safetensors", "held.csv", "--sets", "--samples", "3", "--json"));
  expect(Object.keys(rows[0])).toEqual([
    "class",
    "p:left",
    "p:right",
    "mean:left",
    "mean:right",
    "sd:left",
    "sd:right",
    "entropy",
    "set",
  ]);
  using net = await Ensemble.load(bytes("sure.safetensors"), Network);
  expect(net.temperature).toBe(result.temperature);
  const x = Float32Array.from({ length: 200 }, (_, i) =>
    i % 2 ? Math.cos(7 * (1000 + (i - 1) / 2)) : Math.sin(1000 + i / 2),
  );
  const probabilities = net.predict(x);
  rows.forEach((row, i) => {
    // Seven digits are printed, and the table's columns are read from decimals.
    expect(Math.abs(row["p:left"] - probabilities[2 * i])).toBeLessThan(1e-5);
  });
  expect(rows.filter(({ set }, i) => set.split("|").includes(name(1000 + i))).length).toBeGreaterThan(80);
});

test.each<[string, string[], RegExp]>([
  [
    "evaluate",
    ["evaluate", "two.safetensors", "held.csv"],
    /two.safetensors: it is an ensemble, which thinned predict and thinned calibrate take/,
  ],
  [
    "--resume",
    ["train", "train.csv", "--members", "2", "--resume", "two.safetensors"],
    /--members trains anew, and saves at the end; drop --resume/,
  ],
  [
    "one member",
    ["train", "train.csv", "--members", "1", "--out", "x.safetensors"],
    /Expected a whole number from 2 to 1000/,
  ],
  [
    "a damaged encoding",
    ["predict", "damaged.safetensors", "held.csv"],
    /damaged.safetensors: the metadata entry "encoding" is damaged/,
  ],
])("%s is refused", async (_, args, message) => {
  const { tensors, metadata } = readSafetensors(bytes("two.safetensors"));
  folder.write("damaged.safetensors", writeSafetensors({ ...tensors }, { ...metadata, encoding: "{}" }));
  const refused = await thinned(folder.path, ...args);
  expect(refused.stderr).toMatch(message);
  expect(refused.status).not.toBe(0);
  expect(existsSync(join(folder.path, "x.safetensors"))).toBe(false);
});
