// thinned uncertainty of a regression: its numbers, computed again, and what the report says of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Network } from "../../src/index.js";
import { type Folder, succeed, temporaryFolder } from "../support/cli.js";

let folder: Folder;
const run = (...args: string[]) => succeed(folder.path, ...args);
const inputs = (t: number) => [Math.sin(t), Math.cos(7 * t)];
const number = (t: number) => 50 + 20 * Math.sin(t) + 4 * Math.sin(91 * t);
const table = (from: number, n: number) =>
  ["a,b,y", ...Array.from({ length: n }, (_, i) => [...inputs(from + i), number(from + i)].join(","))].join("\n");

beforeAll(async () => {
  folder = temporaryFolder();
  folder.write("train.csv", table(0, 200));
  folder.write("held.csv", table(1000, 100));
  await run(
    "train",
    "train.csv",
    "--epochs",
    "10",
    "--seed",
    "1",
    "--hidden",
    "24",
    "--build",
    "simd",
    "--quiet",
    "--out",
    "line.safetensors",
  );
  await run("calibrate", "line.safetensors", "held.csv", "--coverage", "0.8");
}, 60_000);
afterAll(() => folder[Symbol.dispose]());

test("coverage, errors and deviations are those of the draws", async () => {
  const printed = await run("uncertainty", "line.safetensors", "held.csv", "--draws", "20", "--seed", "5");
  const result = JSON.parse(readFileSync(join(folder.path, "uncertainty.json"), "utf8"));
  using net = await Network.load(new Uint8Array(readFileSync(join(folder.path, "line.safetensors"))));
  const [{ shift, scale }] = JSON.parse(net.metadata.encoding).targets;
  const x = Float32Array.from(Array.from({ length: 100 }, (_, i) => inputs(1000 + i)).flat());
  const { mean, variance } = net.mc_step(x, { samples: 20, seed: 5, draw: 0 });
  const rows = Array.from(mean, (value, i) => {
    const error = value / scale + shift - number(1000 + i);
    return { error, deviation: Math.sqrt(variance[i]) / scale };
  });
  const rmse = (of: typeof rows) => Math.sqrt(of.reduce((sum, { error }) => sum + error ** 2, 0) / of.length);
  expect(result.averaged.at(-1)).toMatchObject({ k: 20, groups: 1, standardDeviation: null });
  expect(result.averaged.at(-1).error).toBeCloseTo(rmse(rows), 3);
  // 1.2816 standard deviations of a normal distribution hold 80 %.
  const held = rows.filter(({ error, deviation }) => Math.abs(error) <= 1.2815516 * deviation).length / 100;
  const at = result.coverage.find(({ promised }: { promised: number }) => promised === 0.8);
  expect(at.dropout).toBeCloseTo(held, 9);
  // ⌈101 · 0.8⌉ of the rows that the threshold is of.
  expect(at.calibrated).toBe(0.81);
  expect(result.promised).toBe(0.8);
  const sorted = [...rows].sort((a, b) => a.deviation - b.deviation);
  expect(result.kept.at(-1).error).toBeCloseTo(rmse(sorted.slice(0, 50)), 3);
  expect(result.fifths[4].error).toBeCloseTo(rmse(sorted.slice(80)), 3);
  expect(result.kinds.map(({ rows }: { rows: string }) => rows)).toEqual([
    "as they are",
    "shuffled columns",
    "3 deviations off",
  ]);
  expect(printed).toContain("held by dropout alone");
  const report = readFileSync(join(folder.path, "uncertainty.html"), "utf8");
  for (const title of [
    "Do intervals keep what they promise?",
    "Coverage by width",
    "Knowing when not to answer",
    "Known rows and strange ones",
  ]) {
    expect(report).toContain(`<h2>${title}</h2>`);
  }
  expect(report.match(/<svg/g)).toHaveLength(5);
  expect(report.match(/<p>(Weight scaling asks|Rows in fifths|Read )[^<]*Read|<p>Read /g)).toHaveLength(5);
});
