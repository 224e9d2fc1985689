// thinned train --loss gaussian: a table's target with its noise, in the target's own units, in every command.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Network } from "../../src/network.js";
import { type Folder, jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

let folder: Folder;
const run = (...args: string[]) => succeed(folder.path, ...args);
const bytes = (name: string) => new Uint8Array(readFileSync(join(folder.path, name)));
/** Prices in thousands, whose noise grows with size: a deviation of 5,000 below 0, 40,000 above. */
const rows = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) => {
    const size = Math.sin(12.9 * (from + i));
    const normal = [3, 7, 19, 31, 43, 61].reduce((sum, k) => sum + Math.sin(k * 78.2 * (from + i)), 0) / Math.sqrt(3);
    const price = 300_000 + 50_000 * size + normal * (size < 0 ? 5_000 : 40_000);
    return { size, price, rooms: 3 + size };
  });
const csv = (from: number, n: number, columns: ("size" | "price" | "rooms")[] = ["size", "price"]) =>
  [columns.join(","), ...rows(from, n).map((row) => columns.map((name) => row[name]).join(","))].join("\n");

beforeAll(async () => {
  folder = temporaryFolder();
  folder.write("train.csv", csv(0, 400));
  folder.write("held.csv", csv(1000, 120));
  folder.write("two.csv", csv(0, 200, ["size", "price", "rooms"]));
  const settings = ["--loss", "gaussian", "--epochs", "30", "--hidden", "32", "--lr", "0.01", "--seed", "1", "--quiet"];
  await run("train", "train.csv", "--target", "price", ...settings, "--out", "noisy.safetensors");
}, 60_000);
afterAll(() => folder[Symbol.dispose]());

test("predict answers in the target's units, with the noise's deviation", async () => {
  const answers = jsonLines(await run("predict", "noisy.safetensors", "held.csv", "--json", "--samples", "30"));
  expect(Object.keys(answers[0])).toEqual(["price", "noise", "mean", "sd", "epistemic", "aleatoric"]);
  const [quiet, loud] = [false, true].map((above) => {
    const own = rows(1000, 120).flatMap(({ size }, i) => (size > 0 === above ? [answers[i].noise as number] : []));
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  expect(quiet).toBeLessThan(20_000);
  expect(loud).toBeGreaterThan(25_000);
  expect(loud).toBeLessThan(60_000);
  for (const { sd, epistemic, aleatoric } of answers as Record<string, number>[]) {
    expect(sd / Math.hypot(epistemic, aleatoric)).toBeCloseTo(1, 5);
  }
  using net = await Network.load(bytes("noisy.safetensors"));
  expect(net.config.sizes).toEqual([1, 32, 2]);
  const [{ size }] = rows(1000, 1);
  const [answer] = net.answer([{ size }]) as { value: number; deviation: number }[];
  expect(answer.value / (answers[0].price as number)).toBeCloseTo(1, 4);
  expect(answer.deviation / (answers[0].noise as number)).toBeCloseTo(1, 4);
});

test("evaluate, calibrate and uncertainty take it", async () => {
  const { measures, scalings } = JSON.parse(await run("evaluate", "noisy.safetensors", "held.csv", "--json"));
  expect(measures.targets[0].rmse).toBeLessThan(45_000);
  expect(scalings[0].error / measures.targets[0].rmse).toBeCloseTo(1, 3);
  await run("calibrate", "noisy.safetensors", "held.csv", "--by", "deviation", "--out", "promised.safetensors");
  const intervals = jsonLines(await run("predict", "promised.safetensors", "held.csv", "--interval", "--json"));
  const widths = intervals.map(({ low, high }) => (high as number) - (low as number));
  expect(Math.max(...widths)).toBeGreaterThan(3 * Math.min(...widths));
  const report = await run("uncertainty", "noisy.safetensors", "held.csv", "--draws", "20", "--json");
  const { coverage } = JSON.parse(report) as { coverage: { promised: number; dropout: number }[] };
  const nine = coverage.find(({ promised }) => promised === 0.9)!;
  // Without the noise, draws' own intervals hold a third of the truths or fewer.
  expect(nine.dropout).toBeGreaterThan(0.8);
});

test("several targets have a column of noise each; members answer together", async () => {
  const settings = [
    "two.csv",
    "--target",
    "price,rooms",
    "--loss",
    "gaussian",
    "--hidden",
    "8",
    "--quiet",
    "--seed",
    "1",
  ];
  await run("train", ...settings, "--epochs", "2", "--members", "2", "--out", "two.safetensors");
  const [row] = jsonLines(await run("predict", "two.safetensors", "two.csv", "--json"));
  expect(Object.keys(row)).toEqual(["price", "rooms", "noise:price", "noise:rooms"]);
});

test("refuses what does not go together", async () => {
  folder.write("names.csv", "a,b\n1,x\n2,y\n3,x\n4,y\n5,x\n6,y\n");
  const task = await thinned(folder.path, "train", "names.csv", "--target", "b", "--loss", "gaussian");
  expect(task.stderr).toMatch(/--loss must be cross-entropy or bce where the task is to classify; got gaussian/);
  const exact = await thinned(folder.path, "expect", "noisy.safetensors", "held.csv", "--rows", "1");
  expect(exact.stderr).toMatch(/output of net must be another than gaussian/);
  expect([task.status, exact.status]).toEqual([2, 1]);
});
