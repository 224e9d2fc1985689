// thinned train --members, and what the commands make of its file.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/index.js";
import { packMembers } from "../../src/uncertainty/ensemble-file.js";
import { Ensemble } from "../../src/uncertainty/index.js";
import { type Folder, jsonLines, start, succeed, temporaryFolder, thinned } from "../support/cli.js";

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
  folder.write("numbers.csv", table(0, 200).join("\n").replaceAll("left", "1.5").replaceAll("right", "-7"));
  for (const [loss, data, ...more] of [
    ["cross-entropy", "train.csv"],
    ["bce", "train.csv"],
    ["mse", "numbers.csv", "--task", "regress"],
    ["gaussian", "numbers.csv", "--task", "regress"],
  ]) {
    const file = `twin-${loss}`;
    await run("train", data, "--loss", loss, ...more, ...settings, "--out", file);
    const { metadata } = readSafetensors(bytes(file));
    folder.write(`twins-${loss}`, packMembers([bytes(file), bytes(file)], { encoding: metadata.encoding }));
  }
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

test.each([
  ["cross-entropy", "held.csv"],
  ["bce", "held.csv"],
  ["mse", "numbers.csv"],
  ["gaussian", "numbers.csv"],
])("evaluate finds two of the same network as good as one, by %s", async (loss, data) => {
  const [alone] = jsonLines(await run("evaluate", `twin-${loss}`, data, "--json"));
  const [both] = jsonLines(await run("evaluate", `twins-${loss}`, data, "--json"));
  expect(both.measures).toEqual(alone.measures);
  expect(both.scalings.map(({ scaling }: { scaling: string }) => scaling)).toHaveLength(3);
  both.scalings.forEach(({ loss: found, error }: Record<string, number>, i: number) => {
    expect(found).toBeCloseTo(alone.scalings[i].loss, 5);
    expect(error).toBeCloseTo(alone.scalings[i].error, 5);
  });
});

test("evaluate measures the averaged answers, and its report says of how many networks", async () => {
  const text = await run("evaluate", "two.safetensors", "held.csv", "--report", "two.html");
  expect(text).toMatch(/100 rows; trained as inverted, and as .* the loss is the same/);
  expect(readFileSync(join(folder.path, "two.html"), "utf8")).toContain("ensemble of 2 networks 2-12-2");
  const { loss, measures } = JSON.parse(readFileSync(join(folder.path, "two.json"), "utf8"));
  const rows = jsonLines(await run("predict", "two.safetensors", "held.csv", "--json"));
  const losses = rows.map((row, i) => -Math.log(row[`p:${name(1000 + i)}`]));
  expect(loss).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / 100, 5);
  expect(measures.logLoss).toBeCloseTo(loss, 5);
  expect(measures.error).toBeCloseTo(rows.filter((row, i) => row.class !== name(1000 + i)).length / 100, 10);
});

test("uncertainty draws from the members in turn", async () => {
  const asked = ["--draws", "4", "--seed", "5", "--json", "--out"];
  const [both] = jsonLines(await run("uncertainty", "two.safetensors", "held.csv", ...asked, "two-draws.html"));
  expect(readFileSync(join(folder.path, "two-draws.html"), "utf8")).toContain("ensemble of 2 networks 2-12-2, 4 draws");
  using net = await Ensemble.load(bytes("two.safetensors"), Network);
  const x = Float32Array.from({ length: 200 }, (_, i) =>
    i % 2 ? Math.cos(7 * (1000 + (i - 1) / 2)) : Math.sin(1000 + i / 2),
  );
  const wrong = (answers: Float32Array) =>
    answers.reduce((sum, p, i) => sum + Number(i % 2 === 0 && (p >= 0.5 ? "left" : "right") !== name(1000 + i / 2)), 0);
  const errors = [0, 1, 2, 3].map((draw) => {
    const options = { samples: 1, seed: 5 + (draw % 2), draw: Math.floor(draw / 2) };
    return wrong(net.members[draw % 2].mc_step(x, options).mean) / 100;
  });
  expect(both.averaged[0]).toMatchObject({ k: 1, groups: 4 });
  expect(both.averaged[0].error).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 4, 10);
  const { mutualInformation } = net.mc_step(x, { samples: 2, seed: 5, draw: 0 });
  both.doubt[0].mutualInformations.forEach((value: number, i: number) => {
    expect(Math.abs(value - mutualInformation![i])).toBeLessThan(1e-4);
  });
  const numbers = jsonLines(await run("uncertainty", "twins-mse", "numbers.csv", ...asked, "numbers.html"))[0];
  expect(numbers.averaged[0]).toMatchObject({ k: 1, groups: 4 });
});

