// CSV text to columns of numbers and one of target cells. Papa Parse does the cutting. It knows quotes, is five to ten
// times as fast as csv-parse, and runs in browsers unchanged. This file decides what a cell may hold and which line is
// to blame.
import Papa from "papaparse";
import { count } from "../../checks.js";
import { badData, checkTableSize, quote } from "../error.js";
import { NUMBER, numericNames } from "./text/numbers.js";

/** Which columns to read, by their place in the header; `target` null: none. */
export interface CsvChoice {
  inputs: number[];
  target: number | null;
  /** What to do with an input that holds text. */
  remedy(column: string): string;
}

export interface CsvColumns {
  samples: number;
  /** `[samples, inputs]` */
  x: Float64Array;
  /** The target's cells as written, without the spaces around them; empty without a target. */
  targets: string[];
  /** The line on which each row begins; the header's is 1. */
  lines: number[];
}

/**
 * Reads a table with a header. `choose` sees the column names and says which ones count; the others may hold anything.
 */
export function parseCsv(text: string, name: string, choose: (header: string[]) => CsvChoice): CsvColumns {
  const clean = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const nul = clean.indexOf("\0");
  if (nul >= 0) {
    const at = clean.slice(0, nul).split("\n").length;
    badData(`${name}, line ${at}`, "text", "a NUL byte", "save the file as CSV in UTF-8");
  }
  checkLines(clean, name);
  const quoted = clean.includes('"');
  let header: string[] | null = null;
  let choice: CsvChoice = { inputs: [], target: null, remedy: () => "" };
  const rows = new NumberRows(name);
  const targets: string[] = [];
  const lines: number[] = [];
  let line = 1;
  const take = (cells: string[], errors: Papa.ParseError[]) => {
    const begins = line;
    // A row takes one line, and one more for each line end inside its quotes.
    line += quoted ? cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 1) : 1;
    const where = `${name}, line ${begins}`;
    if (errors.some(({ type }) => type === "Quotes")) {
      badData(
        where,
        "quotes in pairs around whole cells",
        "a stray or missing quote",
        'write a quote inside one as ""',
      );
    }
    if (cells.length === 1 && cells[0].trim() === "") return;
    if (!header) {
      header = checkHeader(cells, where);
      choice = choose(header);
      rows.width = choice.inputs.length;
      return;
    }
    if (cells.length !== header.length) {
      badData(where, `${header.length} cells as in the header`, `${cells.length}`, "is a comma missing or unquoted?");
    }
    for (const column of choice.inputs) rows.push(parseNumber(cells[column], where, header[column], choice.remedy));
    if (choice.target !== null) targets.push(checkFilled(cells[choice.target], where, header[choice.target]));
    lines.push(begins);
  };
  Papa.parse<string[]>(clean, {
    delimiter: delimiterOf(clean),
    newline: "\n",
    // By pieces: of the whole text the parser would make an array of lines, many times as large as the numbers in them.
    chunkSize: PIECE,
    step: ({ data, errors }) => take(data, errors),
  });
  if (!header) badData(name, "a header and rows", "an empty file", "the first line names the columns");
  if (lines.length === 0) badData(name, "rows below the header", "none", "add one line per sample");
  return { samples: lines.length, x: rows.values(), targets, lines };
}

/** Characters that are cut at a time. A row that is longer is cut again with every piece of it. */
const PIECE = 2 ** 23;

/** The parser makes an array of all lines. An engine that cannot make it ends the process. */
const MOST_LINES = 2 ** 26;

function checkLines(text: string, name: string): void {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (++lines > MOST_LINES) badData(name, `at most ${MOST_LINES} lines`, "more", "split it");
  }
}

