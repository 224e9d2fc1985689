// From images as they were read to tables: split, then fit on what is left for training, then encode. `prepare` is the
// only way to fit, so that no validation or test image can ever take part in the mean image.
import { checkTableSize } from "../error.js";
import { type Split, splitRows } from "../split/split.js";
import type { Data, Encoding, RawTable, Table } from "./table.js";

/**
 * Splits, fits `draft` to the training rows (a mean image where `center` is set), encodes every part; a fold is the
 * test data.
 */
export function prepare(raw: RawTable, draft: Encoding, split: Split, center = false, asWritten = false): Data {
  const rows = splitRows(raw.samples, split, { labels: raw.y });
  const inputMean = center ? meanImage(raw.x, rows.train, raw.features) : draft.inputMean;
  // The network takes the mean image off, where images are to be left as they are.
  const inputs = asWritten && inputMean ? { shift: inputMean, scale: inputMean.map(() => 1) } : null;
  const encoding = { ...draft, inputMean: inputs ? null : inputMean };
  return {
    inputs,
    train: encode(raw, encoding, rows.train),
    validation: rows.validation.length ? encode(raw, encoding, rows.validation) : null,
    test: rows.held.length ? encode(raw, encoding, rows.held) : null,
    rows,
    encoding,
  };
}

/** In fractions of full ink, to six decimals: a finer mean would only lengthen the model file. */
function meanImage(pixels: Uint8Array, rows: Uint32Array, features: number): number[] {
  const sums = new Float64Array(features);
  for (const row of rows) {
    for (let j = 0; j < features; j++) sums[j] += pixels[row * features + j];
  }
  return Array.from(sums, (sum) => Math.round((1e6 * sum) / (255 * rows.length)) / 1e6);
}

/** Images (all, or those named) as the encoding says. */
export function encode(raw: RawTable, encoding: Encoding, rows: Uint32Array | null = null): Table {
  const { features, x: pixels, y: labels } = raw;
  const samples = rows ? rows.length : raw.samples;
  checkTableSize(raw.name, samples, features);
  const row = (i: number) => (rows ? rows[i] : i);
  const x = new Float32Array(samples * features);
  const mean = Float64Array.from(encoding.inputMean ?? new Array<number>(features).fill(0));
  for (let i = 0; i < samples; i++) {
    const from = row(i) * features;
    for (let j = 0; j < features; j++) x[i * features + j] = INK[pixels[from + j]] - mean[j];
  }
  const y = new Int32Array(labels ? samples : 0);
  for (let i = 0; i < y.length; i++) y[i] = labels![row(i)];
  return { samples, features, x, y };
}

const INK = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);
