// The rows of a table, cell by cell into its columns.
import { count } from "../../../checks.js";
import { type Columns, letterOf, type Problem, refuseAll } from "../../columns.js";
import { quote } from "../../error.js";
import { TableBuilder } from "../table-builder.js";
import type { Layout } from "./layout.js";
import type { ReadOptions } from "./options.js";
import { type CellSink, Tokenizer } from "./tokenizer.js";

/** Wrong rows that are looked for before reading ends. */
const MOST_WRONG = 1000;

/**
 * What becomes of the cells of this row. "header": it is that. "repeats": so far they are the columns' names, as in a
 * header that is repeated. "held": it begins with #, and how many cells it has will tell whether it is a comment.
 */
type State = "data" | "header" | "repeats" | "held";

const HASH = 35;

export class Body implements CellSink {
  private readonly tokenizer: Tokenizer;
  private readonly table: TableBuilder;
  private readonly wrong: Problem[] = [];
  private now: State;
  private held: string[] = [];
  private extra = false;
  private rows = 0;
  private comments: number;
  private repeated = 0;
  /** From which row on how many rows of the file are none of the table. */
  private readonly gaps: { rows: number[]; before: number[] } = { rows: [], before: [] };
  private nul = false;

  constructor(
    private readonly name: string,
    private readonly layout: Layout,
    options: ReadOptions,
  ) {
    const { names, dialect, skip, comments } = layout;
    this.tokenizer = new Tokenizer(dialect.delimiter, this, comments > 0);
    this.table = new TableBuilder(name, names, dialect, options);
    this.now = skip ? "header" : "data";
    this.comments = comments;
    this.push(layout.text);
  }

  push(text: string): void {
    if (this.nul) return;
    const nul = text.indexOf("\0");
    this.nul = nul >= 0;
    this.tokenizer.push(this.nul ? text.slice(0, nul) : text);
  }

  cell(at: number, text: string, start: number, end: number): void {
    if (at === 0 && this.now === "data") this.beginRow(text, start, end);
    if (this.now === "data") this.put(at, text, start, end);
    else if (this.now !== "header") this.hold(at, text.slice(start, end));
  }

  private beginRow(text: string, start: number, end: number): void {
    const { header } = this.layout;
    if (header.length > 1 && end - start === header[0].length && text.startsWith(header[0], start))
      this.now = "repeats";
    else if (text.charCodeAt(start) === HASH && end > start) this.now = "held";
  }

  private hold(at: number, cell: string): void {
    this.held.push(cell);
    if (this.now === "repeats" && cell !== this.layout.header[at]) this.release();
  }

  /** It was data all the time. */
  private release(): void {
    this.now = "data";
    this.held.forEach((cell, at) => {
      this.put(at, cell, 0, cell.length);
    });
    this.held = [];
  }

  private put(at: number, text: string, start: number, end: number): void {
    if (at < this.table.width) this.table.put(at, text, start, end);
    else if (end > start) this.extra = true;
  }

  row(cells: number): void {
    if (cells === 0) return;
    const width = this.table.width;
    const { now } = this;
    if (now === "held" && cells === width) this.release();
    if (now === "repeats" && cells !== this.layout.header.length) this.release();
    const isData = this.now === "data";
    if (!isData) {
      if (now === "held") this.comments++;
      if (now === "repeats") this.repeated++;
      this.held = [];
      this.now = "data";
      return;
    }
    if (cells < width || this.extra) {
      this.refuse(cells);
      for (let at = cells; at < width; at++) this.put(at, "", 0, 0);
      this.extra = false;
    }
    const before = this.here - this.rows;
    const { gaps } = this;
    if (before !== (gaps.before[gaps.before.length - 1] ?? 0)) {
      gaps.rows.push(this.rows);
      gaps.before.push(before);
    }
    this.rows++;
  }

  /** The number of the row that is over, as a spreadsheet shows it. */
  private get here(): number {
    return this.layout.before + this.tokenizer.rows;
  }

  private refuse(cells: number): void {
    const width = this.table.width;
    const remedy = "is a separator missing, or a cell with one unquoted?";
    this.wrong.push({
      where: `${this.name}, row ${this.here}`,
      expected: count(width, "cell"),
      got: `${cells}`,
      remedy,
    });
    if (this.wrong.length >= MOST_WRONG) refuseAll(this.name, this.wrong);
  }

  end(): Columns {
    if (!this.nul) this.tokenizer.end();
    const { name, layout, wrong, rows } = this;
    const where = `${name}, row ${this.here + 1}`;
    if (this.nul) wrong.push({ where, expected: "text", got: "a NUL byte", remedy: "save the file as CSV in UTF-8" });
    if (this.tokenizer.wrong)
      wrong.push({
        where,
        expected: "quotes in pairs around whole cells",
        got: this.tokenizer.wrong === "long" ? "a cell that does not end" : "a stray or missing quote",
        remedy: 'write a quote inside one as ""',
      });
    if (rows === 0 && wrong.length === 0)
      wrong.push({ where: name, expected: "rows below the header", got: "none", remedy: "add one line per sample" });
    // Where a separator ends each row, a column without a name stands behind it.
    const unnamed = (place: number) => layout.header[place] === "";
    return this.table.finish(rows, rowNumbers(this.gaps), this.notes(), wrong, unnamed);
  }

  private notes(): string[] {
    const { names, header, dialect } = this.layout;
    const notes: string[] = [];
    if (dialect.decimal === ",") notes.push("numbers have a decimal comma");
    if (names[0] === null) notes.push("column A has no name, so it is an index, and is left out");
    names.forEach((name, i) => {
      if (i > 0 && header[i] === "") notes.push(`column ${letterOf(i)} has no name, and is called ${quote(name!)}`);
    });
    if (this.comments > 0) notes.push("comment lines are left out");
    if (this.repeated > 0) notes.push(`the header is repeated in ${count(this.repeated, "row")}, left out`);
    return notes;
  }
}

/** From rows of the table to those of the file. */
function rowNumbers({ rows, before }: { rows: number[]; before: number[] }): (row: number) => number {
  return (row) => {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle] <= row) low = middle + 1;
      else high = middle;
    }
    return row + (before[low - 1] ?? 1);
  };
}
