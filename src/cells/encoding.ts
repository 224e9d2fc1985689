// How a table's cells become numbers and a network's outputs answers: plain JSON, which travels inside the model file
// as the metadata entry "encoding". This is version 2; version1.ts has what was before.
import type { BooleanCode } from "./boolean.js";
import type { CategoryCode } from "./category.js";
import type { DateCode } from "./date.js";
import type { NumberCode } from "./number.js";

/** What is to be said of a row: which class it is, or numbers. */
export type Task = "classify" | "regress";

/** What one column's cells become: `widthOf` of them numbers, side by side. */
export type Code = NumberCode | BooleanCode | CategoryCode | DateCode;

export interface TableEncoding {
  version: 2;
  kind: "table";
  task: Task;
  /** Numbers that a row becomes: the network's inputs. */
  features: number;
  /** Classes, or targets of a regression. */
  outputs: number;
  /** Class names by label; null for regression. */
  classes: string[] | null;
  /** The columns that are used, in the order of their inputs. Others may be there, and are not looked at. */
  columns: Code[];
  /** What is predicted: one column of classes, or columns of numbers. */
  targets: Target[];
  imageShape: null;
}

/** Regression: y = (raw − shift)·scale. Classes have 0 and 1. */
export interface Target {
  name: string;
  shift: number;
  scale: number;
}

/** How many inputs a column takes. */
export function widthOf(code: Code): number {
  const missing = code.missing ? 1 : 0;
  if (code.kind === "category") return code.words.length + (code.other ? 1 : 0) + missing;
  return 1 + (code.kind === "date" ? 2 * code.parts.length : 0) + missing;
}
