// Text to cells, as RFC 4180 has them: any of three line ends, quotes around cells that hold a separator, a line end or
// a quote (twice). Spaces around a cell are no part of it. The text comes in pieces; of each, what is not a whole cell
// yet is kept for the next.

export interface CellSink {
  /** text[start, end) is cell number `at` of the row. */
  cell(at: number, text: string, start: number, end: number): void;
  /** The row is over, with so many cells. Of blank rows, which have none, not every one is told. */
  row(cells: number): void;
}

/** A cell may be so long. Where a quote is left open, that is seen before the file is in memory. */
const LONGEST_CELL = 2 ** 24;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
/** Where a text is over. */
const END = -1;

export class Tokenizer {
  /** Rows that are over, blank ones and comments among them. */
  rows = 0;
  /** What is wrong with the text at this point; reading is over then. */
  wrong: "quote" | "long" | null = null;
  private readonly spaces: boolean;
  private readonly delimiter: number;
  private at = 0;
  private rest: string[] = [];
  private restLength = 0;
  /** So much was there when it was last tried. */
  private tried = 0;

  /**
   * @param delimiter one character, or "whitespace"
   * @param comments rows that begin with # are none
   */
  constructor(
    delimiter: string,
    private readonly sink: CellSink,
    private readonly comments: boolean,
  ) {
    this.spaces = delimiter === "whitespace";
    this.delimiter = this.spaces ? SPACE : delimiter.charCodeAt(0);
  }

  push(text: string): void {
    if (this.wrong || text === "") return;
    this.rest.push(text);
    this.restLength += text.length;
    // A cell of many pieces is tried again when it is twice as long: so each of its characters is seen twice at most.
    if (this.restLength >= 2 * this.tried) this.scan(false);
  }

  end(): void {
    if (!this.wrong) this.scan(true);
  }

  private keep(text: string, from: number): void {
    const rest = text.slice(from);
    this.rest = rest ? [rest] : [];
    this.restLength = this.tried = rest.length;
    if (rest.length > LONGEST_CELL) this.wrong = "long";
  }

  private scan(final: boolean): void {
    const text = this.rest.length === 1 ? this.rest[0] : this.rest.join("");
    const { length } = text;
    const { sink, spaces, delimiter } = this;
    let i = 0;
    for (;;) {
      if (this.at === 0) {
        for (; i < length && text.charCodeAt(i) === NEWLINE; i++) this.rows++;
      }
      const begin = i;
      i = this.behindSpaces(text, i);
      let c = i < length ? text.charCodeAt(i) : END;
      const start = i;
      let close = start;
      let filled = true;
      if (c === QUOTE) {
        close = closingQuote(text, start + 1);
        i = close < 0 ? length : spaces ? close + 1 : this.behindSpaces(text, close + 1);
        c = i < length ? text.charCodeAt(i) : END;
      } else if (this.at === 0 && c === HASH && this.comments) {
        while (c !== NEWLINE && c !== RETURN && c !== END) c = ++i < length ? text.charCodeAt(i) : END;
        filled = false;
      } else {
        while (c !== delimiter && c !== NEWLINE && c !== RETURN && c !== END && !(spaces && c === TAB)) {
          c = ++i < length ? text.charCodeAt(i) : END;
        }
        const over = c === NEWLINE || c === RETURN || c === END;
        // A blank row, or the end of one that is separated by spaces.
        filled = i > start || !over || (this.at > 0 && !spaces);
      }
      // More may follow: of the cell, or of its line end.
      if (!final && (c === END || (c === RETURN && i + 1 === length))) {
        this.keep(text, begin);
        return;
      }
      const ends = c === delimiter || (spaces && c === TAB);
      if (close < 0 || (close > start && !ends && c !== NEWLINE && c !== RETURN && c !== END)) {
        this.wrong = "quote";
        return;
      }
      if (close > start) {
        const cell = text
          .slice(start + 1, close)
          .replaceAll('""', '"')
          .trim();
        sink.cell(this.at, cell, 0, cell.length);
      } else if (filled) {
        let end = i;
        while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
        sink.cell(this.at, text, start, end);
      }
      if (ends) {
        this.at++;
        i++;
        continue;
      }
      if (c === END && this.at === 0 && !filled && i === begin) return;
      this.rows++;
      sink.row(filled ? this.at + 1 : this.at);
      this.at = 0;
      if (c === END) return;
      i += c === RETURN && text.charCodeAt(i + 1) === NEWLINE ? 2 : 1;
    }
  }

  private behindSpaces(text: string, from: number): number {
    let i = from;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c !== SPACE && (c !== TAB || this.delimiter === TAB)) break;
    }
    return i;
  }
}

function isSpace(c: number): boolean {
  return c === SPACE || c === TAB;
}

/** Where the quote is that ends the cell which began before `from`; −1 where none is. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}
