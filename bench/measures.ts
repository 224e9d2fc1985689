// What the project has promised itself, beside what this run says about it: ratios within the run where machines
// differ.

import type { Header } from "./engine.js";
import type { Row, SuiteResult } from "./results.js";

export interface Measure {
  name: string;
  /** What was promised. */
  bar: string;
  /** What came. */
  value: string;
  met: boolean;
}

/** Those that the suites that ran say something about. */
export function measuresOf(header: Header, suites: readonly SuiteResult[]): Measure[] {
  const rowsOf = (name: string) => suites.find((suite) => suite.name === name)?.rows ?? [];
  return [
    ...strategyMeasures(rowsOf("strategies")),
    ...threadMeasures(rowsOf("builds")),
    ...partMeasures(rowsOf("parts")),
    ...sparseMeasures(rowsOf("density")),
    ...productMeasures(rowsOf("products")),
    ...maskMeasures(rowsOf("masks")),
    ...header.builds.map(({ name, bytes }) =>
      atMost(`WebAssembly, ${name}`, bytes / 1024, 32, (value) => `${value.toFixed(1)} KB`),
    ),
  ];
}

const times = (value: number): string => `${value.toFixed(2)} ×`;
const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const ofTile = (fraction: number): string => `${percent(fraction)} of the tile`;

/** Inverted dropout at p = 0.5 against the two ways to go without. */
function strategyMeasures(rows: readonly Row[]): Measure[] {
  const speed = (name: string) => rows.find((row) => row.name === name)?.samplesPerSecond;
  const [half, none, dense] = [speed("inverted, p = 0.5"), speed("none"), speed("none, zeros multiplied")];
  if (!half || !none || !dense) return [];
  return [
    atLeast("a step at p = 0.5 against p = 0, zeros multiplied", half / dense, 2, times),
    atLeast("a step at p = 0.5 against p = 0, our fastest", half / none, 1.4, times),
  ];
}

/** The better build's step on two threads or more. */
function threadMeasures(rows: readonly Row[]): Measure[] {
  return rows
    .filter(({ threads }) => threads === 2)
    .map((row) => {
      const alone = rows.find(({ build, threads }) => build === row.build && threads === 1)!;
      const ratio = row.samplesPerSecond! / alone.samplesPerSecond!;
      return atLeast(`two threads against one, ${row.build}`, ratio, 1.7, times);
    });
}

function partMeasures(rows: readonly Row[]): Measure[] {
  if (rows.length === 0) return [];
  const share = (...names: string[]) =>
    rows.filter(({ name }) => names.includes(name)).reduce((sum, { ratio }) => sum + ratio, 0);
  const own = share("draw the masks", "bias, activation, mask and scale");
  const show = (value: number) => `${percent(value)} of the step`;
  return [
    atMost("mask, activation and scale together", own, 0.05, show),
    atMost("the same and the lists", own + share("list what is not zero"), 0.08, show),
  ];
}

/**
 * Executed operations of the sparse products against the tile, where relu and dropout leave a quarter, dropout alone a
 * half.
 */
function sparseMeasures(rows: readonly Row[]): Measure[] {
  const bars: [string, number][] = [
    ["spmm, density 0.25", 0.7],
    ["row update, density 0.25", 0.7],
    ["sddmm, density 0.25", 0.6],
    ["sddmm, density 0.5", 0.6],
  ];
  const tiles = rows.filter(({ name }) => name.startsWith("tile"));
  return tiles.flatMap((tile) =>
    bars.flatMap(([name, bar]) => {
      const row = rows.find((each) => each.name === name && each.build === tile.build);
      return row ? [atLeast(`${name}, ${row.build}`, row.gflops! / tile.gflops!, bar, ofTile)] : [];
    }),
  );
}

/** The worst of the three products at each shape, against the tile. */
function productMeasures(rows: readonly Row[]): Measure[] {
  const worst = new Map<string, Row>();
  for (const row of rows) {
    const shape = /^(?:nn|nt|tn) (.*)/.exec(row.name)?.[1];
    if (!shape) continue;
    const key = `dense products ${shape}, ${row.build}`;
    const known = worst.get(key);
    if (!known || row.ratio < known.ratio) worst.set(key, row);
  }
  // A small product has little to do with each number that it packs.
  return [...worst].map(([name, { ratio }]) => atLeast(name, ratio, name.includes(" 32×") ? 0.7 : 0.85, ofTile));
}

function maskMeasures(rows: readonly Row[]): Measure[] {
  const builds = new Set(rows.map(({ build }) => build).filter((build) => build !== "js"));
  return [...builds].flatMap((build) => {
    const own = rows.filter((row) => row.build === build);
    const half = own.find(({ name }) => name === "p = 0.5");
    const slowest = Math.min(...own.map(({ bitsPerSecond }) => bitsPerSecond!));
    const show = (value: number) => `${value.toFixed(2)} Gbit/s`;
    return [
      ...(half ? [atLeast(`keep bits at p = 0.5, ${build}`, half.bitsPerSecond! / 1e9, 6, show)] : []),
      atLeast(`keep bits at the slowest p, ${build}`, slowest / 1e9, 1.2, show),
    ];
  });
}

function atLeast(name: string, value: number, bar: number, show: (value: number) => string): Measure {
  return { name, bar: `≥ ${show(bar)}`, value: show(value), met: value >= bar };
}

function atMost(name: string, value: number, bar: number, show: (value: number) => string): Measure {
  return { name, bar: `≤ ${show(bar)}`, value: show(value), met: value <= bar };
}
