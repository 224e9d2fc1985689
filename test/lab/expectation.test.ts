// One neuron's states and their mean, in the library and as `thinned expect`.
import { afterAll, describe, expect, test } from "vitest";
import { checkNeuron, estimates, expectation, states } from "../../src/lab/expectation.js";
import type { Scaling } from "../../src/types.js";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);

test("four states of two inputs, at p = 0.2 so that dropping and keeping are told apart", () => {
  const all = [...states(checkNeuron([1, 2], [3, 4], 0.2))];
  expect(all.map(({ kept, z }) => [kept.join(""), z])).toEqual([
    ["11", 11],
    ["10", 3],
    ["01", 8],
    ["00", 0],
  ]);
  [0.64, 0.16, 0.16, 0.04].forEach((p, s) => {
    expect(all[s].probability).toBeCloseTo(p, 15);
  });
});

describe("enumeration is what testing computes", () => {
  const weights = [0.5, -1.5, 2, 0.25, 3];
  const inputs = [1, 2, -0.5, 4, 0.1];
  const p = [0, 0.2, 0.5, 0.9, 1];
  test.each<[Scaling, number]>([
    // Σ (1 − p)·w·x; inverted: Σ w·x, where what is always dropped cannot be made up for.
    ["standard", 0.5 - 0.8 * 3 - 0.5 + 0.1],
    ["folded", 0.5 - 0.8 * 3 - 0.5 + 0.1],
    ["inverted", 0.5 - 3 - 1 + 1],
  ])("%s", (scaling, wanted) => {
    const sums = expectation(checkNeuron(weights, inputs, p, scaling));
    expect(sums.states).toBe(32);
    expect(sums.probability).toBeCloseTo(1, 14);
    expect(sums.enumerated).toBeCloseTo(wanted, 13);
    // The fifth input adds 0.3 to what inverted testing computes: its scale is 1 even at p = 1, as in PyTorch.
    expect(sums.scaled).toBeCloseTo(scaling === "inverted" ? wanted + 0.3 : wanted, 13);
    // Independent inputs: variances p(1−p)(w·x·scale)² add.
    const variance = weights.reduce((sum, w, i) => {
      const scale = scaling === "inverted" && p[i] < 1 ? 1 / (1 - p[i]) : 1;
      return sum + p[i] * (1 - p[i]) * (scale * w * inputs[i]) ** 2;
    }, 0);
    expect(sums.standardDeviation).toBeCloseTo(Math.sqrt(variance), 12);
  });
});

describe("Monte-Carlo estimates", () => {
  const neuron = checkNeuron([1, 2], [3, 4], [0.2, 0.7], "inverted");

  test("close in on the expectation, told at each power of ten and at the end", () => {
    const told = estimates(neuron, 25_000, 3);
    expect(told.map(({ draws }) => draws)).toEqual([10, 100, 1000, 10_000, 25_000]);
    const { enumerated, standardDeviation } = expectation(neuron);
    const last = told[4];
    expect(last.standardError! * Math.sqrt(25_000)).toBeCloseTo(standardDeviation, 0);
    expect(Math.abs(last.mean - enumerated)).toBeLessThan(4 * last.standardError!);
    expect(last.standardError!).toBeLessThan(told[2].standardError! / 3);
    expect(estimates(neuron, 25_000, 3)).toEqual(told);
    expect(estimates(neuron, 25_000, 4)).not.toEqual(told);
    expect(estimates(neuron, 1, 3)).toMatchObject([{ draws: 1, standardError: null, interval: null }]);
  });

  test("have intervals that hold the expectation as often as they say", () => {
    const { enumerated } = expectation(neuron);
    let held = 0;
    for (let seed = 0; seed < 400; seed++) {
      const [low, high] = estimates(neuron, 100, seed).at(-1)!.interval!;
      if (low <= enumerated && enumerated <= high) held++;
    }
    // 95 of 100: of 400, 380 ± 4.4; the bounds are four standard deviations.
    expect(held).toBeGreaterThan(362);
    expect(held).toBeLessThan(398);
  });
});

test("refuses what is no neuron", () => {
  expect(() => checkNeuron([1, 2], [3], 0.5)).toThrow(/equally many; got 2 weights and 1 inputs/);
  expect(() => checkNeuron([], [], 0.5)).toThrow(/weights must be one number or more/);
  expect(() => checkNeuron([1, Number.NaN], [1, 1], 0.5)).toThrow(/weights\[1\] must be a finite number; got NaN/);
  expect(() => checkNeuron([1], [1], 1.5)).toThrow(/p must be a number from 0 to 1; got 1.5/);
  expect(() => checkNeuron([1, 1], [1, 1], [0.5])).toThrow(/one for each of the 2 inputs; got 1/);
  expect(() => checkNeuron([1e300, 1], [1e10, 1], 0.5)).toThrow(/add up to 1e\+150 at most.*got Infinity/);
  expect(() => checkNeuron([1e100], [1e45], 1 - 1e-9, "inverted")).toThrow(/add up to/);
  const wide = checkNeuron(Array(21).fill(1), Array(21).fill(1), 0.5);
  expect(() => expectation(wide)).toThrow(/20 droppable inputs at most; got 21, which make 2,097,152 states/);
  expect(() => estimates(wide, 0, 1)).toThrow(/draws must be/);
});

