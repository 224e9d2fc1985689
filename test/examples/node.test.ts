// The examples that run in Node, run as their readers run them. Each has to show what it claims, not only end.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { copyExample } from "../support/example.js";
import { root } from "../support/pages.js";

const folders = readdirSync(path.join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What a program of an example prints. */
function run(folder: string, program: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { cwd: folder, encoding: "utf8" });
  expect(status, stderr + stdout).toBe(0);
  return stdout;
}

/** The numbers that follow `words`, in the order in which they were printed. */
function numbersAfter(words: RegExp, printed: string): number[] {
  return [...printed.matchAll(new RegExp(`${words.source}\\s*(-?[\\d.]+)`, "gm"))].map((match) => Number(match.at(-1)));
}

test("train in Node: learns, saves, and answers from the file", () => {
  using example = copyExample("train-in-node");
  const [wrong] = numbersAfter(/^test:/, run(example.folder, "train.js"));
  expect(wrong, "per cent").toBeLessThan(8);
  const answers = run(example.folder, "answer.js").trim().split("\n");
  expect(answers.map((line) => /upper|lower/.exec(line)?.[0]).slice(0, 2)).toEqual(["upper", "lower"]);
  const doubts = numbersAfter(/doubt/, answers.join("\n"));
  expect(doubts[2], "doubt between the moons").toBeGreaterThan(10 * Math.max(doubts[0], doubts[1]));
});

test("online learning: follows the stream, and recovers when it changes", () => {
  using example = copyExample("online-learning");
  const errors = numbersAfter(/error/, run(example.folder, "main.js"));
  expect(errors).toHaveLength(6);
  expect(errors[2], "before the change").toBeLessThan(0.6 * errors[0]);
  expect(errors[3], "at the change").toBeGreaterThan(1.3 * errors[2]);
  expect(errors[5], "some time after").toBeLessThan(0.75 * errors[3]);
});

test("deep ensemble: its members agree among the data, and not in the gap", () => {
  using example = copyExample("deep-ensemble");
  const rows = run(example.folder, "main.js").trim().split("\n").slice(1);
  const spread = rows.map((row) =>
    Number(
      row
        .trim()
        .split(/\s{2,}/)
        .at(-2),
    ),
  );
  expect(spread).toHaveLength(4);
  expect(Math.min(spread[2], spread[3])).toBeGreaterThan(1.5 * Math.max(spread[0], spread[1]));
});

test("active learning: asking for labels by BALD leaves fewer errors than labels at random", () => {
  using example = copyExample("active-learning");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["main.js", "2"], {
    cwd: example.folder,
    encoding: "utf8",
  });
  expect(status, stderr + stdout).toBe(0);
  const rows = stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  expect(rows.map(([labels]) => labels)).toEqual([40, 80, 120, 160, 200, 240, 280]);
  expect(rows[0][1], "the same start").toBe(rows[0][2]);
  for (const [, random, bald] of rows.slice(3)) expect(bald).toBeLessThan(0.9 * random);
});

describe("custom training", () => {
  const printed = (program: string) => {
    using example = copyExample("custom-training");
    return run(example.folder, program);
  };

  test("a custom loss minds outliers less than mse does", () => {
    const [mse, huber] = numbersAfter(/error/, printed("custom-loss.js"));
    expect(huber).toBeLessThan(mse / 4);
  });

  test("class weights find more of a rare class", () => {
    const [even, weighted] = numbersAfter(/weights [\d and]+:/, printed("class-weights.js"));
    expect(weighted).toBeLessThan(even / 2);
  });

  test("accumulated gradients learn", () => {
    const errors = numbersAfter(/error/, printed("accumulation.js"));
    expect(errors).toHaveLength(4);
    expect(errors[3]).toBeLessThan(0.1);
  });

  test("frozen layers help a small task", () => {
    const [frozen, fresh] = numbersAfter(/error/, printed("frozen-layers.js"));
    expect(frozen).toBeLessThan(0.85 * fresh);
  });

  test("averaged weights are no worse than the last ones", () => {
    const [last, averaged] = numbersAfter(/error/, printed("moving-average.js"));
    expect(averaged).toBeLessThan(last);
  });
});

describe("every example", () => {
  test.each(folders)("%s depends on this version of the package, and the list describes it", (name) => {
    const manifest = JSON.parse(readFileSync(path.join(root, "examples", name, "package.json"), "utf8"));
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    expect(manifest).toMatchObject({ name, private: true, type: "module", dependencies: { thinned: `^${version}` } });
    expect(manifest.scripts.start).toMatch(/^(node|vite)\b/);
    expect(readFileSync(path.join(root, "examples/README.md"), "utf8")).toContain(`](${name}/`);
  });

  test.each(folders)("%s uses the API as its types say", (name) => {
    using example = copyExample(name);
    const compilerOptions = {
      ...{ target: "ES2022", module: "ESNext", moduleResolution: "Bundler", lib: ["ES2023", "DOM", "DOM.Iterable"] },
      ...{ types: ["node"], typeRoots: [path.join(root, "node_modules/@types")], allowJs: true, checkJs: true },
      ...{ strict: false, noEmit: true, skipLibCheck: true },
    };
    writeFileSync(path.join(example.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.js"] }));
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", example.folder], { encoding: "utf8" });
    expect(stdout).toBe("");
  });
});
