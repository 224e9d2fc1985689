// What train does with rows that it does not learn from: splits, folds, patience; and what rows count.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { readModel } from "../../src/cli/run/model-file.js";
import { loadData } from "../../src/data/load.js";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);
const SMALL = ["--hidden", "4", "--build", "simd", "--threads", "1"];

// Every eighth row is of the rare class, and tells itself by its first column.
const rows = Array.from({ length: 80 }, (_, i) => [
  ((i * 7) % 13) + (i % 8 === 0 ? 9 : 0),
  (i * 5) % 11,
  i % 8 === 0 ? "rare" : "often",
]);
folder.write("kinds.csv", `a,b,kind\n${rows.map((row) => row.join(",")).join("\n")}\n`);
folder.write(
  "prices.csv",
  `a,b,price\n${rows.map(([a, b]) => [a, b, 3 * Number(a) + Number(b) / 7].join(",")).join("\n")}\n`,
);

describe("validation rows", () => {
  const loaded = (options: object) => loadData(`${folder.path}/kinds.csv`, { val: 0.2, ...options });
  const rareIn = (y: ArrayLike<number>) => Array.from(y).filter((label) => label === 1).length;

  test("have their share of each class, by a seed of their own", async () => {
    for (const seed of [1, 2, 3]) expect(rareIn((await loaded({ seed })).validation!.y)).toBe(2);
    const one = await loaded({ seed: 1, splitSeed: 7 });
    expect((await loaded({ seed: 9, splitSeed: 7 })).rows).toEqual(one.rows);
    expect((await loaded({ seed: 1 })).rows).not.toEqual(one.rows);
  });

  test("are the last ones of the file where that is asked for, which a resumed run remembers", async () => {
    const told = await run("train", "kinds.csv", ...SMALL, "--val", "last:0.2", "--epochs", "1", "--out", "last");
    expect(told).toContain("64 + 16 rows");
    expect((await loaded({ split: "last" })).rows.validation).toEqual(
      Uint32Array.from({ length: 16 }, (_, i) => 64 + i),
    );
    await run("train", "kinds.csv", "--resume", "last", "--epochs", "2", "--quiet");
    const refused = await thinned(folder.path, "train", "kinds.csv", "--resume", "last", "--val", "0.2");
    expect(refused.stderr).not.toContain("conflicts");
    const other = await thinned(folder.path, "train", "kinds.csv", "--resume", "last", "--split-seed", "3");
    expect(other.stderr).toMatch(/--split-seed 3 conflicts with the run in last, which uses its default/);
  });
});

describe("groups", () => {
  const visits = rows.map(([a, b, kind], i) => [a, b, `p${i % 17}`, kind]);
  folder.write("visits.csv", `a,b,patient,kind\n${visits.map((row) => row.join(",")).join("\n")}\n`);

  test("are never on both sides, and no input", async () => {
    const { rows: parts, encoding } = await loadData(`${folder.path}/visits.csv`, {
      val: 0.2,
      seed: 3,
      group: "patient",
    });
    const [trained, watched] = [parts.train, parts.validation].map((of) => new Set(Array.from(of, (row) => row % 17)));
    expect([...watched].filter((group) => trained.has(group))).toEqual([]);
    expect(watched.size).toBeGreaterThan(1);
    expect(encoding.columns).toEqual(["a", "b"]);
    const args = ["train", "visits.csv", ...SMALL, "--epochs", "2", "--group", "patient"];
    await run(...args, "--folds", "3", "--predictions", "visits.out");
    const told = readFileSync(`${folder.path}/visits.out`, "utf8").trim().split("\n").slice(1);
    const folds = new Map<number, Set<string>>();
    told.forEach((line, row) => {
      folds.set(row % 17, (folds.get(row % 17) ?? new Set()).add(line.split(",")[1]));
    });
    for (const [, of] of folds) expect(of.size).toBe(1);
  });

  test("are refused by name", async () => {
    const { stderr } = await thinned(folder.path, "train", "visits.csv", "--group", "patients");
    expect(stderr).toMatch(/a column "patients", got .*; did you mean "patient"\?/);
    const images = await thinned(folder.path, "train", "digits", "--group", "patient");
    expect(images.stderr).toMatch(/--group is for tables alone; got "patient"/);
  });
});

describe("patience", () => {
  test("is the default for tables; the best weights are the model's, and the summary says when they were", async () => {
    const told = await run("train", "kinds.csv", ...SMALL, "--lr", "0.1", "--out", "best");
    const [, waited, kept] = /stopped after (\d+) epochs without improvement; kept epoch (\d+)/.exec(told)!;
    // 2,000 updates, three an epoch: longer than 20 epochs, which larger tables wait.
    expect(waited).toBe("667");
    const losses = [...told.matchAll(/validation loss ([\d.e-]+)/g)].map(([, loss]) => Number(loss));
    expect(Math.min(...losses)).toBe(losses[Number(kept) - 1]);
    expect(Number(/^validation +(\S+)/m.exec(told)![1])).toBe(losses[Number(kept) - 1]);
  });

  test("goes on from the last weights where more epochs are asked for, to the bit", async () => {
    const args = ["train", "kinds.csv", ...SMALL, "--lr", "0.05", "--quiet"];
    await run(...args, "--epochs", "20", "--out", "whole");
    await run(...args, "--epochs", "6", "--out", "part");
    await run("train", "kinds.csv", "--resume", "part", "--epochs", "20", "--quiet");
    expect(readFileSync(`${folder.path}/part`).equals(readFileSync(`${folder.path}/whole`))).toBe(true);
  });

  test("is none where it is called so, or where nothing is watched", async () => {
    for (const more of [
      ["--patience", "none"],
      ["--val", "0"],
    ]) {
      const lines = jsonLines(
        await run("train", "kinds.csv", ...SMALL, ...more, "--lr", "0.1", "--out", "all", "--json"),
      );
      expect(lines.at(-1)).toMatchObject({ epochs: 100, bestEpoch: null });
    }
  });
});

