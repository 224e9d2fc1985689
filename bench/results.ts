// What came out: rows with rates and ratios, made from timings.

import type { Header } from "./engine.js";
import { type Spread, spreadOf } from "./statistics.js";
import type { Case, Chart, Suite } from "./suite.js";

export interface Row {
  name: string;
  build: string;
  threads: number;
  /** Of one operation. */
  seconds: Spread;
  samplesPerSecond: number | null;
  /** Billions of floating-point operations per second: those done, and as if no zero had been skipped. */
  gflops: number | null;
  denseGflops: number | null;
  bitsPerSecond: number | null;
  /** Name and build of the row that the ratio is to, itself perhaps. */
  baseline: string;
  ratio: number;
}

export interface SuiteResult {
  name: string;
  title: string;
  about: string;
  ratio: Suite["ratio"];
  chart: Chart;
  rows: Row[];
}

export interface Report {
  header: Header;
  quick: boolean;
  /** Wall-clock seconds of the whole run. */
  seconds: number;
  /** Suites that the run had no time left for, and that made do with fewer rounds. */
  late: string[];
  suites: SuiteResult[];
}

/** What tells a row from the others of its suite. */
export function keyOf({ name, build }: { name: string; build: string }): string {
  return `${name}, ${build}`;
}

/** From all timings of all cases. Rates and ratios are those of the medians. */
export function resultOf(suite: Suite, cases: readonly Case[], timings: readonly number[][]): SuiteResult {
  const spreads = new Map(cases.map((each, i) => [each, spreadOf(timings[i])]));
  const median = (each: Case) => spreads.get(each)!.median;
  const rows = cases.map((each): Row => {
    const perSecond = (amount: number | undefined) => (amount === undefined ? null : amount / median(each));
    const baseline = each.baseline ?? each;
    const speed = each.amount / median(each) / (baseline.amount / median(baseline));
    return {
      name: each.name,
      build: each.build,
      threads: each.threads ?? 1,
      seconds: spreads.get(each)!,
      samplesPerSecond: perSecond(each.samples),
      gflops: perSecond(each.flops && each.flops.executed / 1e9),
      denseGflops: perSecond(each.flops && each.flops.dense / 1e9),
      bitsPerSecond: perSecond(each.bits),
      baseline: keyOf(baseline),
      ratio: suite.ratio === "share" ? median(each) / median(baseline) : speed,
    };
  });
  const { name, title, about, ratio, chart } = suite;
  return { name, title, about, ratio, chart, rows };
}
