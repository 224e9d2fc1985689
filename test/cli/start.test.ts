// The demonstration, cut short: what it does and what it leaves. What it shows is on record in docs/digits.md.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, expect, test } from "vitest";
import { drawCurves, type Point } from "../../src/report/curves.js";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

type Errors = { heldOut: number };

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** How many lines of how many points an SVG draws, and its words. */
function contents(svg: string) {
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  const { document } = parseHTML(svg);
  const paths = [...document.querySelectorAll('[aria-label="line"] path')].map((path) => path.getAttribute("d") ?? "");
  const words = [...document.querySelectorAll("text")].map((text) => text.textContent);
  const dots = document.querySelectorAll('[aria-label="dot"] circle').length;
  const ticks = [...document.querySelectorAll('[aria-label="x-axis tick label"] text')].map((text) => text.textContent);
  return { points: paths.map((path) => path.split(/[LM]/).length - 1), words, dots, ticks };
}

test("the picture has a training and a test curve for every arm, and says where they end", async () => {
  const arms = ["no dropout", "plain dropout", "inverted dropout"];
  const points = arms.flatMap((arm, i) =>
    (["training error", "test error"] as const).flatMap((set, j) =>
      [1, 2, 3, 4].map(
        (epoch): Point => ({ arm, set, epoch, mean: (1 + i + 4 * j) / 100 + 0.1 / epoch, standardError: 0.002 }),
      ),
    ),
  );
  const { points: perLine, words } = contents((await drawCurves(points, "A title")) as string);
  expect(perLine).toEqual(Array(6).fill(4));
  expect(words).toContain("A title");
  expect(words).toContain("no dropout: 7.5 ± 0.2 %");
  expect(words).toContain("inverted dropout: 9.5 ± 0.2 %");
  const early = points.filter(({ arm, epoch }) => arm !== "inverted dropout" || epoch < 4);
  const { words: keys } = contents((await drawCurves(early, "A title")) as string);
  expect(keys).toContain("plain dropout: 8.5 ± 0.2 %");
  expect(keys, "who stops early says so").toContain("inverted dropout: 10.3 ± 0.2 % after 3");
});

test.each([
  [1, ["0", "1"]],
  [3, ["0", "1", "2", "3"]],
  [40, ["0", "5", "10", "15", "20", "25", "30", "35", "40"]],
])("of %d epochs every arm has its dots, and ticks are whole numbers", async (epochs, expected) => {
  const points = ["a", "b", "c"].flatMap((arm) =>
    (["training error", "test error"] as const).flatMap((set) =>
      Array.from({ length: epochs }, (_, i): Point => ({ arm, set, epoch: i + 1, mean: 0.8, standardError: 0 })),
    ),
  );
  const { dots, ticks } = contents((await drawCurves(points, "A title")) as string);
  expect(dots).toBe(6 * epochs);
  // Once below each half.
  expect(ticks).toEqual([...expected, ...expected]);
});

const QUICK = ["--epochs", "2", "--seeds", "2"];

test("three arms, one picture, the same numbers again for the same seeds", async () => {
  mkdirSync(join(folder.path, "pictures"));
  const run = () => succeed(folder.path, "start", ...QUICK, "--out", "pictures/curves.svg", "--json");
  const lines = jsonLines(await run());
  const [none, inverted, plain, { stepMilliseconds, ...facts }] = lines;
  expect([none, inverted, plain].map(({ arm }) => arm)).toEqual(["no dropout", "inverted dropout", "plain dropout"]);
  for (const { errors } of [none, inverted, plain]) {
    expect(errors).toHaveLength(2);
    for (const { heldOut } of errors) expect(heldOut, "better than guessing").toBeLessThan(0.8);
  }
  const gains = none.errors.map(({ heldOut }: Errors, s: number) => heldOut - inverted.errors[s].heldOut);
  expect(facts.gain.mean).toBeCloseTo((gains[0] + gains[1]) / 2, 12);
  expect(facts.gain.standardError).toBeCloseTo(Math.abs(gains[0] - gains[1]) / 2, 12);
  expect(facts.runs, "plain and inverted: rounding, and what an epoch makes of it").toBeLessThan(1e-4);
  expect(facts.scalings, "rounding of one pass").toBeLessThan(1e-5);
  for (const { agreeing, draws } of [facts.clear, facts.scribble]) expect(agreeing).toBeLessThanOrEqual(draws);
  const picture = readFileSync(join(folder.path, "pictures/curves.svg"), "utf8");
  expect(contents(picture).points).toEqual(Array(6).fill(2));
  const again = jsonLines(await run());
  const { stepMilliseconds: _, ...sameFacts } = again[3];
  expect([...again.slice(0, 3), sameFacts]).toEqual([none, inverted, plain, facts]);
  expect(readFileSync(join(folder.path, "pictures/curves.svg"), "utf8")).toBe(picture);
});

test("sentences for people in fewer than 25 lines, and the picture's path", async () => {
  const { stdout, stderr } = await thinned(folder.path, "start", ...QUICK, "--seed", "2");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^ +wrong in training +wrong in testing$/m);
  expect(stdout.match(/^(no|plain|inverted) dropout( +[\d.]+ ± [\d.]+ %){2}$/gm)).toHaveLength(3);
  expect(stdout).toMatch(/\nLearning curves: out\/learning-curves\.svg\. Next: npx thinned demo/);
  expect(stdout.split("\n").length).toBeLessThan(25);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
});

test("no folder is made but its own", async () => {
  const { status, stdout, stderr } = await thinned(folder.path, "start", "--epochs", "1", "--out", "nowhere/a.svg");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/--out must be a file .*: there is no folder nowhere; create it first/);
  expect(existsSync(join(folder.path, "nowhere"))).toBe(false);
});
