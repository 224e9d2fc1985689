// A CSV's columns as a raw table: which column is the target, what kind of target it is, and how its cells become
// labels.
import { didYouMean } from "../../checks.js";
import type { Encoding, RawTable, Task } from "../encode/table.js";
import { badData, quote } from "../error.js";
import { type CsvChoice, type CsvColumns, listColumns, numberOf, parseCsv, parseNumber } from "./csv.js";

/**
 * A table to train on, and its encoding as far as it can be known before rows are split off. `ignorable`: whoever reads
 * a message has --ignore to leave columns out with.
 */
export function csvForTraining(
  text: string,
  name: string,
  options: { target?: string; ignore?: readonly string[]; task?: Task; ignorable?: boolean },
): { raw: RawTable; draft: Encoding } {
  let columns: string[] = [];
  let target = "";
  const csv = parseCsv(text, name, (header) => {
    if (header.length < 2) badData(name, "inputs and a target", listColumns(header), "are cells separated by commas?");
    const ignored = (options.ignore ?? []).map((column) => header[findColumn(header, column, name)]);
    const left = header.filter((column) => !ignored.includes(column));
    if (left.length < 2) badData(name, "inputs and a target", `only ${listColumns(left)}`, "ignore fewer columns");
    target = options.target === undefined ? left[left.length - 1] : header[findColumn(header, options.target, name)];
    if (ignored.includes(target)) badData(name, "a target that is read", quote(target), "it is among the ignored");
    columns = left.filter((column) => column !== target);
    const places = placesOf(header);
    const out = (column: string) => `leave the column out${options.ignorable ? ` (--ignore ${quote(column)})` : ""}`;
    return {
      inputs: columns.map((column) => places.get(column)!),
      target: places.get(target)!,
      remedy: (column) => `${out(column)}, or encode it as numbers`,
    };
  });
  const where = targetPlace(name, csv, target);
  const task = options.task ?? inferTask(csv.targets, where);
  const classes = task === "classify" ? classNames(csv.targets, where) : null;
  const draft: Encoding = {
    kind: "csv",
    task,
    features: columns.length,
    outputs: classes ? classes.length : 1,
    classes,
    columns,
    target,
    inputMean: null,
    inputScale: null,
    targetMean: null,
    targetScale: null,
    imageShape: null,
  };
  const raw = rawTable(name, csv, draft, where);
  if (!classes && raw.samples > 1 && raw.y!.every((value) => value === raw.y![0]))
    badData(where(0), "numbers that differ", `${raw.y![0]} in every row`, "there is nothing to learn");
  return { raw, draft };
}

/** Rows for a trained model: its columns by name, in its order, whatever else the file holds. */
export function csvForModel(text: string, name: string, encoding: Encoding, needTargets: boolean): RawTable {
  const { columns, target } = encoding;
  if (!columns || target === null) {
    badData(name, "images, as the model was trained on", "a CSV file", "give a directory of IDX files, or digits");
  }
  const csv = parseCsv(text, name, (header): CsvChoice => {
    const places = placesOf(header);
    const inputs = columns.map((column) => places.get(column) ?? findColumn(header, column, name));
    return {
      inputs,
      target: needTargets ? findColumn(header, target, name) : null,
      remedy: () => "the model was trained on numbers there; encode it as its training data",
    };
  });
  return rawTable(name, csv, encoding, targetPlace(name, csv, target));
}

function placesOf(header: string[]): Map<string, number> {
  return new Map(header.map((column, i) => [column, i]));
}

function findColumn(header: string[], column: string, name: string): number {
  const at = header.indexOf(column);
  if (at < 0) {
    badData(`${name}, line 1`, `a column ${quote(column)}`, listColumns(header), didYouMean(column, header));
  }
  return at;
}

/** Where the target of a row stands, for messages. */
type Place = (row: number) => string;

function targetPlace(name: string, csv: CsvColumns, target: string): Place {
  return (row) => `${name}, line ${csv.lines[row]}, column ${quote(target)}`;
}

