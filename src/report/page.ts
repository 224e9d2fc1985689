// Reports: one HTML file that needs nothing else, pictures inside as SVG, and the numbers beside it as JSON.

import { checkSpares, checkWritable, writeWhole } from "../node/files.js";
import type { Plotting } from "./plotting.js";

export interface Section {
  title: string;
  /** Paragraphs; plain text. */
  text: string[];
  /** SVG or <img>, each with a caption. */
  figures?: { picture: string; caption: string }[];
  table?: string[][];
}

/**
 * Colours that the colour-blind tell apart (Okabe and Ito), by a name that the page's style gives a value in light and
 * dark.
 */
const SERIES = [
  { colour: "var(--grey)", dash: "none" },
  { colour: "var(--orange)", dash: "none" },
  { colour: "var(--blue)", dash: "6,3" },
];
const RULE = { colour: "var(--blue)", dash: "6,3" };

export interface Chart {
  rows: readonly { x: number; y: number; series: string; low?: number; high?: number }[];
  x: { label: string; type?: "linear" | "log"; ticks?: readonly number[] };
  y: { label: string; zero?: boolean };
  /** A horizontal line with a name. */
  rule?: { y: number; name: string };
  bars?: boolean;
}

const WIDTH = 540;

/** Lines with dots (and bars from low to high), one colour and dash per series, named above. */
export function drawChart({ Plot, document }: Plotting, { rows, x, y, rule, bars }: Chart): string {
  const names = [...new Set(rows.map(({ series }) => series))];
  // One series is no comparison: it gets the colour that stands out.
  const styles = names.length === 1 ? [SERIES[1]] : SERIES;
  const marks = names.flatMap((name, i) => {
    const { colour, dash } = styles[i];
    const own = rows.filter(({ series }) => series === name);
    const spans = own.filter(({ low, high }) => low !== high);
    const line = { x: "x", y: "y", stroke: colour, strokeDasharray: dash, strokeWidth: 2 };
    if (bars) {
      const area = Plot.areaY(own, { x: "x", y1: 0, y2: "y", fill: colour, fillOpacity: 0.18, curve: "step-after" });
      return [area, Plot.line(own, { ...line, curve: "step-after" })];
    }
    return [
      Plot.ruleX(spans, { x: "x", y1: "low", y2: "high", stroke: colour, strokeOpacity: 0.55, strokeWidth: 1.5 }),
      Plot.line(own, line),
      Plot.dot(own, { x: "x", y: "y", fill: colour, r: 3 }),
    ];
  });
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height: 330,
    marginLeft: 58,
    marginBottom: 48,
    marginTop: 44,
    style: { background: "none", color: "inherit", fontFamily: "system-ui, sans-serif", fontSize: "14px" },
    x: {
      label: x.label,
      type: x.type ?? "linear",
      labelArrow: "none",
      labelAnchor: "center",
      // Room for what hangs below the line: p and g.
      labelOffset: 42,
      ...tickOptions(x.ticks),
    },
    y: {
      label: y.label,
      grid: true,
      domain: domainOf(rows, y.zero ?? true, rule?.y),
      ticks: 6,
      labelArrow: "none",
      labelAnchor: "center",
      nice: true,
    },
    marks: [
      Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
      ...(rule ? [Plot.ruleY([rule.y], { stroke: RULE.colour, strokeDasharray: RULE.dash, strokeWidth: 2 })] : []),
      ...marks,
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${y.label} by ${x.label}: ${names.join(", ")}`);
  const keys = [...names.map((name, i) => ({ name, ...styles[i] })), ...(rule ? [{ name: rule.name, ...RULE }] : [])];
  let left = 58;
  const legend = keys.map(({ name, colour, dash }) => {
    const mark = `<line x1="${left}" x2="${left + 22}" y1="16" y2="16" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}"></line>`;
    const label = `<text x="${left + 28}" y="21" fill="${colour}" font-size="14" font-weight="600">${escapeHtml(name)}</text>`;
    left += 50 + 8.2 * name.length;
    return mark + label;
  });
  svg.insertAdjacentHTML("beforeend", `<g text-anchor="start">${legend.join("")}</g>`);
  return svg.outerHTML;
}

/** From 0 or the smallest value to the largest, and never empty: equal values have an axis as well. */
function domainOf(rows: Chart["rows"], zero: boolean, rule: number | undefined): [number, number] {
  const values = rows.flatMap(({ y, low = y, high = y }) => [low, high]).concat(rule ?? []);
  const most = Math.max(...values);
  if (zero) return [0, Math.max(LEAST, most)];
  const least = Math.min(...values);
  return [least, Math.max(least + LEAST / 10, most)];
}

