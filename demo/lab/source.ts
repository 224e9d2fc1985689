// What the digit networks learn from: digits that the page draws itself, or the visitor's files.
import type { Columns } from "#thinned/data/columns.js";
import { encode as encodeColumns } from "#thinned/data/encode/encode.js";
import { encodingOf } from "#thinned/data/encode/encoding.js";
import { type ColumnReport, fitEncoding } from "#thinned/data/encode/fit.js";
import { encode } from "#thinned/data/encode/prepare.js";
import type { Encoding, RawImages } from "#thinned/data/encode/table.js";
import { digitsEncoding, drawRawDigits } from "#thinned/data/sources/digits.js";
import { splitRows } from "#thinned/data/split/split.js";
import { Philox, permutation, Stream } from "#thinned/random/philox.js";
import type { Samples, TrainingData } from "./samples.js";

/** Samples as they were read, before training sets are taken from them. */
export type Source = Pictures | OwnTable;

export interface Pictures {
  /** As a visitor is told: "drawn digits", "train-images-idx3-ubyte". */
  name: string;
  raw: RawImages;
  /** Null: a part of `raw` is held out. */
  test: RawImages | null;
  draft: Encoding;
}

/** A table whose last column is the class. */
export interface OwnTable {
  name: string;
  table: Columns;
  /** The numbers of those rows whose class is known, and their labels. */
  rows: Uint32Array;
  labels: Int32Array;
  /** Inputs, where all rows are trained on. */
  features: number;
}

export interface DataSettings {
  samples: number;
  /** Fraction of training samples that get the label of another class. */
  wrong: number;
  seed: number;
}

/** Of one pair: more would fill a phone's memory, as each pair has its own. */
const MOST_NUMBERS = 2 ** 23;
const MOST_SEEN = 1000;
const MOST_TESTED = 2000;
/** Of a source without test samples. */
const HELD_OUT = 0.25;
const SIZES = [100, 300, 1000, 3000, 10_000];

export function drawnDigits(): Pictures {
  return {
    name: "drawn digits",
    raw: drawRawDigits({ samples: 3000, seed: 1 }),
    test: drawRawDigits({ samples: MOST_TESTED, part: "test" }),
    draft: digitsEncoding(),
  };
}

/** How many samples there are, how many numbers each has, and how many of them are held out. */
function countsOf(source: Source): { samples: number; features: number; held: number } {
  if ("table" in source) {
    const { rows, features } = source;
    return { samples: rows.length, features, held: Math.round(HELD_OUT * rows.length) };
  }
  const { samples, features } = source.raw;
  return { samples, features, held: source.test ? 0 : Math.round(HELD_OUT * samples) };
}

/** The training-set sizes to choose from. */
export function sizesOf(source: Source): number[] {
  const { samples, features, held } = countsOf(source);
  const most = Math.min(Math.floor(MOST_NUMBERS / features), samples - held);
  return [...SIZES.filter((size) => size < most), most];
}

/** Samples that networks are tested on. */
export function testedOf(source: Source): number {
  const own = "table" in source ? null : source.test;
  return Math.min(MOST_TESTED, own ? own.samples : countsOf(source).held);
}

/** Takes training samples, holds test samples out, and decides what columns become by what may be trained on. */
export class Split {
  readonly encoding: Encoding;
  /** What was made of a table's columns; null: pictures have none. */
  readonly report: ColumnReport[] | null = null;
  readonly #rows: Uint32Array;
  readonly #heldOut: Uint32Array | null;

  constructor(
    readonly source: Source,
    seed: number,
  ) {
    if ("table" in source) {
      const { table, rows, labels } = source;
      const { train, validation } = splitRows(rows.length, { val: HELD_OUT, seed }, { labels });
      [this.#rows, this.#heldOut] = [train, validation].map((part) => part.map((i) => rows[i]));
      const { encoding, report } = fitEncoding(table, { rows: this.#rows, task: "classify" });
      [this.encoding, this.report] = [encodingOf(encoding), report];
      return;
    }
    const { raw, test, draft } = source;
    const { train, validation } = splitRows(raw.samples, { val: test ? 0 : HELD_OUT, seed, by: "random" });
    [this.#rows, this.#heldOut] = [train, test ? null : validation];
    // Pixels need nothing fitted: the rows stay bytes until they are taken.
    this.encoding = { ...draft };
  }

  /** The test samples as an encoding has them: another model's may differ. */
  test(encoding = this.encoding): Samples {
    const own = "table" in this.source ? null : this.source.test;
    const rows = this.#heldOut ?? Uint32Array.from({ length: own!.samples }, (_, i) => i);
    return this.#take(rows.subarray(0, MOST_TESTED), encoding, own);
  }

  /** One pair's samples: drawn from the seed, other pairs' are others as far as there are enough. */
  train({ samples, wrong, seed }: DataSettings, encoding = this.encoding): Samples {
    const order = permutation(this.#rows.length, seed, 0).subarray(0, samples);
    const rows = order.map((i) => this.#rows[i]).sort();
    const { x, y } = this.#take(rows, encoding);
    return { x, y: mislabel(y, wrong, encoding.outputs, seed) };
  }

  pair(settings: DataSettings, test: Samples, encoding = this.encoding): TrainingData {
    const train = this.train(settings, encoding);
    return { train, seen: firstRows(train, MOST_SEEN), test };
  }

  #take(rows: Uint32Array, encoding: Encoding, own: RawImages | null = null): Samples {
    const { x, y } =
      "table" in this.source
        ? encodeColumns(this.source.table, encoding.table!, { rows, targets: true })
        : encode(own ?? this.source.raw, encoding, rows);
    return { x, y: Int32Array.from(y!) };
  }
}

function firstRows({ x, y }: Samples, samples: number): Samples {
  const rows = Math.min(samples, y.length);
  return { x: x.subarray(0, (rows * x.length) / y.length), y: y.subarray(0, rows) };
}

function mislabel(labels: Int32Array, wrong: number, classes: number, seed: number): Int32Array {
  const random = new Philox(seed, Stream.data, 2);
  return labels.map((label) => {
    const [chance, other] = [random.uniform(), random.uniform()];
    return chance < wrong ? (label + 1 + Math.floor(other * (classes - 1))) % classes : label;
  });
}
