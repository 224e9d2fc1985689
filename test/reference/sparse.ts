// The sparse products written for clarity, over row-major arrays. What equals a dense product to the bit has no twin of
// its own.

/** An element of a list: where it is, and its value. */
export type Entry = [at: number, value: number];

/**
 * The active units of each sample of u `[batch, n]`, block by block, numbered within their block: `[batch][blocks]`.
 */
export function listBySample(u: ArrayLike<number>, batch: number, n: number, block: number): Entry[][][] {
  return Array.from({ length: batch }, (_, s) =>
    Array.from({ length: Math.ceil(n / block) }, (_, b) => {
      const entries: Entry[] = [];
      for (let j = b * block; j < Math.min(n, (b + 1) * block); j++) {
        if (u[s * n + j] !== 0) entries.push([j - b * block, u[s * n + j]]);
      }
      return entries;
    }),
  );
}

/** The active samples of each unit of u `[batch, n]`. */
export function listByUnit(u: ArrayLike<number>, batch: number, n: number): Entry[][] {
  return Array.from({ length: n }, (_, j) => {
    const entries: Entry[] = [];
    for (let s = 0; s < batch; s++) if (u[s * n + j] !== 0) entries.push([s, u[s * n + j]]);
    return entries;
  });
}

/** One wanted element of D·Wᵀ in double precision, and the sum of its terms' magnitudes. */
export function dot(
  d: ArrayLike<number>,
  w: ArrayLike<number>,
  cols: number,
  sample: number,
  row: number,
): { value: number; magnitude: number } {
  let value = 0;
  let magnitude = 0;
  for (let c = 0; c < cols; c++) {
    const term = d[sample * cols + c] * w[row * cols + c];
    value += term;
    magnitude += Math.abs(term);
  }
  return { value, magnitude };
}

/**
 * A step of gradient descent with decay on single numbers: each product and the difference rounded, as without fused
 * multiply-adds.
 */
export function descend(weight: number, gradient: number, keep: number, rate: number): number {
  return Math.fround(Math.fround(keep * weight) - Math.fround(rate * gradient));
}
