// What evaluate measures, prints and draws.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { assess } from "../../src/cli/run/assess.js";
import { importances } from "../../src/cli/run/importance.js";
import type { Encoding } from "../../src/data/encode/table.js";
import * as scores from "../../src/scores/index.js";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";
import { create, noise } from "../support/networks.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);
const QUICK = ["--hidden", "8", "--epochs", "8", "--lr", "0.02", "--build", "simd", "--threads", "1", "--quiet"];
const rows = Array.from({ length: 90 }, (_, i) => [(i * 7) % 13, (i * 5) % 11, 4]);
const kindOf = ([a, b]: number[]) => (a > 8 ? "hot" : b > 6 ? "=wet" : "dry");
folder.write("kinds.csv", `a,b,same,kind\n${rows.map((row) => [...row, kindOf(row)].join(",")).join("\n")}\n`);
folder.write(
  "prices.csv",
  `a,b,same,price\n${rows.map((row) => [...row, 100 + 30 * row[0] - 7.5 * row[1]].join(",")).join("\n")}\n`,
);

describe("of classes", () => {
  test("the measures are those of what predict says, once for all scalings", async () => {
    await run("train", "kinds.csv", ...QUICK, "--out", "kinds");
    const [json] = jsonLines(await run("evaluate", "kinds", "kinds.csv", "--json"));
    const told = jsonLines(await run("predict", "kinds", "kinds.csv", "--json"));
    const names = Object.keys(told[0])
      .filter((key) => key.startsWith("p:"))
      .map((key) => key.slice(2));
    const labels = rows.map((row) => names.indexOf(kindOf(row)));
    const probabilities = told.flatMap((row) => names.map((name) => row[`p:${name}`]));
    const { measures, scalings } = json;
    const wrong = told.filter((row, i) => row.class !== names[labels[i]]).length;
    expect(measures.error).toBeCloseTo(wrong / 90, 12);
    expect(measures.error).toBeCloseTo(scalings[1].error, 12);
    expect(measures.logLoss).toBeCloseTo(scores.logLoss(probabilities, labels), 5);
    expect(measures.brier).toBeCloseTo(scores.brier(probabilities, labels), 5);
    const areas = names.map((_, k) =>
      scores.rocArea(
        told.map((row) => row[`p:${names[k]}`]),
        labels.map((label) => Number(label === k)),
      ),
    );
    expect(measures.rocArea).toBeCloseTo((areas[0] + areas[1] + areas[2]) / 3, 5);
    const dry = labels.filter((label) => names[label] === "dry").length;
    expect(measures.baseline).toEqual({ says: "dry", error: 1 - dry / 90 });

    const text = await run("evaluate", "kinds", "kinds.csv");
    expect(text).toMatch(/^ +network +always dry\nerror +[\d.]+ % +[\d.]+ %\nbalanced accuracy/);
    expect(text).toMatch(/\nclass ↓ answer → +=?\w+ +=?\w+ +=?\w+\n/);
    expect(text).toContain("90 rows; trained as inverted, and as standard and as folded the loss is the same\n");
    expect(text.match(/log loss/g)).toHaveLength(1);
  });

  test("a class without rows, one row, and two classes", () => {
    const encoding = { classes: ["a", "b", "c"], target: "t" } as Encoding;
    const answers = Float64Array.of(0.5, 0.3, 0.2, 0.2, 0.6, 0.2, 0.1, 0.8, 0.1);
    const three = assess({ answers, truth: Float64Array.of(0, 0, 1) }, encoding);
    expect(three).toMatchObject({
      error: 1 / 3,
      balancedAccuracy: 0.75,
      rocArea: 1,
      confusion: [
        [1, 1, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
    });
    expect(three).toMatchObject({ classes: [{ support: 2 }, { support: 1 }, { support: 0, rocArea: null, f1: 0 }] });
    const one = assess({ answers: answers.subarray(0, 3), truth: Float64Array.of(2) }, encoding);
    expect(one).toMatchObject({ error: 1, rocArea: null, averagePrecision: null, baseline: { says: "c", error: 0 } });
    const two = assess(
      { answers: Float64Array.of(0.9, 0.1, 0.6, 0.4, 0.3, 0.7), truth: Float64Array.of(0, 1, 1) },
      { ...encoding, classes: ["no", "yes"] },
    );
    expect(two).toMatchObject({ rocArea: 1, averagePrecision: 1 });
  });
});

describe("of numbers", () => {
  test("errors are in the target's units, beside those of its mean", async () => {
    await run("train", "prices.csv", ...QUICK, "--out", "prices");
    const [{ measures: all, scalings }] = jsonLines(await run("evaluate", "prices", "prices.csv", "--json"));
    const [measures] = all.targets;
    const told = jsonLines(await run("predict", "prices", "prices.csv", "--json")).map(({ price }) => price);
    const truth = rows.map((row) => 100 + 30 * row[0] - 7.5 * row[1]);
    expect(measures.rmse / scores.rmse(told, truth)).toBeCloseTo(1, 4);
    expect(measures.mae / scores.mae(told, truth)).toBeCloseTo(1, 4);
    expect(measures.r2).toBeCloseTo(scores.r2(told, truth), 4);
    expect(scalings[1].error / measures.rmse).toBeCloseTo(1, 5);
    expect(measures.baseline.rmse).toBeCloseTo(measures.rmse / Math.sqrt(1 - measures.r2), 6);
    expect(await run("evaluate", "prices", "prices.csv")).toMatch(/RMSE +[\d.]+ +[\d.]+\nmean absolute error .*\nR² /);
  });

  test("all targets the same have no R²", () => {
    const same = assess({ answers: Float64Array.of(1, 2), truth: Float64Array.of(3, 3) }, {
      classes: null,
      target: "t",
    } as Encoding);
    expect(same).toMatchObject({
      rows: 2,
      targets: [{ rmse: Math.sqrt(2.5), mae: 1.5, r2: null, baseline: { says: 3, rmse: 0 } }],
    });
  });
});

test("--report draws one page, and says which columns matter", async () => {
  for (const [model, data] of [
    ["kinds", "kinds.csv"],
    ["prices", "prices.csv"],
  ]) {
    const text = await run("evaluate", model, data, "--report", `${model}.html`);
    expect(text).toContain(`report: ${model}.html, its numbers: ${model}.json`);
    const page = readFileSync(`${folder.path}/${model}.html`, "utf8");
    expect(page.match(/<svg /g)!.length).toBe(model === "kinds" ? 4 : 3);
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    const { importances: told, measures } = JSON.parse(readFileSync(`${folder.path}/${model}.json`, "utf8"));
    // The constant column is left out.
    expect(told.map(({ name }: { name: string }) => name).sort()).toEqual(["a", "b"]);
    for (const { loss } of told) expect(loss.mean).toBeGreaterThan(loss.standardError);
    expect(measures.rows).toBe(90);
  }
  const { stderr } = await thinned(folder.path, "evaluate", "kinds", "kinds.csv", "--report", "no/such.html");
  expect(stderr).toMatch(/--report must be a file that can be written; no\/such.html: there is no folder/);
});

test("importance is what a network loses where a column is dealt to other rows", async () => {
  const net = await create({ sizes: [3, 1], loss: "mse", dropout: 0 });
  net.setParameters({ W1: Float32Array.of(2, 0, -1), b1: Float32Array.of(0) });
  const x = noise(300 * 3);
  const y = net.predict(x);
  const table = { samples: 300, features: 3, x, y };
  const columns = [
    { name: "unused", inputs: [1] },
    { name: "less", inputs: [2] },
    { name: "most", inputs: [0, 1] },
  ];
  const told = importances(net, table, { x, y }, columns);
  expect(told.map(({ name }) => name)).toEqual(["most", "less", "unused"]);
  expect(told[2].loss).toEqual({ mean: 0, standardError: 0 });
  // Dealt apart, two cells differ by twice the column's variance, 1/3: 4 · 2/3 and 2/3.
  expect(told[0].loss.mean).toBeCloseTo(8 / 3, 0);
  expect(told[1].loss.mean).toBeCloseTo(2 / 3, 0);
  expect(x).toEqual(noise(300 * 3));
});
