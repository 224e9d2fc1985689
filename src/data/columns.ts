// A table as it was read, column by column: what the readers give and the encoders take. Nothing is standardised here,
// and nothing is decided but what each cell says.

/** A table as it was read. `rows` counts data rows; line 1 of a file is its header, so row 1 of the data is line 2. */
export interface Columns {
  /** Where it came from, for messages: a file's name, or what the caller called it. */
  name: string;
  rows: number;
  columns: Column[];
}

export type Column = NumberColumn | WordColumn | TextColumn | DateColumn;

interface Named {
  name: string;
  /** How many cells are empty or say that nothing is known. */
  missing: number;
}

/** Cells that are numbers. */
export interface NumberColumn extends Named {
  kind: "numbers";
  /** `[rows]`; NaN where the cell is missing. */
  values: Float64Array;
  /**
   * The different numbers as they were written (`"1.0"`, `"007"`), in the order of their first rows, where there are at
   * most `MOST_WORDS`; else null.
   */
  spellings: Map<number, string> | null;
}

/** Cells that are words which repeat. */
export interface WordColumn extends Named {
  kind: "words";
  /** `[rows]`: indices of `words`; −1 where the cell is missing. */
  codes: Int32Array;
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
  /** `[rows]`: milliseconds since 1970, UTC; NaN where the cell is missing. */
  values: Float64Array;
}

export type ColumnKind = Column["kind"];

/** More different words than this are texts, unless somebody asked for the column as words. */
export const MOST_WORDS = 2 ** 16;
