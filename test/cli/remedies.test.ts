// What a message of the command line proposes works: each is provoked, read, followed as it stands, and the command then does its work.
import { afterAll, beforeAll, expect, test } from "vitest";
import { succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const SMALL = ["--hidden", "4", "--epochs", "1", "--quiet"];
const DIGITS = ["train", "digits", "--samples", "60", ...SMALL];

beforeAll(async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i / 2},${i % 3},${i % 2}`).join("\n");
  folder.write("plain.csv", `a,b,kind\n${rows}\n`);
  folder.write("notes.txt", "these are notes, and no model");
  await succeed(folder.path, ...DIGITS, "--out", "model");
  folder.write("model.safetensors", "");
});

/** The option that the message ends with, as the arguments that it stands for. */
function remedy(stderr: string): string[] {
  const said = stderr.replace(/ \(thinned [a-z]+ --help tells more\)\n$/, "");
  const found = [...said.matchAll(/(--[a-z-]+)(?: ("[^"]*"|[\w.]+))?/g)].at(-1);
  if (!found) throw new Error(`no option is proposed in: ${stderr}`);
  const value = found[2]?.replaceAll('"', "");
  return value === undefined ? [found[1]] : [found[1], value === "FILE" ? "another" : value];
}

/** The arguments with these options in place of what they say of them now. */
function follow(args: string[], [option, ...value]: string[]): string[] {
  const at = args.indexOf(option);
  return at < 0 ? [...args, option, ...value] : [...args.slice(0, at), option, ...value, ...args.slice(at + 2)];
}

test.each<[string, string[], RegExp]>([
  ["seed without draws", ["predict", "model", "digits", "--seed", "3"], /add --samples 50/],
  ["patience without validation", [...DIGITS, "--patience", "3", "--val", "0", "--out", "a"], /give --val 0\.1/],
  ["a default that is there", [...DIGITS], /name another file with --out FILE/],
  ["momentum and adam", ["train", "plain.csv", ...SMALL, "--momentum", "0.5", "--out", "c"], /add --optimizer sgd/],
  ["a misspelt option", [...DIGITS, "--patiens", "3", "--out", "d"], /Did you mean --patience\?/],
])("%s", { timeout: 60_000 }, async (_, args, message) => {
  const { status, stderr } = await thinned(folder.path, ...args);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(message);
  if (/Did you mean/.test(stderr)) {
    const meant = /Did you mean (--[a-z]+)\?/.exec(stderr)![1];
    await succeed(folder.path, ...args.map((arg) => (arg === "--patiens" ? meant : arg)));
  } else await succeed(folder.path, ...follow(args, remedy(stderr)));
});

test("an option that is to be left out is the one that was given", { timeout: 60_000 }, async () => {
  for (const args of [
    [...DIGITS, "--loss", "mse", "--out", "e"],
    [...DIGITS, "--target", "kind", "--out", "e"],
    ["train", "plain.csv", ...SMALL, "--samples", "50", "--out", "e"],
    ["train", "plain.csv", ...SMALL, "--raw-pixels", "--out", "e"],
    ["train", "digits", "--resume", "model", "--epochs", "2", "--lr", "0.7", "--out", "e"],
  ]) {
    const { status, stderr } = await thinned(folder.path, ...args);
    expect(status, stderr).toBe(2);
    const [option] = /--[a-z-]+/.exec(stderr) ?? [];
    expect(args, stderr).toContain(option);
    expect(stderr).toMatch(/drop (it|the option)|leave it out/);
    const at = args.indexOf(option!);
    const takesValue = option !== "--raw-pixels";
    await succeed(folder.path, ...args.slice(0, at), ...args.slice(at + (takesValue ? 2 : 1)));
  }
});

test("a run that is complete goes on with the epochs that it names", { timeout: 60_000 }, async () => {
  const { stderr } = await thinned(folder.path, "train", "digits", "--resume", "model", "--out", "f", "--quiet");
  const [epochs] = /(?<=--epochs )\d+/.exec(stderr)!;
  const { status, stderr: silent } = await thinned(
    folder.path,
    "train",
    "digits",
    "--resume",
    "f",
    "--epochs",
    epochs,
    "--quiet",
  );
  expect({ status, silent }).toEqual({ status: 0, silent: "" });
});

test("a port that is free is named where one is taken", async () => {
  const { status, stderr } = await thinned(folder.path, "demo", "--host", "192.0.2.1");
  expect(status).toBe(2);
  expect(stderr).toMatch(/leave it out for 127\.0\.0\.1/);
});
