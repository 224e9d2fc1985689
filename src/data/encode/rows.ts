// A table's columns to a network's inputs, as the encoding says. Everything that does not fit is said at once.
import { truthOf } from "../../cells/boolean.js";
import { type CategoryCode, MISSING, UNSEEN } from "../../cells/category.js";
import { type Code, type TableEncoding, widthOf } from "../../cells/encoding.js";
import { writeCell } from "../../cells/write.js";
import { count, didYouMean } from "../../checks.js";
import type { Column, Columns, NumberColumn } from "../columns.js";
import { badData, checkTableSize, DataError, quote } from "../error.js";

/** A column's cells as its encoder takes them: numbers, truths, times, or indices of words; or why they cannot be. */
type Cells = ArrayLike<number> | string;

/**
 * Rows (all of them, or those named) as inputs `[rows, features]`.
 * @throws DataError that lists every column which is missing or holds something else
 */
export function encodeInputs(
  table: Columns,
  encoding: TableEncoding,
  rows: Uint32Array | null,
): Float32Array<ArrayBuffer> {
  const { features, columns } = encoding;
  const cells = columns.map((code) => cellsFor(code, table.columns));
  const wrong = cells.flatMap((cell, j) =>
    typeof cell === "string" ? [`column ${quote(columns[j].name)}: ${cell}`] : [],
  );
  if (wrong.length > 0) throw new DataError(`${table.name}: ${missingNote(wrong.length)}${wrong.join("; ")}`);
  const samples = rows ? rows.length : table.rows;
  checkTableSize(table.name, samples, features);
  const x = new Float32Array(samples * features);
  let at = 0;
  columns.forEach((code, j) => {
    writeColumn(table, code, cells[j] as ArrayLike<number>, rows, { x, at, samples, features });
    at += widthOf(code);
  });
  return x;
}

const missingNote = (wrong: number) =>
  wrong > 1 ? `${count(wrong, "column")} cannot be read as the model does: ` : "";

interface Place {
  x: Float32Array;
  at: number;
  samples: number;
  features: number;
}

function writeColumn(
  table: Columns,
  code: Code,
  cells: ArrayLike<number>,
  rows: Uint32Array | null,
  { x, at, samples, features }: Place,
): void {
  for (let i = 0, to = at; i < samples; i++, to += features) {
    const row = rows ? rows[i] : i;
    writeCell(code, cells[row], x, to);
    if (Number.isFinite(x[to])) continue;
    const where = `${table.name}, column ${quote(code.name)}, line ${row + 2}`;
    badData(where, "a number that is a float after standardising", `${cells[row]}`, "is it a typing error?");
  }
}

function cellsFor(code: Code, columns: Column[]): Cells {
  const column = columns.find(({ name }) => name === code.name);
  if (!column) {
    const names = columns.map(({ name }) => name);
    return `it is not there${didYouMean(code.name, names) && `; ${didYouMean(code.name, names)}`}`;
  }
  // No cell says anything, and so none contradicts.
  if (column.kind === "words" && column.words.length === 0)
    return new Float64Array(column.codes.length).fill(code.kind === "category" ? MISSING : Number.NaN);
  if (code.kind === "category") return indicesOf(code, column);
  if (code.kind === "date") return column.kind === "dates" ? column.values : `expected dates, got ${shown(column)}`;
  if (column.kind === "words") return meanings(column.codes, column.words, code.kind);
  const fits = column.kind === "numbers" && (code.kind === "number" || column.values.every(isTruth));
  return fits ? column.values : `expected ${EXPECTED[code.kind]}, got ${shown(column)}`;
}

const EXPECTED = { number: "numbers", boolean: "yes or no" };
const isTruth = (value: number) => Number.isNaN(value) || value === 0 || value === 1;

/** Words as numbers: those that say yes or no. */
function meanings(codes: Int32Array, words: string[], kind: "number" | "boolean"): Cells {
  const values = words.map(truthOf);
  const other = values.findIndex((value) => Number.isNaN(value));
  if (other >= 0) return `expected ${EXPECTED[kind]}, got ${quote(words[other])} in line ${codes.indexOf(other) + 2}`;
  return Float64Array.from(codes, (word) => (word < 0 ? Number.NaN : values[word]));
}

function indicesOf(code: CategoryCode, column: Column): Cells {
  const index = new Map(code.words.map((word, i) => [word, i]));
  if (column.kind === "words") {
    const places = column.words.map((word) => index.get(word) ?? UNSEEN);
    return column.codes.map((word) => (word < 0 ? MISSING : places[word]));
  }
  if (column.kind === "numbers") {
    const places = new Map<number, number>();
    return Float64Array.from(column.values, (value) => {
      if (Number.isNaN(value)) return MISSING;
      if (!places.has(value)) places.set(value, indexOfNumber(column, value, index));
      return places.get(value)!;
    });
  }
  return `expected words such as ${quote(code.words[0])}, got ${shown(column)}`;
}

function indexOfNumber({ spellings }: NumberColumn, value: number, index: Map<string, number>): number {
  return index.get(spellings?.get(value) ?? "") ?? index.get(String(value)) ?? UNSEEN;
}

function shown(column: Column): string {
  if (column.kind === "numbers") return `numbers such as ${column.values.find((value) => !isTruth(value)) ?? 0}`;
  if (column.kind === "dates") return "dates";
  const [example = ""] = column.kind === "words" ? column.words : column.examples;
  return `${column.kind} such as ${quote(example)}`;
}
