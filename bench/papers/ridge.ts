// Dropping the inputs of a linear regression is ridge regression whose penalty is scaled by each column's size
// (Srivastava et al. 2014, section 9.1; Wager et al. 2013): the minimum of E‖y − (R∘X)w/(1−p)‖² solves
// (XᵀX + p/(1−p)·diag(XᵀX))·w = Xᵀy.

import { Network } from "#thinned/index.js";
import { Philox, Stream } from "#thinned/random/philox.js";
import type { Paper, Row } from "./paper.js";

const [ROWS, COLUMNS, P] = [60, 5, 0.5];
const MASKS = 2 ** COLUMNS;

export const ridge: Paper = {
  title: "Dropout in linear regression is a ridge (Srivastava et al. 2014, section 9.1)",
  settings: () =>
    `${ROWS} × ${COLUMNS} normal numbers, p = ${P}; gradient descent over all ${MASKS} masks at once, 1,000 steps; and over drawn masks, 40,000 steps whose rate falls to 0`,
  async run(context) {
    const all = await Promise.all(
      context.seeds.map((seed) => context.once(`all masks, seed ${seed}`, () => gap(seed, true))),
    );
    const drawn = await Promise.all(
      context.seeds.map((seed) => context.once(`drawn masks, seed ${seed}`, () => gap(seed, false))),
    );
    const show = (value: number) => value.toExponential(1);
    const rows: Row[] = [
      { what: "largest difference of a weight from the ridge's, all masks", published: "0", ours: all, show },
      { what: "the same, drawn masks", published: "0 on average", ours: drawn, show },
    ];
    return rows;
  },
};

/** The largest |w − ridge|, of weights near 1. */
async function gap(seed: number, all: boolean): Promise<number> {
  const { x, y } = draw(seed);
  const copies = all ? MASKS : 1;
  const rows = Float32Array.from({ length: copies * x.length }, (_, i) => x[i % x.length]);
  const targets = Float32Array.from({ length: copies * ROWS }, (_, i) => y[i % ROWS]);
  const mask = Uint8Array.from({ length: rows.length }, (_, i) => (Math.floor(i / x.length) >> (i % COLUMNS)) & 1);
  const net = await Network.create({
    sizes: [COLUMNS, 1],
    dropout: [P],
    loss: "mse",
    optimizer: { type: "sgd", learningRate: 0.05 },
    seed,
    maxBatch: copies * ROWS,
    build: "simd",
  });
  const steps = all ? 1000 : 40_000;
  for (let step = 0; step < steps; step++) {
    if (!all) net.learningRate = 0.05 * (1 - step / steps);
    net.train_step(rows, targets, all ? { masks: [mask] } : {});
  }
  const { W1 } = net.parameters();
  net.dispose();
  return Math.max(...solveRidge(x, y).map((weight, j) => Math.abs(weight - W1[j])));
}

/** Columns of mean 0, targets of mean 0: the bias then stays 0 at the minimum. */
function draw(seed: number): { x: Float64Array; y: Float64Array } {
  const random = new Philox(seed, Stream.forward);
  const normal = () => Array.from({ length: 12 }, () => random.uniform()).reduce((sum, value) => sum + value, -6);
  const x = Float64Array.from({ length: ROWS * COLUMNS }, normal);
  for (let j = 0; j < COLUMNS; j++) centre(x, j, COLUMNS);
  const y = Float64Array.from({ length: ROWS }, (_, i) => {
    return (
      normal() / 2 + x.subarray(i * COLUMNS, (i + 1) * COLUMNS).reduce((sum, value, j) => sum + value * (j - 1.5), 0)
    );
  });
  centre(y, 0, 1);
  return { x, y };
}

function centre(values: Float64Array, from: number, stride: number): void {
  let sum = 0;
  for (let i = from; i < values.length; i += stride) sum += values[i];
  for (let i = from; i < values.length; i += stride) values[i] -= (sum * stride) / values.length;
}

/** By Gaussian elimination; the matrix is positive definite. */
function solveRidge(x: Float64Array, y: Float64Array): number[] {
  const dot = (j: number, other: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < ROWS; i++) sum += x[i * COLUMNS + j] * other(i);
    return sum;
  };
  const rows = Array.from({ length: COLUMNS }, (_, j) => [
    ...Array.from({ length: COLUMNS }, (_, k) => dot(j, (i) => x[i * COLUMNS + k]) * (j === k ? 1 + P / (1 - P) : 1)),
    dot(j, (i) => y[i]),
  ]);
  rows.forEach((pivot, j) => {
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[j] / pivot[j];
      row.forEach((value, k) => {
        row[k] = value - factor * pivot[k];
      });
    }
  });
  return rows.map((row, j) => row[COLUMNS] / row[j]);
}
