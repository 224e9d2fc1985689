// A study in shards: the same report as in one piece, to the byte; parts that were stopped go on; what does not belong
// together is refused.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shardFrom } from "../../src/cli/run/shard.js";
import { start, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const file = (name: string) => join(folder.path, name);
const read = (name: string) => readFileSync(file(name), "utf8");
const STUDY = ["--quick", "--steps", "20", "--hidden", "8", "--test-rows", "100", "--build", "simd"];
const DIGITS = ["study", "digits", "--samples", "120", ...STUDY];
const PARTS = ["part1.json", "part2.json", "part3.json"];

beforeAll(async () => {
  const make = (i: number) => succeed(folder.path, ...DIGITS, "--shard", `${i + 1}/3`, "--out", PARTS[i]);
  await Promise.all([make(0), make(1)]);
  await Promise.all([make(2), succeed(folder.path, ...DIGITS, "--out", "whole.html")]);
}, 60_000);

describe("shards", () => {
  test("merge to the report that one process writes, whatever their order, to the byte", async () => {
    const text = await succeed(folder.path, "study", "--merge", ...PARTS.toReversed(), "--out", "merged.html");
    expect(text).toMatch(/Report: merged\.html, its numbers: merged\.json\n$/);
    expect(read("merged.html")).toBe(read("whole.html"));
    expect(read("merged.json")).toBe(read("whole.json"));
    expect(JSON.parse(read("whole.json")).sizes.length).toBeGreaterThan(3);
  });

  test("that were killed go on where they stood, and end with the same bytes", async () => {
    const part = JSON.parse(read("part1.json"));
    const stopped = { ...part, outcomes: part.outcomes.slice(0, 2) };
    folder.write("again.json", JSON.stringify(stopped));
    const text = await succeed(folder.path, ...DIGITS, "--shard", "1/3", "--out", "again.json");
    const left = part.outcomes.length - 2;
    expect(text).toMatch(new RegExp(`^digits: ${left} trainings of 20 updates each, shard 1 of 3\n`));
    expect(read("again.json")).toBe(read("part1.json"));
    const nothing = await succeed(folder.path, ...DIGITS, "--shard", "1/3", "--out", "again.json", "--json");
    expect(JSON.parse(nothing)).toEqual({ part: "again.json", runs: part.outcomes.length });
  });

  test("that get Ctrl-C say that they go on", async () => {
    const running = start(folder.path, "study", "digits", "--steps", "1000000", "--shard", "1/2", "--out", "long.json");
    await running.printed("shard 1 of 2");
    running.kill("SIGINT");
    const { status, stderr } = await running.finished;
    expect(status).toBe(130);
    expect(stderr).toBe("thinned: stopped; long.json holds what is done, and the same command goes on\n");
    expect(JSON.parse(read("long.json")).outcomes).toEqual([]);
  });
});

/** A copy of a part with something else in it. */
function altered(name: string, from: string, change: (part: Record<string, never>) => object): string {
  writeFileSync(file(name), JSON.stringify({ ...change(JSON.parse(read(from))) }));
  return name;
}

describe("refused with everything that is wrong", () => {
  const of = (part: Record<string, never>) => part as unknown as { outcomes: object[]; made: object; digest: string };
  test.each<[string, () => string[], RegExp]>([
    ["a part that is missing", () => PARTS.slice(0, 2), /there is no part of --shard 3\/3/],
    [
      "one twice",
      () => [...PARTS, altered("copy.json", "part2.json", (part) => part)],
      /copy\.json is shard 2\/3, as part2\.json is/,
    ],
    [
      "one of other data and one that is not complete",
      () =>
        [
          altered("odd.json", "part1.json", (part) => ({
            ...part,
            digest: "other",
            made: { ...of(part).made, data: "?" },
          })),
          "part1.json",
          altered("short.json", "part2.json", (part) => ({ ...part, outcomes: of(part).outcomes.slice(1) })),
        ].toReversed(),
      /short\.json lacks 1 run: make it with --shard 2\/3 --out short\.json; odd\.json was made with other data than short\.json/,
    ],
    [
      "one of another version",
      () => [
        "part1.json",
        altered("old.json", "part2.json", (part) => ({
          ...part,
          digest: "old",
          made: { ...of(part).made, program: "thinned 0.0.1" },
        })),
      ],
      /old\.json was made with another version of the program \(thinned 0\.0\.1, not thinned [\d.]+\)/,
    ],
    [
      "a file that is none",
      () => [altered("none.json", "part1.json", () => ({ format: "?" }))],
      /none\.json must be what `thinned study --shard` writes; got format "\?"/,
    ],
    ["no file", () => ["nowhere.json"], /nowhere\.json must be what .* writes; got no such file/],
    [
      "runs of another shard",
      () => [altered("foreign.json", "part1.json", (part) => ({ ...part, outcomes: [[2, {}]] }))],
      /foreign\.json must be .*; got run 2 twice, or of another shard/,
    ],
  ])("%s", async (_, parts, message) => {
    const { status, stderr } = await thinned(folder.path, "study", "--merge", ...parts(), "--out", "no.html");
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test("a part of other options, which stays as it is", async () => {
    const before = read("part1.json");
    const other = await thinned(folder.path, ...DIGITS, "--seed", "5", "--shard", "1/3", "--out", "part1.json");
    expect(other.stderr).toMatch(
      /part1\.json is a part of a study with other data, other options; name another file with --out/,
    );
    const shard = await thinned(folder.path, ...DIGITS, "--shard", "2/3", "--out", "part1.json");
    expect(shard.stderr).toMatch(/part1\.json is shard 1\/3, not 2\/3/);
    expect(read("part1.json")).toBe(before);
    const merge = await thinned(folder.path, "study", "--merge", ...PARTS, "--steps", "5");
    expect(merge.stderr).toMatch(/--merge takes its settings from the parts; drop --steps/);
  });
});

describe("--shard", () => {
  const slurm = { SLURM_ARRAY_TASK_ID: "12", SLURM_ARRAY_TASK_MIN: "10", SLURM_ARRAY_TASK_COUNT: "4" };
  test.each<[string, NodeJS.ProcessEnv, object]>([
    ["3/8", {}, { index: 3, count: 8 }],
    ["slurm", slurm, { index: 3, count: 4 }],
    ["slurm/8", slurm, { index: 3, count: 8 }],
    ["kubernetes/8", { JOB_COMPLETION_INDEX: "0" }, { index: 1, count: 8 }],
    ["parallel/8", { PARALLEL_SEQ: "8" }, { index: 8, count: 8 }],
  ])("%s", (text, environment, expected) => {
    expect(shardFrom(text, environment)).toEqual(expected);
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ["0/8", {}, /number 0 of 8; expected one from 1 to 8/],
    ["9/8", {}, /number 9 of 8/],
    ["3", {}, /must be a shard as in 3\/8 .* got "3"/],
    ["constructor/8", {}, /must be a shard as in/],
    ["kubernetes", { JOB_COMPLETION_INDEX: "0" }, /give --shard kubernetes\/8 for eight/],
    ["kubernetes/8", {}, /reads JOB_COMPLETION_INDEX, which is not set; run it under kubernetes, or give --shard 1\/8/],
    ["parallel/2", { PARALLEL_SEQ: "3" }, /number 3 of 2/],
    ["slurm", { ...slurm, SLURM_ARRAY_TASK_ID: "x" }, /SLURM_ARRAY_TASK_ID, which is "x"/],
  ])("%s is refused", (text, environment, message) => {
    expect(() => shardFrom(text, environment)).toThrow(message);
  });
});
