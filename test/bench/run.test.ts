// The benchmarks as they are run: every suite at toy sizes, and the command line's refusals. No test looks at how long
// anything took.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { type Extent, run } from "../../bench/main.js";
import type { Report } from "../../bench/results.js";
import { SUITES } from "../../bench/suites/index.js";
import { temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
afterEach(() => void vi.restoreAllMocks());

describe("a run at toy sizes", () => {
  const extent: Extent = {
    pace: { warmUp: 0, window: 1e-5, turn: 3e-5, suite: 0, rounds: 2, run: 1e6 },
    shapes: {
      products: [{ batch: 5, out: 20, in: 17 }],
      masks: { batch: 3, width: 130, rates: [0.5, 0.2] },
      density: { layer: { batch: 6, out: 50, in: 40 }, densities: [1, 0.25] },
      network: { sizes: [12, 40, 36, 3], batch: 7 },
      rates: [0.5],
      draws: [3],
      networks: [{ sizes: [5, 9, 2], batch: 1 }],
      tables: [],
    },
  };

  test("runs every suite, prints tables, leaves JSON and a page", async () => {
    const out = join(folder.path, "deep/bench");
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await run({ quick: true, out, json: false }, extent);
    const text = printed.mock.calls.map(([chunk]) => chunk).join("");
    printed.mockRestore();
    const report = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Report;
    expect(report.suites.map(({ name }) => name)).toEqual(SUITES.map(({ name }) => name));
    for (const { name, title, rows } of report.suites) {
      expect(text).toContain(title);
      expect(rows.length, name).toBeGreaterThan(1);
      for (const row of rows) {
        expect(text).toContain(row.name);
        expect(row.seconds.min, row.name).toBeLessThanOrEqual(row.seconds.median);
      }
    }
    // Dropout's steps and parts are there, and no row twice.
    const names = report.suites.flatMap(({ name, rows }) => rows.map((row) => `${name}: ${row.name}, ${row.build}`));
    expect(new Set(names).size).toBe(names.length);
    for (const name of ["strategies: folded, p = 0.5", "testing: Monte-Carlo, k = 3", "parts: draw the masks"])
      expect(
        names.some((known) => known.startsWith(name)),
        name,
      ).toBe(true);
    expect(report.late).toEqual([]);
    const page = readFileSync(join(out, "report.html"), "utf8");
    const { document } = parseHTML(page);
    for (const width of ["wide", "narrow"])
      expect(document.querySelectorAll(`svg.${width}`), width).toHaveLength(SUITES.length);
    expect(page).not.toMatch(/NaN|undefined|Infinity|https?:/);
  });

  test("a verdict is what whole runs end with, and quick ones do without", async () => {
    for (const quick of [false, true]) {
      const out = join(folder.path, `verdict-${quick}`);
      const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      await run({ quick, out, json: false, suite: ["masks"] }, extent);
      const text = printed.mock.calls.map(([chunk]) => chunk).join("");
      printed.mockRestore();
      for (const said of [text, readFileSync(join(out, "report.html"), "utf8")])
        expect(/What was promised.*\bmet\b/s.test(said), `quick: ${quick}`).toBe(!quick);
      const { measures } = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
      expect(measures.length > 0).toBe(!quick);
    }
  });

  test("a run that is late still says everything, and that it was late", async () => {
    const out = join(folder.path, "late");
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await run({ quick: true, out, json: false, suite: ["masks"] }, { ...extent, pace: { ...extent.pace, run: 0 } });
    const text = printed.mock.calls.map(([chunk]) => chunk).join("");
    printed.mockRestore();
    const report = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Report;
    expect(report.late).toEqual(["masks"]);
    expect(report.suites[0].rows.length).toBeGreaterThan(1);
    for (const said of [text, readFileSync(join(out, "report.html"), "utf8")])
      expect(said).toContain("The machine was busy: masks made do with fewer rounds");
  });

  test("--json prints one object and nothing else", async () => {
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await run({ quick: true, out: folder.path, json: true, suite: ["masks"] }, extent);
    const chunks = printed.mock.calls.map(([chunk]) => String(chunk));
    printed.mockRestore();
    const report = JSON.parse(chunks.join("")) as Report;
    expect(report.suites.map(({ name }) => name)).toEqual(["masks"]);
    expect(report.header.engine).toContain(process.versions.node);
    for (const { name, bytes } of report.header.builds)
      expect(bytes, name).toBe(statSync(new URL(`../../build/${name}.wasm`, import.meta.url)).size);
  });
});

describe("wrong usage", () => {
  test.each<[string[], RegExp]>([
    [["--suite", "mask"], /--suite must name some of .*; got mask; did you mean "?masks/],
    [["--out", "file"], /--out must be in a folder/],
    [["--out", "file/deeper"], /--out must be in a folder/],
    ...(existsSync("/proc/self")
      ? [[["--out", "/proc/deep/er"], /--out must be in a folder/] as [string[], RegExp]]
      : []),
  ])("%j", async (args, message) => {
    writeFileSync(join(folder.path, "file"), "");
    const { status, stdout, stderr } = await thinned(folder.path, "bench", ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
