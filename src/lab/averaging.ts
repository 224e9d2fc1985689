// How the error falls as more thinned networks are averaged (Srivastava's figure 11).

import { argmax } from "../calls/argmax.js";
import type { MonteCarloResult } from "../types.js";

/** Something that gives the answer of one thinned network after the other, by number. */
export interface Drawing {
  config: { sizes: readonly number[] };
  mc_step(
    x: Float32Array,
    options: { samples: 1; seed: number; draw: number },
  ): Pick<MonteCarloResult, "mean" | "aleatoric">;
}

export interface AveragedError {
  /** Thinned networks averaged. */
  k: number;
  /** Disjoint groups of k draws, and the mean and standard deviation of their errors. */
  groups: number;
  error: number;
  standardDeviation: number | null;
}

/** How many draws are looked at: 1, 2, 3, 5, 7, 10, … up to `draws`. */
export function averagedCounts(draws: number): number[] {
  const counts: number[] = [];
  for (let decade = 1; decade <= draws; decade *= 10) {
    for (const digit of [1, 2, 3, 5, 7]) if (digit * decade < draws) counts.push(digit * decade);
  }
  return [...counts, draws];
}

/**
 * Errors of averages of k draws, each k with as many groups as `draws` draws make; and the average of all draws,
 * `[n, out]`.
 * `onDraw` may stop it by throwing.
 */
export async function averagedErrors(
  net: Drawing,
  x: Float32Array,
  labels: ArrayLike<number>,
  { draws, seed, onDraw }: { draws: number; seed: number; onDraw?: (draw: number) => void | Promise<void> },
): Promise<{ averaged: AveragedError[]; mean: Float64Array }> {
  const out = net.config.sizes[net.config.sizes.length - 1];
  const counts = averagedCounts(draws);
  const sums = counts.map(() => new Float64Array(labels.length * out));
  const errors = counts.map((): number[] => []);
  const total = new Float64Array(labels.length * out);
  for (let d = 0; d < draws; d++) {
    const { mean } = net.mc_step(x, { samples: 1, seed, draw: d });
    for (let j = 0; j < total.length; j++) total[j] += mean[j] / draws;
    counts.forEach((k, i) => {
      const sum = sums[i];
      for (let j = 0; j < sum.length; j++) sum[j] += mean[j];
      if ((d + 1) % k !== 0) return;
      errors[i].push(errorOf(sum, labels, out));
      sum.fill(0);
    });
    await onDraw?.(d + 1);
  }
  const averaged = counts.map((k, i) => ({ k, groups: errors[i].length, ...groupMoments(errors[i]) }));
  return { averaged, mean: total };
}

/** The fraction of rows whose first largest value is not the label's. */
export function errorOf(values: ArrayLike<number>, labels: ArrayLike<number>, out: number): number {
  let wrong = 0;
  for (let s = 0; s < labels.length; s++) {
    if (argmax(values, s * out, out) !== labels[s]) wrong++;
  }
  return wrong / labels.length;
}

/** Mean and standard deviation of the groups' errors; one group has no deviation. */
export function groupMoments(errors: readonly number[]): { error: number; standardDeviation: number | null } {
  const n = errors.length;
  const error = errors.reduce((sum, value) => sum + value, 0) / n;
  const squares = errors.reduce((sum, value) => sum + (value - error) ** 2, 0);
  return { error, standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null };
}

/** A quarter turn of square images: pixel (row, column) comes from (column, size − 1 − row). */
export function rotated(images: Float32Array, size: number): Float32Array {
  return images.map((_, i) => {
    const [image, row, column] = [Math.floor(i / size ** 2), Math.floor((i % size ** 2) / size), i % size];
    return images[image * size ** 2 + column * size + size - 1 - row];
  });
}
