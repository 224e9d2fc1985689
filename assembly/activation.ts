// From sums to units and back: bias, activation, dropout mask and scale in one pass over memory.
// A dropped unit is made zero by AND, never by a product: its sum may be infinite.
import { GRAIN, madd, pad } from "./simd";
import { binary_exponent, exp, expm1_reduced, power_of_two, scaled_erfc, tanh } from "./math";

const LINEAR = 0;
const RELU = 1;
const LEAKY_RELU = 2;
const TANH = 3;
const SIGMOID = 4;
const GELU = 5;
const SELU = 6;

// Klambauer et al. 2017: λ and λ·α.
const SELU_SCALE: f32 = 1.0507009873554805;
const SELU_SCALE_ALPHA: f32 = 1.7580993408473766;

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/**
 * One vector of `activate` below; `f` is a constant to the compiler; `keep` has all bits set in the lanes of kept
 * units.
 */
// @ts-ignore: decorator
@inline
function activate_vector(f: i32, u: usize, slope: usize, z: usize, bias: usize, keep: v128, scale: v128): void {
  let x = v128.load(z);
  if (bias) x = f32x4.add(x, v128.load(bias));
  let a = x;
  let s = splat(1);
  if (f == RELU) {
    a = v128.andnot(x, f32x4.le(x, splat(0))); // NaN stays, −0 becomes 0
    s = v128.and(s, f32x4.gt(x, splat(0)));
  }
  if (f == LEAKY_RELU) {
    s = v128.bitselect(s, splat(0.01), f32x4.gt(x, splat(0)));
    a = f32x4.mul(x, s);
  }
  if (f == TANH) {
    a = tanh(x);
    s = f32x4.mul(f32x4.sub(s, a), f32x4.add(s, a));
  }
  if (f == SIGMOID) {
    const e = exp(f32x4.neg(f32x4.abs(x)));
    const larger = f32x4.div(s, f32x4.add(s, e));
    const smaller = f32x4.mul(e, larger);
    a = v128.bitselect(smaller, larger, f32x4.lt(x, splat(0)));
    s = f32x4.mul(larger, smaller);
  }
  if (f == GELU) {
    // x·Φ(x) and Φ(x) + x·φ(x), both from e = exp(−x²/2); beyond ±15 the normal density φ is 0 in f32.
    const low = f32x4.pmax(x, splat(-15));
    const bounded = f32x4.pmin(low, splat(15));
    const e = exp(f32x4.mul(f32x4.mul(bounded, bounded), splat(-0.5)));
    const t = f32x4.mul(f32x4.abs(bounded), splat(0.7071067811865476));
    const tail = f32x4.mul(f32x4.mul(e, splat(0.5)), scaled_erfc(t));
    const cdf = v128.bitselect(tail, f32x4.sub(s, tail), f32x4.lt(x, splat(0)));
    a = f32x4.mul(low, cdf);
    s = f32x4.add(cdf, f32x4.mul(f32x4.mul(bounded, e), splat(0.3989422804014327)));
  }
  if (f == SELU) {
    const positive = f32x4.gt(x, splat(0));
    // e^x − 1 and e^x from one reduction; below −80 both are as good as at −80.
    const low = f32x4.pmax(f32x4.pmin(x, splat(0)), splat(-80));
    const rounded = binary_exponent(low);
    const power = power_of_two(rounded);
    const reduced = expm1_reduced(low, rounded);
    const below = f32x4.mul(madd(power, reduced, f32x4.sub(power, s)), splat(SELU_SCALE_ALPHA));
    a = v128.bitselect(f32x4.mul(x, splat(SELU_SCALE)), below, positive);
    s = v128.bitselect(splat(SELU_SCALE), f32x4.mul(madd(power, reduced, power), splat(SELU_SCALE_ALPHA)), positive);
  }
  v128.store(u, v128.and(f32x4.mul(a, scale), keep));
  if (slope) v128.store(slope, v128.and(f32x4.mul(s, scale), keep));
}

/** All lanes whose bit is set in the lowest four bits of each lane of `word`. */
// @ts-ignore: decorator
@inline
function lanes_of_bits(word: v128): v128 {
  const bits = i32x4(1, 2, 4, 8);
  return i32x4.eq(v128.and(word, bits), bits);
}

