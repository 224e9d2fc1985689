// What the command line refuses, in which words, and with which exit status.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
folder.write("points.csv", `a,b,kind\n${"1,2,red\n3,4,blue\n5,7,red\n2,2,blue\n".repeat(5)}`);
folder.write("notes.txt", "not a model, and not to be overwritten");

async function refused(status: number, ...args: string[]): Promise<string> {
  const result = await thinned(folder.path, ...args);
  expect(result.stdout).toBe("");
  expect(result.status, result.stderr).toBe(status);
  expect(result.stderr, "one line").toMatch(/^thinned: [^\n]+\n$/);
  return result.stderr;
}

describe.concurrent("wrong usage has the status 2 and says what was meant", () => {
  const train = ["train", "points.csv"];
  test.each<[string, string[], RegExp]>([
    ["an unknown command", ["trian", "points.csv"], /unknown command 'trian' \(Did you mean train\?\)/],
    [
      "an unknown option",
      [...train, "--droput", "0.5"],
      /'--droput' \(Did you mean --dropout\?\).*thinned train --help/,
    ],
    ["no data", ["train"], /missing required argument 'data'/],
    ["one argument too many", [...train, "more.csv"], /too many arguments for 'train'/],
    ["an option without its value", [...train, "--epochs"], /--epochs <n>' argument missing/],
    ["a dropout of 2", [...train, "--dropout", "2"], /argument '2' is invalid. Expected a probability of dropping/],
    ["a dropout that is no number", [...train, "--input-dropout", "half"], /'half'.*a probability of dropping/],
    ["half an epoch", [...train, "--epochs", "0.5"], /'0.5'.*a whole number of at least 1/],
    ["a batch of none", [...train, "--batch", ""], /--batch.*a whole number from 1/],
    ["a hexadecimal seed", [...train, "--seed", "0x10"], /'0x10'.*a whole number/],
    ["a hidden layer of none", [...train, "--hidden", "8,0"], /'8,0'.*units per hidden layer/],
    ["a validation fraction of 1", [...train, "--val", "1"], /--val.*just under 1/],
    ["a scaling nearly right", [...train, "--scaling", "inverte"], /did you mean "inverted"\?/],
    [
      "rates for the wrong number of layers",
      [...train, "--dropout", "0.1,0.2,0.3"],
      /one per hidden layer \(2 of them\)/,
    ],
    ["momentum for adam", [...train, "--momentum", "0.9"], /--momentum is an option of the optimizer sgd.*uses adam/],
    [
      "nesterov without momentum",
      [...train, "--optimizer", "sgd", "--momentum", "0", "--nesterov"],
      /: --momentum must/,
    ],
    ["a regression's loss for classes", [...train, "--loss", "mse"], /--loss must be cross-entropy/],
    ["patience with nothing to wait for", [...train, "--patience", "3", "--val", "0"], /--patience needs validation/],
    ["a rate beyond floats", [...train, "--lr", "1e39"], /: --lr must be a finite number in float32/],
    ["a layer beyond any memory", [...train, "--hidden", "1e9"], /: --hidden must be a whole number from 1 to/],
    ["a seed beyond doubles", [...train, "--seed", "9007199254740992"], /a whole number from 0 to 9007199254740991/],
    ["threads by a wrong name", [...train, "--threads", "all"], /'all'.*a whole number from 1 to 256, or auto/],
    [
      "pixels of a table",
      [...train, "--raw-pixels"],
      /: --raw-pixels is for images alone; the columns of "points.csv"/,
    ],
    ["a target of images", ["train", "digits", "--target", "kind"], /: --target is for tables alone; got "kind"/],
    ["nothing to train on", [...train, "--val", "0.99"], /: --val must leave a row to train on; got 0.99 of 20 rows/],
    ["an empty place for the model", [...train, "--out", ""], /--out must be a file .*; got an empty name/],
    ["a seed without samples", ["predict", "m", "points.csv", "--seed", "1"], /--seed .* add --samples/],
  ])("%s", async (_, args, message) => {
    expect(await refused(2, ...args)).toMatch(message);
    expect(existsSync(join(folder.path, "model.safetensors"))).toBe(false);
  });

  test("no command at all shows the help on standard error", async () => {
    const { status, stdout, stderr } = await thinned(folder.path);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/Usage: thinned/);
  });
});

describe("a place that cannot be written is refused before any training", () => {
  test.each<[string, string, RegExp]>([
    ["a folder that is not there", "nowhere/model.safetensors", /there is no folder nowhere; create it first/],
    ["a folder", ".", /is not a file/],
    ["a file as a folder", "notes.txt/model", /notes.txt is not a folder/],
    ["somebody's notes", "notes.txt", /would overwrite notes.txt, which is not a model/],
  ])("%s", async (_, out, message) => {
    // A billion epochs: whoever trains first does not come back in time.
    expect(await refused(2, "train", "points.csv", "--epochs", "1000000000", "--out", out)).toMatch(message);
  });

  test("and nothing is left behind or changed", () => {
    expect(readdirSync(folder.path).sort()).toEqual(["notes.txt", "points.csv"]);
    expect(readFileSync(join(folder.path, "notes.txt"), "utf8")).toBe("not a model, and not to be overwritten");
  });
});

describe.concurrent("files that are missing or damaged have the status 1 and are named", () => {
  test.each<[string, string[], RegExp]>([
    ["no such data", ["train", "nothing.csv"], /nothing\.csv/],
    [
      "no such model",
      ["evaluate", "nothing.safetensors", "points.csv"],
      /nothing\.safetensors: there is no such model/,
    ],
    ["a model that is none", ["predict", "notes.txt", "points.csv"], /notes\.txt: .*safetensors/],
    ["a folder without images", ["train", "."], /\./],
    ["a target that is not there", ["train", "points.csv", "--target", "kinds"], /"kinds".*did you mean "kind"/],
  ])("%s", async (_, args, message) => {
    expect(await refused(1, ...args)).toMatch(message);
  });
});

test("--help and --version have the status 0", async () => {
  for (const args of [["--help"], ["--version"], ["train", "--help"], ["help", "predict"], ["start", "--help"]]) {
    const { status, stdout, stderr } = await thinned(folder.path, ...args);
    expect({ status, stderr }, args.join(" ")).toEqual({ status: 0, stderr: "" });
    expect(stdout.length).toBeGreaterThan(4);
  }
});
