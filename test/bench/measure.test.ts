// The benchmarks' own arithmetic: statistics, timing, rates, promises, charts. No test looks at how long anything took.
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { chartOf } from "../../bench/chart.js";
import { type Pace, timeCases } from "../../bench/measure.js";
import { measuresOf } from "../../bench/measures.js";
import { optionsOf, stepOf, trainingFlops } from "../../bench/networks.js";
import { countFlops } from "../../bench/profile.js";
import { type Report, type Row, resultOf, type SuiteResult } from "../../bench/results.js";
import { quantile, spreadOf } from "../../bench/statistics.js";
import type { Case, Suite } from "../../bench/suite.js";
import { columnsOf, showTime } from "../../bench/table.js";
import { learn } from "../../src/calls/train-step.js";

const BRISK: Pace = { warmUp: 0, window: 1e-5, turn: 3e-5, suite: 0, rounds: 2, run: 1e6 };

function caseOf(name: string, more: Partial<Case> = {}): Case {
  return { name, build: "simd", run() {}, amount: 1, baseline: null, ...more };
}

function suiteOf(more: Partial<Suite> = {}): Suite {
  const open = async () => ({ cases: [] });
  return { name: "made", title: "Made up", about: "", ratio: "speed", chart: "time", weight: 1, open, ...more };
}

describe("statistics", () => {
  test("quantiles lie between neighbours in proportion", () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual([1, 1.75, 3, 5, 8]);
    expect(quantile([7], 0.3)).toBe(7);
  });

  test("a spread sorts by value, not by text, and leaves the samples alone", () => {
    const samples = [10, 9, 100, 1e-3, 2];
    expect(spreadOf(samples)).toEqual({ count: 5, min: 1e-3, q1: 2, median: 9, q3: 10, max: 100 });
    expect(samples).toEqual([10, 9, 100, 1e-3, 2]);
  });

  test.each([[[]], [[1, 0]], [[1, Number.NaN]], [[Infinity]]])("%j says nothing", (samples) => {
    expect(() => spreadOf(samples)).toThrow(/a case was|no samples/);
  });
});

describe("timing", () => {
  test("every case is sampled in every round, in an order that changes", async () => {
    const log: string[] = [];
    const names = ["a", "b", "c", "d"];
    const cases = names.map((name) => caseOf(name, { run: () => void (log.at(-1) === name || log.push(name)) }));
    const rounds = 6;
    const timings = await timeCases("made", cases, { ...BRISK, rounds }, 0);
    for (const samples of timings) {
      expect(samples.length).toBeGreaterThanOrEqual(rounds);
      expect(spreadOf(samples).median).toBeLessThan(1);
    }
    // benny looks at every case before it begins, in the same order.
    const turns = log.join("").match(/(.{4})(?=.*)/g)!;
    expect(new Set(turns).size, log.join("")).toBeGreaterThan(2);
  });

  test("when the time is over, one round is all", async () => {
    const looks = async (end: number) => {
      let rounds = 0;
      await timeCases("made", [caseOf("a"), caseOf("b")], { ...BRISK, rounds: 7 }, 0, end, () => rounds++);
      return rounds;
    };
    expect(await looks(performance.now())).toBe(1);
    expect(await looks(performance.now() + 1e9)).toBe(7);
  });

  test("samples go to the case that they are of", async () => {
    const counts = [0, 0, 0];
    const busy = (i: number, loops: number) => {
      counts[i]++;
      for (let k = 0; k < loops; k++) counts[i] += Math.sqrt(counts[i]) * 1e-12;
    };
    const cases = [200_000, 2_000, 20].map((loops, i) => caseOf(String(i), { run: () => busy(i, loops) }));
    const best = (await timeCases("made", cases, { ...BRISK, rounds: 5 }, 0)).map((samples) => spreadOf(samples).min);
    // A hundredfold between neighbours: their order survives any machine.
    expect(best[0]).toBeGreaterThan(best[1]);
    expect(best[1]).toBeGreaterThan(best[2]);
    for (const count of counts) expect(count).toBeGreaterThan(5);
  });

  test("what a case throws comes out, and the console is given back", async () => {
    const { log } = console;
    let calls = 0;
    const cases = [
      caseOf("well"),
      caseOf("ill", {
        run() {
          if (++calls > 3) throw new RangeError("out of ink");
        },
      }),
    ];
    await expect(timeCases("made", cases, { ...BRISK, rounds: 9 }, 0)).rejects.toThrow(/out of ink/);
    expect(console.log).toBe(log);
  });
});