/** The loops of `activate` for one activation. */
// @ts-ignore: decorator
@inline
function activate_rows(
  f: i32, u: usize, ldu: i32, slope: usize, z: usize, ldz: i32, bias: usize, mask: usize, batch: i32, n: i32,
  scale: f32,
): void {
  const factor = splat(scale);
  const kept = scale == 0 ? 0 : 0xffff;
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < n; j += GRAIN) {
      const at = <usize>j << 2;
      const left = n - j;
      let bits = mask ? <i32>load<u16>(mask + (j >> 3)) & kept : kept;
      let source = z + at;
      if (left < GRAIN) {
        bits &= (1 << left) - 1;
        if (z != u) source = copy_floats(u + at, source, left);
      }
      let word = i32x4.splat(bits);
      for (let k: usize = 0; k < 64; k += 16) {
        const keep = lanes_of_bits(word);
        activate_vector(f, u + at + k, slope ? slope + at + k : 0, source + k, bias ? bias + at + k : 0, keep, factor);
        word = i32x4.shr_u(word, 4);
      }
    }
    u += <usize>ldu << 2;
    z += <usize>ldz << 2;
    if (slope) slope += <usize>ldu << 2;
    if (mask) mask += ((n + 127) >> 7) << 4;
  }
}

/** Copies the end of a row that must not be read in whole vectors to where the row goes; returns that place. */
function copy_floats(to: usize, from: usize, count: i32): usize {
  for (let i = 0; i < count; i++) store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
  return to;
}

/**
 * u[batch, ldu] = keep ? f(z + bias)·scale : 0 and slope[batch, ldu] = keep ? f′(z + bias)·scale : 0, zeros up to
 * pad(n). z[batch, ldz] may be u (ldz = ldu; the sums are lost) or rows of the caller: any stride ≥ n, any alignment,
 * nothing read beyond n. mask: packed keep bits, 0 = all kept; slope: 0 = not wanted; bias[pad(n)]: 0 = none. scale = 0
 * drops everything.
 */
export function activate(
  u: usize, ldu: i32, slope: usize, z: usize, ldz: i32, bias: usize, mask: usize, batch: i32, n: i32, activation: i32,
  scale: f32,
): void {
  if (activation == LINEAR) activate_rows(LINEAR, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  if (activation == RELU) activate_rows(RELU, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  if (activation == LEAKY_RELU) activate_rows(LEAKY_RELU, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  if (activation == TANH) activate_rows(TANH, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  if (activation == SIGMOID) activate_rows(SIGMOID, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  if (activation == GELU) activate_rows(GELU, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  if (activation == SELU) activate_rows(SELU, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
}

/** dz[batch, ld] = du·slope, and 0 where slope is 0, whatever du is; dz may be du. All three have the stride ld. */
export function backward_slope(dz: usize, du: usize, slope: usize, batch: i32, n: i32, ld: i32): void {
  for (let i = 0; i < batch; i++) {
    for (let at: usize = 0, end = <usize>pad(n) << 2; at < end; at += 16) {
      const s = v128.load(slope + at);
      v128.store(dz + at, v128.and(f32x4.mul(v128.load(du + at), s), f32x4.ne(s, splat(0))));
    }
    dz += <usize>ld << 2;
    du += <usize>ld << 2;
    slope += <usize>ld << 2;
  }
}

/** dz[batch, ld] = u > 0 ? du·scale : 0, whatever du is; dz may be du. All three have the stride ld. */
export function backward_relu(dz: usize, du: usize, u: usize, batch: i32, n: i32, ld: i32, scale: f32): void {
  for (let i = 0; i < batch; i++) {
    for (let at: usize = 0, end = <usize>pad(n) << 2; at < end; at += 16) {
      const active = f32x4.gt(v128.load(u + at), splat(0));
      v128.store(dz + at, v128.and(f32x4.mul(v128.load(du + at), splat(scale)), active));
    }
    dz += <usize>ld << 2;
    du += <usize>ld << 2;
    u += <usize>ld << 2;
  }
}

/** db[pad(n)] = Σ over samples of dz[batch, ld], in ascending order, one chain per column. */
export function bias_gradient(db: usize, dz: usize, batch: i32, n: i32, ld: i32): void {
  const stride = <usize>ld << 2;
  for (let at: usize = 0, end = <usize>pad(n) << 2; at < end; at += 64) {
    let s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;
    let row = dz + at;
    for (let i = 0; i < batch; i++) {
      s0 = f32x4.add(s0, v128.load(row));
      s1 = f32x4.add(s1, v128.load(row, 16));
      s2 = f32x4.add(s2, v128.load(row, 32));
      s3 = f32x4.add(s3, v128.load(row, 48));
      row += stride;
    }
    v128.store(db + at, s0);
    v128.store(db + at, s1, 16);
    v128.store(db + at, s2, 32);
    v128.store(db + at, s3, 48);
  }
}
