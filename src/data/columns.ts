// A table as it was read, column by column: what the readers give and the encoders take. Nothing is standardised here,
// and nothing is decided but what each cell says.
import { badData, DataError, quote } from "./error.js";

/** A table as it was read. `rows` counts data rows, from 0. */
export interface Columns {
  /** Where it came from, for messages: a file's name, or what the caller called it. */
  name: string;
  rows: number;
  columns: Column[];
  /** Columns that were asked for as they are written, whatever else they are read as. */
  kept: WordColumn[];
  /** What whoever gave the file should hear of how it was read, a line each, such as "3 comment lines left out". */
  notes: string[];
  /** How the file is written. */
  dialect: Dialect;
  /** The row's number as a spreadsheet shows it: 1 is the header's where there is one. */
  rowNumber(row: number): number;
}

/** How a file of text is written. */
export interface Dialect {
  /** One character, or `"whitespace"`: any number of spaces and tabs; null: the file is no text. */
  delimiter: string | null;
  decimal: "." | ",";
  /** Does the first row name the columns? Where it does not, they are called 1, 2, …. */
  header: boolean;
}

export type Column = NumberColumn | WordColumn | TextColumn | DateColumn;

interface Named {
  name: string;
  /** Where it stands in the file, from 0. */
  place: number;
  /** How many cells are empty or say that nothing is known. */
  missing: number;
}

/** Cells that are numbers. */
export interface NumberColumn extends Named {
  kind: "numbers";
  /** `[rows]`; NaN where the cell is missing. Single precision where that holds every number exactly. */
  values: Float64Array | Float32Array;
  /**
   * Numbers that are not written as JavaScript writes them (`1.0`, `007`), and how their first cells write them. Null
   * where there are none, or more than `MOST_WORDS`.
   */
  spellings: Map<number, string> | null;
}

/** Cells that are words which repeat. */
export interface WordColumn extends Named {
  kind: "words";
  /** `[rows]`: indices of `words`; −1 where the cell is missing. */
  codes: Int32Array | Int16Array | Int8Array;
  /** The different words, in the order of their first rows. */
  words: string[];
}

/** Cells that hardly repeat, such as names and remarks. They are not kept. */
export interface TextColumn extends Named {
  kind: "texts";
  /** The first few different cells, for messages. */
  examples: string[];
}

/** Cells that are dates or times. */
export interface DateColumn extends Named {
  kind: "dates";
  /** `[rows]`: milliseconds since 1970, UTC (times alone: since midnight); NaN where the cell is missing. */
  values: Float64Array | Float32Array;
}

export type ColumnKind = Column["kind"];

/** More different words than this are texts, unless somebody asked for the column as words. */
export const MOST_WORDS = 2 ** 16;

/** How a number is written: as its first cell writes it. */
export function spellingOf(column: NumberColumn, value: number): string {
  return column.spellings?.get(value) ?? String(value);
}

/** 0 → A, 25 → Z, 26 → AA: what a spreadsheet calls a column. */
export function letterOf(place: number): string {
  const before = Math.floor(place / 26) - 1;
  return (before >= 0 ? letterOf(before) : "") + String.fromCharCode(65 + (place % 26));
}

/** A column or one of its cells, for messages: `cars.csv, row 7, column C "age"`. */
export function placeOf(
  table: Pick<Columns, "name" | "dialect" | "rowNumber">,
  column: { name: string; place: number },
  row?: number,
): string {
  const at = row === undefined ? "" : `, row ${table.rowNumber(row)}`;
  const letter = table.dialect.delimiter === null ? "" : `${letterOf(column.place)} `;
  return `${table.name}${at}, column ${letter}${quote(column.name)}`;
}

/** Something that is wrong with a table, worded as `badData` words it. */
export interface Problem {
  where: string;
  expected: string;
  got: string;
  remedy?: string;
}

/** Problems that one message lists. */
const MOST_LISTED = 8;

/** Throws one DataError that lists all problems, on one line; returns where there are none. */
export function refuseAll(name: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const [{ where, expected, got, remedy }] = problems;
  if (problems.length === 1) badData(where, expected, got, remedy);
  const short = (text: string) => (text.startsWith(`${name}, `) ? text.slice(name.length + 2) : text);
  const listed = problems
    .slice(0, MOST_LISTED)
    .map((problem, i) => `(${i + 1}) ${short(problem.where)}: expected ${problem.expected}, got ${problem.got}`);
  const more = problems.length > MOST_LISTED ? ` and ${problems.length - MOST_LISTED} more` : "";
  const remedies = [...new Set(problems.map((problem) => problem.remedy).filter(Boolean))].slice(0, MOST_LISTED);
  const all = `${name} has ${problems.length} mistakes: ${listed.join(" ")}${more}`;
  throw new DataError(remedies.length ? `${all}; ${remedies.join("; ")}` : all);
}
