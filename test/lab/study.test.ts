// The studies: their arithmetic, and the two commands that write reports.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { drawDigits } from "../../src/data/sources/digits.js";
import { Network } from "../../src/index.js";
import { ARMS } from "../../src/lab/arms.js";
import { averagedCounts, averagedErrors, errorOf, rotated } from "../../src/lab/averaging.js";
import { learnFeatures, statisticsOf } from "../../src/lab/features.js";
import { errorsAtRate, errorsAtSize, learningCurve } from "../../src/lab/study.js";
import { imageGrid } from "../../src/report/images.js";
import { histogram } from "../../src/report/page.js";
import { jsonLines, start, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);
const read = (name: string) => readFileSync(join(folder.path, name), "utf8");

describe("statistics of hidden units", () => {
  test("are those of a table that was worked out by hand", () => {
    // Unit 0: 1 2 3; unit 1: 2 4 6 (r = 1 with unit 0); unit 2: 3 0 0 (r = −√3/2); unit 3 is silent.
    const h = Float32Array.of(1, 2, 3, 0, 2, 4, 0, 0, 3, 6, 0, 0);
    const { means, mean, zeros, silent, sparsity, correlation, correlations } = statisticsOf(h, 4);
    expect(zeros).toEqual([0, 0, 2 / 3, 1]);
    expect(silent).toBe(1);
    expect(means).toEqual([2, 4, 1, 0]);
    expect(mean).toBe(1.75);
    expect(sparsity).toBeCloseTo(5 / 12, 12);
    expect(correlation).toBeCloseTo((1 + Math.sqrt(3)) / 3, 12);
    expect(correlations[19]).toBeCloseTo(1 / 3, 12);
    expect(correlations[17]).toBeCloseTo(2 / 3, 12);
  });

  test("units that say the same correlate fully, in the histogram's last bar", () => {
    const { correlation, correlations } = statisticsOf(Float32Array.of(0, 0, 2, 2, 0, 0, 2, 2), 2);
    expect(correlation).toBe(1);
    expect(correlations).toEqual([...Array(19).fill(0), 1]);
  });

  test("dropout makes an autoencoder's units fire less and say less of the same", async () => {
    const images = drawDigits({ samples: 300, seed: 2 }).x;
    const others = drawDigits({ samples: 200, part: "test" }).x;
    const learned = ARMS.map((arm) => learnFeatures(images, others, 400, { arm, seed: 1 }, { units: 64, steps: 300 }));
    const [without, dropout] = await Promise.all(learned);
    expect([without.arm, dropout.arm]).toEqual(["no dropout", "dropout"]);
    // Seeds 1 to 5 gave ratios of 0.18 to 0.21 and 0.91 to 0.97, and 0.43 to 0.52 more zeros; the bounds are halfway to
    // no difference.
    expect(dropout.mean / without.mean).toBeLessThan(0.6);
    expect(dropout.correlation / without.correlation).toBeLessThan(0.986);
    expect(dropout.sparsity - without.sparsity).toBeGreaterThan(0.21);
    // And it does reconstruct: images are told apart from their mean.
    expect(dropout.loss).toBeLessThan(await lossOfMean(images, others, 400));
  });
});

/** Binary cross-entropy per pixel of saying each pixel's mean, whatever the image. */
async function lossOfMean(images: Float32Array, others: Float32Array, features: number): Promise<number> {
  const means = new Float64Array(features);
  images.forEach((value, i) => {
    means[i % features] += (value * features) / images.length;
  });
  const log = (p: number) => Math.log(Math.max(p, 1e-3));
  const sum = others.reduce((total, t, i) => {
    const p = means[i % features];
    return total - t * log(p) - (1 - t) * log(1 - p);
  }, 0);
  return sum / others.length;
}