/** Whichever of the usual three is most frequent in the first line that is not blank; a comma where none occurs. */
function delimiterOf(text: string): string {
  const begin = Math.max(0, text.search(/\S/));
  const end = text.indexOf("\n", begin);
  const line = text.slice(text.lastIndexOf("\n", begin) + 1, end < 0 ? text.length : end);
  const first = line.replace(/"[^"]*"/g, "");
  const occurrences = (mark: string) => first.split(mark).length;
  return [";", "\t"].reduce((best, mark) => (occurrences(mark) > occurrences(best) ? mark : best), ",");
}

function checkHeader(cells: string[], where: string): string[] {
  const names = cells.map((cell) => cell.trim());
  checkNames(names, where);
  const seen = new Map<string, number>();
  names.forEach((column, i) => {
    if (column === "") badData(where, "a name for each column", `none for column ${i + 1}`, "name it in the header");
    const before = seen.get(column);
    if (before !== undefined) {
      const places = `${quote(column)} for columns ${before + 1} and ${i + 1}`;
      badData(where, "a different name for each column", places, "rename one of them");
    }
    seen.set(column, i);
  });
  return names;
}

/**
 * This many rising numbers or more are taken for names, such as a spectrum's wavelengths. Fewer may be one sample's
 * measurements that rise by chance.
 */
const SPECTRUM = 8;

/**
 * Refuses a header that is a row of data. Whole numbers counted up (0, 1, 2 …) are names that some programs write. Many
 * rising numbers next to a name may be a spectrum's. Other numbers are measurements, and the one text beside them is
 * their class.
 */
function checkNames(names: string[], where: string): void {
  const numbers = numericNames(names).map(Number);
  const others = names.length - numbers.length;
  const counted = numbers.every((value, i) => Number.isInteger(value) && value === numbers[0] + i);
  const rising = numbers.length >= SPECTRUM && numbers.every((value, i) => i === 0 || value > numbers[i - 1]);
  if ((others === 0 && !counted) || (others === 1 && !counted && !rising)) {
    const got = others === 0 ? "numbers only" : "numbers in every column but one";
    badData(where, "a header of column names", got, "add a first line that names the columns");
  }
}

/**
 * What the cell says as a finite number, or null. Hexadecimal, Infinity, NaN and thousands separators are no numbers
 * here.
 */
export function numberOf(cell: string): number | null {
  const text = cell.trim();
  if (!NUMBER.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The cell as a number, or an error that names its line and column. */
export function parseNumber(cell: string, where: string, column: string, remedyFor: CsvChoice["remedy"]): number {
  const value = numberOf(cell);
  if (value !== null) return value;
  const text = checkFilled(cell, where, column);
  const remedy = /^[+-]?(nan|inf(inity)?|na|null|none|\?)$/i.test(text)
    ? "leave out rows with missing values, or fill them in"
    : /^[+-]?\d+(,\d+)+(\.\d*)?$/.test(text)
      ? "write decimals with a point, and no mark between thousands"
      : NUMBER.test(text)
        ? "it is beyond what a double can hold: use another unit"
        : remedyFor(column);
  badData(`${where}, column ${quote(column)}`, "a finite number", quote(text), remedy);
}

function checkFilled(cell: string, where: string, column: string): string {
  const text = cell.trim();
  if (text === "") {
    badData(`${where}, column ${quote(column)}`, "a value", "an empty cell", "fill it in or leave the row out");
  }
  return text;
}

/** Rows of doubles that grow as they come. */
class NumberRows {
  width = 0;
  private buffer = new Float64Array(1024);
  private length = 0;

  constructor(private readonly name: string) {}

  push(value: number): void {
    if (this.length === this.buffer.length) {
      checkTableSize(this.name, Math.ceil(this.length / this.width), this.width);
      const larger = new Float64Array(2 * this.length);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.length++] = value;
  }

  values(): Float64Array {
    return this.buffer.subarray(0, this.length);
  }
}

/** "3 columns: a, b, c", cut short where there are many. */
export function listColumns(header: readonly string[]): string {
  const shown = header.slice(0, 8).join(", ");
  return `${count(header.length, "column")} (${shown}${header.length > 8 ? ", …" : ""})`;
}
