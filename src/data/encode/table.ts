// What data is once it is in memory. `loadData` and `loadForModel` (load.ts) turn a source into these.
import type { TableEncoding, Task } from "../../cells/encoding.js";
import type { ReadFileOptions } from "../read-table.js";
import type { Split, SplitRows } from "../split/split.js";
import type { KeptColumn } from "./kept.js";
import type { ColumnReport } from "./report.js";

/** Samples in rows, ready for a network. */
export interface Table {
  samples: number;
  features: number;
  /** `[samples, features]` */
  x: Float32Array;
  /**
   * Labels (classify), or targets `[samples, outputs]` (regress), standardised as the encoding says; empty where nobody
   * asked for targets.
   */
  y: Int32Array | Float32Array;
  /** `[samples]`: where rows without a target were left out, the numbers of those that are here, from 0. */
  rows?: Uint32Array;
  /** Columns that were asked for as they are written. */
  kept?: KeptColumn[];
}

export type { Task };

/**
 * Everything needed to turn new raw rows into x, and outputs into answers. Plain JSON of images travels inside the
 * model file as it is; of a table, `table` does.
 */
export interface Encoding {
  kind: "idx" | "csv" | "digits";
  task: Task;
  features: number;
  /** Classes, or 1 for regression. */
  outputs: number;
  /** Class names by label; null for regression. */
  classes: string[] | null;
  /** The inputs' column names, in order; null for images. */
  columns: string[] | null;
  /** The target's column name; null for images. */
  target: string | null;
  /**
   * x = (raw − mean)·scale; null: as is. Pixels are raw once they are fractions of 255, and are centred at most, not
   * scaled.
   */
  inputMean: number[] | null;
  inputScale: number[] | null;
  /** Regression: y = (raw − mean)·scale, so raw = y / scale + mean; null: as is. */
  targetMean: number | null;
  targetScale: number | null;
  /** Height and width, where the features are pixels. */
  imageShape: [number, number] | null;
  /** What a table's columns become; the rest of the encoding is read off it. Images have none. */
  table?: TableEncoding;
}

/**
 * What `loadData` gives: already split, then fitted on `train` alone, then encoded. Never standardise or split again.
 */
export interface Data {
  train: Table;
  /** The rows that `val` split off; null where `val` is 0. */
  validation: Table | null;
  test: Table | null;
  /** The row numbers of the parts in what was read, from 0. */
  rows: SplitRows;
  encoding: Encoding;
  /** Of `asWritten`: how the network is to shift and scale its inputs; null: not at all. */
  inputs: { shift: number[]; scale: number[] } | null;
  /** Of tables: what was made of each column, and what is to be said of how the file was read. */
  report?: ColumnReport[];
  notes?: string[];
}

export interface DataOptions {
  /** Default: classify, unless a CSV's target is a column of numbers that do not look like labels. */
  task?: Task;
  /** Tables: the column to predict, or several numbers with commas between them. Default: the last one that is read. */
  target?: string;
  /**
   * Tables: columns that are not read. A name that has commas is one name, where there is such a column; else several.
   */
  ignore?: readonly string[];
  /** Tables: columns that are used although they number the rows or hardly repeat. */
  include?: readonly string[];
  /** Tables: how the file is written, as far as it is not found by looking. */
  read?: ReadFileOptions;
  /** Tables: encode as this says, in place of fitting another one: a run goes on. */
  as?: Encoding;
  /**
   * A test CSV or directory. Default: IDX: the t10k files, where they are; digits: the data set's own test digits;
   * CSV: none.
   */
  test?: string;
  /** The fraction of the training rows to split off as validation rows, in [0, 1). Default 0. */
  val?: number;
  /** Draws the training digits, and the split unless `splitSeed` does. The same seed gives the same rows. Default 0. */
  seed?: number;
  /** Default: `seed`. */
  splitSeed?: number;
  /** How validation rows are chosen. Default: stratified by the classes. */
  split?: Split["by"];
  /** CSV: a column that is no input. None of its values is on both sides of a split. */
  group?: string;
  /** Hold out this one of so many folds as the test data. */
  fold?: Split["fold"];
  /**
   * Images: subtract the training rows' mean image, so that a dropped pixel counts as its mean. Default false. A CSV's
   * columns are standardised, and so always centred.
   */
  center?: boolean;
  /**
   * Leave rows as they are written, and give what they are to be standardised by as `inputs`, for a network that does
   * it itself. Default false.
   */
  asWritten?: boolean;
  /** Digits: how many to draw for training and validation together. Default 1000. */
  samples?: number;
}

/**
 * Images as they were read: nothing split, nothing centred. Only `prepare` and `encode` (prepare.ts) make Tables of it.
 */
export interface RawTable {
  /** The file, for messages. */
  name: string;
  samples: number;
  features: number;
  /** `[samples, features]`: pixels; 255 is full ink. */
  x: Uint8Array;
  /** Labels, one per sample; null if there are none or nobody asked. */
  y: Uint8Array | null;
}

/** With their height and width. */
export interface RawImages extends RawTable {
  imageShape: [number, number];
}
