// What train tells about itself, what it leaves out, and what it leaves alone.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { digestOf, packModel, readModel } from "../../src/cli/run/model-file.js";
import { checkEncoding } from "../../src/data/encode/encoding.js";
import { loadData } from "../../src/data/load.js";
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network as Trained } from "../../src/infer.js";
import { Network } from "../../src/network.js";
import { showError } from "../../src/report/numbers.js";
import { jsonLines, start, succeed, temporaryFolder, thinned } from "../support/cli.js";
import { expectClose } from "../support/networks.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);
const SMALL = ["--hidden", "4", "--epochs", "1"];

const table = (header: string, row: (i: number) => (string | number)[]) =>
  `${header}\n${Array.from({ length: 40 }, (_, i) => row(i).join(",")).join("\n")}\n`;
folder.write(
  "prices.csv",
  table('size,"weight,\n kg",price', (i) => [i % 7, (i * 5) % 11, i % 26]),
);
folder.write(
  "kinds.csv",
  table("id,a,b,kind", (i) => [`n${i}`, i % 7, (i * 5) % 11, i % 2 ? "red" : "blue"]),
);
folder.write(
  "counted.csv",
  table("1,2,3", (i) => [i % 7, (i * 5) % 11, i % 2]),
);

describe("the first line says what the data and the options were taken for", () => {
  test.each<[string, string[], string]>([
    ["numbers", ["prices.csv"], 'prices.csv: regress "price" on size, weight, kg; 36 + 4 rows; 2-4-1, adam'],
    [
      "classes",
      ["kinds.csv", "--ignore", "id", "--val", "0", "--optimizer", "sgd", "--test", "kinds.csv"],
      'kinds.csv: classify "kind" ("blue", "red") by a, b; 40 rows, 40 to test; 2-4-2, sgd',
    ],
    [
      "images",
      ["digits", "--samples", "200"],
      "digits: classify images of 20 × 20 (10 classes); 180 + 20 rows, 4,000 to test; 400-4-10, sgd",
    ],
  ])("%s", async (_, args, line) => {
    const lines = (await run("train", ...args, ...SMALL, "--out", "said")).split("\n");
    expect(lines[0]).toBe(line);
    expect(lines.find((text) => text.startsWith("1 epoch"))).toMatch(/^1 epoch, /);
  });

  test("programs get it in the summary, and the quiet get none of it", async () => {
    const lines = jsonLines(await run("train", "prices.csv", ...SMALL, "--out", "said", "--json"));
    expect(lines[0].epoch).toBe(1);
    expect(lines.at(-1)).toMatchObject({ task: "regress", target: "price", classes: null, bestEpoch: 1 });
    const images = jsonLines(await run("train", "digits", "--samples", "200", ...SMALL, "--out", "said", "--json"));
    expect(images.at(-1)).toMatchObject({ task: "classify", target: null, classes: 10 });
    expect(await run("train", "prices.csv", ...SMALL, "--out", "said", "--quiet")).not.toContain("regress");
  });

  test("names that are numbers are pointed out", async () => {
    const { status, stderr } = await thinned(folder.path, "train", "counted.csv", ...SMALL, "--out", "said");
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr:
        "thinned: counted.csv: the first line is taken for column names (1, 2, 3); where it is a sample, put a line of names above it\n",
    });
  });
});

describe("--ignore", () => {
  test("leaves columns out, for the model and for whoever resumes, too", async () => {
    await run("train", "kinds.csv", ...SMALL, "--ignore", "id", "--ignore", "b", "--out", "ignoring");
    expect((await run("predict", "ignoring", "kinds.csv")).trim().split("\n")).toHaveLength(41);
    await run("evaluate", "ignoring", "kinds.csv");
    await run("train", "kinds.csv", "--resume", "ignoring", "--epochs", "2");
    const other = await thinned(folder.path, "train", "kinds.csv", "--resume", "ignoring", "--ignore", "id");
    expect(other.status).toBe(2);
    expect(other.stderr).toMatch(/--ignore id conflicts with the run in ignoring, which uses id,b/);
  });

  test.each<[string, string[], number, RegExp]>([
    ["an unknown name", ["kinds.csv", "--ignore", "ID"], 1, /a column "ID", got .*; did you mean "id"\?/],
    ["the target", ["kinds.csv", "--ignore", "id,kind", "--target", "kind"], 1, /expected a target that is read, got/],
    ["nothing", ["kinds.csv", "--ignore", "id,"], 2, /--ignore <columns>.*Expected names as in id,comment/],
    [
      "a column of images",
      ["digits", "--ignore", "id"],
      2,
      /: --ignore is for tables alone; got \["id"\] with "digits"; leave it out/,
    ],
  ])("refuses %s", async (_, args, status, message) => {
    const result = await thinned(folder.path, "train", ...args, ...SMALL, "--out", "never");
    expect(result).toMatchObject({ status, stdout: "", stderr: expect.stringMatching(message) });
    expect(existsSync(join(folder.path, "never"))).toBe(false);
  });
});

