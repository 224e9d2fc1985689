// Active lists: which elements of a matrix of activations are not zero, by sample and by unit, with their values.
//
// Both hold pairs of an i32 and the f32 value, 8 bytes, in ascending order. There is no branch for each element,
// because dropout is random and a branch predictor would often be wrong. Instead a table of byte orders moves those of
// every four floats that are not zero to the front. Four pairs are stored, but the list grows only by those that count.
// The next four are stored over the rest.

import { aligned } from "./layout";

/**
 * Byte orders for `swizzle`: row b moves the lanes whose bits are set in b to the front, in order. The rest of a row is
 * 0xff, which gives zero.
 */
const ORDERS = memory.data<u32>([
  0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
  0x03020100, 0xffffffff, 0xffffffff, 0xffffffff,
  0x07060504, 0xffffffff, 0xffffffff, 0xffffffff,
  0x03020100, 0x07060504, 0xffffffff, 0xffffffff,
  0x0b0a0908, 0xffffffff, 0xffffffff, 0xffffffff,
  0x03020100, 0x0b0a0908, 0xffffffff, 0xffffffff,
  0x07060504, 0x0b0a0908, 0xffffffff, 0xffffffff,
  0x03020100, 0x07060504, 0x0b0a0908, 0xffffffff,
  0x0f0e0d0c, 0xffffffff, 0xffffffff, 0xffffffff,
  0x03020100, 0x0f0e0d0c, 0xffffffff, 0xffffffff,
  0x07060504, 0x0f0e0d0c, 0xffffffff, 0xffffffff,
  0x03020100, 0x07060504, 0x0f0e0d0c, 0xffffffff,
  0x0b0a0908, 0x0f0e0d0c, 0xffffffff, 0xffffffff,
  0x03020100, 0x0b0a0908, 0x0f0e0d0c, 0xffffffff,
  0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0xffffffff,
  0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
], 16);

/** The bytes of x in an order; zeros where it says 0xff: the relaxed operation gives them in every engine. */
// @ts-ignore: decorator
@inline
function chosen(x: v128, order: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(x, order) : i8x16.swizzle(x, order);
}

/** Bit k of the result: float k of the sixteen at x is not zero (NaN counts as not zero). */
// @ts-ignore: decorator
@inline
export function nonzero_16(x: usize): i32 {
  const zero = i32x4.splat(0);
  const a = f32x4.ne(v128.load(x), zero);
  const b = f32x4.ne(v128.load(x, 16), zero);
  const c = f32x4.ne(v128.load(x, 32), zero);
  const d = f32x4.ne(v128.load(x, 48), zero);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/** At entry: a pair for each lane of `values` that is not zero, lane k's being number first + k. Returns how many. */
// @ts-ignore: decorator
@inline
function append_4(entry: usize, values: v128, first: i32): i32 {
  const bits = i32x4.bitmask(f32x4.ne(values, i32x4.splat(0)));
  const order = v128.load(ORDERS + 16 * <usize>bits);
  const index = chosen(i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), order);
  const value = chosen(values, order);
  v128.store(entry, i32x4.shuffle(index, value, 0, 4, 1, 5));
  v128.store(entry, i32x4.shuffle(index, value, 2, 6, 3, 7), 16);
  return popcnt(bits);
}

/** Elements of u `[batch, n]` that are not zero. */
export function count_nonzero(u: usize, batch: i32, n: i32, ld: i32): i32 {
  assert(aligned(u) && ld % 4 == 0);
  let count = 0;
  for (let s = 0; s < batch; s++) {
    const row = u + 4 * <usize>s * ld;
    for (let j = 0; j < n; j += 16) count += popcnt(nonzero_16(row + 4 * j));
  }
  return count;
}

/**
 * The active units of each sample, cut into blocks of `block` units (a multiple of 16), for blocks `from` to `to` − 1.
 * entries: pairs (unit within its block, value), those of block b from pair b·block·batch on, sample after sample
 * without gaps, with room for batch·n of them and three more, which the last store may touch. spans: `[blocks, batch]`
 * pairs (begin, end) of i32 that count pairs of entries.
 */
