// What `train` tells of a table's columns: one row each.
import { count } from "../../checks.js";
import type { Data } from "../../data/encode/table.js";
import { quote } from "../../data/error.js";
import { table } from "../../report/numbers.js";
import { printLine } from "../output.js";

/** Columns beyond so many are counted. */
const MOST_SHOWN = 40;

/** What was found of how the file is written, for whoever gave it. */
export function noteReading(source: string, { notes = [] }: Data): void {
  for (const note of notes) process.stderr.write(`thinned: ${source}: ${note}\n`);
}

/** @param named somebody said which column is the target */
export function printColumns({ report = [] }: Data, named: boolean): void {
  if (report.length === 0) return;
  const rows = report.slice(0, MOST_SHOWN).map(({ name, kind, what, missing }) => {
    const how = kind === "target" && !named ? `${what}; the last column, --target takes another` : what;
    return [quote(name), kind, how, missing ? missing.toLocaleString("en-US") : ""];
  });
  printLine(table([["column", "kind", "", "missing"], ...rows], 3));
  const more = report.slice(MOST_SHOWN);
  if (more.length === 0) return;
  const left = more.filter(({ kind }) => kind === "left out").length;
  printLine(`and ${count(more.length, "more column")}${left ? `, ${left} of them left out` : ""}`);
}
