// A bar per row, as an SVG: its end is the median, the whisker spans the middle half of the timings.

import { escapeHtml } from "#thinned/report/page.js";
import { keyOf, type Row, type SuiteResult } from "./results.js";
import { showTime } from "./table.js";

/** Room for labels, bars and values; a row's height, and where in it the bar is. */
interface Layout {
  labels: number;
  bars: number;
  values: number;
  step: number;
  bar: number;
}

const TOP = 26;
const BAR = 16;
const LAYOUTS = {
  wide: { labels: 300, bars: 440, values: 100, step: 24, bar: 2 },
  /** For phones: labels stand above their bars, and text is as large as the page's. */
  narrow: { labels: 0, bars: 265, values: 75, step: 42, bar: 20 },
} as const satisfies Record<string, Layout>;

interface Bar {
  row: Row;
  value: number;
  /** Ends of the whisker. */
  from: number;
  to: number;
  text: string;
}

/** What a unit of the axis is, for each kind of chart. */
const AXES = {
  time: "time per operation; shorter is better",
  samples: "samples per second; longer is better",
  gflops: "GFLOP/s executed; longer is better",
  bits: "Gbit/s; longer is better",
  ratio: "",
} as const;

export function chartOf(suite: SuiteResult, width: keyof typeof LAYOUTS = "wide"): string {
  const layout = LAYOUTS[width];
  const { labels, bars: room, values, step } = layout;
  const bars = suite.rows.filter((row) => drawn(suite, row)).map((row) => barOf(suite, row));
  const most = Math.max(...bars.map(({ to, value }) => Math.max(to, value)));
  const x = (value: number) => labels + (room * value) / most;
  const height = TOP + step * bars.length + 6;
  const body = bars.map((bar, i) => drawBar(bar, TOP + step * i, x, layout));
  const showsSpeed = suite.chart === "ratio" && suite.ratio === "speed";
  const one =
    showsSpeed && most > 1 ? `<line class="one" x1="${x(1)}" x2="${x(1)}" y1="${TOP - 6}" y2="${height}"/>` : "";
  return [
    `<svg class="${width}" viewBox="0 0 ${labels + room + values} ${height}" role="img" aria-label="${escapeHtml(suite.title)}">`,
    `<text class="axis" x="${labels}" y="14">${axisOf(suite)}</text>`,
    one,
    ...body,
    "</svg>",
  ].join("\n");
}

/** In a chart of ratios a baseline would be a bar of length 1 beside each: the line at 1 stands for them. */
function drawn({ chart }: SuiteResult, row: Row): boolean {
  return chart !== "ratio" || row.baseline !== keyOf(row);
}

function axisOf({ chart, ratio }: SuiteResult): string {
  if (chart !== "ratio") return AXES[chart];
  return ratio === "share"
    ? "fraction of the step's time; shorter is better"
    : "times as fast as the baseline (the line)";
}

function barOf(suite: SuiteResult, row: Row): Bar {
  const { median, q1, q3 } = row.seconds;
  const shrinking = (value: number) => ({ from: (value * median) / q3, to: (value * median) / q1 });
  const growing = (value: number) => ({ from: (value * q1) / median, to: (value * q3) / median });
  switch (suite.chart) {
    case "time":
      return { row, value: median, from: q1, to: q3, text: showTime(median) };
    case "samples": {
      const value = row.samplesPerSecond ?? 0;
      return { row, value, ...shrinking(value), text: Number(value.toPrecision(3)).toLocaleString("en-US") };
    }
    case "gflops":
      return { row, value: row.gflops ?? 0, ...shrinking(row.gflops ?? 0), text: (row.gflops ?? 0).toFixed(1) };
    case "bits": {
      const value = (row.bitsPerSecond ?? 0) / 1e9;
      return { row, value, ...shrinking(value), text: value.toFixed(2) };
    }
    case "ratio": {
      const { ratio: value } = row;
      if (suite.ratio === "share") return { row, value, ...growing(value), text: `${(100 * value).toFixed(1)} %` };
      return { row, value, ...shrinking(value), text: `${value.toFixed(2)} ×` };
    }
  }
}

function drawBar(
  { row, value, from, to, text }: Bar,
  y: number,
  x: (value: number) => number,
  { labels, bar }: Layout,
): string {
  const top = y + bar;
  const middle = top + BAR / 2;
  const at = labels > 0 ? `x="${labels - 10}" y="${middle + 4}"` : `x="0" y="${top - 4}"`;
  return [
    `<text class="label" ${at}>${escapeHtml(row.name)}</text>`,
    `<rect class="${row.build}" x="${labels}" y="${top}" width="${Math.max(1, x(value) - labels).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<path class="whisker" d="M${x(from).toFixed(1)} ${middle}H${x(to).toFixed(1)}M${x(from).toFixed(1)} ${middle - 4}v8M${x(to).toFixed(1)} ${middle - 4}v8"/>`,
    `<text class="value" x="${(Math.max(x(value), x(to)) + 8).toFixed(1)}" y="${middle + 4}">${text}</text>`,
  ].join("");
}