export function list_by_block(
  entries: usize, spans: usize, u: usize, batch: i32, n: i32, ld: i32, block: i32, from: i32, to: i32,
): void {
  assert(block % 16 == 0 && ld % 4 == 0 && aligned(u));
  for (let b = from; b < to; b++) {
    const first = b * block;
    const last = min(n, first + block);
    let at = first * batch;
    for (let s = 0; s < batch; s++) {
      const row = u + 4 * <usize>s * ld;
      const span = spans + 8 * <usize>(b * batch + s);
      store<i32>(span, at);
      for (let j = first; j < last; j += 4) {
        at += append_4(entries + 8 * <usize>at, v128.load(row + 4 * <usize>j), j - first);
      }
      store<i32>(span, at, 4);
    }
  }
}

/**
 * The active samples of units `from` to `to` − 1 (`from` a multiple of 16). entries: pairs (sample, value), those of
 * these units from pair from·slots on, unit after unit, each beginning at a multiple of 4 and filled up to one with
 * pairs of zeros; slots is a multiple of 4 and no less than the batch. spans: `[n]` pairs (begin, end) of i32 that
 * count pairs of entries, overwritten for these units alone.
 *
 * Sixteen units at a time are transposed to columns, which the lists are then made from. The columns lie at the end of
 * the room for these lists, where lists come to lie later. No list is written over a column that is still to be read: a
 * list takes at most `slots` pairs of 8 bytes, a column `slots` floats of 4.
 */
export function list_by_unit(
  entries: usize, spans: usize, slots: i32, u: usize, batch: i32, ld: i32, from: i32, to: i32,
): void {
  assert(from % 16 == 0 && slots % 4 == 0 && slots >= batch && ld % 4 == 0 && aligned(u));
  let at = from * slots;
  if (batch == 1) return list_sample(entries, spans, at, u, from, to);
  for (let j = from; j < to; j += 16) {
    const units = min(16, to - j);
    let column = entries + 8 * <usize>(to * slots) - 4 * <usize>(units * slots);
    transpose(column, slots, u + 4 * <usize>j, ld, batch, units);
    for (let i = j; i < j + units; i++) {
      store<i32>(spans + 8 * <usize>i, at);
      for (let s = 0; s < batch; s += 4) {
        at += append_4(entries + 8 * <usize>at, v128.load(column + 4 * <usize>s), s);
      }
      store<i32>(spans + 8 * <usize>i, at, 4);
      for (; at & 3; at++) store<i64>(entries + 8 * <usize>at, 0);
      column += 4 * <usize>slots;
    }
  }
}

/** `list_by_unit` of a batch of one: a list has four pairs, all but the first of them zeros, or none. */
function list_sample(entries: usize, spans: usize, at: i32, u: usize, from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    const value = load<u32>(u + 4 * <usize>i);
    const active = <i32>((value << 1) != 0); // −0 is zero
    const entry = entries + 8 * <usize>at;
    v128.store(entry, i64x2.replace_lane(i32x4.splat(0), 0, <i64>value << 32));
    v128.store(entry, i32x4.splat(0), 16);
    store<i32>(spans + 8 * <usize>i, at);
    store<i32>(spans + 8 * <usize>i, at + active, 4);
    at += 4 * active;
  }
}

/** out `[units, slots]` = the transpose of u `[batch, units]` (stride ld, room for 16); zeros up to a multiple of 4. */
function transpose(out: usize, slots: i32, u: usize, ld: i32, batch: i32, units: i32): void {
  const row: usize = 4 * ld;
  const column: usize = 4 * slots;
  const zero = i32x4.splat(0);
  for (let s = 0; s < batch; s += 4) {
    const left = batch - s;
    for (let j = 0; j < units; j += 4) {
      const from = u + <usize>s * row + 4 * <usize>j;
      const a = v128.load(from);
      const b = left > 1 ? v128.load(from + row) : zero;
      const c = left > 2 ? v128.load(from + 2 * row) : zero;
      const d = left > 3 ? v128.load(from + 3 * row) : zero;
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5);
      const cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
      const to = out + <usize>j * column + 4 * <usize>s;
      v128.store(to, i64x2.shuffle(ab0, cd0, 0, 2));
      if (j + 1 < units) v128.store(to + column, i64x2.shuffle(ab0, cd0, 1, 3));
      if (j + 2 < units) v128.store(to + 2 * column, i64x2.shuffle(ab1, cd1, 0, 2));
      if (j + 3 < units) v128.store(to + 3 * column, i64x2.shuffle(ab1, cd1, 1, 3));
    }
  }
}
