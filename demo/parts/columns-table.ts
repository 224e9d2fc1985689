// What the columns of a visitor's table became, in a table.
import type { Columns } from "../lab/digits-lab.js";
import { write } from "./controls.js";

const HEADS = ["Column", "became", "inputs", "cells missing"];

/** Fills `[data-summary]`, `[data-notes]` and the table of `[data-report]`. */
export function drawColumns(host: HTMLElement, { report, notes }: Columns): void {
  const find = (name: string) => host.querySelector<HTMLElement>(`[data-${name}]`)!;
  write(find("summary"), sayColumns(report));
  find("notes").replaceChildren(...notes.map((note) => element("li", note)));
  const rows = report.map(({ name, kind, what, missing, inputs }) => [
    name,
    kind === "left out" || kind === "target" ? `${kind}: ${what}` : `${kind}, ${what}`,
    inputs ? String(inputs) : "",
    missing ? missing.toLocaleString("en-US") : "",
  ]);
  const head = element("tr");
  head.append(...HEADS.map((text) => scoped(text, "col")));
  const body = rows.map(([name, ...cells]) => {
    const row = element("tr");
    row.append(scoped(name, "row"), ...cells.map((cell) => element("td", cell)));
    return row;
  });
  const table = find("report");
  table.replaceChildren(head, ...body);
  // What scrolls has to be within reach of the keyboard.
  table.parentElement!.tabIndex = 0;
}

/** "4 columns became 9 inputs; left out: id (numbers the rows)." */
export function sayColumns(report: Columns["report"]): string {
  const out = report.filter(({ kind }) => kind === "left out");
  const used = report.filter(({ inputs }) => inputs > 0);
  const sum = used.reduce((sum, { inputs }) => sum + inputs, 0);
  const became = `${count(used.length, "column")} became ${count(sum, "input")}`;
  return `${became}${out.length ? `; left out: ${out.map(({ name, what }) => `${name} (${what})`).join(", ")}` : ""}.`;
}

function count(number: number, thing: string): string {
  return `${number.toLocaleString("en-US")} ${thing}${number === 1 ? "" : "s"}`;
}

function element(tag: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function scoped(text: string, scope: "col" | "row"): HTMLElement {
  const made = element("th", text);
  made.setAttribute("scope", scope);
  return made;
}
