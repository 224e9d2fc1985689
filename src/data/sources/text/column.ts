// One column while its cells come in. It is numbers until a cell is none, then words, then, where there are more words
// than anybody wants to tell apart, dates or texts.

import { shellWord } from "../../../checks.js";
import type { Column, ColumnKind, Problem } from "../../columns.js";
import { quote } from "../../error.js";
import { copyOf, DateCells, NumberCells, type Reading, TextCells, WordCells } from "./cells.js";
import { Dates } from "./dates.js";
import { NUMBER, numberIn } from "./numbers.js";

/** Of a column of numbers at most this fraction are mistakes; where there are more, they are words. */
const MOSTLY = 0.1;
/** So many different whole numbers, with words between them, are codes: 0, 1, 2, 3+. */
const FEW_NUMBERS = 20;
/** Below so many cells, words that do not repeat are an example. */
const FEW_CELLS = 10;
/** Mistakes that a message shows. */
const SHOWN = 3;

export type Kind = ColumnKind | null;
export type Complaint = Omit<Problem, "where"> & { row: number };

export class ColumnBuilder {
  private state: NumberCells | WordCells | DateCells | TextCells;
  /** Cells that are not what the column holds. */
  private strays: { row: number; cell: string }[] | null = null;
  private strayCount = 0;

  /**
   * @param asked what it has to be; null: what its cells are
   */
  constructor(
    readonly name: string,
    readonly place: number,
    private readonly reading: Reading,
    private readonly asked: Kind = null,
  ) {
    this.state =
      asked === "words"
        ? new WordCells(reading, Number.POSITIVE_INFINITY)
        : asked === "dates"
          ? new DateCells(reading)
          : asked === "texts"
            ? new TextCells(reading)
            : new NumberCells(reading);
  }

  get reads(): boolean {
    return this.asked !== "texts";
  }

  /** text[start, end) is the next cell, without spaces around it. */
  add(text: string, start: number, end: number): void {
    if (!this.state.add(text, start, end)) this.change(text.slice(start, end));
  }

  /** The next cell is this number; NaN: it is missing. */
  addNumber(value: number): void {
    if (this.state instanceof NumberCells && Number.isFinite(value)) this.state.addNumber(value);
    else {
      const cell = Number.isNaN(value) ? "" : String(value);
      this.add(cell, 0, cell.length);
    }
  }

  /** The cell is none of those that the column holds. */
  private change(cell: string): void {
    const { state } = this;
    if (state instanceof WordCells) this.overflow(state);
    else {
      const words = state instanceof NumberCells && !this.asked && this.strayCount === 0 ? state.asWords() : null;
      if (words) this.state = words;
      else {
        this.stray(cell);
        return;
      }
    }
    this.add(cell, 0, cell.length);
  }

  private stray(cell: string): void {
    const state = this.state as NumberCells | DateCells;
    this.strayCount++;
    this.strays ??= [];
    if (this.strays.length < SHOWN) this.strays.push({ row: state.length, cell: copyOf(cell) });
    state.skip();
  }

  /** More words than are told apart: they are times, numbers with some mistakes, or texts. */
  private overflow(cells: WordCells): void {
    const dates = datesOf(cells);
    const numbers = dates ? [] : cells.words.filter((word) => this.isNumber(word));
    this.state = dates
      ? new DateCells(this.reading, dates)
      : numbers.length > (1 - MOSTLY) * cells.words.length
        ? new NumberCells(this.reading)
        : new TextCells(this.reading);
    this.refill(cells);
  }

  private refill(cells: WordCells): void {
    const { state } = this;
    cells.forEach((cell) => {
      if (!state.add(cell, 0, cell.length)) this.stray(cell);
    });
  }

  private isNumber(word: string): boolean {
    return !Number.isNaN(numberIn(word, this.reading.decimal));
  }

  /** The column, whole. Nothing is left here. */
  finish(complain: (complaint: Complaint) => void): Column {
    const { name, place } = this;
    if (this.state instanceof WordCells && !this.asked) this.settle(this.state);
    if (this.strayCount > 0) {
      const { kind, length } = { kind: this.state instanceof DateCells ? "date" : "number", length: this.length() };
      if (!this.asked && this.strayCount > MOSTLY * length) {
        const examples = this.strays!.map(({ cell }) => cell);
        return { name, place, kind: "texts", missing: 0, examples };
      }
      complain(this.complaint(kind, length));
    }
    return { name, place, ...this.state.finish() };
  }

  private length(): number {
    return (this.state as NumberCells | DateCells).length;
  }

  /** Words that are all here: they may be dates, numbers with some mistakes, or texts after all. */
  private settle(cells: WordCells): void {
    const dates = datesOf(cells);
    if (dates) this.state = new DateCells(this.reading, dates);
    else if (this.hasMistakes(cells)) this.state = new NumberCells(this.reading);
    else {
      const missing = cells.words.filter((word) => cells.isMissing(word));
      const known = cells.words.length - missing.length;
      if (2 * known <= FEW_CELLS) return;
      const counts = missing.length ? cells.counts() : null;
      const filled = cells.length - missing.reduce((sum, word) => sum + counts![cells.words.indexOf(word)], 0);
      if (filled < FEW_CELLS || 2 * known <= filled) return;
      this.state = new TextCells(this.reading);
    }
    this.refill(cells);
  }

  /** Are they numbers, all but a few? */
  private hasMistakes(cells: WordCells): boolean {
    if (!cells.words.some((word) => this.isNumber(word))) return false;
    const counts = cells.counts();
    let numbers = 0;
    let others = 0;
    const different: string[] = [];
    cells.words.forEach((word, code) => {
      if (this.isNumber(word)) {
        numbers += counts[code];
        different.push(word);
      } else if (!cells.isMissing(word) && !this.reading.missing.mayBe(word)) others += counts[code];
    });
    if (others > MOSTLY * (numbers + others)) return false;
    return (
      different.length > FEW_NUMBERS ||
      different.some((word) => !Number.isInteger(numberIn(word, this.reading.decimal)))
    );
  }

  private complaint(kind: string, rows: number): Complaint {
    const [{ row, cell }, ...others] = this.strays!;
    const more = this.strayCount - 1;
    const such = others.map((stray) => quote(stray.cell)).join(", ");
    const got = quote(cell) + (more ? ` there and ${more} such ${more > 1 ? "cells" : "cell"} below (${such})` : "");
    const remedy = NUMBER.test(cell)
      ? "it is beyond what a double can hold: use another unit"
      : this.asked
        ? `correct it, or leave the cell empty where nothing is known`
        : `correct it, or call it missing${pasted` (--missing ${cell})`}, or leave the column out${pasted` (--ignore ${this.name})`}`;
    const like = this.asked ? "" : `, as in ${rows - this.strayCount} of ${rows} rows`;
    return { row, expected: `a ${kind}${like}`, got, remedy };
  }
}

/** An option to be pasted; nothing where a message of one short line cannot show its value. */
function pasted([before, after]: TemplateStringsArray, value: string): string {
  return value.length > 60 || /\p{Cc}/u.test(value) ? "" : before + shellWord(value) + after;
}

/** Are all of them dates of one order? */
function datesOf(cells: WordCells): Dates | null {
  const dates = new Dates();
  const known = cells.words.filter((word) => !cells.isMissing(word));
  if (known.length === 0 || known.some((word) => Number.isNaN(dates.read(word)))) return null;
  return dates.plain ? dates : null;
}
