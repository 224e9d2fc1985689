// Rows of answers as lines of CSV or JSON.
import { NUMBER } from "../../data/sources/text/numbers.js";

export type Cell = string | number;

export interface Column {
  name: string;
  /** The cell of a sample. */
  at: (row: number) => Cell;
}

/** Characters that are written at once. */
const PIECE = 2 ** 16;

/** Lines put together to pieces that are worth a write. */
export function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** Writes lines to standard output, no faster than they are taken there. */
export async function printLines(lines: Iterable<string>): Promise<void> {
  for (const piece of pieces(lines)) {
    if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}

export function* csvLines(columns: Column[], rows: number): Generator<string> {
  yield `${columns.map(({ name }) => quote(name)).join(",")}\n`;
  for (let row = 0; row < rows; row++) yield `${columns.map(({ at }) => quote(at(row))).join(",")}\n`;
}

export function* jsonLines(columns: Column[], rows: number): Generator<string> {
  for (let row = 0; row < rows; row++)
    yield `${JSON.stringify(Object.fromEntries(columns.map(({ name, at }) => [name, at(row)])))}\n`;
}

/**
 * A cell of CSV. A spreadsheet runs what begins like a formula, and a terminal obeys control characters: names come
 * from files of strangers. Numbers stay as they are, names that are numbers as well.
 */
function quote(cell: Cell): string {
  const text = String(cell);
  if (typeof cell === "number" || NUMBER.test(text)) return text;
  const shown = text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const plain = /^[=+\-@\t\r]/.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** All but the tab and the ends of lines, which CSV knows. */
const CONTROL = /[^\P{Cc}\t\n\r]/gu;
