// A table's columns to a network's inputs, as the encoding says. Everything that does not fit is said at once.
import { truthOf } from "../../cells/boolean.js";
import { type CategoryCode, MISSING, UNSEEN } from "../../cells/category.js";
import { type Code, type TableEncoding, widthOf } from "../../cells/encoding.js";
import { writeCell } from "../../cells/write.js";
import { didYouMean } from "../../checks.js";
// biome-ignore format: names, one line
import { type Column, type Columns, type NumberColumn, type Problem, placeOf, refuseAll, spellingOf, type WordColumn } from "../columns.js";
import { badData, checkTableSize, quote } from "../error.js";

/** A column's cells as its encoder takes them: numbers, truths, times, or indices of words. */
type Cells = ArrayLike<number>;

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
  const problems: Problem[] = [];
  const cells = columns.map((code) => cellsFor(code, table, problems));
  refuseAll(table.name, problems);
  const samples = rows ? rows.length : table.rows;
  checkTableSize(table.name, samples, features);
  const x = new Float32Array(samples * features);
  let at = 0;
  columns.forEach((code, j) => {
    writeColumn(table, code, cells[j], rows, { x, at, samples, features });
    at += widthOf(code);
  });
  return x;
}

interface Place {
  x: Float32Array;
  at: number;
  samples: number;
  features: number;
}

function writeColumn(
  table: Columns,
  code: Code,
  cells: Cells,
  rows: Uint32Array | null,
  { x, at, samples, features }: Place,
): void {
  for (let i = 0, to = at; i < samples; i++, to += features) {
    const row = rows ? rows[i] : i;
    writeCell(code, cells[row], x, to);
    if (Number.isFinite(x[to])) continue;
    const where = placeOf(table, columnOf(table, code)!, row);
    badData(where, "a number that is a float after standardising", `${cells[row]}`, "is it a typing error?");
  }
}

/** The column that a code was made of; of words, as they are written. */
function columnOf({ columns, kept }: Columns, { name, kind }: Code): Column | undefined {
  const all: Column[] = kind === "category" ? [...kept, ...columns] : columns;
  return all.find((column) => column.name === name);
}

/** A column's cells; where they cannot be what the model was trained on, a problem more. */
function cellsFor(code: Code, table: Columns, problems: Problem[]): Cells {
  const column = columnOf(table, code);
  const expected = EXPECTED[code.kind];
  if (!column) {
    const names = table.columns.map(({ name }) => name);
    const remedy = didYouMean(code.name, names) || "the model was trained on such a column";
    problems.push({ where: table.name, expected: `a column ${quote(code.name)} of ${expected}`, got: "none", remedy });
    return [];
  }
  const cells = column.missing === table.rows ? nothing(code, table.rows) : readCells(code, column);
  if (cells) return cells;
  const { row, got } = strangest(code, column);
  problems.push({ where: placeOf(table, column, row), expected, got, remedy: "the model was trained on such cells" });
  return [];
}

const EXPECTED: Record<Code["kind"], string> = {
  number: "numbers",
  boolean: "yes or no",
  category: "words",
  date: "dates",
};

/** No cell says anything, and so none contradicts. */
function nothing(code: Code, rows: number): Cells {
  return new Float64Array(rows).fill(code.kind === "category" ? MISSING : Number.NaN);
}

function readCells(code: Code, column: Column): Cells | null {
  if (column.kind === "texts") return null;
  if (code.kind === "category") return indicesOf(code, column);
  if (code.kind === "date") return column.kind === "dates" ? column.values : null;
  if (column.kind === "words") return truthsOf(column);
  const fits = column.kind === "numbers" && (code.kind === "number" || column.values.every(isTruth));
  return fits ? column.values : null;
}

const isTruth = (value: number) => Number.isNaN(value) || value === 0 || value === 1;

/** Words that all say yes or no, as numbers. */
function truthsOf({ words, codes }: WordColumn): Cells | null {
  const truths = words.map(truthOf);
  return truths.some(Number.isNaN) ? null : Float64Array.from(codes, (code) => truths[code] ?? Number.NaN);
}

function indicesOf({ words }: CategoryCode, column: Column): Cells | null {
  const index = new Map(words.map((word, i) => [word, i]));
  if (column.kind === "words") {
    const places = column.words.map((word) => index.get(word) ?? UNSEEN);
    return Int32Array.from(column.codes, (code) => (code < 0 ? MISSING : places[code]));
  }
  if (column.kind !== "numbers") return null;
  const places = new Map([[Number.NaN, MISSING]]);
  return Int32Array.from(column.values, (value) => {
    if (!places.has(value)) places.set(value, indexOfNumber(column, value, index));
    return places.get(value)!;
  });
}

function indexOfNumber(column: NumberColumn, value: number, index: Map<string, number>): number {
  return index.get(spellingOf(column, value)) ?? index.get(String(value)) ?? UNSEEN;
}

/** A cell that is none of those expected, and its row where that is known. */
function strangest(code: Code, column: Column): { row?: number; got: string } {
  if (column.kind === "dates") return { got: "dates" };
  if (column.kind === "texts") return { got: `texts such as ${quote(column.examples[0] ?? "")}` };
  if (column.kind === "numbers") {
    const row = column.values.findIndex((value) => !isTruth(value));
    return row < 0 ? { got: "numbers" } : { row, got: `${column.values[row]}` };
  }
  const strange = column.words.findIndex((word) => code.kind === "date" || Number.isNaN(truthOf(word)));
  return { row: column.codes.indexOf(strange), got: quote(column.words[strange]) };
}
