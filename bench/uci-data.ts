// The UCI sets in the 20 splits of Gal & Ghahramani (2016), as their repository keeps them.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface UciSet {
  rows: number[][];
  features: number[];
  target: number;
  /** Precisions of the noise and rates of dropout among which validation chooses. */
  taus: number[];
  rates: number[];
}

export interface Rows {
  /** `[n, features]` */
  x: Float32Array;
  y: Float32Array;
}

export function readSet(folder: string, name: string): UciSet {
  const numbers = (file: string) => listed(join(folder, name, "data", file));
  const text = readFileSync(join(folder, name, "data/data.txt"), "utf8").trim();
  return {
    rows: text.split(/\r?\n/).map((line) => line.trim().split(/\s+/).map(Number)),
    features: numbers("index_features.txt"),
    target: numbers("index_target.txt")[0],
    taus: numbers("tau_values.txt"),
    rates: numbers("dropout_rates.txt"),
  };
}

/** The rows of one split, as they are written. */
export function splitOf(folder: string, name: string, set: UciSet, split: number): { train: Rows; test: Rows } {
  const part = (what: string) => take(set, listed(join(folder, name, "data", `index_${what}_${split}.txt`)));
  return { train: part("train"), test: part("test") };
}

function take({ rows, features, target }: UciSet, chosen: number[]): Rows {
  return {
    x: Float32Array.from(chosen.flatMap((row) => features.map((column) => rows[row][column]))),
    y: Float32Array.from(chosen, (row) => rows[row][target]),
  };
}

function listed(file: string): number[] {
  return readFileSync(file, "utf8").trim().split(/\s+/).map(Number);
}

/** The first four fifths to train on, the rest to choose by. */
export function validationOf({ x, y }: Rows): { train: Rows; validation: Rows } {
  const [cut, width] = [Math.floor(0.8 * y.length), x.length / y.length];
  return {
    train: { x: x.slice(0, cut * width), y: y.slice(0, cut) },
    validation: { x: x.slice(cut * width), y: y.slice(cut) },
  };
}

/** Mean and standard deviation of each column of `[n, width]`; 1 for a column of equals. */
export function momentsOf(values: Float32Array, width: number): { mean: Float64Array; deviation: Float64Array } {
  const n = values.length / width;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  values.forEach((value, i) => {
    mean[i % width] += value / n;
  });
  values.forEach((value, i) => {
    deviation[i % width] += (value - mean[i % width]) ** 2 / n;
  });
  return { mean, deviation: deviation.map((variance) => Math.sqrt(variance) || 1) };
}