describe("rows", () => {
  const slow = caseOf("slow", { amount: 100, samples: 10, flops: { executed: 2e9, dense: 4e9 } });
  const fast = caseOf("fast", { amount: 300, bits: 1e9, baseline: slow });
  const timings = [
    [2, 2, 2],
    [1, 4, 1],
  ];

  test("rates are those of the median", () => {
    const { rows } = resultOf(suiteOf(), [slow, fast], timings);
    expect(rows[0]).toMatchObject({ samplesPerSecond: 5, gflops: 1, denseGflops: 2, bitsPerSecond: null, ratio: 1 });
    expect(rows[1]).toMatchObject({ samplesPerSecond: null, gflops: null, bitsPerSecond: 1e9 });
    expect(rows[1].seconds).toMatchObject({ count: 3, median: 1, max: 4 });
    expect([rows[0].baseline, rows[1].baseline]).toEqual(["slow, simd", "slow, simd"]);
  });

  test("a ratio compares amounts per second, or time", () => {
    const ratio = (suite: Suite) => resultOf(suite, [slow, fast], timings).rows[1].ratio;
    expect(ratio(suiteOf())).toBe(300 / 1 / (100 / 2));
    expect(ratio(suiteOf({ ratio: "share" }))).toBe(0.5);
  });

  test("times are shown with three digits in the unit that fits", () => {
    expect([3.21e-9, 45.67e-9, 0.9999e-6, 12.34e-6, 0.5, 12].map(showTime)).toEqual([
      "3.21 ns",
      "45.7 ns",
      "1000 ns",
      "12.3 µs",
      "500 ms",
      "12000 ms",
    ]);
  });

  test("columns that would be empty are left out", () => {
    const heads = (cases: Case[]) => columnsOf(resultOf(suiteOf(), cases, timings)).map(({ head }) => head);
    expect(heads([slow, fast])).toEqual([
      "",
      "build",
      "median",
      "middle half",
      "best",
      "n",
      "samples/s",
      "GFLOP/s",
      "as if dense",
      "Gbit/s",
      "ratio",
    ]);
    expect(heads([caseOf("a"), caseOf("b")])).toEqual(["", "build", "median", "middle half", "best", "n", "ratio"]);
  });
});