describe("thinned expect", () => {
  test("prints the table, its sum, what testing computes and the estimates", async () => {
    const text = await run("expect", "--p", "0.2", "--draws", "1000");
    expect(text).toMatch(/^1 1 +0\.64 +11 +7\.04$/m);
    expect(text).toMatch(/^0 0 +0\.04 +0 +0$/m);
    expect(text).toMatch(/^sum +1 +8\.8$/m);
    expect(text).toMatch(/summed over 4 states: 8\.8$/m);
    expect(text).toMatch(/^\(1−p\)·z.*: 8\.8$/m);
    expect(text).toMatch(/^1,000 +[\d.]+ +[\d.]+ … [\d.]+$/m);
  });

  test("eighteen inputs: a row for each of 262,144 states, and their sum", async () => {
    const ones = Array(18).fill(1).join();
    const text = await run("expect", "--weights", ones, "--inputs", ones, "--p", "0.25", "--draws", "1");
    const lines = text.split("\n");
    const head = lines.findIndex((line) => line.startsWith("kept"));
    const sum = lines.findIndex((line) => line.startsWith("sum"));
    expect(sum - head - 1).toBe(2 ** 18);
    expect(lines[head + 1]).toMatch(/^1 1 .* 18 +\S+$/);
    expect(lines[sum]).toMatch(/^sum +1 +13.5$/);
    // Rows are as wide as each other, the first like the last.
    expect(new Set(lines.slice(head, sum + 1).map((line) => line.length)).size).toBe(1);
  });

  test("what is always dropped cannot be scaled up, and that is said", async () => {
    expect(await run("expect", "--p", "1", "--scaling", "inverted", "--draws", "1")).toMatch(/at p = 1 testing leaves/);
    expect(await run("expect", "--p", "1", "--draws", "1")).not.toMatch(/at p = 1/);
  });

  test("--json has every state", async () => {
    const [result] = jsonLines(
      await run("expect", "--weights", "1,-2,3", "--inputs", "1,1,0.5", "--draws", "1", "--json"),
    );
    expect(result.table.length).toBe(8);
    expect(result.table[7]).toEqual({ kept: [0, 0, 0], probability: 0.125, z: 0 });
    expect(result).toMatchObject({ states: 8, enumerated: 0.25, scaled: 0.25, monteCarlo: [{ draws: 1 }] });
  });

  test("a saved model: exact, geometric, weight scaling and draws agree where they should", async () => {
    folder.write("points.csv", `a,b,kind\n${"1,2,red\n3,4,blue\n5,7,red\n2,2,blue\n".repeat(5)}`);
    await run("train", "points.csv", "--hidden", "6", "--dropout", "0.4", "--epochs", "3", "--quiet");
    const args = ["expect", "model.safetensors", "points.csv", "--rows", "3"];
    const [result] = jsonLines(await run(...args, "--draws", "2000", "--json"));
    expect([result.units, result.states, result.results.length]).toEqual([6, 64, 6]);
    for (const { exact, geometric, weightScaling, monteCarlo, standardError } of result.results) {
      expect(Math.abs(geometric - weightScaling)).toBeLessThan(1e-12);
      expect(Math.abs(monteCarlo - exact)).toBeLessThan(4 * standardError);
    }
    expect(await run(...args)).toMatch(/^64 thinned networks of 6 droppable units/);
  });

  test("a saved regression: everything is in the target's own units", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 3},${5000 + 40 * (i % 7) - 90 * (i % 3)}`);
    folder.write("prices.csv", ["a,b,price", ...rows].join("\n"));
    await run(
      "train",
      "prices.csv",
      "--hidden",
      "6",
      "--dropout",
      "0.3",
      "--epochs",
      "3",
      "--out",
      "prices",
      "--quiet",
    );
    const [{ results }] = jsonLines(await run("expect", "prices", "prices.csv", "--rows", "5", "--json"));
    const predicted = jsonLines(
      await run("predict", "prices", "prices.csv", "--samples", "1000", "--seed", "1", "--json"),
    );
    for (const [i, { output, exact, geometric, weightScaling, monteCarlo, standardError }] of results.entries()) {
      expect([output, geometric]).toEqual(["price", null]);
      expect(weightScaling).toBeCloseTo(predicted[i].price, 2);
      expect(monteCarlo).toBeCloseTo(predicted[i].mean, 2);
      expect(standardError).toBeCloseTo(predicted[i].sd / Math.sqrt(1000), 3);
      expect(Math.abs(monteCarlo - exact)).toBeLessThan(4 * standardError);
    }
  });

  test.concurrent.each<[string, number, string[], RegExp]>([
    ["lists of different lengths", 2, ["--weights", "1,2,3"], /3 weights and 2 inputs/],
    [
      "too many inputs",
      2,
      ["--weights", Array(25).fill(1).join(), "--inputs", Array(25).fill(1).join()],
      /33,554,432 states/,
    ],
    ["no draw", 2, ["--draws", "0"], /--draws.*whole number from 1/],
    ["a weight that is none", 2, ["--weights", "1,x"], /--weights.*numbers as in/],
    ["p beyond 1", 2, ["--p", "1.2"], /probability of dropping/],
    ["rows without a model", 2, ["--rows", "3"], /--rows is for a MODEL/],
    ["a model and a neuron", 2, ["m", "d", "--p", "0.5"], /--p describes one neuron/],
    ["a model without data", 2, ["m"], /DATA is missing/],
    ["no such model", 1, ["m", "d"], /no such model/],
  ])("refuses %s", async (_, status, args, message) => {
    const result = await thinned(folder.path, "expect", ...args);
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toMatch(/^thinned: [^\n]+\n$/);
    expect(result.stderr).toMatch(message);
  });
});
