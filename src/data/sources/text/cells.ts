// The cells of a column while they come in, by what they are: numbers, words, dates or texts.
import { type DateColumn, MOST_WORDS, type NumberColumn, type TextColumn, type WordColumn } from "../../columns.js";
import { Dates } from "./dates.js";
import { Growing, takeCodes, takeNumbers } from "./growing.js";
import type { Missing } from "./missing.js";
import { last, numberIn, plainNumber } from "./numbers.js";

/** What the columns of a file share. */
export interface Reading {
  decimal: "." | ",";
  missing: Missing;
}

export interface Cells {
  /** Takes text[start, end) as the next cell; false, and nothing is changed, where it is none of these. */
  add(text: string, start: number, end: number): boolean;
}

/** A column without what the file says of it. */
type Content<C> = Omit<C, "name" | "place">;

export class NumberCells implements Cells {
  private readonly values = new Growing(Float64Array);
  private readonly point: number;
  private missing = 0;
  /** null once there are too many. */
  private spellings: Map<number, string> | null | undefined;
  /** Cells that may be words, such as "none", by their rows. */
  private doubtful: Map<number, string> | null = null;

  constructor(private readonly reading: Reading) {
    this.point = reading.decimal.charCodeAt(0);
  }

  get length(): number {
    return this.values.length;
  }

  add(text: string, start: number, end: number): boolean {
    const value = plainNumber(text, start, end, this.point);
    if (Number.isNaN(value)) return this.addOther(text.slice(start, end));
    const known = this.addNumber(value);
    if (known && last.odd && this.spellings !== null) this.spell(value, text.slice(start, end));
    return true;
  }

  /** False where a caller said that this number stands for a missing cell. */
  addNumber(value: number): boolean {
    const missing = this.reading.missing.numbers?.has(value);
    if (missing) this.skip();
    else this.values.push(value);
    return !missing;
  }

  /** A cell that takes more than digits to read. */
  private addOther(cell: string): boolean {
    const { missing, decimal } = this.reading;
    if (missing.is(cell)) this.skip();
    else if (missing.mayBe(cell)) {
      this.doubtful ??= new Map();
      this.doubtful.set(this.length, copyOf(cell));
      this.skip();
    } else {
      const value = numberIn(cell, decimal);
      if (Number.isNaN(value)) return false;
      this.values.push(value);
      if (this.spellings !== null) this.spell(value, cell);
    }
    return true;
  }

  private spell(value: number, cell: string): void {
    const spelled = this.reading.decimal === "," ? cell.replace(",", ".") : cell;
    if (spelled === String(value)) return;
    this.spellings ??= new Map();
    if (this.spellings.size >= MOST_WORDS) this.spellings = null;
    else if (!this.spellings.has(value)) this.spellings.set(value, copyOf(cell));
  }

  /** The next cell is missing. */
  skip(): void {
    this.missing++;
    this.values.push(Number.NaN);
  }

  /** The same cells as words; null where there are too many different ones. */
  asWords(): WordCells | null {
    const { spellings } = this;
    if (spellings === null) return null;
    const cells = new WordCells(this.reading);
    const spelled = new Map<number, string>();
    let row = 0;
    for (const piece of this.values.pieces()) {
      for (const value of piece) {
        let word = Number.isNaN(value) ? (this.doubtful?.get(row) ?? "") : spelled.get(value);
        if (word === undefined) {
          word = spellings?.get(value) ?? String(value);
          spelled.set(value, word);
        }
        if (!cells.add(word, 0, word.length)) return null;
        row++;
      }
    }
    return cells;
  }

  finish(): Content<NumberColumn> {
    const spellings = this.spellings ?? null;
    return { kind: "numbers", missing: this.missing, values: takeNumbers(this.values), spellings };
  }
}

export class WordCells implements Cells {
  /** The different cells, those that are missing among them. */
  readonly words: string[] = [];
  private readonly places = new Map<string, number>();
  private readonly codes = new Growing(Int32Array);

  /** @param most different words */
  constructor(
    private readonly reading: Reading,
    private readonly most = MOST_WORDS,
  ) {}

  add(text: string, start: number, end: number): boolean {
    const word = text.slice(start, end);
    let code = this.places.get(word);
    if (code === undefined) {
      if (this.words.length >= this.most) return false;
      code = this.words.push(copyOf(word)) - 1;
      this.places.set(this.words[code], code);
    }
    this.codes.push(code);
    return true;
  }

  get length(): number {
    return this.codes.length;
  }

  forEach(visit: (cell: string) => void): void {
    for (const piece of this.codes.pieces()) for (const code of piece) visit(this.words[code]);
  }

  /** How often each word occurs. */
  counts(): Float64Array {
    const counts = new Float64Array(this.words.length);
    for (const piece of this.codes.pieces()) for (const code of piece) counts[code]++;
    return counts;
  }

  isMissing(word: string): boolean {
    return this.reading.missing.isAmong(word, this.places);
  }

  /** @param verbatim a cell that says that it is missing is a word */
  finish(verbatim = false): Content<WordColumn> {
    const { words, codes } = this;
    const known = words.filter((word) => verbatim || !this.isMissing(word));
    let missing = 0;
    if (known.length < words.length) {
      const places = new Map(known.map((word, code) => [word, code]));
      const now = Int32Array.from(words, (word) => places.get(word) ?? -1);
      for (const piece of codes.pieces()) {
        for (let i = 0; i < piece.length; i++) {
          piece[i] = now[piece[i]];
          if (piece[i] < 0) missing++;
        }
      }
    }
    return { kind: "words", missing, codes: takeCodes(codes, known.length), words: known };
  }
}

export class DateCells implements Cells {
  private readonly values = new Growing(Float64Array);
  private missing = 0;

  constructor(
    private readonly reading: Reading,
    readonly dates = new Dates(),
  ) {}

  get length(): number {
    return this.values.length;
  }

  add(text: string, start: number, end: number): boolean {
    const cell = text.slice(start, end);
    const missing = this.reading.missing.is(cell) || this.reading.missing.mayBe(cell);
    if (missing) this.skip();
    else {
      const value = this.dates.read(cell);
      if (Number.isNaN(value)) return false;
      this.values.push(value);
    }
    return true;
  }

  skip(): void {
    this.missing++;
    this.values.push(Number.NaN);
  }

  finish(): Content<DateColumn> {
    for (const piece of this.values.pieces()) {
      for (let i = 0; i < piece.length; i++) piece[i] = this.dates.finish(piece[i]);
    }
    return { kind: "dates", missing: this.missing, values: takeNumbers(this.values) };
  }
}

/** Examples of a column of texts. */
const EXAMPLES = 3;

export class TextCells implements Cells {
  private missing = 0;
  private readonly examples = new Set<string>();

  constructor(private readonly reading: Reading) {}

  add(text: string, start: number, end: number): boolean {
    if (end - start > LONGEST_MISSING && this.examples.size === EXAMPLES) return true;
    const cell = text.slice(start, end);
    if (this.reading.missing.is(cell)) this.missing++;
    else if (this.examples.size < EXAMPLES) this.examples.add(copyOf(cell));
    return true;
  }

  finish(): Content<TextColumn> {
    return { kind: "texts", missing: this.missing, examples: [...this.examples] };
  }
}

/** A look at longer cells would only cost time. */
const LONGEST_MISSING = 100;

/** The same text for itself: engines let a piece of a text hold on to all of it. */
export function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}
