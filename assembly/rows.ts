// The micro-kernel of the sparse products: a sum of scaled rows, C[width] = Σ value·row over a list of (offset, value)
// pairs.
//
// SIMD runs along the dense rows, never along the list. All of C stays in registers while the list runs. 48 columns are
// twelve accumulators: V8's fifteen registers hold no more beside the value and one load, and twelve chains hide the
// latency of the multiply-add. C is read without a branch and masked away where it does not count, so that V8 can pair
// neighbours into 256-bit operations (docs/speed.md). Each column is one chain in the list's order. It equals the dense
// sum to the bit, because the terms left out are zeros.
//
// The order of the columns in a loop's body matters to V8 before 13. It keeps loads in the order in which they are
// written, but moves the multiply-adds into the order in which their results are used behind the loop. Where the two
// orders differ, it loads all twelve vectors before it uses the first, runs out of registers, and is half as fast. So
// sums that are only stored, as here, are written with the first column first. Sums that are computed with, as in
// descent.ts, are written with the last column first.

import { LEARNS, madd } from "./simd";

/**
 * One row of C, `width` (16, 32 or 48) columns. The list from `list` to `end` has pairs of an i32 and an f32, 8 bytes
 * each: the row at base + stride·i32 bytes is read `width` wide. `first` starts from zero; otherwise C continues a
 * chain that memory carries.
 */
// @ts-ignore: decorator
@inline
export function sum_rows(
  c: usize, width: i32, list: usize, end: usize, base: usize, stride: i32, first: bool,
): void {
  if (width == 48) sum_48(c, list, end, base, stride, first);
  else if (!LEARNS) for (let j = 0; j < 4 * width; j += 64) sum_16(c + j, list, end, base + j, stride, first);
  else if (width == 32) sum_32(c, list, end, base, stride, first);
  else sum_16(c, list, end, base, stride, first);
}

/** `c` is 48 columns wide: 12 accumulators. */
function sum_48(c: usize, list: usize, end: usize, base: usize, stride: i32, first: bool): void {
  const carried = i32x4.splat(first ? 0 : -1);
  let c0 = v128.and(carried, v128.load(c));
  let c1 = v128.and(carried, v128.load(c, 16));
  let c2 = v128.and(carried, v128.load(c, 32));
  let c3 = v128.and(carried, v128.load(c, 48));
  let c4 = v128.and(carried, v128.load(c, 64));
  let c5 = v128.and(carried, v128.load(c, 80));
  let c6 = v128.and(carried, v128.load(c, 96));
  let c7 = v128.and(carried, v128.load(c, 112));
  let c8 = v128.and(carried, v128.load(c, 128));
  let c9 = v128.and(carried, v128.load(c, 144));
  let c10 = v128.and(carried, v128.load(c, 160));
  let c11 = v128.and(carried, v128.load(c, 176));
  for (; list < end; list += 8) {
    const row = base + <usize>(load<i32>(list) * stride);
    const value = v128.load32_splat(list, 4);
    c0 = madd(value, v128.load(row), c0);
    c1 = madd(value, v128.load(row, 16), c1);
    c2 = madd(value, v128.load(row, 32), c2);
    c3 = madd(value, v128.load(row, 48), c3);
    c4 = madd(value, v128.load(row, 64), c4);
    c5 = madd(value, v128.load(row, 80), c5);
    c6 = madd(value, v128.load(row, 96), c6);
    c7 = madd(value, v128.load(row, 112), c7);
    c8 = madd(value, v128.load(row, 128), c8);
    c9 = madd(value, v128.load(row, 144), c9);
    c10 = madd(value, v128.load(row, 160), c10);
    c11 = madd(value, v128.load(row, 176), c11);
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
  v128.store(c, c8, 128);
  v128.store(c, c9, 144);
  v128.store(c, c10, 160);
  v128.store(c, c11, 176);
}

/** `c` is 32 columns wide: 8 accumulators. */
function sum_32(c: usize, list: usize, end: usize, base: usize, stride: i32, first: bool): void {
  const carried = i32x4.splat(first ? 0 : -1);
  let c0 = v128.and(carried, v128.load(c));
  let c1 = v128.and(carried, v128.load(c, 16));
  let c2 = v128.and(carried, v128.load(c, 32));
  let c3 = v128.and(carried, v128.load(c, 48));
  let c4 = v128.and(carried, v128.load(c, 64));
  let c5 = v128.and(carried, v128.load(c, 80));
  let c6 = v128.and(carried, v128.load(c, 96));
  let c7 = v128.and(carried, v128.load(c, 112));
  for (; list < end; list += 8) {
    const row = base + <usize>(load<i32>(list) * stride);
    const value = v128.load32_splat(list, 4);
    c0 = madd(value, v128.load(row), c0);
    c1 = madd(value, v128.load(row, 16), c1);
    c2 = madd(value, v128.load(row, 32), c2);
    c3 = madd(value, v128.load(row, 48), c3);
    c4 = madd(value, v128.load(row, 64), c4);
    c5 = madd(value, v128.load(row, 80), c5);
    c6 = madd(value, v128.load(row, 96), c6);
    c7 = madd(value, v128.load(row, 112), c7);
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

/** `c` is 16 columns wide: 4 accumulators. */
function sum_16(c: usize, list: usize, end: usize, base: usize, stride: i32, first: bool): void {
  const carried = i32x4.splat(first ? 0 : -1);
  let c0 = v128.and(carried, v128.load(c));
  let c1 = v128.and(carried, v128.load(c, 16));
  let c2 = v128.and(carried, v128.load(c, 32));
  let c3 = v128.and(carried, v128.load(c, 48));
  for (; list < end; list += 8) {
    const row = base + <usize>(load<i32>(list) * stride);
    const value = v128.load32_splat(list, 4);
    c0 = madd(value, v128.load(row), c0);
    c1 = madd(value, v128.load(row, 16), c1);
    c2 = madd(value, v128.load(row, 32), c2);
    c3 = madd(value, v128.load(row, 48), c3);
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
}
