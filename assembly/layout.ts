// How matrices lie in memory: widths padded to whole grains, weights cut into panels (docs/architecture.md). The same
// numbers stand in src/memory/layout.ts.

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
