// Text in pieces to columns, in one pass. Its beginning is looked at, to find out how the file is written; of the rest
// no more is kept than what the columns hold.
import type { Columns } from "../../columns.js";
import { Body } from "./body.js";
import { layoutOf } from "./layout.js";
import { checkReadOptions, type ReadOptions } from "./options.js";

export type { ReadOptions } from "./options.js";

/** Characters that are looked at, and rows, so that a wide table shows some. */
const SAMPLE = 2 ** 16;
const SAMPLE_ROWS = 4;
/** Blank lines may keep a table from showing its rows. */
const MOST_SAMPLE = 2 ** 20;

/** Takes a table's text in pieces, however it is cut. */
export class TableReader {
  private readonly options: ReadOptions;
  private readonly name: string;
  private sample = "";
  private begun = false;
  /** Blank rows before the sample. */
  private blank = 0;
  /** So much was there when it was last looked at. */
  private seen = SAMPLE / 2;
  private body: Body | null = null;

  /** @throws TypeError, RangeError naming the option */
  constructor(options: ReadOptions = {}) {
    this.options = checkReadOptions(options);
    this.name = options.name ?? "the table";
  }

  push(text: string): void {
    if (this.body) {
      this.body.push(text);
      return;
    }
    this.sample += text;
    if (!this.begun && this.sample.length > 0) {
      this.begun = true;
      if (this.sample.charCodeAt(0) === 0xfeff) this.sample = this.sample.slice(1);
    }
    if (this.sample.length < 2 * this.seen) return;
    this.seen = this.sample.length;
    const { filled, blank } = linesOf(this.sample);
    if (filled > SAMPLE_ROWS || (filled > 1 && this.sample.length >= MOST_SAMPLE)) this.begin(false);
    else if (filled === 0) {
      // Nothing but blank lines so far: they are counted, not kept. The last line may go on.
      this.blank += blank;
      const last = Math.max(this.sample.lastIndexOf("\n"), this.sample.lastIndexOf("\r", this.sample.length - 2));
      this.sample = this.sample.slice(last + 1);
      this.seen = SAMPLE / 2;
    }
  }

  private begin(whole: boolean): void {
    const layout = layoutOf(this.sample, this.blank, whole, this.name, this.options);
    this.sample = "";
    this.body = new Body(this.name, layout, this.options);
    layout.text = "";
  }

  /**
   * The table, once all of its text was pushed.
   * @throws DataError that lists what is wrong with it
   */
  end(): Columns {
    if (!this.body) this.begin(true);
    return this.body!.end();
  }
}

/**
 * A table of text: columns of numbers, words and dates, by what their cells say.
 * @param text all of it, or in pieces
 * @throws DataError that lists what is wrong with the text; TypeError, RangeError naming an option
 */
export function readColumns(text: string | Iterable<string>, options: ReadOptions = {}): Columns {
  const reader = new TableReader(options);
  for (const piece of typeof text === "string" ? piecesOf(text) : text) reader.push(piece);
  return reader.end();
}

function* piecesOf(text: string): Iterable<string> {
  for (let at = 0; at < text.length; at += PIECE) yield text.slice(at, at + PIECE);
}

/** Of the cells that are not over yet no more is copied than this. */
const PIECE = 2 ** 20;

/** How many lines that are over hold something, as far as anybody wants to know, and how many stand before them. */
function linesOf(text: string): { filled: number; blank: number } {
  let filled = 0;
  let blank = 0;
  let empty = true;
  for (let i = 0; i < text.length && filled <= SAMPLE_ROWS; i++) {
    const c = text.charCodeAt(i);
    if (c === 13 && (i + 1 === text.length || text.charCodeAt(i + 1) === 10)) continue;
    if (c === 10 || c === 13) {
      if (empty) blank++;
      else filled++;
      empty = true;
    } else if (c !== 32 && c !== 9) empty = false;
  }
  // What was begun is no blank line.
  return { filled: filled || (empty ? 0 : 1), blank };
}