describe("folds", () => {
  test("hold every row out once, and say mean and standard error", async () => {
    const args = ["train", "kinds.csv", ...SMALL, "--lr", "0.02", "--folds", "4", "--predictions", "out.csv", "--json"];
    const lines = jsonLines(await run(...args));
    const folds = lines.slice(0, -1);
    expect(folds.map(({ rows }) => rows)).toEqual([20, 20, 20, 20]);
    const errors = folds.map(({ error }) => error);
    const mean = errors.reduce((a, b) => a + b) / 4;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / 3);
    expect(lines.at(-1)).toMatchObject({ folds: 4, rows: 80, task: "classify", predictions: "out.csv" });
    expect(lines.at(-1).error.mean).toBeCloseTo(mean, 12);
    expect(lines.at(-1).error.standardError).toBeCloseTo(deviation / 2, 12);

    const [head, ...told] = readFileSync(`${folder.path}/out.csv`, "utf8").trim().split("\n");
    expect(head).toBe("row,fold,truth,class,p:often,p:rare");
    expect(told.map((line) => line.split(",")[0])).toEqual(rows.map((_, i) => `${i + 1}`));
    expect(told.map((line) => line.split(",")[2])).toEqual(rows.map(([, , kind]) => kind));
    const wrongIn = (fold: number) =>
      told.map((line) => line.split(",")).filter((cells) => cells[1] === `${fold}` && cells[2] !== cells[3]);
    for (const { fold, error } of folds) expect(wrongIn(fold).length / 20).toBeCloseTo(error, 12);
    // Two or three rare rows in each: ten of eighty in four.
    for (let fold = 1; fold <= 4; fold++)
      expect(told.filter((line) => line.includes(`,${fold},rare,`)).length).toBeCloseTo(2.5, -0.4);
  });

  test("of numbers, for people", async () => {
    const told = await run("train", "prices.csv", ...SMALL, "--epochs", "3", "--folds", "3");
    expect(told).toMatch(/^fold 1\/3 {2}27 rows {2}loss .*, RMSE of price .* {2}3 epochs, kept \d/);
    expect(told).toMatch(
      /mean of 3 folds ± standard error\nloss +\S+ ± \S+\nRMSE +\S+ ± \S+\nmean absolute error .*\nR² /,
    );
    expect(told).toContain("each of 80 rows was held out once; no model was saved");
  });

  test("go with nothing that belongs to a model, and predictions with nothing else", async () => {
    const refusal = async (...args: string[]) => (await thinned(folder.path, "train", "kinds.csv", ...args)).stderr;
    expect(await refusal("--folds", "3", "--out", "m", "--test", "kinds.csv")).toMatch(
      /saves none; leave out --out, --test/,
    );
    expect(await refusal("--predictions", "p.csv")).toMatch(/add --folds 5, or use predict/);
    expect(await refusal("--folds", "3", "--predictions", "kinds.csv")).toMatch(/--predictions .*kinds.csv/);
    expect(await refusal("--folds", "81")).toMatch(/--folds must be at most 80, one for each row; got 81/);
    expect(await refusal("--folds", "3", "--val", "last")).toMatch(/folds are drawn/);
  });
});

describe("what rows count", () => {
  test("is by their class, as asked or balanced, and does not change what an error is", async () => {
    const losses = new Set<number>();
    for (const more of [
      [],
      ["--class-weight", "balanced"],
      ["--class-weight", "often=1,rare=7"],
      ["--label-smoothing", "0.2"],
    ]) {
      const args = ["train", "kinds.csv", ...SMALL, ...more, "--epochs", "2", "--out", "weighed", "--json"];
      const last = jsonLines(await run(...args)).at(-1);
      losses.add(Number(last.trainLoss.toFixed(9)));
      expect((72 * last.trainError) % 1).toBeCloseTo(0, 9);
    }
    // 63 : 9 of 72 rows is 1 : 7, and only the ratio of weights counts.
    expect(losses.size).toBe(3);
    const { net, run: saved } = await readModel(`${folder.path}/weighed`, {});
    expect([net.config.labelSmoothing, saved!.settings.labelSmoothing]).toEqual([0.2, 0.2]);
    net.dispose();
  });

  test("is refused where it says nothing", async () => {
    const refusal = async (file: string, weights: string) =>
      (await thinned(folder.path, "train", file, "--class-weight", weights)).stderr;
    expect(await refusal("kinds.csv", "rares=2")).toMatch(/names rares, which no row has; did you mean "rare"/);
    expect(await refusal("kinds.csv", "rare")).toMatch(/Expected "balanced", or a number of at least 0 for each class/);
    expect(await refusal("kinds.csv", "rare=-1")).toMatch(/Expected "balanced"/);
    expect(await refusal("prices.csv", "balanced")).toMatch(/--class-weight is for classes/);
  });
});
