// --ema, --accumulate, --freeze, --optimizer rmsprop, --log and --picture: what they do, and that a run goes on by
// them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLog } from "../../src/cli/run/run-log.js";
import { Network } from "../../src/network.js";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const at = (name: string) => join(folder.path, name);
const SMALL = "digits --samples 100 --hidden 8,8 --build simd --threads 1".split(" ");
const BESIDE = "--optimizer rmsprop --ema 0.9 --accumulate 3 --freeze 2".split(" ");

test("a run with all of it is logged, drawn, and ends with its average", async () => {
  const args = ["train", ...SMALL, ...BESIDE, "--log", "run.csv", "--picture", "run.svg", "--out", "model", "--json"];
  const lines = jsonLines(await succeed(folder.path, ...args, "--epochs", "4")) as Record<string, number>[];
  const net = await Network.load(readFileSync(at("model")));
  const twin = net.averaged();
  expect(net.parameters(), "the average is the model").toEqual(twin.parameters());
  expect(net.config).toMatchObject({
    average: { type: "ema", decay: 0.9 },
    accumulate: 3,
    frozen: [2],
    optimizer: { type: "rmsprop", learningRate: 0.001 },
  });
  expect(lines[4].validationLoss).toBeCloseTo(lines[3].validationLoss, 12);
  const rows = readFileSync(at("run.csv"), "utf8").trimEnd().split("\n");
  expect(rows[0]).toBe(
    "epoch,trainLoss,trainError,validationLoss,validationError,learningRate,seconds,samplesPerSecond",
  );
  rows.slice(1).forEach((row, i) => {
    const [epoch, trainLoss, trainError, validationLoss, , rate] = row.split(",").map(Number);
    expect([epoch, trainLoss, validationLoss, rate]).toEqual([
      i + 1,
      lines[i].trainLoss,
      lines[i].validationLoss,
      0.001,
    ]);
    expect(trainError).toBeGreaterThan(0);
  });
  const svg = readFileSync(at("run.svg"), "utf8");
  expect(svg).toMatch(/^<svg xmlns.*>run<\/text>.*training: .*validation: /s);
  for (const each of [net, twin]) each.dispose();

  // Another run does not write into it; one that goes on does.
  const other = await thinned(folder.path, "train", ...SMALL, "--log", "run.csv", "--out", "other");
  expect([other.status, other.stderr]).toEqual([
    2,
    expect.stringMatching(/--log run.csv exists already; name another file, or delete it/),
  ]);
  expect(existsSync(at("other"))).toBe(false);
  await succeed(folder.path, "train", "digits", "--resume", "model", "--epochs", "5", "--log", "run.csv", "--quiet");
  await succeed(folder.path, "train", ...SMALL, ...BESIDE, "--epochs", "5", "--out", "straight", "--quiet");
  const [resumed, straight] = await Promise.all(
    ["model", "straight"].map((name) => Network.load(readFileSync(at(name)))),
  );
  expect(resumed.parameters(), "to the bit").toEqual(straight.parameters());
  for (const each of [resumed, straight]) each.dispose();
  expect(readFileSync(at("run.csv"), "utf8").trimEnd().split("\n")).toHaveLength(6);
}, 40_000);

test("a log loses what a killed run had done since its checkpoint, and is refused where it is none", () => {
  const log = at("killed.csv");
  const first = openLog({ log }, null);
  const line = {
    trainLoss: 1,
    trainError: 0.5,
    validationLoss: null,
    validationError: null,
    learningRate: 0.1,
    seconds: 1,
    samplesPerSecond: 9,
  };
  for (const epoch of [1, 2, 3]) first.add({ epoch, ...line });
  const written = readFileSync(log, "utf8");
  openLog({ log }, 1).add({ epoch: 2, ...line });
  expect(readFileSync(log, "utf8")).toBe(written.split("\n").slice(0, 3).join("\n").concat("\n"));
  writeFileSync(log, "a,b\n1,2\n");
  expect(() => openLog({ log }, 1)).toThrow(/--log .*killed.csv must be a log that thinned train wrote/);
  expect(() => openLog({ picture: at("run.png") }, 1)).toThrow(/--picture must end in .svg; got .*run.png/);
  expect(() => openLog({ log: at("none/run.csv") }, 1)).toThrow(/--log/);
});

test("what cannot be is refused", async () => {
  const refused = async (...args: string[]) => (await thinned(folder.path, "train", ...SMALL, ...args)).stderr;
  expect(await refused("--freeze", "4")).toMatch(/--freeze must be a whole number from 1 to 3; got 4/);
  expect(await refused("--ema", "1")).toMatch(/a number from 0 to just under 1/);
  expect(await refused("--optimizer", "rmsprop", "--nesterov")).toMatch(
    /--nesterov is an option of the optimizer sgd, and this run uses rmsprop/,
  );
}, 20_000);
