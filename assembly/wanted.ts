// Wanted lists: for each unit of a sampled product (sddmm.ts), the samples that want it, 128 at most.
//
// The product works on a copy of one panel of D, `[m, 48]`. An entry of a list is a u16, the distance in bytes from the
// start of that copy to the sample's row. To make the lists, sixteen bits of each sample, one per unit, are transposed
// to a word of 64 samples per unit. Then a table turns four bits at a time into entries. As in lists.ts, there is no
// branch for each bit, because no branch predictor can foresee what dropout drops.

import { aligned, PANEL, SAMPLES } from "./layout";
import { nonzero_16 } from "./lists";
import { LEARNS } from "./simd";

/** Bytes from one row of the copy to the next. */
// @ts-ignore: decorator
@inline
export const ROW: i32 = 4 * PANEL;
/** Entries of a list of `count` samples, with those that fill it up. */
// @ts-ignore: decorator
@inline
export function filled(count: i32): usize {
  return <usize>((count + 3) & ~3);
}

/** One row, in each of four u16. */
// @ts-ignore: decorator
@inline
const ROWS: i64 = <i64>ROW * 0x0001000100010001;

/** Row b: the numbers from 0 to 3 whose bits are set in b, in ascending order, times the 192 bytes of a ROW. */
const CHOSEN = memory.data<u16>([
  0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 0, 0, 0, 192, 0, 0,
  384, 0, 0, 0, 0, 384, 0, 0, 192, 384, 0, 0, 0, 192, 384, 0,
  576, 0, 0, 0, 0, 576, 0, 0, 192, 576, 0, 0, 0, 192, 576, 0,
  384, 576, 0, 0, 0, 384, 576, 0, 192, 384, 576, 0, 0, 192, 384, 576,
], 16);

/**
 * The samples of units `from` to `to` − 1 (`from` a multiple of 16) whose elements of u `[m, ·]` are not zero; NaN is
 * not zero. Rows are `stride` bytes apart, and m is 128 at most. Lists follow each other without gaps, each filled up
 * to a multiple of 4 with the first sample; counts, an i32 per unit, are without the filling. There has to be room for
 * all samples, rounded up to 4, of each unit. scratch: 384 bytes.
 */
export function list_active(
  lists: usize, counts: usize, u: usize, m: i32, stride: i32, scratch: usize, from: i32, to: i32,
): void {
  assert(m <= SAMPLES && from % 16 == 0 && aligned(u) && aligned(scratch));
  list_wanted(lists, counts, u, stride, false, m, scratch, from, to);
}

/** As `list_active`, the samples that packed keep bits `[m, ·]` keep. */
export function list_kept(
  lists: usize, counts: usize, mask: usize, m: i32, stride: i32, scratch: usize, from: i32, to: i32,
): void {
  assert(m <= SAMPLES && from % 16 == 0 && aligned(mask));
  if (LEARNS) list_wanted(lists, counts, mask, stride, true, m, scratch, from, to);
  else list_bits(lists, counts, mask, stride, m, from, to);
}

/**
 * `list_kept` in less code, for the build that is compiled for size: one bit at a time. Every sample is written, but
 * the list grows only by those whose bit is set. Some sample stands behind the list's end, and any sample may fill it
 * up.
 */
function list_bits(
  lists: usize, counts: usize, mask: usize, stride: i32, m: i32, from: i32, to: i32,
): void {
  memory.fill(lists, 0, 2 * filled(m) * <usize>(to - from));
  for (let j = from; j < to; j++) {
    let bits = mask + <usize>(j >> 3);
    let at = lists;
    for (let row = 0; row < ROW * m; row += ROW) {
      store<u16>(at, row);
      at += <usize>((load<u8>(bits) >> <u8>(j & 7)) & 1) << 1;
      bits += stride;
    }
    const count = <i32>(at - lists) >> 1;
    store<i32>(counts, count);
    counts += 4;
    lists += 2 * filled(count);
  }
}

// @ts-ignore: decorator
@inline
function list_wanted(
  lists: usize, counts: usize, source: usize, stride: i32, packed: bool, m: i32, scratch: usize,
  from: i32, to: i32,
): void {
  const columns = scratch + 128;
  for (let j = from; j < to; j += 16) {
    const units = min(16, to - j);
    let row = source + (packed ? <usize>j >> 3 : 4 * <usize>j);
    if (m == 1) {
      lists = list_single(lists, counts, packed ? <i32>load<u16>(row) : nonzero_16(row), units);
      counts += 4 * units;
      continue;
    }
    for (let half = 0; 64 * half < m; half++) {
      const rows = min(64, m - 64 * half);
      if (rows & 15) {
        v128.store(scratch + 32 * (rows >> 4), i32x4.splat(0));
        v128.store(scratch + 32 * (rows >> 4), i32x4.splat(0), 16);
      }
      for (let s = 0; s < rows; s++) {
        store<u16>(scratch + 2 * s, packed ? <i32>load<u16>(row) : nonzero_16(row));
        row += stride;
      }
      transpose_bits(columns + 8 * half, scratch, rows);
    }
    for (let i = 0; i < units; i++) {
      const count = expand(lists, columns + 16 * i, m);
      store<i32>(counts, count);
      counts += 4;
      lists += 2 * filled(count);
    }
  }
}

/** The lists of a batch of one: unit i is wanted where bit i of `bits` is set. Returns where the next list goes. */
function list_single(lists: usize, counts: usize, bits: i32, units: i32): usize {
  for (let i = 0; i < units; i++) {
    store<i64>(lists, 0);
    store<i32>(counts + 4 * i, bits & 1);
    lists += 8 * <usize>(bits & 1);
    bits >>= 1;
  }
  return lists;
}

/**
 * Bits `[64 samples]` of u16 at x → 64 bits for each of the sixteen units, 16 bytes apart. Samples from `rows` on have
 * none, and x is read up to the next multiple of 16.
 */
function transpose_bits(out: usize, x: usize, rows: i32): void {
  if (rows <= 48) for (let i = 0; i < 256; i += 16) store<i64>(out + i, 0);
  for (let s = 0; s < rows; s += 16) {
    const a = v128.load(x), b = v128.load(x, 16);
    let low = i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    let high = i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    for (let to = out + 16 * 7; to >= out; to -= 16) {
      store<u16>(to, i8x16.bitmask(low));
      store<u16>(to, i8x16.bitmask(high), 16 * 8);
      low = i8x16.add(low, low);
      high = i8x16.add(high, high);
    }
    out += 2;
    x += 32;
  }
}

/** The list of those of m samples whose bits are set at `bits`, filled up to a multiple of 4. Returns its length. */
function expand(list: usize, bits: usize, m: i32): i32 {
  let at = list;
  for (let half = 0; 64 * half < m; half++) {
    let first = 64 * half * ROWS;
    for (let left = load<u64>(bits + 8 * half); left != 0; left >>= 4) {
      const four = <usize>left & 15;
      store<i64>(at, load<i64>(CHOSEN + 8 * four) + first);
      at += 2 * <usize>popcnt(four);
      first += 4 * ROWS;
    }
  }
  const count = <i32>(at - list) >> 1;
  for (let end = count; end & 3; end++) store<u16>(list + 2 * <usize>end, 0);
  return count;
}
