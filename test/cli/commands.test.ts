// The commands as users run them: train, evaluate and predict, on each kind of data.
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readModel } from "../../src/cli/run/model-file.js";
import { loadForModel } from "../../src/data/load.js";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);

// A fixed scatter without a random generator: golden-ratio steps fill [0, 1) evenly.
const scatter = (i: number, step: number) => (i * step) % 1;

/** Three classes in a plane, one of them with a name that CSV must quote; they barely overlap. */
function flowers(rows: number): string {
  const names = ["rose", '"lily, white"', "tulip"];
  const row = (i: number) => {
    const [a, b] = [scatter(i, 0.618034), scatter(i, 0.754878)];
    return `${(10 * (i % 3) + 9 * a).toFixed(3)},${(5 * b - (i % 3)).toFixed(3)},${names[i % 3]}`;
  };
  return `length,width,kind\n${Array.from({ length: rows }, (_, i) => row(i)).join("\n")}\n`;
}

/** A price in the thousands that is a smooth function of two columns. */
function prices(rows: number): string {
  const row = (i: number) => {
    const [a, b] = [scatter(i, 0.618034), scatter(i, 0.754878)];
    return `${a.toFixed(4)},${b.toFixed(4)},${(20_000 + 5_000 * a - 3_000 * b * b).toFixed(1)}`;
  };
  return `area,age,price\n${Array.from({ length: rows }, (_, i) => row(i)).join("\n")}\n`;
}

/** IDX: images in which one quarter of the 8×8 pixels is lit; which one is the label. */
function quarters(samples: number, offset: number): { images: Uint8Array; labels: Uint8Array } {
  const images = Buffer.alloc(16 + samples * 64);
  const labels = Buffer.alloc(8 + samples);
  [2051, samples, 8, 8].forEach((word, i) => {
    images.writeUInt32BE(word, 4 * i);
  });
  [2049, samples].forEach((word, i) => {
    labels.writeUInt32BE(word, 4 * i);
  });
  for (let i = 0; i < samples; i++) {
    const label = (i * 7) % 4;
    labels[8 + i] = label;
    for (let pixel = 0; pixel < 64; pixel++) {
      const quarter = (pixel >> 5) * 2 + ((pixel >> 2) & 1);
      const noise = Math.floor(100 * scatter(i * 64 + pixel + offset, 0.618034));
      images[16 + i * 64 + pixel] = noise + (quarter === label ? 120 : 0);
    }
  }
  return { images, labels };
}

function percentOf(text: string): number[] {
  return [...text.matchAll(/([\d.]+) %/g)].map(([, percent]) => Number(percent));
}

