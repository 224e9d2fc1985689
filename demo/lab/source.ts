// What the digit networks learn from: digits that the page draws itself, or the visitor's files.
import { encode, prepare } from "#thinned/data/encode/prepare.js";
import type { Encoding, RawImages, RawTable } from "#thinned/data/encode/table.js";
import { digitsEncoding, drawRawDigits } from "#thinned/data/sources/digits.js";
import { type Split as SplitOptions, splitRows } from "#thinned/data/split/split.js";
import { Philox, permutation, Stream } from "#thinned/random/philox.js";
import type { Samples, TrainingData } from "./samples.js";

/** Samples as they were read, before training sets are taken from them. */
export interface Source {
  /** As a visitor is told: "drawn digits", "train-images-idx3-ubyte". */
  name: string;
  raw: RawTable | RawImages;
  /** Null: a part of `raw` is held out. */
  test: RawTable | null;
  draft: Encoding;
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

export function drawnDigits(): Source {
  return {
    name: "drawn digits",
    raw: drawRawDigits({ samples: 3000, seed: 1 }),
    test: drawRawDigits({ samples: MOST_TESTED, part: "test" }),
    draft: digitsEncoding(),
  };
}

/** The training-set sizes to choose from. */
export function sizesOf({ raw, test }: Source): number[] {
  const room = Math.floor(MOST_NUMBERS / raw.features);
  const most = Math.min(room, test ? raw.samples : raw.samples - heldOutOf(raw));
  return [...SIZES.filter((size) => size < most), most];
}

/** Samples that networks are tested on. */
export function testedOf({ raw, test }: Source): number {
  return Math.min(MOST_TESTED, test ? test.samples : heldOutOf(raw));
}

function heldOutOf({ samples }: RawTable): number {
  return Math.round(HELD_OUT * samples);
}

/** Takes training samples, holds test samples out, and standardises what is not pixels by what may be trained on. */
export class Split {
  readonly encoding: Encoding;
  readonly #rows: Uint32Array;
  readonly #heldOut: Uint32Array | null;

  constructor(
    readonly source: Source,
    seed: number,
  ) {
    const { raw, test, draft } = source;
    const split: SplitOptions = { val: test ? 0 : HELD_OUT, seed, by: "random" };
    const { train, validation } = splitRows(raw.samples, split);
    [this.#rows, this.#heldOut] = [train, test ? null : validation];
    // Pixels need nothing fitted: the rows stay bytes until they are taken.
    this.encoding = raw.x instanceof Uint8Array ? { ...draft } : prepare(raw, draft, split).encoding;
  }

  /** The test samples as an encoding has them: another model's may differ. */
  test(encoding = this.encoding): Samples {
    const { raw, test } = this.source;
    const rows = (this.#heldOut ?? Uint32Array.from({ length: test!.samples }, (_, i) => i)).subarray(0, MOST_TESTED);
    return labelled(encode(test ?? raw, encoding, rows));
  }

  /** One pair's samples: drawn from the seed, other pairs' are others as far as there are enough. */
  train({ samples, wrong, seed }: DataSettings, encoding = this.encoding): Samples {
    const order = permutation(this.#rows.length, seed, 0).subarray(0, samples);
    const rows = order.map((i) => this.#rows[i]).sort();
    const { x, y } = labelled(encode(this.source.raw, encoding, rows));
    return { x, y: mislabel(y, wrong, encoding.outputs, seed) };
  }

  pair(settings: DataSettings, test: Samples, encoding = this.encoding): TrainingData {
    const train = this.train(settings, encoding);
    return { train, seen: firstRows(train, MOST_SEEN), test };
  }
}

function labelled({ x, y }: { x: Float32Array; y: Int32Array | Float32Array }): Samples {
  return { x, y: Int32Array.from(y) };
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
