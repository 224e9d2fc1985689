// Active lists: which elements of a matrix of activations are not zero, by sample and by unit.
//
// Both hold pairs of an i32 and the f32 value, 8 bytes, in ascending order. A row's pattern comes from comparing
// sixteen floats at a time; then its set bits are visited by counting trailing zeros, so that the zeros cost next to
// nothing.

/** Bit k of the result: float k of the sixteen at x is not zero (NaN counts as not zero). */
// @ts-ignore: decorator
@inline
function nonzero_16(x: usize): i32 {
  const zero = i32x4.splat(0);
  const a = f32x4.ne(v128.load(x), zero);
  const b = f32x4.ne(v128.load(x, 16), zero);
  const c = f32x4.ne(v128.load(x, 32), zero);
  const d = f32x4.ne(v128.load(x, 48), zero);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/** Elements of u `[batch, n]` that are not zero. */
export function count_nonzero(u: usize, batch: i32, n: i32, ld: i32): i32 {
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
 * without gaps; spans: `[blocks, batch]` pairs (begin, end) of i32 that count pairs of entries.
 */
export function list_by_block(
  entries: usize, spans: usize, u: usize, batch: i32, n: i32, ld: i32, block: i32, from: i32, to: i32,
): void {
  for (let b = from; b < to; b++) {
    const first = b * block;
    const last = min(n, first + block);
    let at = first * batch;
    for (let s = 0; s < batch; s++) {
      const row = u + 4 * <usize>s * ld;
      const span = spans + 8 * <usize>(b * batch + s);
      store<i32>(span, at);
      for (let j = first; j < last; j += 16) {
        for (let bits = nonzero_16(row + 4 * j); bits != 0; bits &= bits - 1) {
          const unit = j + ctz(bits);
          const entry = entries + 8 * <usize>at;
          store<i32>(entry, unit - first);
          store<f32>(entry, load<f32>(row + 4 * unit), 4);
          at++;
        }
      }
      store<i32>(span, at, 4);
    }
  }
}

/**
 * The active samples of units `from` to `to` − 1 (`from` a multiple of 16). entries: pairs (sample, value), those of
 * these units from pair from·slots on, unit after unit, each beginning at a multiple of 4; slots is the batch rounded
 * up to a multiple of 4. spans: `[n]` pairs (begin, end) of i32 that count pairs of entries, overwritten for these
 * units alone.
 */
export function list_by_unit(
  entries: usize, spans: usize, slots: i32, u: usize, batch: i32, ld: i32, from: i32, to: i32,
): void {
  begin_lists(spans, slots, from, to);
  for (let s = 0; s < batch; s++) {
    const row = u + 4 * <usize>s * ld;
    for (let j = from; j < to; j += 16) {
      for (let bits = nonzero_16(row + 4 * j); bits != 0; bits &= bits - 1) {
        const unit = j + ctz(bits);
        append(entries, spans, unit, s, load<f32>(row + 4 * unit));
      }
    }
  }
  close_gaps(entries, spans, slots, from, to);
}

/**
 * The kept samples of each unit, from packed keep bits `[batch, ceil(n / 128)]` of 16 bytes: as `list_by_unit`, every
 * value 1.
 */
export function list_kept_by_unit(
  entries: usize, spans: usize, slots: i32, mask: usize, batch: i32, n: i32, from: i32, to: i32,
): void {
  begin_lists(spans, slots, from, to);
  const stride: usize = 16 * ((n + 127) >> 7);
  for (let s = 0; s < batch; s++) {
    const row = mask + <usize>s * stride;
    for (let j = from; j < to; j += 16) {
      for (let bits = <i32>load<u16>(row + (j >> 3)); bits != 0; bits &= bits - 1) {
        append(entries, spans, j + ctz(bits), s, 1);
      }
    }
  }
  close_gaps(entries, spans, slots, from, to);
}

/** Every unit's list empty, with room for `slots` pairs. */
function begin_lists(spans: usize, slots: i32, from: i32, to: i32): void {
  for (let r = from; r < to; r++) {
    store<i32>(spans + 8 * <usize>r, r * slots);
    store<i32>(spans + 8 * <usize>r, r * slots, 4);
  }
}

// @ts-ignore: decorator
@inline
function append(entries: usize, spans: usize, unit: i32, sample: i32, value: f32): void {
  const span = spans + 8 * <usize>unit;
  const end = load<i32>(span, 4);
  store<i32>(span, end + 1, 4);
  store<i32>(entries + 8 * <usize>end, sample);
  store<f32>(entries + 8 * <usize>end, value, 4);
}

/**
 * Moves the lists together: products walk all of them once for each panel, and memory that is walked in order comes
 * sooner.
 */
function close_gaps(entries: usize, spans: usize, slots: i32, from: i32, to: i32): void {
  let at = from * slots;
  for (let r = from; r < to; r++) {
    const span = spans + 8 * <usize>r;
    const begin = load<i32>(span);
    const length = load<i32>(span, 4) - begin;
    if (begin != at) memory.copy(entries + 8 * <usize>at, entries + 8 * <usize>begin, 8 * <usize>length);
    store<i32>(span, at);
    store<i32>(span, at + length, 4);
    at = (at + length + 3) & ~3;
  }
}
