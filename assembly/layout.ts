// How matrices lie in memory: widths padded to whole grains, weights cut into panels (docs/architecture.md). The same
// numbers stand in src/memory/layout.ts; a test compares them.

/** Every width in memory is padded to a multiple of 16 floats: one cache line, the grain of all kernels. */
// @ts-ignore: decorator
@inline
export const GRAIN: i32 = 16;

/** n rounded up to whole grains. */
// @ts-ignore: decorator
@inline
export function pad(n: i32): i32 {
  return (n + 15) & ~15;
}

/** Columns of a weight panel: twelve vectors, what one row of accumulators of the sparse kernels holds. */
// @ts-ignore: decorator
@inline
export const PANEL: i32 = 48;

/** Columns of panel q of a matrix of `cols` columns: 48, the last one 16, 32 or 48. */
// @ts-ignore: decorator
@inline
export function panel_width(cols: i32, q: i32): i32 {
  return min(PANEL, pad(cols) - q * PANEL);
}

// A dense product's register tile and blocks, by the names of BLIS: m, n, k are rows, columns and depth.

/** Rows of the smaller register tile. The larger one has six. */
// @ts-ignore: decorator
@inline
export const MR: i32 = 4;
/** Columns of either register tile: two vectors. */
// @ts-ignore: decorator
@inline
export const NR: i32 = 8;
/** Depth of a block: a strip of 256 × 8 is 8 KB (16 KB of cache lines where it is read in place). */
// @ts-ignore: decorator
@inline
export const KC: i32 = 256;
/** Rows of a packed block: 192 × 256 floats are 192 KB of L2. A multiple of both tiles' rows. */
// @ts-ignore: decorator
@inline
export const MC: i32 = 192;

/** Samples that a sampled product takes at a time, at most: their part of a panel, 128 × 48 floats, stays in L1. */
// @ts-ignore: decorator
@inline
export const SAMPLES: i32 = 128;

/** Is this a vector's boundary? Only the `assert` build asks. */
// @ts-ignore: decorator
@inline
export function aligned(at: usize): bool {
  return (at & 15) == 0;
}
