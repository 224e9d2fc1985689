// Keep bits. A mask is `[batch, ceil(n / 128)]` blocks of 16 bytes; unit j of a row is bit j mod 8 of byte j div 8,
// 1 = kept, and bits from n up are 0. docs/masks.md states which bits they are.
import {
  mul_high, mul_low, philox_m0, philox_m1, philox_strided, philox_w0, philox_w1, transpose_row, xor3,
} from "./philox";
import { LEARNS } from "./simd";

/** Word w of a row's last block, which has `units` (1 … 128) units: ones where there are units. */
// @ts-ignore: decorator
@inline
function tail_word(units: i32, w: i32): i32 {
  const bits = units - 32 * w;
  return bits >= 32 ? -1 : bits <= 0 ? 0 : (1 << bits) - 1;
}

/** The undecided units that two more planes x, y leave undecided: their digits are those of D. */
// @ts-ignore: decorator
@inline
function open_after(open: v128, x: v128, y: v128, digit_x: v128, digit_y: v128): v128 {
  return v128.andnot(v128.andnot(open, v128.xor(x, digit_x)), v128.xor(y, digit_y));
}

/** The kept units after two more planes: where D's digit is 0, an undecided unit with a 1 is larger than D. */
// @ts-ignore: decorator
@inline
function kept_after(kept: v128, open: v128, x: v128, y: v128, digit_x: v128, digit_y: v128): v128 {
  const still_open = v128.andnot(open, v128.xor(x, digit_x));
  return v128.or(kept, v128.or(
    v128.andnot(v128.and(open, x), digit_x),
    v128.andnot(v128.and(still_open, y), digit_y),
  ));
}

/** p·2³² rounded to the nearest integer, a half up: adding ½ before rounding down could itself round. */
// @ts-ignore: decorator
@inline
function threshold(p: f64): u64 {
  const scaled = p * 4294967296.0;
  const whole = Math.floor(scaled);
  return <u64>whole + (scaled - whole >= 0.5 ? 1 : 0);
}

/** Every row: ones for n units (or zeros for all of them), zeros behind. */
function fill_mask(mask: usize, batch: i32, n: i32, kept: bool): void {
  const row_bytes = <usize>((n + 127) >> 7) << 4;
  memory.fill(mask, 0, row_bytes * batch);
  if (!kept) return;
  for (let row = 0; row < batch; ++row, mask += row_bytes) {
    memory.fill(mask, 0xff, n >> 3);
    if (n & 7) store<u8>(mask + (n >> 3), <u8>0xff >> <u8>(8 - (n & 7)));
  }
}

/** The mask for p = ½ is plane 0 as it comes, the same block of four rows at a time. */
function draw_half(
  mask: usize, batch: i32, n: i32, sample0: u32, c2: u32, c3: u32, k0: u32, k1: u32,
): void {
  const blocks = (n + 127) >> 7;
  const last = <usize>(blocks - 1) << 4;
  const tail = n - ((blocks - 1) << 7);
  const units = i64x2.shuffle(
    i32x4.replace_lane(i32x4.splat(tail_word(tail, 0)), 1, tail_word(tail, 1)),
    i32x4.replace_lane(i32x4.splat(tail_word(tail, 2)), 1, tail_word(tail, 3)), 0, 2);
  for (let block = 0; block < blocks; ++block) {
    philox_strided(mask + 16 * block, last + 16, batch, 0, 1, 32 * block, sample0, c2, c3, k0, k1);
  }
  for (let row = 0; row < batch; ++row, mask += last + 16) {
    v128.store(mask + last, v128.and(v128.load(mask + last), units));
  }
}

/**
 * mask `[batch, ceil(n / 128)]` of 16 bytes, overwritten: the keep bits of the samples sample0 … sample0 + batch − 1,
 * units dropped with probability p in [0, 1]. stream < 16, layer < 4096, step = step_hi·2³² + step_lo < 2⁴⁸, seed =
 * seed_hi·2³² + seed_lo.
 *
 * A unit is kept where its 32-bit uniform is at least D = round(p·2³²). The comparison goes digit by digit from the top
 * for 128 units at once: plane d of random bits are the digits 31 − d of 128 uniforms. A unit is decided where its
 * uniform's digit differs from D's. A block is done when all its units are decided, or when D has only zeros left: then
 * the rest is kept.
 *
 * Four blocks are under way at a time, one per lane. A lane whose block is done takes the next block of the mask. Rows
 * follow each other in memory, so the next block is 16 bytes on. Every turn draws two planes for each lane. Two chains
 * of Philox hide each other's latency. That is worth more than the plane that half of the blocks did not need. Lanes
 * that find no block stay done.
 */