test("a model of a former run is replaced only where its name was given", async () => {
  const file = join(folder.path, "model.safetensors");
  await run("train", "prices.csv", ...SMALL);
  const before = readFileSync(file);
  // A billion epochs: whoever trains first does not come back in time.
  const again = ["train", "prices.csv", "--hidden", "4", "--seed", "2"];
  const { status, stdout, stderr } = await thinned(folder.path, ...again, "--epochs", "1000000000");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(
    /^thinned: model\.safetensors exists already; name another file with --out FILE, or delete it/,
  );
  expect(readFileSync(file).equals(before)).toBe(true);
  await run(...again, "--epochs", "1", "--out", "model.safetensors");
  expect(readFileSync(file).equals(before)).toBe(false);
  await run("train", "prices.csv", "--resume", "model.safetensors", "--epochs", "2");
  rmSync(file);
});

test("--patience takes a loss that is no number for no better one", async () => {
  const kinds = Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(i * i)},${"xyz"[i % 3]}`);
  folder.write("wild.csv", ["a,b,kind", ...kinds].join("\n"));
  // One step an epoch, each a thousand times and more too long: what the third one makes overflows.
  const wild = "--hidden 16,16 --dropout 0 --optimizer sgd --lr 1e5 --lr-schedule constant --batch 100".split(" ");
  const args = ["wild.csv", ...wild, "--epochs", "3", "--patience", "2", "--out", "wild", "--json"];
  const [first, , third, summary] = jsonLines(await run("train", ...args));
  expect(third.validationLoss).toBeNull();
  expect(summary).toMatchObject({ bestEpoch: 1, validationLoss: first.validationLoss });
});

test("an error in a target's own units is no power of ten", async () => {
  folder.write(
    "houses.csv",
    table("size,price", (i) => [i % 7, 100_000 * (1 + (i % 7)) + 7 * i]),
  );
  const text = await run("train", "houses.csv", ...SMALL, "--out", "houses");
  expect(text).toMatch(/ RMSE of price \d{3},\d{3} /);
  expect(text).toMatch(/^validation +[\d.]+ +\d{3},\d{3}$/m);
  expect(await run("evaluate", "houses", "houses.csv")).toMatch(/^RMSE +\d{3},\d{3} +\d{3},\d{3}$/m);
  expect([0.5, 12.345, 9999.4, 9999.6, 1e9].map((error) => showError(error, "regress"))).toEqual([
    "0.5000",
    "12.35",
    "9999",
    "10,000",
    "1.000e+9",
  ]);
});

test("--patience says that it stopped, and which epoch it kept", async () => {
  const train = ["train", "digits", "--samples", "300", "--hidden", "16", "--lr-schedule", "constant"];
  const args = [...train, "--lr", "0.5", "--patience", "2", "--out", "patient"];
  const { epochs, bestEpoch } = jsonLines(await run(...args, "--epochs", "60", "--json")).at(-1);
  expect(bestEpoch).toBe(epochs - 2);
  expect(await run(...args, "--epochs", "60")).toContain(
    `\nstopped after 2 epochs without improvement; kept epoch ${bestEpoch}\n`,
  );
  expect(await run(...args, "--epochs", "1")).toContain("\nkept epoch 1, which has the lowest validation loss\n");
});

test("from its first line on, a signal leaves a checkpoint", async () => {
  const running = start(folder.path, "train", "digits", "--epochs", "1000", "--out", "an early one");
  await running.printed("digits: classify");
  running.kill("SIGINT");
  const { status, stdout, stderr } = await running.finished;
  expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
  const [, early] = /\nstopped; --resume "(.*)" continues the run\n$/.exec(stdout) ?? [];
  expect(early).toBe("an early one");
  await run("evaluate", early, "digits");
  await run("train", "digits", "--resume", early, "--epochs", "2", "--quiet");
});

test("an output that is full is one line, and a failure", async () => {
  await run("train", "prices.csv", ...SMALL, "--quiet", "--out", "full");
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", `"${process.execPath}" "${main}" predict full prices.csv > /dev/full`],
    {
      cwd: folder.path,
      encoding: "utf8",
    },
  );
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^thinned: standard output cannot be written: ENOSPC[^\n]*\n$/),
  });
});

describe("the network takes rows as they stand in the data", () => {
  const KINDS = ["train", "kinds.csv", "--ignore", "id", ...SMALL, "--activation", "silu"];
  const rows = Float32Array.from({ length: 80 }, (_, k) => (k % 2 ? (5 * (k >> 1)) % 11 : (k >> 1) % 7));
  const probabilities = async (model: string, data: string) =>
    jsonLines(await run("predict", model, data, "--json")).flatMap((row) => [row["p:blue"], row["p:red"]]);

  test("of a table, and names its classes", async () => {
    await run(...KINDS, "--out", "kinds");
    using net = await Trained.load(readFileSync(join(folder.path, "kinds")));
    expect(net.classes).toEqual(["blue", "red"]);
    expect(net.config.activation).toEqual(["silu"]);
    // Another build than the command's: last bits differ, and seven digits are printed.
    expectClose(net.predict(rows), await probabilities("kinds", "kinds.csv"), "raw rows", 1e-5);
  });

  test("of images: pixels, and the mean image is the network's", async () => {
    await run("train", "digits", "--samples", "200", ...SMALL, "--out", "pictures");
    const { net, encoding } = await readModel(join(folder.path, "pictures"), {});
    expect([encoding.inputMean, encoding.inputScale]).toEqual([null, null]);
    expect(net.config.inputs?.shift.some((mean) => mean > 0.1)).toBe(true);
    expect(net.classes).toEqual([..."0123456789"]);
    net.dispose();
  });

  test("but a file of version 1 answers, and goes on, by the means in its encoding", async () => {
    await run(...KINDS, "--out", "now", "--val", "0");
    const { net, encoding, run: begun } = await readModel(join(folder.path, "now"), { build: "simd" });
    const { inputs, classes: _, ...config } = net.config;
    using former = await Network.create({ ...config, inputs: null, build: "simd" });
    former.setParameters(net.parameters());
    net.dispose();
    const [inputMean, inputScale] = [[...inputs!.shift], [...inputs!.scale]];
    const { table: ___, ...plain } = encoding;
    const old = { ...plain, inputMean, inputScale };
    const data = await loadData(join(folder.path, "kinds.csv"), {
      ignore: ["id"],
      val: 0,
      seed: 1,
      as: checkEncoding(old),
    });
    expect([...data.train.x]).toEqual(expect.arrayContaining([expect.closeTo((1 - inputMean[0]) * inputScale[0], 5)]));
    const saved = packModel({
      net: former,
      encoding: old,
      run: { ...begun!, digest: digestOf(data.train) },
      bestWeights: null,
    });
    const { tensors, metadata } = readSafetensors(saved);
    const { output: __, ...rest } = JSON.parse(metadata.config);
    const settings = JSON.stringify({ ...rest, activation: "silu" });
    folder.write("former", writeSafetensors(tensors, { ...metadata, version: "1", config: settings }));
    const was = await probabilities("former", "kinds.csv");
    expectClose(await probabilities("now", "kinds.csv"), was, "the same answers", 1e-5);
    const again = jsonLines(await run("train", "kinds.csv", "--resume", "former", "--epochs", "2", "--json"));
    expect(again[0].epoch).toBe(1);
    using resumed = await Network.load(readFileSync(join(folder.path, "former")));
    expect(resumed.config.inputs).toBeNull();
  });
});
