// Dense or sparse? Decided per product from shapes, counts of non-zeros and the build alone, so that the same seed
// stays the same run.
//
// A product's cost is estimated in nanoseconds from rates in flops per nanosecond that were measured once
// (docs/speed.md states the formula, and how to measure them again). They need not be right for every machine. A wrong
// rate costs time, never a result.

import { MC, MR } from "../memory/layout.js";
import type { BuildName } from "../runtime/core.js";

/** In flops per nanosecond. */
interface Rates {
  /** The dense register tile. */
  dense: number;
  /** The sparse products that sum rows: SpMM, and the gradient by rows. */
  rows: number;
  /** Sampled dot products. */
  dots: number;
}

const RATES: Record<BuildName, Rates> = {
  simd: { dense: 34, rows: 27, dots: 23 },
  relaxed: { dense: 44, rows: 34, dots: 30 },
};
/** Nanoseconds that it takes to list one element that is not zero, */
const LIST = 2;
/** to look at one element, zero or not, */
const SCAN = 0.03;
/** and to transpose one element of the weight for the dense `nt`. */
const TRANSPOSE = 0.3;

/**
 * A product of a matrix `[m, rows]` and a weight `[rows, cols]`, or one that gives such a matrix; `active` of its
 * elements are not zero, or wanted.
 */
export interface Sparsity {
  m: number;
  rows: number;
  cols: number;
  active: number;
}

const dense = ({ m, rows, cols }: Sparsity, rate: number): number => (2 * Math.ceil(m / MR) * MR * rows * cols) / rate;
const listing = ({ m, rows, active }: Sparsity): number => LIST * active + SCAN * m * rows;

/** Y = S·W: over the active elements of S? */
export function sparseForward(build: BuildName, work: Sparsity): boolean {
  const { dense: tile, rows } = RATES[build];
  return listing(work) + (2 * work.active * work.cols) / rows < dense(work, tile);
}

/** Y = D·Wᵀ: the wanted elements of Y alone? */
export function sparseWanted(build: BuildName, work: Sparsity): boolean {
  const { dense: tile, dots } = RATES[build];
  const sparse = listing(work) + (2 * work.active * work.cols) / dots;
  // The dense `nt` transposes the whole weight once for each block of MC rows that it packs.
  return sparse < dense(work, tile) + TRANSPOSE * work.rows * work.cols * Math.ceil(work.m / MC);
}

/** G = Sᵀ·D: over the active elements of S? */
export function sparseGradient(build: BuildName, work: Sparsity): boolean {
  const { dense: tile, rows } = RATES[build];
  return listing(work) + (2 * work.active * work.cols) / rows < dense(work, tile);
}

/** What is known when the first layer's layout is chosen. */
export interface FirstLayer {
  /** Fraction of the inputs that are not zero, input dropout included. */
  inputs: number;
  /** Fraction of the first hidden layer's units that are kept. */
  kept: number;
  /** Fraction of those whose slope is not zero: about half for relu, all for smooth activations. */
  active: number;
}

/**
 * By which side the first weight is stored. By input: both products skip the inputs' zeros. By output: forward skips
 * dropped units, the gradient also those that relu switched off.
 */
export function firstOrientation(build: BuildName, { inputs, kept, active }: FirstLayer): "input" | "output" {
  const { dense: tile, rows, dots } = RATES[build];
  const byInput = 2 * Math.min(1 / tile, inputs / rows);
  const byOutput = Math.min(1 / tile, kept / dots) + (kept * active) / rows;
  return byOutput < byInput ? "output" : "input";
}