test("convert takes one network out, which is that member in every format", async () => {
  using two = await Ensemble.load(bytes("two.safetensors"), Network);
  await run("convert", "two.safetensors", "second.safetensors", "--member", "2");
  using second = await Network.load(bytes("second.safetensors"));
  expect(second.parameters()).toEqual(two.members[1].parameters());
  await run("evaluate", "second.safetensors", "held.csv");
  await run("convert", "two.safetensors", "second.pt", "--member", "2", "--fold-inputs");
});

describe("a run of members that was stopped goes on with the same command", () => {
  const many = ["train", "train.csv", "--members", "2", ...settings, "--epochs", "150", "--patience", "100", "--json"];
  const left = () => readdirSync(folder.path).filter((file) => /member-\d/.test(file));
  const epochsOf = (stdout: string) => jsonLines(stdout).filter((line) => line.out === undefined);
  beforeAll(() => run(...many, "--out", "whole"));

  test.each<[string, string, string, NodeJS.Signals]>([
    ["in its first member", "soon", '"epoch":3', "SIGINT"],
    ["between two, killed", "late", '"out":"late-member-1"', "SIGKILL"],
  ])("%s", async (_, out, seen, signal) => {
    const running = start(folder.path, ...many, "--out", out);
    await running.printed(seen);
    running.kill(signal);
    const { status, stderr } = await running.finished;
    if (status === 130) expect(stderr).toMatch(/^thinned: stopped at member 1 of 2; the same command goes on\n$/);
    const before = left().length > 0;
    const stdout = await run(...many, "--out", out);
    if (before) expect(epochsOf(stdout).filter(({ epoch }) => epoch === 1).length).toBeLessThan(2);
    expect(Buffer.from(bytes(out)).equals(bytes("whole"))).toBe(true);
    expect(left()).toEqual([]);
  });

  test("but not with another one", async () => {
    await run("train", "train.csv", ...settings, "--out", "other-member-1");
    const refused = await thinned(folder.path, ...many, "--out", "other");
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^thinned: other-member-1 is not of this run; name another file with --out, or remove that one \(/,
      ),
    });
    const same = ["train", "train.csv", "--members", "2", ...settings, "--json", "--out", "other"];
    const [first, ...rest] = jsonLines(await run(...same));
    expect(first).toMatchObject({ out: "other-member-1", epochs: 4 });
    expect(rest).toHaveLength(5);
    expect(Buffer.from(bytes("other")).equals(bytes("two.safetensors"))).toBe(true);
  });
});

test.each<[string, string[], RegExp]>([
  [
    "expect",
    ["expect", "two.safetensors", "held.csv"],
    /two.safetensors: it is an ensemble, and one network is wanted; thinned convert FILE OUT --member 1 takes/,
  ],
  [
    "convert",
    ["convert", "two.safetensors", "one.onnx"],
    /two.safetensors is an ensemble of 2 networks; give one of them, with --member 1/,
  ],
  [
    "a member too many",
    ["convert", "two.safetensors", "one.onnx", "--member", "3"],
    /--member must be from 1 to 2, the networks of two.safetensors; got 3/,
  ],
  [
    "a member of a network",
    ["convert", "twin-cross-entropy", "one.onnx", "--member", "1"],
    /--member is for ensembles, and twin-cross-entropy is none; leave it out/,
  ],
  [
    "--resume",
    ["train", "train.csv", "--members", "2", "--resume", "two.safetensors"],
    /--members goes on by itself where it was stopped; drop --resume/,
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
