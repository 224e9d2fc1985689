// The columns that are predicted: what is to be said of them, which rows have it, and the numbers that networks learn.
import type { TableEncoding, Target, Task } from "../../cells/encoding.js";
import { didYouMean } from "../../checks.js";
import { type Column, type Columns, type NumberColumn, placeOf, spellingOf } from "../columns.js";
import { badData, quote } from "../error.js";
import { moments, present } from "./statistics.js";

/** What "labels" look like when nobody said: few whole numbers, all of them small. */
const MOST_LABELS = 20;
const LARGEST_LABEL = 99;
/** Below so many rows, classes that hardly repeat are an example, not a mistake. */
const FEW_ROWS = 10;

/** Row numbers, of all or of those given, in which no target is missing. */
export function rowsWithTargets(targets: Column[], rows: Uint32Array | number): Uint32Array {
  const all = typeof rows === "number" ? Uint32Array.from({ length: rows }, (_, i) => i) : rows;
  return all.filter((row) => targets.every((column) => !isMissing(column, row)));
}

function isMissing(column: Column, row: number): boolean {
  if (column.kind === "texts") return false;
  return column.kind === "words" ? column.codes[row] < 0 : Number.isNaN(column.values[row]);
}

/**
 * The task, the classes of all rows, and how numbers are standardised by those that are learned from.
 * @param rows that have targets
 */
export function fitTargets(
  table: Columns,
  columns: Column[],
  asked: Task | undefined,
  rows: Uint32Array,
): { task: Task; classes: string[] | null; targets: Target[] } {
  const task = asked ?? inferTask(table, columns);
  if (task === "classify") {
    const [column] = columns;
    if (columns.length > 1) {
      const got = `${columns.length}: ${columns.map(({ name }) => quote(name)).join(", ")}`;
      badData(table.name, "one target to classify by", got, "name one, or choose the task regress");
    }
    return { task, classes: classNames(table, column), targets: [{ name: column.name, shift: 0, scale: 1 }] };
  }
  const targets = columns.map((column) => {
    const where = placeOf(table, column);
    const known = present(numbersOf(table, column), rows);
    const { mean, scale } = moments(known, where);
    if (known.length > 1 && known.every((value) => value === known[0]))
      badData(where, "numbers that differ", `${known[0]} in every row`, "there is nothing to learn");
    return { name: column.name, shift: mean, scale };
  });
  return { task, classes: null, targets };
}

/**
 * Words mean classes; so do whole numbers from 0 to 99 with at most 20 different values. Other numbers, and
 * several columns, are to be regressed. Missing cells decide nothing.
 */
function inferTask(table: Columns, columns: Column[]): Task {
  const [column] = columns;
  if (columns.length > 1) return "regress";
  const values = column.kind === "numbers" ? valuesOf(column) : [];
  const small = values.every((value) => Number.isInteger(value) && value >= 0 && value <= LARGEST_LABEL);
  if (column.kind === "numbers" && !(small && values.length <= MOST_LABELS)) return "regress";
  const size = column.kind === "words" ? column.words.length : values.length;
  const rows = table.rows - column.missing;
  if (rows >= FEW_ROWS && (2 * size > rows || column.kind === "texts")) {
    const example =
      column.kind === "words" ? column.words[0] : column.kind === "texts" ? column.examples[0] : values[0];
    badData(
      placeOf(table, column),
      "classes that repeat",
      `${column.kind === "texts" ? "too many" : size} different ones in ${rows} rows, such as ${quote(String(example))}`,
      "write numbers as plain numbers, choose another target, or choose the task yourself: classify or regress",
    );
  }
  return "classify";
}

function valuesOf({ values }: NumberColumn): number[] {
  return [...new Set(present(values, null))].sort((a, b) => a - b);
}

/** Names in order: numbers by value, text by code unit (as no locale would disagree about). */
function classNames(table: Columns, column: Column): string[] {
  if (column.kind === "texts" || column.kind === "dates") {
    const got = column.kind === "dates" ? "dates" : "texts that hardly repeat";
    badData(placeOf(table, column), "classes", got, "choose another target");
  }
  const names = column.kind === "words" ? [...column.words].sort() : valuesOf(column).map(String);
  if (names.length < 2) {
    const got = names.length ? `only ${quote(names[0])}` : "none";
    badData(placeOf(table, column), "two classes or more", got, "there is nothing to learn");
  }
  return names;
}

function numbersOf(table: Columns, column: Column): NumberColumn["values"] {
  if (column.kind === "numbers") return column.values;
  const [cell = ""] = column.kind === "words" ? column.words : column.kind === "texts" ? column.examples : [];
  const got = column.kind === "dates" ? "dates" : `words such as ${quote(cell)}`;
  badData(placeOf(table, column), "numbers", got, "choose the task classify, or another target");
}

/** Labels, or standardised numbers `[rows, targets]`, of rows that have them. */
export function encodeTargets(
  table: Columns,
  columns: Column[],
  { classes, targets }: Pick<TableEncoding, "classes" | "targets">,
  rows: Uint32Array,
): Int32Array | Float32Array {
  if (classes) return labels(table, columns[0], classes, rows);
  const y = new Float32Array(rows.length * targets.length);
  targets.forEach(({ shift, scale }, j) => {
    const values = numbersOf(table, columns[j]);
    rows.forEach((row, i) => {
      const value = (values[row] - shift) * scale;
      y[i * targets.length + j] = value;
      if (Number.isFinite(Math.fround(value))) return;
      badData(
        placeOf(table, columns[j], row),
        "a number that is a float after standardising",
        `${values[row]}`,
        "is it a typing error?",
      );
    });
  });
  return y;
}

/** The class that each cell names; numbers may be written differently (1, 1.0). */
function labels(table: Columns, column: Column, classes: string[], rows: Uint32Array): Int32Array {
  const index = new Map(classes.map((name, label) => [name, label]));
  const unknown = new Set<string>();
  const find = (cell: string) => {
    const label = index.get(cell) ?? index.get(String(Number(cell)));
    if (label === undefined) unknown.add(cell);
    return label ?? -1;
  };
  let y: Int32Array;
  if (column.kind === "words") {
    const words = column.words.map((word) => index.get(word) ?? index.get(String(Number(word))));
    y = Int32Array.from(rows, (row) => words[column.codes[row]] ?? find(column.words[column.codes[row]]));
  } else if (column.kind === "numbers") {
    const found = new Map(valuesOf(column).map((value) => [value, labelOf(column, value, index)]));
    y = Int32Array.from(rows, (row) => found.get(column.values[row]) ?? find(String(column.values[row])));
  } else {
    const got = column.kind === "dates" ? "dates" : `texts such as ${quote(column.examples[0] ?? "")}`;
    badData(placeOf(table, column), `one of ${classes.length} classes`, got);
  }
  if (unknown.size > 0) {
    const known = classes.length > 8 ? `${classes.length} classes` : classes.map(quote).join(", ");
    const shown = [...unknown].slice(0, 8).map(quote).join(", ");
    badData(placeOf(table, column), `one of the classes ${known}`, shown, didYouMean([...unknown][0], classes));
  }
  return y;
}

function labelOf(column: NumberColumn, value: number, index: Map<string, number>): number | undefined {
  return index.get(spellingOf(column, value)) ?? index.get(String(value));
}
