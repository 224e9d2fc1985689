// `train --seeds`: the runs are those that `--seed` makes one by one, and their files those that nobody had.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fileOfSeed, seedsFrom } from "../../src/cli/run/train-seeds.js";
import { jsonLines, start, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const TRAIN = ["train", "digits", "--samples", "60", "--hidden", "8", "--epochs", "2", "--build", "simd"];
const weights = (name: string) => readFileSync(join(folder.path, name));

test("each seed's run is the one that --seed makes, and the last line has their means", async () => {
  const lines = jsonLines(await succeed(folder.path, ...TRAIN, "--seeds", "2-4", "--out=m.safetensors", "--json"));
  const runs = lines.slice(0, -1).sort((a, b) => a.seed - b.seed);
  expect(runs.map(({ seed, out }) => [seed, out])).toEqual(
    [2, 3, 4].map((seed) => [seed, `m-seed-${seed}.safetensors`]),
  );
  await succeed(folder.path, ...TRAIN, "--seed", "3", "--out", "alone.safetensors", "--threads", "1", "--quiet");
  expect(weights("m-seed-3.safetensors").equals(weights("alone.safetensors"))).toBe(true);
  expect(weights("m-seed-2.safetensors").equals(weights("alone.safetensors"))).toBe(false);
  const { testError, seeds } = lines.at(-1)!;
  const errors = runs.map((run) => run.testError);
  const mean = errors.reduce((sum, error) => sum + error, 0) / 3;
  const squares = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0);
  expect(seeds).toEqual([2, 3, 4]);
  expect(testError.mean).toBeCloseTo(mean, 12);
  expect(testError.standardError).toBeCloseTo(Math.sqrt(squares / 2 / 3), 12);
  const text = await succeed(folder.path, ...TRAIN, "--seeds", "5", "--out", "one.safetensors");
  expect(text).toMatch(/^seed .*file\n5 .*one-seed-5\.safetensors\nmean .* 1 seed\n$/);
});

test("files that are there are not replaced, and nothing is trained", async () => {
  folder.write("t-seed-2.safetensors", "mine");
  const { status, stderr } = await thinned(folder.path, ...TRAIN, "--seeds", "1-3", "--out", "t.safetensors");
  expect({ status, stderr }).toMatchObject({ status: 2 });
  expect(stderr).toMatch(
    /^thinned: t-seed-2\.safetensors exist already; name other files with --out FILE, or other seeds/,
  );
  expect(weights("t-seed-2.safetensors").toString()).toBe("mine");
  expect(readdirSync(folder.path)).not.toContain("t-seed-1.safetensors");
});

test("what all runs complain of is said once, with their status", async () => {
  const args = ["--seeds", "7,9", "--val", "0", "--patience", "2", "--out", "p.safetensors"];
  const { status, stderr } = await thinned(folder.path, ...TRAIN, ...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^seeds 7, 9: thinned: --patience needs validation rows, [^\n]*\n$/);
});

test("Ctrl-C ends them with checkpoints that go on", async () => {
  const args = ["--epochs", "1000000", "--checkpoint-every", "0.05", "--seeds", "1", "--out", "long.safetensors"];
  const running = start(folder.path, "train", "digits", "--samples", "60", "--hidden", "8", ...args);
  while (!readdirSync(folder.path).includes("long-seed-1.safetensors")) await new Promise((go) => setTimeout(go, 20));
  running.kill("SIGINT");
  expect((await running.finished).status).toBe(130);
  const again = ["--resume", "long-seed-1.safetensors", "--epochs", "1000001", "--quiet"];
  const resumed = start(folder.path, "train", "digits", ...again);
  await new Promise((go) => setTimeout(go, 300));
  resumed.kill("SIGINT");
  expect((await resumed.finished).stderr).toBe("");
});

test("a list of seeds is read as it is written", () => {
  expect(seedsFrom("1-5")).toEqual([1, 2, 3, 4, 5]);
  expect(seedsFrom("3, 8-9,0")).toEqual([3, 8, 9, 0]);
  for (const wrong of ["", "a", "5-1", "1,1", "1-3,2", "-1", "1.5", "0-1000", "1e3"]) {
    expect(() => seedsFrom(wrong), wrong).toThrow(/--seeds must be different seeds as in 1-5 or 3,5,8/);
  }
  expect(fileOfSeed("a.b/model.safetensors", 3)).toBe("a.b/model-seed-3.safetensors");
  expect(fileOfSeed("model", 3)).toBe("model-seed-3");
});

test.each([
  ["--seed", "3"],
  ["--resume", "x"],
])("%s is refused beside it", async (...other) => {
  const { status, stderr } = await thinned(folder.path, ...TRAIN, "--seeds", "1", ...other);
  expect(status).toBe(2);
  expect(stderr).toMatch(`--seeds begins a run of each seed; drop ${other[0]}`);
});