describe("digits", () => {
  const TRAIN = ["train", "digits", "--samples", "600", "--hidden", "64", "--epochs", "15", "--seed", "3"];

  test("train, evaluate and predict agree about the same model", async () => {
    const text = await run(...TRAIN, "--out", "digits.safetensors");
    expect(text).toMatch(/^epoch {2}1\/15 /m);
    expect(text).toMatch(/^test +[\d.]+ +[\d.]+ %$/m);
    expect(text.trimEnd().split("\n").at(-1)).toBe("saved digits.safetensors");

    const evaluated = jsonLines(await run("evaluate", "digits.safetensors", "digits", "--json"))[0];
    expect(evaluated).toMatchObject({ task: "classify", trainedWith: "inverted" });
    // 90 % wrong is chance. The three scalings are one model, converted.
    const [standard, inverted, folded] = evaluated.scalings;
    expect(inverted.error).toBeLessThan(0.6);
    for (const other of [standard, folded]) {
      expect(other.error).toBeCloseTo(inverted.error, 2);
      expect(Math.abs(other.loss / inverted.loss - 1), `${other.scaling} loss`).toBeLessThan(1e-4);
    }
    const shown = await run("evaluate", "digits.safetensors", "digits");
    const [error, baseline] = percentOf(/^error .*$/m.exec(shown)![0]);
    expect(error).toBeCloseTo(100 * inverted.error, 1);
    expect(baseline).toBeGreaterThan(85);
    expect(shown).toMatch(/; trained as inverted, and as standard and as folded the loss is the same$/m);

    const rows = (await run("predict", "digits.safetensors", "digits")).trim().split("\n");
    expect(rows[0]).toBe(`class,${Array.from({ length: 10 }, (_, digit) => `p:${digit}`).join(",")}`);
    expect(rows).toHaveLength(1 + evaluated.samples);
    for (const row of rows.slice(1)) {
      const [digit, ...p] = row.split(",").map(Number);
      expect(Math.abs(p.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-5);
      expect(p[digit]).toBe(Math.max(...p));
    }
  });

  test("--json: an object per epoch, and a last one that sums up", async () => {
    const lines = jsonLines(await run(...TRAIN, "--json", "--out", "json.safetensors"));
    expect(lines).toHaveLength(16);
    expect(lines[0]).toEqual({
      epoch: 1,
      trainLoss: expect.any(Number),
      validationLoss: expect.any(Number),
      validationError: expect.any(Number),
      seconds: expect.any(Number),
      samplesPerSecond: expect.any(Number),
    });
    const { trainLoss, trainError, testError, seconds, samplesPerSecond, ...rest } = lines[15];
    expect(rest).toMatchObject({ epochs: 15, out: "json.safetensors", interrupted: false, trainRowsMeasured: 540 });
    expect(rest.steps).toBe(15 * Math.ceil(540 / 50));
    expect([seconds, samplesPerSecond]).toEqual([expect.any(Number), expect.any(Number)]);
    // Without dropout, as it is measured, the loss is below that of the last epoch's thinned networks.
    expect(trainLoss).toBeLessThan(lines[14].trainLoss);
    expect(trainError).toBeLessThanOrEqual(testError);
    expect(testError).toBeLessThan(0.6);
  });

  test("the same seed trains the same model, another seed another one", async () => {
    for (const [out, seed] of [
      ["a", "3"],
      ["b", "3"],
      ["c", "4"],
    ])
      await run(...TRAIN.slice(0, -1), seed, "--epochs", "1", "--quiet", "--out", out);
    const [a, b, c] = ["a", "b", "c"].map((name) => readFileSync(join(folder.path, name)));
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
  });

  test("a pipe gets no progress bar and no colours", async () => {
    const { stdout, stderr } = await thinned(folder.path, ...TRAIN, "--epochs", "2", "--out", "bar");
    expect(stderr).toBe("");
    for (const control of ["\r", "\u001b"]) expect(stdout).not.toContain(control);
    const quiet = await run(...TRAIN, "--epochs", "2", "--quiet", "--out", "bar");
    expect(quiet).not.toMatch(/^epoch/m);
    expect(quiet).toMatch(/saved bar/);
  });
});

describe("CSV with text classes", () => {
  const data = folder.write("flowers.csv", flowers(240));
  const model = "flowers.safetensors";

  test("trains on one file and tests on another", async () => {
    folder.write("flowers-test.csv", flowers(60));
    const args = ["--test", "flowers-test.csv", "--epochs", "60", "--hidden", "32", "--json", "--out", model];
    const summary = jsonLines(await run("train", data, ...args)).at(-1);
    expect(summary.testError).toBeLessThan(0.1);
  });

  test("predicts by name, from columns in any order, without the target", async () => {
    folder.write("new.csv", "width,colour,length\n0,red,1\n-1,red,25\n");
    const [head, rose, tulip] = (await run("predict", model, "new.csv")).trim().split("\n");
    expect(head).toBe('class,"p:lily, white",p:rose,p:tulip');
    expect(rose).toMatch(/^rose,/);
    expect(tulip).toMatch(/^tulip,/);
    const objects = jsonLines(await run("predict", model, "new.csv", "--json"));
    expect(Object.keys(objects[0])).toEqual(["class", "p:lily, white", "p:rose", "p:tulip"]);
    expect(objects[1].class).toBe("tulip");
    expect(String(objects[1]["p:tulip"])).toBe(tulip.split(",").at(-1));
  });

  test("--samples adds what Monte-Carlo dropout says, the same for the same seed", async () => {
    const ask = (seed: string) => run("predict", model, data, "--samples", "20", "--seed", seed);
    const text = await ask("5");
    const [head, ...rows] = text.trim().split("\n");
    expect(head.replaceAll('"', "")).toMatch(/mean:lily, white,.*sd:tulip,entropy$/);
    for (const row of rows) {
      const [, , , , ...numbers] = row
        .replace(/^"lily, white"/, "lily")
        .split(",")
        .map(Number);
      const [mean, sd, entropy] = [numbers.slice(0, 3), numbers.slice(3, 6), numbers[6]];
      expect(Math.abs(mean.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-5);
      for (const value of sd) expect(value).toBeGreaterThanOrEqual(0);
      const expected = mean.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
      expect(Math.abs(entropy - expected)).toBeLessThan(1e-5);
    }
    expect(
      rows.some((row) => Number(row.split(",").at(-2)) > 1e-4),
      "masks were on",
    ).toBe(true);
    expect(await ask("5")).toBe(text);
    expect(await ask("6")).not.toBe(text);
  });

  test("--loss bce: a yes or no for every class, errors still counted in samples", async () => {
    const args = ["--loss", "bce", "--epochs", "60", "--hidden", "32", "--dropout", "0.1", "--json", "--out", "bce"];
    const summary = jsonLines(await run("train", data, ...args, "--test", data)).at(-1);
    expect(summary.testError).toBeLessThan(0.1);
    const rows = (await run("predict", "bce", data, "--json", "--samples", "5")).trim().split("\n");
    const wrong = rows.filter((row, i) => JSON.parse(row).class !== ["rose", "lily, white", "tulip"][i % 3]).length;
    expect(wrong / rows.length).toBeCloseTo(summary.testError, 10);
    for (const row of rows) {
      const { entropy, ...cells } = JSON.parse(row);
      const bits = [0, 1].flatMap((no) =>
        ["rose", "lily, white", "tulip"].map((name) => Math.abs(no - cells[`mean:${name}`])),
      );
      const expected = bits.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
      expect(Math.abs(entropy - expected)).toBeLessThan(1e-5);
    }
  });

  test("a column that is missing is named", async () => {
    folder.write("narrow.csv", "length,wdth\n1,2\n");
    const { status, stderr } = await thinned(folder.path, "predict", model, "narrow.csv");
    expect(status).toBe(1);
    expect(stderr).toMatch(/"width"/);
  });
});

describe("CSV with a number to predict", () => {
  test("predictions keep their digits where a target varies little beside its mean", async () => {
    const times = Array.from({ length: 200 }, (_, i) => `${i},${1_700_000_000 + i}`);
    folder.write("times.csv", ["minute,time", ...times].join("\n"));
    await run("train", "times.csv", "--hidden", "8", "--dropout", "0", "--epochs", "20", "--out", "times");
    const told = jsonLines(await run("predict", "times", "times.csv", "--samples", "2", "--json"));
    const [{ scalings }] = jsonLines(await run("evaluate", "times", "times.csv", "--json"));
    for (const column of ["time", "mean"]) {
      const squares = told.map((row, i) => (row[column] - 1_700_000_000 - i) ** 2);
      expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 200)).toBeCloseTo(scalings[1].error, 3);
    }
  });

  test("errors and predictions are in the target's own units", async () => {
    folder.write("prices.csv", prices(300));
    const args = ["--epochs", "120", "--dropout", "0", "--test", "prices.csv", "--json", "--out", "prices"];
    const summary = jsonLines(await run("train", "prices.csv", "--target", "price", ...args)).at(-1);
    // The prices' standard deviation is about 1,700: what the mean alone would reach.
    expect(summary).toMatchObject({ task: "regress" });
    expect(summary.testError).toBeGreaterThan(1);
    expect(summary.testError).toBeLessThan(400);
    const [head, first] = (await run("predict", "prices", "prices.csv", "--samples", "3")).split("\n");
    expect(head).toBe("price,mean,sd");
    const [price, mean, sd] = first.split(",").map(Number);
    expect(Math.abs(price - 20_000)).toBeLessThan(1500);
    // No dropout, no doubt: every draw is the same.
    expect(Math.abs(mean - price)).toBeLessThan(0.5);
    expect(sd).toBeLessThan(0.5);
    folder.write("means.csv", prices(40).replace("price", "mean"));
    await run("train", "means.csv", "--hidden", "4", "--epochs", "1", "--out", "means");
    const [means] = jsonLines(await run("predict", "means", "means.csv", "--samples", "3", "--json"));
    expect(Object.keys(means), "a target that is called mean").toEqual(["mean", "mc:mean", "sd"]);
    const evaluated = jsonLines(await run("evaluate", "prices", "prices.csv", "--json"))[0];
    expect(evaluated.scalings[1].error).toBeCloseTo(summary.testError, 6);
  });

  test("doubt is in the target's own units, too", async () => {
    const data = folder.write("doubtful.csv", prices(40));
    await run("train", data, "--epochs", "3", "--hidden", "8", "--dropout", "0.5", "--out", "doubtful");
    const lines = jsonLines(await run("predict", "doubtful", data, "--samples", "6", "--json"));
    const { net, encoding } = await readModel(join(folder.path, "doubtful"), {});
    const { x } = await loadForModel(data, encoding, false);
    const { mean, variance } = net.mc_step(x, { samples: 6, seed: 0, draw: 0 });
    net.dispose();
    expect(lines).toHaveLength(40);
    lines.forEach((line, i) => {
      expect(line.mean).toBeCloseTo(mean[i] / encoding.targetScale! + encoding.targetMean!, 1);
      expect(line.sd).toBeCloseTo(Math.sqrt(variance[i]) / encoding.targetScale!, 1);
    });
  });
});

