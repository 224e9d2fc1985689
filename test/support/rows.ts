// Rows in the kernels' memory: filled, padded and compared with their double-precision twins.
import { expect } from "vitest";
import type { Scratch } from "./core.js";

export interface Shape {
  batch: number;
  n: number;
  ld: number;
}

export const pad = (n: number) => (n + 15) & ~15;

/**
 * Sizes around the vector (4), the grain (16) and the panel (48), with one column of grains to spare in every second.
 */
export const SHAPES: Shape[] = [1, 2, 15, 16, 17, 31, 33, 47, 48, 49].flatMap((n, i) =>
  [1, 2, 15 + i].map((batch) => ({ batch, n, ld: pad(n) + (i % 2) * 16 })),
);

/** Seeded uniforms in [0, 1), 24 bits each. */
export function uniform(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 8) / 2 ** 24;
  };
}

/** `count` f32 values in (−spread, spread). */
export function values(seed: number, count: number, spread: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => (2 * next() - 1) * spread);
}

/** `[batch, n]` in fenced memory as `[batch, ld]`; the padding up to pad(n) is zero, what follows keeps the pattern. */
export function place(core: Scratch, rows: ArrayLike<number>, { batch, n, ld }: Shape): number {
  const { at, view } = core.floats(batch * ld);
  for (let i = 0; i < batch; i++) {
    view.fill(0, i * ld, i * ld + pad(n));
    for (let j = 0; j < n; j++) view[i * ld + j] = rows[i * n + j];
  }
  return at;
}

/** Memory for `[batch, ld]` that still holds the pattern, a NaN. */
export function blank(core: Scratch, { batch, ld }: Shape): number {
  return core.floats(batch * ld).at;
}

/**
 * Expects `[batch, ld]` at `at` to be within `tolerance(i)` of `expected[i]` (0: equal, −0 and 0 alike), 0 from n to
 * pad(n) and untouched beyond.
 */
export function expectRows(
  core: Scratch,
  what: string,
  at: number,
  expected: ArrayLike<number>,
  { batch, n, ld }: Shape,
  tolerance: (i: number) => number,
) {
  const view = new Float32Array(core.memory.buffer, at, batch * ld);
  const bits = new Uint32Array(core.memory.buffer, at, batch * ld);
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < n; j++) {
      const actual = view[i * ld + j];
      const wanted = expected[i * n + j];
      // Written so that a NaN on one side alone is a failure.
      const near = Object.is(actual, wanted) || Math.abs(actual - wanted) <= tolerance(i * n + j);
      if (!near) {
        expect.fail(
          `${core.build} ${what} [${batch}, ${n}] ld ${ld}: row ${i}, column ${j} is ${actual}, should be ${wanted}; ` +
            `off by ${Math.abs(actual - wanted)}, allowed ${tolerance(i * n + j)}`,
        );
      }
    }
    for (let j = n; j < pad(n); j++) {
      if (bits[i * ld + j] !== 0) expect.fail(`${core.build} ${what}: padding at row ${i}, column ${j} of ${n} not 0`);
    }
    for (let j = pad(n); j < ld; j++) {
      if (bits[i * ld + j] !== 0x7fc0dead) expect.fail(`${core.build} ${what}: wrote row ${i}, column ${j} beyond pad`);
    }
  }
  core.checkFences();
}
