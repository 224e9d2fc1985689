// Reports: one HTML file that needs nothing else, pictures inside as SVG, and the numbers beside it as JSON.
import { loadLibraries } from "./curves.js";
import { checkWritable, writeWhole } from "./files.js";

export interface Section {
  title: string;
  /** Paragraphs; plain text. */
  text: string[];
  /** SVG or <img>, each with a caption. */
  figures?: { picture: string; caption: string }[];
  table?: string[][];
}

export type Plotting = NonNullable<Awaited<ReturnType<typeof loadLibraries>>>;

/** @throws Error where the plotting library, no dependency of the package, is missing */
export async function plotting(): Promise<Plotting> {
  const libraries = await loadLibraries();
  if (libraries) return libraries;
  throw new Error("a report needs @observablehq/plot and linkedom to draw; npm install them, and run again");
}

/** Colours that the colour-blind tell apart (Okabe and Ito). */
export const COLOURS = ["#555555", "#D95F02", "#0072B2", "#009E73"];

export interface Chart {
  rows: readonly { x: number; y: number; series: string; low?: number; high?: number }[];
  x: { label: string; type?: "linear" | "log"; ticks?: readonly number[] };
  y: { label: string; zero?: boolean };
  /** A horizontal line with a name. */
  rule?: { y: number; name: string };
  bars?: boolean;
}

/** Lines with dots (and bars from low to high), one colour and dash per series, named above. */
export function drawChart({ Plot, document }: Plotting, { rows, x, y, rule, bars }: Chart): string {
  const names = [...new Set(rows.map(({ series }) => series))];
  const at = { x: "x", y: "y", stroke: "series" };
  const rest = rows.filter(({ low, high }) => low !== high);
  const marks = bars
    ? [Plot.areaY(rows, { x: "x", y1: 0, y2: "y", fill: "series", fillOpacity: 0.18, curve: "step", z: "series" })]
    : [Plot.dot(rows, { x: "x", y: "y", fill: "series", r: 2.5 })];
  const svg = Plot.plot({
    document,
    width: 620,
    height: 340,
    marginLeft: 58,
    marginBottom: 44,
    marginTop: 44,
    style: { background: "white", color: "#222", fontFamily: "system-ui, sans-serif", fontSize: "12px" },
    x: { label: x.label, type: x.type ?? "linear", labelArrow: "none", labelAnchor: "center", ...tickOptions(x.ticks) },
    y: { label: y.label, grid: true, zero: y.zero ?? true, labelArrow: "none", labelAnchor: "center", nice: true },
    color: { domain: names, range: COLOURS.slice(0, names.length) },
    marks: [
      Plot.frame({ stroke: "#ccc" }),
      ...(rule ? [Plot.ruleY([rule.y], { stroke: COLOURS[2], strokeDasharray: "6,3" })] : []),
      Plot.ruleX(rest, { x: "x", y1: "low", y2: "high", stroke: "series", strokeOpacity: 0.5 }),
      Plot.line(rows, { ...at, strokeWidth: 2, curve: bars ? "step" : "linear" }),
      ...marks,
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const keys = [...names.map((name, i) => ({ name, colour: COLOURS[i] })), ...(rule ? [ruleKey(rule.name)] : [])];
  let left = 58;
  const legend = keys.map(({ name, colour }) => {
    const mark = `<rect x="${left}" y="14" width="14" height="4" fill="${colour}"></rect>`;
    const label = `<text x="${left + 19}" y="20" fill="${colour}" font-size="13" font-weight="600">${escapeHtml(name)}</text>`;
    left += 40 + 7.6 * name.length;
    return mark + label;
  });
  svg.insertAdjacentHTML("beforeend", `<g text-anchor="start">${legend.join("")}</g>`);
  return svg.outerHTML;
}

function ruleKey(name: string) {
  return { name, colour: COLOURS[2] };
}

function tickOptions(ticks: readonly number[] | undefined) {
  return ticks ? { ticks: [...ticks], tickFormat: (value: number) => value.toLocaleString("en-US") } : {};
}

/** `report.html` → `report.json`. Both must be writable. */
export function checkReportPaths(out: string): { html: string; json: string } {
  const json = `${out.replace(/\.html?$/i, "")}.json`;
  checkWritable("--out", out);
  checkWritable("--out", json);
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

const STYLE = `body{font:16px/1.55 system-ui,sans-serif;color:#222;background:#fafaf8;margin:0}main{max-width:1340px;margin:auto;padding:2rem 1.5rem 4rem}
h1{font-size:1.9rem;margin:0 0 .3rem}h2{margin:2.6rem 0 .4rem;font-size:1.3rem;border-top:1px solid #ddd;padding-top:1.4rem}p{max-width:44rem;margin:.5rem 0}
.lead{color:#555;font-size:1.08rem}.figures{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}figure{margin:0;background:#fff;border:1px solid #e4e4e0;border-radius:8px;padding:.7rem}
figure svg{max-width:100%;height:auto;display:block}figcaption{color:#555;font-size:.9rem;max-width:38rem}table{border-collapse:collapse;background:#fff;font-variant-numeric:tabular-nums;font-size:.94rem}
th,td{padding:.25rem .8rem;border-bottom:1px solid #e8e8e4;text-align:right}th:first-child,td:first-child{text-align:left}th{font-weight:600}`;

function page(title: string, lead: string, sections: Section[]): string {
  const body = sections.map(({ title: name, text, figures = [], table = [] }) => {
    const paragraphs = text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join("\n");
    const pictures = figures.map(
      ({ picture, caption }) => `<figure>${picture}<figcaption>${escapeHtml(caption)}</figcaption></figure>`,
    );
    const cells = (tag: string, row: string[]) =>
      `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
    const [head, ...rows] = table;
    const numbers = head ? `<table>${cells("th", head)}${rows.map((row) => cells("td", row)).join("")}</table>` : "";
    return `<h2>${escapeHtml(name)}</h2>\n${paragraphs}\n<div class="figures">${pictures.join("\n")}</div>\n${numbers}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p>
${body.join("\n")}
</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