function rawTable(name: string, csv: CsvColumns, encoding: Encoding, where: Place): RawTable {
  const { samples, x, targets } = csv;
  let y: Float64Array | null = null;
  if (targets.length) {
    y = encoding.classes ? labels(targets, encoding.classes, where) : numbers(name, csv, encoding.target!);
  }
  return { name, samples, features: encoding.features, x, y };
}

function numbers(name: string, csv: CsvColumns, target: string): Float64Array {
  const remedy = () => "write it as a number";
  return Float64Array.from(csv.targets, (cell, row) =>
    parseNumber(cell, `${name}, line ${csv.lines[row]}`, target, remedy),
  );
}

/** What "labels" look like when nobody said: few whole numbers, all of them small. */
const MOST_LABELS = 20;
const LARGEST_LABEL = 99;

/** Below so many rows, classes that hardly repeat are an example, not a mistake. */
const FEW_ROWS = 10;

/**
 * Text means classes; so do whole numbers from 0 to 99 of which at most 20 differ; other numbers are to be regressed.
 */
function inferTask(targets: string[], where: Place): Task {
  const task = looksLike(targets, where);
  const { size } = new Set(targets.map((cell) => numberOf(cell) ?? cell));
  if (task === "classify" && targets.length >= FEW_ROWS && 2 * size > targets.length) {
    badData(
      where(0),
      "classes that repeat",
      `${size} different ones in ${targets.length} rows, such as ${quote(targets[0])}`,
      "write numbers as plain numbers, choose another target, or choose the task yourself: classify or regress",
    );
  }
  return task;
}

function looksLike(targets: string[], where: Place): Task {
  const distinct = [...new Set(targets)].map(numberOf);
  const texts = targets.reduce((sum, cell) => sum + (numberOf(cell) === null ? 1 : 0), 0);
  if (texts * 2 > targets.length) return "classify";
  if (texts > 0) {
    const row = targets.findIndex((cell) => numberOf(cell) === null);
    badData(
      where(row),
      "a finite number as in most rows",
      quote(targets[row]),
      "correct it, or choose the task classify to read all of them as names",
    );
  }
  const values = new Set(distinct as number[]);
  const small = [...values].every((value) => Number.isInteger(value) && value >= 0 && value <= LARGEST_LABEL);
  return small && values.size <= MOST_LABELS ? "classify" : "regress";
}

/** Names in order: numbers by value, text by code unit (as no locale would disagree about). */
function classNames(targets: string[], where: Place): string[] {
  const values = new Set<number>();
  const numeric = targets.every((cell) => numberOf(cell) !== null);
  if (!numeric) return atLeastTwo([...new Set(targets)].sort(), where);
  targets.forEach((cell, row) => {
    const value = numberOf(cell)!;
    if (!Number.isInteger(value) || value < 0) {
      badData(where(row), "a label: a whole number of at least 0", quote(cell), "choose the task regress, or relabel");
    }
    values.add(value);
  });
  return atLeastTwo([...values].sort((a, b) => a - b).map(String), where);
}

function atLeastTwo(classes: string[], where: Place): string[] {
  if (classes.length < 2)
    badData(where(0), "two classes or more", `only ${quote(classes[0])}`, "there is nothing to learn");
  return classes;
}

/** The class each cell names; numbers may be written differently (1, 1.0). */
function labels(targets: string[], classes: string[], where: Place): Float64Array {
  const index = new Map(classes.map((name, label) => [name, label]));
  return Float64Array.from(targets, (cell, row) => {
    const label = index.get(cell) ?? index.get(String(numberOf(cell)));
    if (label === undefined) {
      const known = classes.length > 8 ? `${classes.length} classes` : classes.map(quote).join(", ");
      badData(where(row), `one of the classes ${known}`, quote(cell), didYouMean(cell, classes));
    }
    return label;
  });
}