export function draw_mask(
  mask: usize, batch: i32, n: i32, sample0: u32, p: f64,
  stream: u32, layer: u32, step_lo: u32, step_hi: u32, seed_lo: u32, seed_hi: u32,
): void {
  const D = threshold(p);
  if (D == 0 || D >> 32 || batch == 0) return fill_mask(mask, batch, n, D == 0);

  const blocks = (n + 127) >> 7;
  const c3 = stream << 28 | layer << 16 | step_hi;
  if (LEARNS && D == <u64>1 << 31) {
    return draw_half(mask, batch, n, sample0, step_lo, c3, seed_lo, seed_hi);
  }

  const end = mask + ((<usize>blocks * batch) << 4);
  const zero = i32x4.splat(0), last = i32x4.splat(blocks - 1), row = i32x4.splat(blocks);
  const tail = n - ((blocks - 1) << 7);
  const tail0 = i32x4.splat(tail_word(tail, 0)), tail1 = i32x4.splat(tail_word(tail, 1));
  const tail2 = i32x4.splat(tail_word(tail, 2)), tail3 = i32x4.splat(tail_word(tail, 3));
  const m0 = philox_m0(), m1 = philox_m1(), w0 = philox_w0(), w1 = philox_w1();

  // Per lane: where its block lies, its counter, the digits of D still to compare; then its units, kept and undecided.
  let at = i32x4.splat(<i32>mask), c0 = zero, c1 = zero, digits = zero;
  let kept0 = zero, kept1 = zero, kept2 = zero, kept3 = zero;
  let open0 = zero, open1 = zero, open2 = zero, open3 = zero;
  let done = i32x4.splat(-1);
  let next = mask, block = 0, sample = sample0;

  for (;;) {
    if (i32x4.bitmask(done)) {
      // All four lanes are stored; those that are not done will be stored again. With fewer than four blocks some lanes
      // never get one and point at the first. That is lane 0's block, so lane 0 is stored last.
      const k0 = v128.or(kept0, open0), k1 = v128.or(kept1, open1);
      const k2 = v128.or(kept2, open2), k3 = v128.or(kept3, open3);
      v128.store(i32x4.extract_lane(at, 3), transpose_row(k0, k1, k2, k3, 3));
      v128.store(i32x4.extract_lane(at, 2), transpose_row(k0, k1, k2, k3, 2));
      v128.store(i32x4.extract_lane(at, 1), transpose_row(k0, k1, k2, k3, 1));
      v128.store(i32x4.extract_lane(at, 0), transpose_row(k0, k1, k2, k3, 0));

      // i: how many lanes before this one are done. A lane that is done takes the i-th next block, if there is one.
      const i = i32x4.neg(i32x4.add(i32x4.shuffle(done, zero, 4, 0, 1, 2),
        i32x4.add(i32x4.shuffle(done, zero, 4, 5, 0, 1), i32x4.shuffle(done, zero, 4, 5, 6, 0))));
      const take = v128.and(done, i32x4.lt_s(i, i32x4.splat(<i32>((end - next) >> 4))));
      let its_block = i32x4.add(i32x4.splat(block), i), its_sample = i32x4.splat(sample);
      for (let wrap = 0; wrap < 3; ++wrap) {
        const over = i32x4.gt_s(its_block, last);
        its_block = i32x4.sub(its_block, v128.and(over, row));
        its_sample = i32x4.sub(its_sample, over);
      }
      at = v128.bitselect(i32x4.add(i32x4.splat(<i32>next), i32x4.shl(i, 4)), at, take);
      c0 = v128.bitselect(i32x4.shl(its_block, 5), c0, take);
      c1 = v128.bitselect(its_sample, c1, take);
      digits = v128.bitselect(i32x4.splat(<i32>D), digits, take);
      kept0 = v128.andnot(kept0, take);
      kept1 = v128.andnot(kept1, take);
      kept2 = v128.andnot(kept2, take);
      kept3 = v128.andnot(kept3, take);
      const full = i32x4.ne(its_block, last);
      open0 = v128.bitselect(v128.or(full, tail0), open0, take);
      open1 = v128.bitselect(v128.or(full, tail1), open1, take);
      open2 = v128.bitselect(v128.or(full, tail2), open2, take);
      open3 = v128.bitselect(v128.or(full, tail3), open3, take);

      const taken = popcnt(i32x4.bitmask(take));
      if (taken == 0 && i32x4.bitmask(done) == 15) return;
      next += <usize>taken << 4;
      for (block += taken; block >= blocks; block -= blocks) ++sample;
    }

    let x0 = c0, x1 = c1, x2 = i32x4.splat(step_lo), x3 = i32x4.splat(c3);
    let y0 = i32x4.add(c0, i32x4.splat(1)), y1 = c1, y2 = x2, y3 = x3;
    let key0 = i32x4.splat(seed_lo), key1 = i32x4.splat(seed_hi);
    for (let round = 0; round < 10; ++round) {
      const a = x0, b = x2, c = y0, d = y2;
      x0 = xor3(mul_high(b, m1), x1, key0);
      x1 = mul_low(b, m1);
      x2 = xor3(mul_high(a, m0), x3, key1);
      x3 = mul_low(a, m0);
      y0 = xor3(mul_high(d, m1), y1, key0);
      y1 = mul_low(d, m1);
      y2 = xor3(mul_high(c, m0), y3, key1);
      y3 = mul_low(c, m0);
      key0 = i32x4.add(key0, w0);
      key1 = i32x4.add(key1, w1);
    }

    const digit0 = i32x4.shr_s(digits, 31), digit1 = i32x4.shr_s(i32x4.shl(digits, 1), 31);
    kept0 = kept_after(kept0, open0, x0, y0, digit0, digit1);
    kept1 = kept_after(kept1, open1, x1, y1, digit0, digit1);
    kept2 = kept_after(kept2, open2, x2, y2, digit0, digit1);
    kept3 = kept_after(kept3, open3, x3, y3, digit0, digit1);
    open0 = open_after(open0, x0, y0, digit0, digit1);
    open1 = open_after(open1, x1, y1, digit0, digit1);
    open2 = open_after(open2, x2, y2, digit0, digit1);
    open3 = open_after(open3, x3, y3, digit0, digit1);
    c0 = i32x4.add(c0, i32x4.splat(2));
    digits = i32x4.shl(digits, 2);
    const any_open = v128.or(v128.or(open0, open1), v128.or(open2, open3));
    done = v128.or(i32x4.eq(any_open, zero), i32x4.eq(digits, zero));
  }
}
