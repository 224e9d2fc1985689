// One page with everything in it, to keep or to send.

import { escapeHtml } from "#thinned/report/page.js";
import { chartOf } from "./chart.js";
import { showHeader } from "./engine.js";
import type { Measure } from "./measures.js";
import type { Report, SuiteResult } from "./results.js";
import { columnsOf } from "./table.js";

export function pageOf(report: Report, measures: readonly Measure[]): string {
  const builds = new Set(report.suites.flatMap(({ rows }) => rows.map(({ build }) => build)));
  const legend = [...builds].map((build) => `<span class="key ${build}"></span>${LEGEND[build] ?? escapeHtml(build)}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Thinned: benchmarks</title>
<style>${STYLE}</style>
<main>
<h1>Thinned: benchmarks</h1>
<p class="header">${showHeader(report.header).map(escapeHtml).join("<br>")}${report.quick ? "<br>A quick run: for a look, not for a conclusion." : ""}${report.late.length > 0 ? `<br>${escapeHtml(lateness(report))}` : ""}</p>
<p>Bars end at the median; whiskers span the middle half of the timings. Suites run in short rounds, each in another order, in one
process, so that whatever slows the machine down slows all rows alike. <span class="legend">${legend.join(" ")}</span></p>
${report.suites.map(section).join("\n")}
${measures.length > 0 ? promised(measures) : ""}
</main>
</html>
`;
}

function promised(measures: readonly Measure[]): string {
  const rows = measures.map(({ name, bar, value, met }) => [name, bar, value, met ? "met" : "not met"]);
  return `<section>
<h2>What was promised</h2>
${htmlTable(["", "bar", "here", ""], rows)}
</section>`;
}

/** Why some rows have few samples. */
export function lateness({ late, seconds }: Report): string {
  return `The machine was busy: ${late.join(", ")} made do with fewer rounds, and all took ${seconds.toFixed(0)} s.`;
}

const LEGEND: Record<string, string> = {
  simd: "simd build",
  relaxed: "relaxed build (fused multiply-add)",
  js: "plain JavaScript",
};

function section(suite: SuiteResult): string {
  const columns = columnsOf(suite);
  return `<section>
<h2>${escapeHtml(suite.title)}</h2>
<p>${escapeHtml(suite.about)}</p>
${chartOf(suite)}
${chartOf(suite, "narrow")}
<details><summary>The numbers</summary>
${htmlTable(
  columns.map(({ head }) => head),
  suite.rows.map((row) => columns.map(({ cell }) => cell(row))),
)}
</details>
</section>`;
}

function htmlTable(head: string[], rows: string[][]): string {
  const line = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="scroll"><table><thead>${line(head, "th")}</thead><tbody>
${rows.map((row) => line(row, "td")).join("\n")}
</tbody></table></div>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b636b; --line: #d9dde1; --paper: #fff; --relaxed: #2f6fb3; --simd: #d98f2b; --js: #8b929a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaec; --soft: #a2a9b0; --line: #3a4046; --paper: #16191c; --relaxed: #5b9be0; --simd: #e0a24a; --js: #8b929a }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 880px; margin: 0 auto; padding: 24px 20px 60px }
h1 { font-size: 26px; margin: 0 0 8px } h2 { font-size: 19px; margin: 40px 0 4px }
.header { color: var(--soft); font-size: 13px }
svg { width: 100%; height: auto; display: block; margin: 10px 0 } svg.narrow { display: none } svg text { fill: var(--ink); font-size: 13px }
.wide .label { text-anchor: end } .value { font-variant-numeric: tabular-nums } svg .axis { fill: var(--soft) }
.whisker { stroke: var(--ink); stroke-width: 1.2; fill: none; opacity: .65 } .one { stroke: var(--soft); stroke-dasharray: 3 3 }
rect.relaxed { fill: var(--relaxed) } rect.simd { fill: var(--simd) } rect.js { fill: var(--js) }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin: 0 5px 0 10px }
.key.relaxed { background: var(--relaxed) } .key.simd { background: var(--simd) } .key.js { background: var(--js) }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: 3px 10px; border-bottom: 1px solid var(--line); white-space: nowrap }
th:first-child, td:first-child { text-align: left } th { color: var(--soft); font-weight: 600 } summary { cursor: pointer; color: var(--soft) }
@media (max-width: 640px) { svg.wide { display: none } svg.narrow { display: block } main { padding: 16px 14px 40px } }
`;
