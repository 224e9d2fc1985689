// Files as people have them, one for each oddity: train, evaluate and predict at the first try, or one line that says
// what the file is.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.js";
import { runHere } from "../support/in-process.js";
import { CELLS } from "./odd-files/cells.js";
import { REFUSED } from "./odd-files/refused.js";
import { SHAPES } from "./odd-files/shapes.js";
import { SPELLINGS } from "./odd-files/spellings.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const SMALL = ["--hidden", "4", "--epochs", "1", "--batch", "32"];

/** What predict answers to all files that hold the same, to the letter. */
let same: string | null = null;

test.each([...SPELLINGS, ...CELLS, ...SHAPES])("$name", async (file) => {
  const bytes = file.bytes ?? Buffer.from(file.text!);
  const model = join(folder.path, "model.safetensors");
  const path = file.piped ? "-" : folder.write("table.data", bytes);
  const run = async (...args: string[]) => {
    const done = await runHere([...args, ...(file.read ?? [])], file.piped ? bytes : undefined);
    expect([done.status, done.stderr]).toEqual([
      0,
      file.says && args[0] === "train" ? expect.stringMatching(file.says) : "",
    ]);
    return done.stdout;
  };
  const target = file.target === undefined ? [] : ["--target", file.target];
  const report = await run("train", path, ...target, ...(file.train ?? []), ...SMALL, "--out", model);
  const table = report.slice(report.indexOf("\ncolumn "), report.search(/\n(and \d|epoch)/));
  const columns = [...table.matchAll(/\n"(.*)" +(number|boolean|category|date|left out|target) /g)];
  if (file.kinds) expect(columns.map(([, , kind]) => kind).join(", ")).toBe(file.kinds);
  const leftOut = columns.filter(([, , kind]) => kind === "left out").map(([, name]) => name);
  if (file.leftOut) expect(leftOut).toEqual(file.leftOut);
  const { rows = 40, evaluated = rows, answers } = file;
  const { samples, task } = JSON.parse(await run("evaluate", model, path, "--json"));
  expect([samples, task]).toEqual([evaluated, answers.startsWith("class,") ? "classify" : "regress"]);
  const predicted = await run("predict", model, path);
  expect(predicted.slice(0, answers.length + 1)).toBe(`${answers}\n`);
  // Names with ends of lines in them make more lines.
  expect(predicted.slice(answers.length + 1).match(/[\d.e-]+\n/g)).toHaveLength(rows);
  if (!file.same) return;
  same ??= predicted;
  expect(predicted).toBe(same);
});

test.each(REFUSED)("%s is refused by its name", async (_, bytes, name) => {
  const empty = join(folder.path, "empty");
  mkdirSync(empty, { recursive: true });
  const path = folder.write("data.csv", bytes);
  const { status, stdout, stderr } = await runHere(["train", path, "--out", join(empty, "model")]);
  expect([status, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
  expect(stderr).toContain(`thinned: ${path}: expected `);
  expect(stderr).toMatch(name);
  expect(readdirSync(empty)).toEqual([]);
});