test("an image grid holds the images, each stretched to its own largest magnitude", () => {
  const svg = imageGrid(Float32Array.of(0, 1, -1, 0.5, 0, 0, 4, -2), 2, 2, 2, 2);
  const png = Buffer.from(/base64,([^"]+)/.exec(svg)![1], "base64");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([7, 4]);
  const data = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
  // A byte that says "no filter" begins each row; a white pixel lies around every image.
  expect([...rows]).toEqual(
    [
      [0, 255, 255, 255, 255, 255, 255, 255],
      [0, 255, 128, 255, 255, 128, 128, 255],
      [0, 255, 0, 191, 255, 255, 64, 255],
      [0, 255, 255, 255, 255, 255, 255, 255],
    ].flat(),
  );
});

test("a histogram's outline begins at 0, ends at the largest value, and adds up to all of them", () => {
  const outline = histogram([0, 1, 1, 4], 4, 4);
  expect(outline).toEqual([
    { x: 0, y: 25 },
    { x: 1, y: 50 },
    { x: 2, y: 0 },
    { x: 3, y: 25 },
    { x: 4, y: 25 },
  ]);
});

describe("averages of thinned networks", () => {
  test("are counted in ones, twos, threes, fives and sevens", () => {
    expect(averagedCounts(1)).toEqual([1]);
    expect(averagedCounts(12)).toEqual([1, 2, 3, 5, 7, 10, 12]);
    expect(averagedCounts(100)).toEqual([1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100]);
  });

  test("have the errors of mc_step's means, group by group", async () => {
    using net = await Network.create({ sizes: [400, 16, 10], dropout: 0.5, seed: 1 });
    const { x, y } = drawDigits({ samples: 400, seed: 9 });
    const { averaged: errors, mean } = await averagedErrors(net, x, y, { draws: 7, seed: 4 });
    // Sums of single-precision probabilities in double precision: they agree to a float's rounding.
    net.mc_step(x, { samples: 7, seed: 4, draw: 0 }).mean.forEach((value, i) => {
      expect(Math.abs(mean[i] - value), `mean[${i}]`).toBeLessThan(1e-6);
    });
    expect(errors.map(({ k, groups }) => [k, groups])).toEqual([
      [1, 7],
      [2, 3],
      [3, 2],
      [5, 1],
      [7, 1],
    ]);
    const direct = [0, 3].map((draw) => errorOf(net.mc_step(x, { samples: 3, seed: 4, draw }).mean, y, 10));
    // The second group is another one than the first, and not the six together.
    const six = errorOf(net.mc_step(x, { samples: 6, seed: 4, draw: 0 }).mean, y, 10);
    expect(new Set([...direct, six]).size).toBe(3);
    expect(errors[2].error).toBeCloseTo((direct[0] + direct[1]) / 2, 12);
    expect(errors[2].standardDeviation).toBeCloseTo(Math.abs(direct[0] - direct[1]) / Math.SQRT2, 12);
    expect(errors[4].standardDeviation).toBe(null);
  });

  test("a quarter turn of 2 × 2 images", () => {
    expect([...rotated(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2)]).toEqual([2, 4, 1, 3, 6, 8, 5, 7]);
  });
});

/** Everything a report shows must be inside it. */
function expectSelfContained(html: string, figures: number): void {
  expect(html.match(/<figure>/g)?.length).toBe(figures);
  expect(html.match(/(?:src|href)="(?!data:)[^"]*"|@import|url\(/g)).toBe(null);
  expect(html).not.toMatch(/NaN|undefined/);
}

/** A network small enough to be trained many times. */
const SETUP = { hidden: [8], classes: 10, dropout: { input: 0, hidden: 0.5 }, learningRate: 0.05 };

test("trainings tell how much of each is done", async () => {
  const { x, y } = drawDigits({ samples: 120, seed: 1 });
  const fractions: number[] = [];
  const setup = { ...SETUP, batch: 20, steps: 12, onEpoch: (fraction: number) => fractions.push(fraction) };
  // 120 samples make 12 updates in two epochs, 60 in four; the autoencoder's batches hold 50.
  await learningCurve({ x, y }, { x, y }, { arm: "dropout", seed: 1 }, setup);
  await errorsAtRate({ x, y }, { x, y }, { p: 0.5, seed: 1 }, setup);
  await errorsAtSize({ x, y }, { x, y }, { arm: "dropout", samples: 60, seed: 1 }, setup);
  await learnFeatures(x, x, 400, { arm: "dropout", seed: 1 }, { ...setup, units: 8, steps: 4 });
  expect(fractions).toEqual([0.5, 1, 0.5, 1, 0.25, 0.5, 0.75, 1, 0.75, 1]);
});

test("every run takes exactly as many updates as were asked for, whatever is left over for the last batch of a pass", async () => {
  const { x, y } = drawDigits({ samples: 70, seed: 1 });
  const taken: number[] = [];
  const { dispose } = Network.prototype;
  const spy = vi.spyOn(Network.prototype, "dispose").mockImplementation(function (this: Network) {
    if (this.step > 0) taken.push(this.step);
    dispose.call(this);
  });
  const setup = {
    ...SETUP,
    batch: 40,
    steps: 27,
  };
  const curve = await learningCurve({ x, y }, { x, y }, { arm: "dropout", seed: 1 }, setup, 4);
  await errorsAtRate({ x, y }, { x, y }, { p: 0.5, seed: 1 }, setup);
  for (const samples of [50, 70]) await errorsAtSize({ x, y }, { x, y }, { arm: "dropout", samples, seed: 1 }, setup);
  await learnFeatures(x, x, 400, { arm: "dropout", seed: 1 }, { ...setup, units: 8 });
  spy.mockRestore();
  expect(taken).toEqual(Array(5).fill(27));
  expect(curve.map(({ step }) => step)).toEqual([7, 14, 20, 27]);
});

describe("thinned study", () => {
  const small = ["--steps", "30", "--hidden", "16", "--repeats", "2", "--test-rows", "200"];

  test("writes one report and its numbers", async () => {
    const [result] = jsonLines(await run("study", "digits", "--quick", ...small, "--samples", "200", "--json"));
    expect(JSON.parse(read("study.json"))).toEqual(result);
    expect(result.rates.map(({ p }: { p: number }) => p)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(result.sizes.map(({ samples }: { samples: number }) => samples)).toEqual([100, 100, 500, 500, 1000, 1000]);
    for (const { trainErrors, testErrors } of [...result.rates, ...result.sizes]) {
      expect(testErrors.length).toBe(2);
      for (const error of [...trainErrors, ...testErrors]) expect(error).toBeLessThanOrEqual(1);
    }
    expect(result.features.length).toBe(2);
    expect(result.curves.at(-1)).toMatchObject({ arm: "dropout", step: 30 });
    expectSelfContained(read("study.html"), 9);
  });

  test("takes tables, which have no images, and says what came", async () => {
    const rows = Array.from(
      { length: 400 },
      (_, i) => `${(i * 0.618) % 1},${(i * 0.755) % 1},${i < 200 ? "red" : "blue"}`,
    );
    folder.write("sorted.csv", `a,b,kind\n${rows.join("\n")}\n`);
    const text = await run("study", "sorted.csv", "--quick", ...small, "--out", "table.html");
    expect(text).toMatch(/^no dropout +training error [\d.]+ %, test error/m);
    expect(text).toMatch(/^100 samples: /m);
    expectSelfContained(read("table.html"), 4);
  });

  test("of fewer samples than the smallest size compares no sizes", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${(i * 0.618) % 1},${i % 2 ? "red" : "blue"}`);
    folder.write("few.csv", `a,kind\n${rows.join("\n")}\n`);
    const text = await run("study", "few.csv", "--quick", ...small, "--out", "few.html");
    expect(text).toMatch(/\nbest rates?: [^\n]*\nReport: few\.html/);
    expectSelfContained(read("few.html"), 3);
    expect(read("few.html")).not.toContain("How many samples it takes");
  });

  test("reads the columns that it is told to", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `id${i},${i < 100 ? "red" : "blue"},${(i * 0.618) % 1}`);
    folder.write("named.csv", `id,kind,a\n${rows.join("\n")}\n`);
    const columns = ["--target", "kind", "--ignore", "id"];
    const [{ network }] = jsonLines(
      await run("study", "named.csv", ...columns, "--quick", ...small, "--out", "named.html", "--json"),
    );
    expect(network).toBe("1-16-2");
  });

  test("Ctrl-C ends it with the status of the signal, and nothing is written", async () => {
    const running = start(folder.path, "study", "digits", "--steps", "1000000", "--out", "long.html");
    await running.printed("trainings");
    running.kill("SIGINT");
    const { status, stderr } = await running.finished;
    expect({ status, stderr }).toEqual({ status: 130, stderr: "thinned: stopped; no report was written\n" });
    expect(readdirSync(folder.path).filter((name) => name.includes("long"))).toEqual([]);
  });
});

describe("thinned uncertainty", () => {
  test("writes one report and its numbers", async () => {
    await run("train", "digits", "--samples", "400", "--hidden", "32", "--epochs", "6", "--quiet");
    const args = ["uncertainty", "model.safetensors", "digits", "--draws", "6", "--rows", "200"];
    const [result] = jsonLines(await run(...args, "--json"));
    expect(JSON.parse(read("uncertainty.json"))).toEqual(result);
    expect(result.averaged.map(({ k }: { k: number }) => k)).toEqual([1, 2, 3, 5, 6]);
    expect(result.averaged[4].error).toBeLessThan(result.averaged[0].error);
    expect(result.doubt.map(({ images }: { images: string }) => images)).toEqual(["clean", "noisy", "a quarter turn"]);
    expect(result.certain[6].error).toBeLessThan(result.certain[0].error);
    expectSelfContained(read("uncertainty.html"), 5);
    for (const { mutualInformation, mutualInformations, rows } of result.doubt) {
      expect([rows, mutualInformations.length]).toEqual([200, 200]);
      const mean = mutualInformations.reduce((sum: number, value: number) => sum + value, 0) / 200;
      expect(mean).toBeCloseTo(mutualInformation, 4);
    }
    expect(await run(...args)).toMatch(/^ *weight scaling +[\d.]+ %/m);
  });
});

test.concurrent.each<[string, string[], RegExp]>([
  ["a report to nowhere", ["study", "--out", "no/such/study.html"], /no folder no\/such/],
  ["a report onto a folder", ["uncertainty", "m", "digits", "--out", "."], /not a file/],
  ["no draws", ["uncertainty", "m", "digits", "--draws", "0"], /--draws.*whole number from 1/],
  ["too few samples", ["study", "--samples", "10"], /--samples.*from 100/],
  ["numbers to predict", ["study", "prices.csv"], /prices\.csv has numbers to predict/],
])("refuses %s", async (_, args, message) => {
  if (!existsSync(join(folder.path, "prices.csv")))
    folder.write(
      "prices.csv",
      `a,price\n${Array.from({ length: 40 }, (_, i) => `${i},${1000.5 + i * 1.7}`).join("\n")}\n`,
    );
  const result = await thinned(folder.path, ...args);
  expect(result).toMatchObject({ status: 2, stdout: "" });
  expect(result.stderr).toMatch(message);
});
