// Results for people at a terminal. The page shows the same columns.

import type { Row, SuiteResult } from "./results.js";

export interface Column {
  head: string;
  cell(row: Row): string;
}

/** The columns that say something about this suite. */
export function columnsOf({ rows, ratio }: SuiteResult): Column[] {
  const has = (key: "samplesPerSecond" | "gflops" | "bitsPerSecond") => rows.some((row) => row[key] !== null);
  const skips = rows.some((row) => row.gflops !== row.denseGflops);
  const columns: (Column | false)[] = [
    { head: "", cell: (row) => row.name },
    { head: "build", cell: (row) => row.build },
    { head: "median", cell: ({ seconds }) => showTime(seconds.median) },
    { head: "middle half", cell: ({ seconds }) => `${showTime(seconds.q1)} – ${showTime(seconds.q3)}` },
    { head: "best", cell: ({ seconds }) => showTime(seconds.min) },
    { head: "n", cell: ({ seconds }) => String(seconds.count) },
    has("samplesPerSecond") && { head: "samples/s", cell: (row) => showCount(row.samplesPerSecond) },
    has("gflops") && { head: "GFLOP/s", cell: (row) => showFixed(row.gflops, 1) },
    skips && { head: "as if dense", cell: (row) => showFixed(row.denseGflops, 1) },
    has("bitsPerSecond") && { head: "Gbit/s", cell: (row) => showFixed(row.bitsPerSecond, 2, 1e9) },
    ratio === "share"
      ? { head: "of the baseline", cell: (row) => `${(100 * row.ratio).toFixed(1)} %` }
      : { head: "ratio", cell: (row) => `${row.ratio.toFixed(2)} ×` },
  ];
  return columns.filter((column) => column !== false);
}

/** Three digits. */
export function showTime(seconds: number): string {
  const [value, unit] =
    seconds < 1e-6 ? [seconds * 1e9, "ns"] : seconds < 1e-3 ? [seconds * 1e6, "µs"] : [seconds * 1e3, "ms"];
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

function showCount(value: number | null): string {
  return value === null ? "" : Number(value.toPrecision(3)).toLocaleString("en-US");
}

function showFixed(value: number | null, digits: number, unit = 1): string {
  return value === null ? "" : (value / unit).toFixed(digits);
}
