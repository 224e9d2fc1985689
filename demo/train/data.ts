// What the two networks learn from: digits that the page draws itself, or the visitor's files.

import { encode, prepare, splitRows } from "#thinned/data/encode/prepare.js";
import type { Encoding, RawImages, RawTable, Table } from "#thinned/data/encode/table.js";
import { digitsEncoding, drawRawDigits } from "#thinned/data/sources/digits.js";

/** Samples as they were read, before a training set is taken from them. */
export interface Source {
  /** As a visitor is told: "drawn digits", "train-images-idx3-ubyte". */
  name: string;
  raw: RawTable | RawImages;
  /** Null: a part of `raw` is held out. */
  test: RawTable | null;
  draft: Encoding;
}

/** Rows and their labels. */
export interface Samples {
  x: Float32Array;
  y: Int32Array;
}

/** Ready for training. */
export interface TrainingData {
  train: Samples;
  /** Training samples that the training error is measured on: all, or as many as are quickly gone through. */
  seen: Samples;
  /** Samples that no network is trained on. */
  test: Samples;
  encoding: Encoding;
  /** The same test samples as another model's encoding has them. */
  testFor(encoding: Encoding): Samples;
}

/** More than these would fill a phone's memory, three times over. */
const MOST_SAMPLES = 20_000;
const MOST_SEEN = 1000;
const MOST_TESTED = 2000;
/** Of a source without test samples. */
const HELD_OUT = 0.25;
const SIZES = [100, 300, 1000, 3000, 10_000, MOST_SAMPLES];

/** Training digits always come in the same order: a larger set holds the smaller ones. */
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
  const most = Math.min(MOST_SAMPLES, test ? raw.samples : raw.samples - heldOutOf(raw));
  return [...SIZES.filter((size) => size < most), most];
}

/** Samples that networks are tested on. */
export function testedOf({ raw, test }: Source): number {
  return Math.min(MOST_TESTED, test ? test.samples : heldOutOf(raw));
}

function heldOutOf({ samples }: RawTable): number {
  return Math.round(HELD_OUT * samples);
}

/** Takes `samples` training samples, holds test samples out, and standardises what is not pixels by the training part alone. */
export function prepareData({ raw, test, draft }: Source, samples: number, seed: number): TrainingData {
  const { train: all, encoding } = prepare(raw, draft, test ? 0 : HELD_OUT, seed);
  const train = firstRows(all, samples);
  const heldOut = test ? null : splitRows(raw.samples, HELD_OUT, seed).validation;
  const testFor = (encoding: Encoding) => firstRows(encode(test ?? raw, encoding, heldOut), MOST_TESTED);
  return { train, seen: firstRows(train, MOST_SEEN), test: testFor(encoding), encoding, testFor };
}

/** Rows in memory that workers can share, where the page is isolated, so that handing them over copies nothing. */
function firstRows({ x, y }: Pick<Table, "x" | "y">, samples: number): Samples {
  const rows = Math.min(samples, y.length);
  const length = rows * (x.length / y.length);
  const shared = globalThis.crossOriginIsolated;
  const own = shared ? new Float32Array(new SharedArrayBuffer(4 * length)) : new Float32Array(length);
  own.set(x.subarray(0, length));
  return { x: own, y: Int32Array.from(y.subarray(0, rows)) };
}
