// From raw rows to tables: split, then fit on what is left for training, then encode. `prepare` is the only way to fit,
// so that no validation or test row can ever take part in the standardisation.
import { badData, checkTableSize, quote } from "../error.js";
import { type Split, splitRows } from "../split/split.js";
import { moments } from "./statistics.js";
import type { Data, Encoding, RawTable, Table } from "./table.js";

/** Standard deviations from 0 to a mean, at most: rounding the numbers costs 2⁻¹² of one then. */
const MOST_DEVIATIONS = 2 ** 12;
/** One over the largest standard deviation of such a column: its numbers are floats. */
const SMALLEST_SCALE = 1e-30;

/**
 * Splits, fits `draft` to the training rows, encodes every part; a fold is the test data. `center` is for pixels; numbers
 * always are.
 */
export function prepare(raw: RawTable, draft: Encoding, split: Split, center = false, asWritten = false): Data {
  const rows = splitRows(raw.samples, split, { labels: draft.task === "classify" ? raw.y : null, groups: raw.groups });
  const fitted = standardise(raw, rows.train, draft, center);
  const { encoding, inputs } = asWritten ? handOver(fitted) : { encoding: fitted, inputs: null };
  return {
    inputs,
    train: encode(raw, encoding, rows.train),
    validation: rows.validation.length ? encode(raw, encoding, rows.validation) : null,
    test: rows.held.length ? encode(raw, encoding, rows.held) : null,
    rows,
    encoding,
  };
}

/**
 * Leaves shift and scale of the inputs to the network. A column stays with the encoding where single precision would not
 * hold its raw numbers: those that lie thousands of standard deviations from 0, such as seconds since 1970, or beyond its
 * range.
 */
function handOver(fitted: Encoding): { encoding: Encoding; inputs: Data["inputs"] } {
  const mean = fitted.inputMean;
  if (!mean) return { encoding: fitted, inputs: null };
  const scale = fitted.inputScale ?? mean.map(() => 1);
  const stays = mean.map((value, j) => Math.abs(value) * scale[j] > MOST_DEVIATIONS || scale[j] < SMALLEST_SCALE);
  const split = (values: number[], ofEncoding: boolean, nothing: number) =>
    values.map((value, j) => (stays[j] === ofEncoding ? value : nothing));
  const kept = stays.includes(true);
  return {
    encoding: {
      ...fitted,
      inputMean: kept ? split(mean, true, 0) : null,
      inputScale: kept ? split(scale, true, 1) : null,
    },
    inputs: { shift: split(mean, false, 0), scale: split(scale, false, 1) },
  };
}

/**
 * Numbers get a mean and a scale per column. Pixels share a unit, full ink, and keep it. They get a mean if `center` is
 * set.
 */
function standardise(raw: RawTable, rows: Uint32Array, draft: Encoding, center: boolean): Encoding {
  const encoding = { ...draft };
  if (raw.x instanceof Float64Array) {
    const fits = Array.from({ length: raw.features }, (_, j) =>
      moments(column(raw.x as Float64Array, rows, j, raw.features), place(raw, draft.columns?.[j] ?? `${j + 1}`)),
    );
    encoding.inputMean = fits.map(({ mean }) => mean);
    encoding.inputScale = fits.map(({ scale }) => scale);
  } else if (center) {
    encoding.inputMean = meanImage(raw.x, rows, raw.features);
  }
  if (draft.task === "regress") {
    const { mean, scale } = moments(column(raw.y as Float64Array, rows, 0, 1), place(raw, draft.target ?? "target"));
    encoding.targetMean = mean;
    encoding.targetScale = scale;
  }
  return encoding;
}

/** In fractions of full ink, to six decimals: a finer mean would only lengthen the model file. */
function meanImage(pixels: Uint8Array, rows: Uint32Array, features: number): number[] {
  const sums = new Float64Array(features);
  for (const row of rows) {
    for (let j = 0; j < features; j++) sums[j] += pixels[row * features + j];
  }
  return Array.from(sums, (sum) => Math.round((1e6 * sum) / (255 * rows.length)) / 1e6);
}

function place(raw: RawTable, column: string): string {
  return `${raw.name}, column ${quote(column)}`;
}

/** One column's numbers of some rows. */
function column(values: Float64Array, rows: Uint32Array, at: number, stride: number): Float64Array {
  return Float64Array.from(rows, (row) => values[row * stride + at]);
}

/** Raw rows (all, or those named) as the encoding says. */
export function encode(raw: RawTable, encoding: Encoding, rows: Uint32Array | null = null): Table {
  const samples = rows ? rows.length : raw.samples;
  checkTableSize(raw.name, samples, raw.features);
  const row = (i: number) => (rows ? rows[i] : i);
  const x = new Float32Array(samples * raw.features);
  if (raw.x instanceof Uint8Array) {
    const { features, x: pixels } = raw;
    const mean = Float64Array.from(encoding.inputMean ?? new Array<number>(features).fill(0));
    for (let i = 0; i < samples; i++) {
      const from = row(i) * features;
      for (let j = 0; j < features; j++) x[i * features + j] = INK[pixels[from + j]] - mean[j];
    }
  } else {
    encodeNumbers(x, raw, encoding, samples, row);
  }
  return { samples, features: raw.features, x, y: encodeTargets(raw, encoding, samples, row) };
}

const INK = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

function encodeNumbers(
  x: Float32Array,
  raw: RawTable,
  encoding: Encoding,
  samples: number,
  row: (i: number) => number,
): void {
  const { features } = raw;
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < features; j++) {
      const value = raw.x[row(i) * features + j];
      const standard = (value - (encoding.inputMean?.[j] ?? 0)) * (encoding.inputScale?.[j] ?? 1);
      x[i * features + j] = standard;
      if (!Number.isFinite(x[i * features + j])) overflow(raw, encoding.columns?.[j] ?? `${j + 1}`, row(i), value);
    }
  }
}

function encodeTargets(raw: RawTable, encoding: Encoding, samples: number, row: (i: number) => number): Table["y"] {
  const { y: targets } = raw;
  if (encoding.task === "classify") {
    const y = new Int32Array(targets ? samples : 0);
    for (let i = 0; i < y.length; i++) y[i] = targets![row(i)];
    return y;
  }
  const y = new Float32Array(targets ? samples : 0);
  for (let i = 0; i < y.length; i++) {
    y[i] = (targets![row(i)] - (encoding.targetMean ?? 0)) * (encoding.targetScale ?? 1);
    if (!Number.isFinite(y[i])) overflow(raw, encoding.target ?? "target", row(i), targets![row(i)]);
  }
  return y;
}

function overflow(raw: RawTable, column: string, row: number, value: number): never {
  badData(
    `${place(raw, column)}, row ${row + 1}`,
    "a number that is a float after standardising",
    `${value}`,
    "is it a typing error?",
  );
}