describe("IDX", () => {
  const [train, t10k] = [quarters(400, 0), quarters(100, 9999)];
  folder.write("train-images-idx3-ubyte", train.images);
  folder.write("train-labels-idx1-ubyte", train.labels);
  folder.write("t10k-images-idx3-ubyte", t10k.images);
  folder.write("t10k-labels-idx1-ubyte", t10k.labels);

  test("the directory's own test images are the test data", async () => {
    const args = ["--hidden", "32,32", "--scaling", "standard", "--epochs", "20", "--batch", "20", "--lr", "0.05"];
    const summary = jsonLines(await run("train", ".", ...args, "--json", "--out", "idx")).at(-1);
    expect(summary.testError).toBeLessThan(0.05);
    expect(jsonLines(await run("evaluate", "idx", ".", "--json"))[0]).toMatchObject({ trainedWith: "standard" });
  });

  test("predictions go to a file that appears whole", async () => {
    expect(await run("predict", "idx", ".", "--out", "predictions.csv")).toBe("");
    const rows = readFileSync(join(folder.path, "predictions.csv"), "utf8").trim().split("\n");
    expect(rows[0]).toBe("class,p:0,p:1,p:2,p:3");
    const right = rows.slice(1).filter((row, i) => Number(row[0]) === t10k.labels[8 + i]).length;
    expect(right).toBeGreaterThanOrEqual(95);
  });

  test("a truncated file is refused by name, a damaged model too", async () => {
    truncateSync(join(folder.path, "train-labels-idx1-ubyte"), 100);
    const truncated = await thinned(folder.path, "train", ".", "--out", "never");
    expect(truncated.status).toBe(1);
    expect(truncated.stderr).toMatch(/^thinned: .*train-labels-idx1-ubyte.*\n$/);
    expect(existsSync(join(folder.path, "never"))).toBe(false);
    const bytes = readFileSync(join(folder.path, "idx"));
    for (const size of [4, 100, bytes.length - 1]) {
      writeFileSync(join(folder.path, "damaged"), bytes.subarray(0, size));
      const { status, stdout, stderr } = await thinned(folder.path, "predict", "damaged", ".");
      expect({ size, status, stdout }).toEqual({ size, status: 1, stdout: "" });
      expect(stderr).toMatch(/^thinned: damaged: [^\n]+\n$/);
    }
  });
});
