// Active lists: which elements of a matrix of activations are not zero, by sample and by unit.
//
// Both hold pairs of an i32 and the f32 value, 8 bytes, in ascending order. A row's pattern comes from comparing sixteen floats at a time; then
// its set bits are visited by counting trailing zeros, so that the zeros cost next to nothing.

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
 * The active units of each sample, cut where blocks of `block` units (a multiple of 16) end.
 * entries: `[batch, ld]` pairs (unit within its block, value), a sample's blocks one after the other; ends: `[batch, blocks]` i32, where each
 * block's pairs end, counted in pairs from the sample's first.
 */
export function list_by_sample(entries: usize, ends: usize, u: usize, batch: i32, n: i32, ld: i32, block: i32): void {
  for (let s = 0; s < batch; s++) {
    const row = u + 4 * <usize>s * ld;
    const first = entries + 8 * <usize>s * ld;
    let to = first;
    for (let b = 0; b < n; b += block) {
      const stop = min(n, b + block);
      for (let j = b; j < stop; j += 16) {
        for (let bits = nonzero_16(row + 4 * j); bits != 0; bits &= bits - 1) {
          const unit = j + ctz(bits);
          store<i32>(to, unit - b);
          store<f32>(to, load<f32>(row + 4 * unit), 4);
          to += 8;
        }
      }
      store<i32>(ends, <i32>((to - first) >> 3));
      ends += 4;
    }
  }
}

/**
 * The active samples of units `from` to `to` − 1 (`from` a multiple of 16). entries: `[n, slots]` pairs (sample, value), slots ≥ batch;
 * counts: `[n]` i32. Both are overwritten for these units alone.
 */
export function list_by_unit(
  entries: usize, counts: usize, slots: i32, u: usize, batch: i32, ld: i32, from: i32, to: i32,
): void {
  memory.fill(counts + 4 * <usize>from, 0, 4 * <usize>(to - from));
  for (let s = 0; s < batch; s++) {
    const row = u + 4 * <usize>s * ld;
    for (let j = from; j < to; j += 16) {
      for (let bits = nonzero_16(row + 4 * j); bits != 0; bits &= bits - 1) {
        const unit = j + ctz(bits);
        append(entries, counts, slots, unit, s, load<f32>(row + 4 * unit));
      }
    }
  }
}

/** The kept samples of each unit, from packed keep bits `[batch, ceil(n / 128)]` of 16 bytes: as `list_by_unit`, every value 1. */
export function list_kept_by_unit(
  entries: usize, counts: usize, slots: i32, mask: usize, batch: i32, n: i32, from: i32, to: i32,
): void {
  memory.fill(counts + 4 * <usize>from, 0, 4 * <usize>(to - from));
  const stride: usize = 16 * ((n + 127) >> 7);
  for (let s = 0; s < batch; s++) {
    const row = mask + <usize>s * stride;
    for (let j = from; j < to; j += 16) {
      for (let bits = <i32>load<u16>(row + (j >> 3)); bits != 0; bits &= bits - 1) {
        append(entries, counts, slots, j + ctz(bits), s, 1);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function append(entries: usize, counts: usize, slots: i32, unit: i32, sample: i32, value: f32): void {
  const count = load<i32>(counts + 4 * unit);
  store<i32>(counts + 4 * unit, count + 1);
  const to = entries + 8 * (<usize>unit * slots + count);
  store<i32>(to, sample);
  store<f32>(to, value, 4);
}
