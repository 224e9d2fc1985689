// What was made of a table's columns, in words.
import { type Code, type TableEncoding, widthOf } from "../../cells/encoding.js";
import type { Column } from "../columns.js";
import type { Chosen } from "./choose.js";

/** What was made of a column, for people. */
export interface ColumnReport {
  name: string;
  kind: Code["kind"] | "target" | "left out";
  /** A few words: "standardised", "one input for each of 3 words", "the same in every training row". */
  what: string;
  /** Cells that are missing, in all rows. */
  missing: number;
  /** Inputs that it becomes. */
  inputs: number;
}

/** Of a column that is read; nothing of others. `why`: why columns are left out. */
export function reportOn(
  column: Column,
  { inputs, targets }: Chosen,
  { columns, classes }: TableEncoding,
  why: Map<Column, string>,
): ColumnReport[] {
  const { name, missing } = column;
  if (targets.includes(column)) {
    const what = classes ? `${classes.length} classes` : "numbers, standardised";
    return [
      { name, kind: "target", what: missing ? `${what}; rows without it are left out` : what, missing, inputs: 0 },
    ];
  }
  if (!inputs.includes(column)) return [];
  const code = columns.find((one) => one.name === name);
  if (!code) return [{ name, kind: "left out", what: why.get(column)!, missing, inputs: 0 }];
  return [{ name, kind: code.kind, what: wordsFor(code), missing, inputs: widthOf(code) }];
}

/** What a column's cells become. */
export function wordsFor(code: Code): string {
  const missing = code.missing ? `, one for missing` : "";
  if (code.kind === "category")
    return `${code.words.length} words, one input each${code.other ? ", one for all others" : ""}${missing}`;
  const filled = code.missing
    ? `, missing as ${code.kind === "boolean" ? "most are" : "the median"}, one input more`
    : "";
  if (code.kind === "boolean") return `0 or 1${filled}`;
  if (code.kind === "date")
    return `${["time", ...code.parts.map((part) => `place in the ${part}`)].join(", ")}${filled}`;
  return `${code.clip ? "scaled by quartiles, drawn in (heavy tails)" : "standardised"}${filled}`;
}
