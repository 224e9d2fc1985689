// The papers' scripts run, find what can be known, and keep what they have run.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryFolder } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const MAIN = fileURLToPath(new URL("../../dist/bench/papers/main.js", import.meta.url));
const papers = async (...args: string[]) => {
  const result = await startProgram(folder.path, process.execPath, MAIN, ...args).finished;
  expect(result.status, result.stderr).toBe(0);
  return result;
};

test("dropping the inputs of a linear regression is a ridge, to rounding", async () => {
  const { stdout } = await papers("ridge", "--seeds", "1");
  const [, difference] = /all masks +0 +([\d.e-]+) /.exec(stdout)!;
  expect(Number(difference)).toBeLessThan(1e-5);
  const [, drawn] = /drawn masks +0 on average +([\d.e-]+) /.exec(stdout)!;
  expect(Number(drawn)).toBeLessThan(0.05);
}, 240_000);

const BESIDE = /published +ours +± standard error +seeds\n/;

test.each([
  ...["wan", "rate", "samples", "sparsity", "montecarlo"].map((name) => [name, BESIDE] as const),
  ["shifts", /accuracy +log likelihood +calibration error\nas they are +no dropout +\d/] as const,
])(
  "%s prints what came, beside what was published where that is a number, and runs nothing twice",
  async (name, heading) => {
    const first = await papers(name, "--data", "digits", "--quick");
    expect(first.stdout).toMatch(heading);
    expect(first.stderr).not.toBe("");
    const file = join(folder.path, "out/papers", `${name}.json`);
    const kept = JSON.parse(readFileSync(file, "utf8"));
    expect((await papers(name, "--data", "digits", "--quick")).stderr).toBe("");
    // What is missing is run again, and comes out the same but for the build's choice of order.
    const [[lost], ...others] = Object.entries(kept);
    writeFileSync(file, JSON.stringify(Object.fromEntries(others)));
    expect((await papers(name, "--data", "digits", "--quick")).stderr).toBe(`${lost.replace("digits, quick, ", "")}\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(kept);
  },
  240_000,
);

test("rows and sizes that were asked for are run, said, and kept apart from others", async () => {
  const digits = ["--data", "digits", "--quick"];
  const sized = [...digits, "--hidden", "8,6", "--steps", "9", "--seeds", "3-4"];
  const { stdout, stderr } = await papers("rate", ...sized, "--only", "6,2");
  expect(stdout).toContain("\n784-8-6-10, 9 updates of 50 samples");
  expect(stdout).toMatch(/seeds\np = 0.2 .*\np = 0.8 .*\n\n/);
  expect(stderr).toBe("p = 0.2, seed 3, hidden 8,6, 9 updates\np = 0.8, seed 3, hidden 8,6, 9 updates\n");
  expect((await papers("rate", ...sized, "--only", "= p 0.2")).stderr).toBe("");
  expect((await papers("rate", ...digits, "--steps", "60", "--only", "1")).stderr).not.toContain("updates");
});

test.each([
  [["rate", "--only", "8"], /--only must be numbers of rows.*; got 8; there are\n {2}1 {2}p = 0\n/],
  [["rate", "--only", "logistic"], /got logistic; there are/],
  [["rate", "--epochs", "3"], /--epochs says nothing to rate, which takes --only, --hidden, --steps/],
  [["ridge", "--hidden", "3"], /which takes none of --only/],
  [["rate", "--hidden", "3,,4"], /Expected a whole number from 1/],
  [["rate", "--seeds", "4-1"], /--seeds must be different seeds/],
])("%j is refused", async (args, message) => {
  const { status, stderr } = await startProgram(folder.path, process.execPath, MAIN, ...args, "--data", "digits")
    .finished;
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});

test("another name is refused with those that there are", async () => {
  const { status, stderr } = await startProgram(folder.path, process.execPath, MAIN, "table3").finished;
  expect(status).toBe(1);
  expect(stderr).toMatch(/NAME must be one of ridge, table2, wan, .*; got table3/);
});
