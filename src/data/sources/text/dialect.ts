// How a file of text is written, found by looking at its beginning: what separates cells, what its decimal mark is,
// whether its first row names the columns.
import { decimalOf, NUMBER } from "./numbers.js";
import { type CellSink, Tokenizer } from "./tokenizer.js";

/** In the order in which they are taken where several fit. */
const DELIMITERS = [";", "\t", "|", ",", "whitespace"];
/** Rows that are looked at. */
const ROWS = 100;
/** Cells of the rows below the first that are looked at. */
const CELLS = 2 ** 17;

/** How many cells each row has. Blank rows do not count. */
class Counter implements CellSink {
  readonly counts: number[] = [];
  /** The row's last cell is empty. */
  private empty = false;

  cell(_at: number, _text: string, start: number, end: number): void {
    this.empty = start === end;
  }

  row(cells: number): void {
    // A separator at the end of the header, and of each row, is none.
    if (cells > 0) this.counts.push(this.empty && this.counts.length === 0 ? cells - 1 : cells);
  }
}

class Collector implements CellSink {
  readonly rows: string[][] = [];
  private cells: string[] = [];
  private seen = 0;

  cell(at: number, text: string, start: number, end: number): void {
    if (this.rows.length > 0 && this.seen++ > CELLS) return;
    this.cells[at] = text.slice(start, end);
  }

  row(cells: number): void {
    if (cells > 0 && this.rows.length < ROWS && this.cells.length === cells) this.rows.push(this.cells);
    this.cells = [];
  }
}

/** @param whole the text is all of the file; else its last row may be cut */
function tokenise(text: string, whole: boolean, delimiter: string, sink: CellSink): void {
  const tokenizer = new Tokenizer(delimiter, sink, false);
  tokenizer.push(text);
  if (whole) tokenizer.end();
}

/** The first rows, of those that are whole. */
export function firstRows(text: string, whole: boolean, delimiter: string): string[][] {
  const collector = new Collector();
  tokenise(text, whole, delimiter, collector);
  return collector.rows;
}

/** What separates the cells of these rows. */
export function delimiterOf(text: string, whole: boolean): string {
  const [first] = text.split(/[\r\n]/, 1);
  const bare = first.replace(/"[^"]*"/g, "");
  const found = DELIMITERS.map((delimiter) => {
    const counter = new Counter();
    tokenise(text, whole, delimiter, counter);
    const [cells = 0, ...below] = counter.counts.slice(0, ROWS);
    // A header may lack a name for the column of row names.
    const alike = below.filter((count) => count === cells || count === cells + 1).length;
    return { delimiter, cells, agrees: below.length ? alike / below.length : 1 };
  }).filter(({ cells, agrees }) => cells > 1 && agrees > 0);
  const sure = found.filter(({ agrees }) => agrees === 1);
  const marks = sure.filter(({ delimiter }) => delimiter !== "whitespace");
  const spaces = sure.find(({ delimiter }) => delimiter === "whitespace");
  // A decimal comma stands between digits: a comma elsewhere separates.
  const separates = /(^|[^\d]),|,(?!\d)/m.test(text);
  const others = marks.filter(({ delimiter }) => delimiter !== ",");
  const fitting = others.length > 0 && !separates ? others : marks;
  const best = fitting.reduce<(typeof fitting)[0] | null>((a, b) => (a && a.cells >= b.cells ? a : b), null);
  // Numbers with spaces between them, and one tab before a name.
  if (best?.delimiter === "\t" && spaces && spaces.cells > best.cells && /\d[ ]+[-+.\d]/.test(text))
    return "whitespace";
  if (best) return best.delimiter;
  const seen = ([";", "\t", "|", ","] as const)
    .map((delimiter) => ({ delimiter, times: bare.split(delimiter).length - 1 }))
    .reduce((a, b) => (b.times > a.times || (b.times === a.times && b.delimiter === ",") ? b : a));
  if (seen.times > 0 && !(spaces && found.every(({ delimiter }) => delimiter === "whitespace"))) return seen.delimiter;
  return spaces ? "whitespace" : ",";
}

/** The decimal mark. Where commas separate, a number with one stands in quotes, if at all. */
export function decimalIn(rows: string[][]): "." | "," {
  return decimalOf(rows.slice(1).flat());
}

/**
 * This many rising numbers or more are taken for names, such as a spectrum's wavelengths. Fewer may be one sample's
 * measurements that rise by chance.
 */
const SPECTRUM = 8;

/**
 * Is the first row a row of data? Whole numbers counted up (0, 1, 2 …) are names that some programs write, and many
 * rising numbers may be a spectrum's. Other numbers are measurements. Words are no names where most of them
 * stand in their columns again.
 */
export function looksLikeData([first, ...below]: string[][], isNumber: (cell: string) => boolean): boolean {
  const others = below.filter((row) => row.length === first.length && row.some((cell, i) => cell !== first[i]));
  const filled = first.map((cell, i) => ({ cell, i })).filter(({ cell }) => cell !== "");
  const numbers = filled.filter(({ cell }) => isNumber(cell));
  const words = filled.filter(({ cell }) => !isNumber(cell));
  const again = words.filter(({ cell, i }) => others.some((row) => row[i] === cell));
  if (words.length > 0 && 2 * again.length >= words.length && again.length > 0) return true;
  if (numbers.length === 0) return false;
  const values = numbers.map(({ cell }) => (NUMBER.test(cell) ? Number(cell) : Number.NaN));
  const counted = values.every((value, k) => Number.isInteger(value) && value === values[0] + k);
  const rises = values.every((value, k) => k === 0 || value > values[k - 1]);
  const falls = values.every((value, k) => k === 0 || value < values[k - 1]);
  if (words.length <= 1) {
    if (counted || (words.length === 1 && rises && values.length >= SPECTRUM)) return false;
    // A single number next to a name, with numbers below it.
    return true;
  }
  return !rises && !falls;
}
