// A file that is odd in one way, and what the command line has to make of it.
import { Philox, Stream } from "../../../src/random/philox.js";

export interface OddFile {
  name: string;
  /** The file as it lies there, or its text. */
  bytes?: Uint8Array;
  text?: string;
  /** Default: the last column, which nobody names. */
  target?: string;
  /** Options of train alone. */
  train?: string[];
  /** Options of train, evaluate and predict. */
  read?: string[];
  /** What the columns become, by kind; of a wide file the names of those that are left out. */
  kinds?: string;
  leftOut?: string[];
  /** The first line that predict writes. */
  answers: string;
  /** Rows of data. Default 40. */
  rows?: number;
  /** Rows that have a target. Default: all. */
  evaluated?: number;
  /** By way of standard input. */
  piped?: boolean;
  /** What train says of how it is written. Default: nothing. */
  says?: RegExp;
  /** It holds what all such files hold, so it is answered as they are. */
  same?: boolean;
}

export type Row = (draw: (most: number) => number, i: number) => (string | number)[];

/** Rows of cells: `draw` gives whole numbers from 0 to `most` − 1. */
export function drawn(rows: number, row: Row): (string | number)[][] {
  const random = new Philox(7, Stream.data, 1);
  const draw = (most: number) => Math.floor(most * random.uniform());
  return Array.from({ length: rows }, (_, i) => row(draw, i));
}

/** Text of a header and rows, with `between` cells and `end` behind each row. */
export function text(header: string[], row: Row, between = ",", end = "\n", rows = 40): string {
  return [header, ...drawn(rows, row)].map((cells) => cells.join(between) + end).join("");
}