describe("floating-point operations", () => {
  const shape = { sizes: [40, 256, 256, 10], batch: 32 };
  const count = (settings: object) => countFlops(optionsOf(shape, settings), stepOf(shape));

  test("where no zero is left out they are those of the formula", async () => {
    const expected = 2 * 32 * (3 * (40 * 256 + 256 * 256 + 256 * 10) - 40 * 256);
    expect(trainingFlops(shape)).toBe(expected);
    for (const build of ["simd", "relaxed"] as const)
      expect(await count({ dropout: 0, sparse: false, build })).toBe(expected);
  });

  test("dropout leaves fewer, the fewer the higher p is", async () => {
    const [half, most] = await Promise.all([0.5, 0.8].map((dropout) => count({ dropout, build: "simd" })));
    // Hidden to hidden are 7/8 of the operations; relu and p leave a quarter of them, or a tenth.
    expect(half / trainingFlops(shape)).toBeGreaterThan(0.2);
    expect(half / trainingFlops(shape)).toBeLessThan(0.5);
    expect(most).toBeLessThan(0.6 * half);
    expect(most).toBeGreaterThan(0);
  });

  test("zeros of the inputs are left out of both products of the first layer", async () => {
    const wide = { sizes: [400, 64, 10], batch: 32 };
    const x = Float32Array.from({ length: 32 * 400 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const labels = Int32Array.from({ length: 32 }, (_, i) => i % 10);
    const done = await countFlops(optionsOf(wide, { dropout: 0, build: "simd" }), (model) => {
      learn(model, { x, batch: 32 }, { labels });
    });
    const others = 2 * 32 * 3 * 64 * 10;
    const first = 2 * 2 * (x.length / 10) * 64;
    expect(done).toBeGreaterThanOrEqual(first);
    expect(done).toBeLessThanOrEqual(first + others);
  });
});

describe("promises", () => {
  const row = (name: string, ratio: number, more: Partial<Row> = {}): Row => ({
    name,
    build: "simd",
    threads: 1,
    seconds: spreadOf([1]),
    samplesPerSecond: ratio,
    gflops: ratio,
    denseGflops: ratio,
    bitsPerSecond: ratio * 1e9,
    baseline: "",
    ratio,
    ...more,
  });
  const result = (name: string, rows: Row[]): SuiteResult => ({ ...suiteOf({ name }), rows });
  const header = { builds: [{ name: "simd", bytes: 40_000, missing: null }] } as Report["header"];

  test("say met or not, the worst product for its shape", () => {
    const suites = [
      result("products", [
        row("tile 4×8 in L1", 1),
        row("nn 127×9×9", 0.9),
        row("tn 127×9×9", 0.84),
        row("nt 32×9×9", 0.75),
      ]),
      result("masks", [row("p = 0.5", 7), row("p = 0.2", 1.1), row("Math.random, p = 0.5", 0.1, { build: "js" })]),
      result("strategies", [row("none", 2), row("none, zeros multiplied", 1), row("inverted, p = 0.5", 3)]),
      result("builds", [row("one thread", 1), row("2 threads", 1.8, { threads: 2 })]),
    ];
    const said = Object.fromEntries(measuresOf(header, suites).map(({ name, value, met }) => [name, [value, met]]));
    expect(said).toEqual({
      "a step at p = 0.5 against p = 0, zeros multiplied": ["3.00 ×", true],
      "a step at p = 0.5 against p = 0, our fastest": ["1.50 ×", true],
      "two threads against one, simd": ["1.80 ×", true],
      "dense products 127×9×9, simd": ["84.0 % of the tile", false],
      "dense products 32×9×9, simd": ["75.0 % of the tile", true],
      "keep bits at p = 0.5, simd": ["7.00 Gbit/s", true],
      "keep bits at the slowest p, simd": ["1.10 Gbit/s", false],
      "WebAssembly, simd": ["39.1 KB", false],
    });
  });

  test("parts and sparse products", () => {
    const parts = ["train_step", "draw the masks", "bias, activation, mask and scale", "list what is not zero"];
    const suites = [
      result(
        "parts",
        parts.map((name, i) => row(name, [1, 0.01, 0.03, 0.05][i])),
      ),
      result("density", [row("tile 4×8 in L1", 40), row("spmm, density 0.25", 30), row("sddmm, density 0.5", 20)]),
    ];
    const said = measuresOf(header, suites).map(({ value, met }) => [value, met]);
    expect(said.slice(0, 4)).toEqual([
      ["4.0 % of the step", true],
      ["9.0 % of the step", false],
      ["75.0 % of the tile", true],
      ["50.0 % of the tile", false],
    ]);
  });
});

test.each(["wide", "narrow"] as const)(
  "a %s chart has a bar for every row, to scale, and text that HTML cannot misread",
  (width) => {
    const [a, b] = [caseOf("a <b> & c", { samples: 10 }), caseOf("d", { samples: 10 })];
    const timings = [
      [1, 1, 1],
      [4, 4, 4],
    ];
    const svg = chartOf(resultOf(suiteOf({ chart: "time" }), [a, b], timings), width);
    const { document } = parseHTML(`<html><body>${svg}</body></html>`);
    const widths = [...document.querySelectorAll("rect")].map((bar) => Number(bar.getAttribute("width")));
    expect(widths).toHaveLength(2);
    expect(widths[1] / widths[0]).toBeCloseTo(4, 1);
    expect(document.querySelector(".label")?.textContent).toBe("a <b> & c");
  },
);

test("a chart says how many threads there are where the row's name does, once", () => {
  const cases = [1, 2].map((threads) => caseOf(`${threads} threads`, { threads }));
  const svg = chartOf(resultOf(suiteOf({ chart: "time" }), cases, [[1], [2]]));
  expect(svg).toContain(">2 threads</text>");
});
