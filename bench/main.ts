// `thinned bench`: measures, prints, writes. Options were checked by src/cli/commands/bench.ts.

import path from "node:path";
import { didYouMean } from "#thinned/checks.js";
import type { BenchOptions } from "#thinned/cli/commands/bench.js";
import { printJson, printLine } from "#thinned/cli/output.js";
import { createProgress, type Progress } from "#thinned/cli/progress.js";
import { UsageError } from "#thinned/cli/usage.js";
import { switchRelaxedSimdOn } from "#thinned/node/engine.js";
import { checkWritable, makeFolder, writeWhole } from "#thinned/node/files.js";
import { table } from "#thinned/report/numbers.js";
import { readHeader, showHeader } from "./engine.js";
import { FULL_PACE, type Pace, QUICK_PACE, timeCases } from "./measure.js";
import { type Measure, measuresOf } from "./measures.js";
import { lateness, pageOf } from "./page.js";
import { type Report, resultOf, type SuiteResult } from "./results.js";
import { FULL, QUICK, type Shapes } from "./shapes.js";
import type { Suite, Surroundings } from "./suite.js";
import { SUITES } from "./suites/index.js";
import { columnsOf } from "./table.js";

/** Where tests put their own. */
export interface Extent {
  shapes: Shapes;
  pace: Pace;
}

export async function run(options: BenchOptions, extent: Extent = extentOf(options)): Promise<void> {
  const suites = chosen(options.suite);
  const [json, html] = ["results.json", "report.html"].map((file) => path.join(options.out, file));
  makeFolder("--out", options.out);
  checkWritable("--out", json);
  checkWritable("--out", html);
  const say = options.json ? () => {} : printLine;
  switchRelaxedSimdOn();
  const begin = performance.now();
  const header = await readHeader();
  for (const line of showHeader(header)) say(line);
  const { shapes, pace } = extent;
  const builds = header.builds.filter(({ missing }) => missing === null).map(({ name }) => name);
  const report: Report = { header, quick: options.quick, seconds: 0, late: [], suites: [] };
  const progress = createProgress(!options.json);
  const { late } = report;
  for (const [i, suite] of suites.entries()) {
    // What the suites that are still to come want is theirs.
    const rest = suites.slice(i + 1).reduce((sum, { weight }) => sum + weight * pace.suite, 0);
    const end = begin + 1000 * (pace.run - rest);
    const result = await runSuite(suite, { shapes, builds, best: header.best }, pace, end, progress);
    if (performance.now() > end) late.push(suite.name);
    report.suites.push(result);
    say(`\n${suite.title}\n${suite.about}\n`);
    say(table([columnsOf(result).map(({ head }) => head), ...result.rows.map((row) => cells(result, row))]));
  }
  report.seconds = (performance.now() - begin) / 1000;
  // A quick run decides nothing.
  const measures = options.quick ? [] : measuresOf(header, report.suites);
  if (measures.length > 0) say(`\nWhat was promised\n\n${table(measureRows(measures))}`);
  const whole = { ...report, measures };
  writeWhole(json, `${JSON.stringify(whole, null, 1)}\n`);
  writeWhole(html, pageOf(report, measures));
  if (options.json) printJson(whole);
  if (late.length > 0) say(`\n${lateness(report)}`);
  say(`\n${report.seconds.toFixed(0)} s. The same with charts: ${html}; as JSON: ${json}`);
}

function extentOf({ quick }: BenchOptions): Extent {
  return quick ? { shapes: QUICK, pace: QUICK_PACE } : { shapes: FULL, pace: FULL_PACE };
}

function chosen(names: string[] | undefined): readonly Suite[] {
  if (!names) return SUITES;
  const known = SUITES.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known);
    throw new UsageError(`--suite must name some of ${known.join(", ")}; got ${name}${hint ? `; ${hint}` : ""}`);
  }
  return SUITES.filter(({ name }) => names.includes(name));
}

async function runSuite(
  suite: Suite,
  surroundings: Surroundings,
  pace: Pace,
  end: number,
  progress: Progress,
): Promise<SuiteResult> {
  progress.update(suite.title, 0, 1);
  const open = await suite.open(surroundings);
  try {
    const timings = await timeCases(suite.name, open.cases, pace, pace.suite * suite.weight, end, (fraction) =>
      progress.update(suite.title, fraction, 1),
    );
    const parts = open.parts?.() ?? [];
    const cases = [...open.cases, ...parts.map(({ part }) => part)];
    return resultOf(suite, cases, [...timings, ...parts.map(({ timings }) => timings)]);
  } finally {
    progress.clear();
    open.close?.();
  }
}

function cells(result: SuiteResult, row: SuiteResult["rows"][number]): string[] {
  return columnsOf(result).map(({ cell }) => cell(row));
}

function measureRows(measures: readonly Measure[]): string[][] {
  const rows = measures.map(({ name, bar, value, met }) => [name, bar, value, met ? "met" : "not met"]);
  return [["", "bar", "here", ""], ...rows];
}