/** Per cent. */
const LEAST = 1;

function tickOptions(ticks: readonly number[] | undefined) {
  return ticks ? { ticks: [...ticks], tickFormat: (value: number) => value.toLocaleString("en-US") } : {};
}

/** The outline of a histogram from 0 to `most`, in per cent of the values. */
export function histogram(values: readonly number[], bins: number, most: number): { x: number; y: number }[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((bins * value) / most))]++;
  return steps(
    counts.map((count) => count / values.length),
    most,
  );
}

/** Bins' left edges, and the last one's right edge. */
export function steps(fractions: readonly number[], most: number): { x: number; y: number }[] {
  return [...fractions, fractions[fractions.length - 1]].map((y, i) => ({
    x: (i * most) / fractions.length,
    y: 100 * y,
  }));
}

/** `report.html` → `report.json`. Both must be writable, and none of what the report is made of. */
export function checkReportPaths(
  out: string,
  inputs: readonly string[],
  option = "--out",
): { html: string; json: string } {
  const json = `${out.replace(/\.html?$/i, "")}.json`;
  for (const path of [out, json]) {
    checkWritable(option, path);
    checkSpares(option, path, inputs);
  }
  return { html: out, json };
}

export function writeReport(
  paths: { html: string; json: string },
  title: string,
  lead: string,
  sections: Section[],
  numbers: object,
): void {
  writeWhole(paths.html, page(title, lead, sections));
  writeWhole(paths.json, `${JSON.stringify(numbers, null, 1)}\n`);
}

const STYLE = `:root{color-scheme:light dark;--ink:#222;--soft:#5a5a5a;--paper:#fafaf8;--card:#fff;--line:#e2e2de;--grey:#555;--orange:#c9540a;--blue:#0072b2}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8e6;--soft:#a9aaa6;--paper:#161716;--card:#1f2120;--line:#383b39;--grey:#b4b6b2;--orange:#f58a3c;--blue:#5bb4ec}}
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0}main{max-width:1120px;margin:auto;padding:2rem 1.5rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem}h2{margin:2.6rem 0 .4rem;font-size:1.3rem;border-top:1px solid var(--line);padding-top:1.4rem}p{max-width:44rem;margin:.5rem 0}
.lead{color:var(--soft);font-size:1.08rem}.figures{display:flex;flex-wrap:wrap;align-items:flex-start;gap:1rem 1.5rem;margin:1rem 0}figure{box-sizing:border-box;flex:1 1 26rem;max-width:min(100%,33.5rem);margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.8rem}
figure svg{width:100%;height:auto;display:block}figcaption{color:var(--soft);font-size:.92rem;margin-top:.4rem}.numbers{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.94rem}
th,td{padding:.25rem .8rem;border-bottom:1px solid var(--line);text-align:right}td{white-space:nowrap}th:first-child,td:first-child{text-align:left;padding-left:0}th{font-weight:600;vertical-align:bottom}
@media(max-width:600px){main{padding:1.2rem .8rem 3rem}figure{padding:.5rem;flex-basis:100%}th,td{padding:.25rem .45rem}td:first-child{white-space:normal}}`;

function page(title: string, lead: string, sections: Section[]): string {
  const body = sections.map(({ title: name, text, figures = [], table = [] }) => {
    const paragraphs = text.map((paragraph) => `<p>${escapeHtml(together(paragraph))}</p>`).join("\n");
    const pictures = figures.map(
      ({ picture, caption }) => `<figure>${picture}<figcaption>${escapeHtml(caption)}</figcaption></figure>`,
    );
    const cells = (tag: string, row: string[]) =>
      `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
    const [head, ...rows] = table;
    const numbers = head
      ? `<div class="numbers"><table>${cells("th", head)}${rows.map((row) => cells("td", row)).join("")}</table></div>`
      : "";
    return `<h2>${escapeHtml(name)}</h2>\n${paragraphs}\n<div class="figures">${pictures.join("\n")}\n${numbers}</div>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p>
${body.join("\n")}
</main></body></html>
`;
}

/** A figure and its sign stay on one line. */
function together(text: string): string {
  return text.replace(/(\d) %/g, "$1\u00a0%");
}

/** For text between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
