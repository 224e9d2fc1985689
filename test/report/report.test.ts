// What reports say and draw of results that leave little to say: no errors, ties, one seed.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { ARMS } from "../../src/lab/arms.js";
import { drawChart, type Section, writeReport } from "../../src/report/page.js";
import { plotting } from "../../src/report/plotting.js";
import { type StudyResult, sectionsOf, summaryLines } from "../../src/report/study.js";
import { sectionsOf as uncertaintySections } from "../../src/report/uncertainty.js";
import { folderOfTest } from "../support/files.js";

const libraries = await plotting();

/** Numbers at the vertical axis, and the words of a chart. */
function contents(svg: string) {
  const { document } = parseHTML(svg);
  const words = (selector: string) =>
    [...document.querySelectorAll(`${selector} text`)].map((text) => text.textContent);
  return {
    ticks: words('[aria-label="y-axis tick label"]').map((tick) => tick.replace("−", "-")),
    words: words("svg"),
  };
}

/** A study whose rates have these test errors, one list of seeds each, and which has no other error at all. */
function study(rates: number[][]): StudyResult {
  return {
    source: "points.csv",
    network: "2-8-2",
    trainSamples: 100,
    testSamples: 50,
    settings: { steps: 30, repeats: 1 },
    imageShape: null,
    curves: ARMS.flatMap((arm) => [10, 20].map((step) => ({ arm, step, trainError: 0, testError: 0 }))),
    rates: rates.map((testErrors, i) => ({ p: i / 5, trainErrors: testErrors.map(() => 0), testErrors })),
    sizes: ARMS.map((arm) => ({
      arm,
      samples: 100,
      trainErrors: rates[0].map(() => 0),
      testErrors: rates[0].map(() => 0),
    })),
    features: null,
  };
}

const wordsOf = (sections: Section[]) =>
  sections.flatMap(({ text, figures = [] }) => [...text, ...figures.map(({ caption }) => caption)]).join("\n");

test("a figure and its per cent stay on one line", () => {
  const out = folderOfTest();
  const paths = { html: path.join(out, "a.html"), json: path.join(out, "a.json") };
  writeReport(paths, "A", "a", [{ title: "B", text: ["From 6.67 % to 4.44 %."] }], {});
  expect(readFileSync(paths.html, "utf8")).toContain("<p>From 6.67\u00a0% to 4.44\u00a0%.</p>");
});

describe("charts", () => {
  test.each([[true], [false]])("have an axis where all values are 0; one that begins at 0: %s", (zero) => {
    const rows = [1, 2, 3].map((x) => ({ x, y: 0, series: "errors" }));
    const { ticks } = contents(drawChart(libraries, { rows, x: { label: "x" }, y: { label: "per cent", zero } }));
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks[0]).toMatch(/^0(\.0+)?$/);
    expect(Math.max(...ticks.map((tick) => tick.length)), ticks.join()).toBeLessThanOrEqual(4);
  });
});

describe("a study", () => {
  test("where nothing is wrong names the ties, and one seed has no bars", () => {
    const result = study([[0], [0], [0.1]]);
    expect(summaryLines(result)).toContain("best rates: p = 0, 0.2, all with test error 0.00 %");
    const words = wordsOf(sectionsOf(result, libraries));
    expect(words).toContain("the test error stays at 0.00 %.");
    expect(words).toContain("no rate that was tried is better than p = 0: 0.00 %. As good: p = 0.2.");
    expect(words).toMatch(/^One seed\.$/m);
    expect(words).toMatch(/^One seed; the same number of updates for every size\.$/m);
    expect(words).not.toMatch(/\bbar\b/);
  });

  test("of several seeds says which rate is the best, and what the bars are", () => {
    const result = study([
      [0.2, 0.3],
      [0.1, 0.2],
    ]);
    expect(summaryLines(result)).toContain("best rate: p = 0.2, test error 15.00 %");
    const words = wordsOf(sectionsOf(result, libraries));
    expect(words).toContain("The best of these rates is p = 0.2: 15.00 %, against 25.00 % at p = 0.");
    expect(words).toContain("Means over 2 seeds; a bar spans the seeds' smallest and largest error.");
  });
});

test("no error is drawn below 0 per cent, however much the groups differ", () => {
  const [averaging] = uncertaintySections(
    {
      model: "m",
      data: "d",
      rows: 100,
      draws: 2,
      seed: 1,
      weightScalingError: 0.01,
      averaged: [
        { k: 1, groups: 2, error: 0.01, standardDeviation: 0.03 },
        { k: 2, groups: 1, error: 0.01, standardDeviation: null },
      ],
      doubt: [
        { images: "clean", rows: 2, error: 0, entropy: 0.1, mutualInformation: 0.1, mutualInformations: [0.1, 0.1] },
      ],
      reliability: [],
      certain: [{ kept: 1, error: 0 }],
    },
    { shape: null, examples: [] },
    libraries,
  );
  const { ticks } = contents(averaging.figures![0].picture);
  expect(Math.min(...ticks.map(Number))).toBe(0);
});
