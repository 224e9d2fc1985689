// From sums to units and back: bias, activation, dropout mask and scale in one pass over memory.
// A dropped unit is made zero by AND, never by a product: its sum may be infinite.
import { GRAIN, pad } from "./layout";
import {
  binary_exponent, constant, exp, expm1_reduced, EXPM1_MIN, HALF, ONE, power_of_two, scaled_erfc, tanh,
} from "./math";
import { LEARNS, madd, splat } from "./simd";

const LINEAR = 0;
const RELU = 1;
const LEAKY_RELU = 2;
const TANH = 3;
export const SIGMOID = 4;
const GELU = 5;
const SELU = 6;

// The loops that activations share. The compiler makes each from `activate_rows`, where the number is a constant.
const LOOP_RELU = 0;
/** linear and leaky_relu: slope 1 above 0, another below. */
const LOOP_TWO_SLOPES = 1;
/**
 * tanh, sigmoid, gelu, selu. They share a loop that branches on the activation for each vector. The branch is always
 * foreseen, and beside an exponential its time does not show. A loop for each activation would take 300 bytes.
 */
const LOOP_SMOOTH = 2;

const ROOT_HALF = memory.data<f32>([0.7071067811865476], 4);
/** 1/√(2π). */
const DENSITY_0 = memory.data<f32>([0.3989422804014327], 4);
/** Beyond ±15 the normal density is 0 in f32. */
const DENSITY_MIN = memory.data<f32>([-15], 4);
const DENSITY_MAX = memory.data<f32>([15], 4);
// Klambauer et al. 2017: λ and λ·α.
const SELU_SCALE = memory.data<f32>([1.0507009873554805], 4);
const SELU_SCALE_ALPHA = memory.data<f32>([1.7580993408473766], 4);

/** The bit of each of 16 columns. */
const BITS = memory.data<i32>([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768], 16);

/** All bits set in the lanes of columns 4k … 4k + 3 whose bit is set in `word`, four copies of 16 bits. */
// @ts-ignore: decorator
@inline
function kept_lanes(word: v128, k: usize): v128 {
  const bits = v128.load(BITS + (k << 4));
  return i32x4.eq(v128.and(word, bits), bits);
}

/** Where a kept unit and its slope go: activation and derivative, times the scale, under the mask. */
// @ts-ignore: decorator
@inline
function store_unit(u: usize, slope: usize, a: v128, s: v128, scale: v128, keep: v128): void {
  v128.store(u, v128.and(f32x4.mul(a, scale), keep));
  if (LEARNS && slope) v128.store(slope, v128.and(f32x4.mul(s, scale), keep));
}

/** One vector of relu or, with slope 1 above 0 and `below` elsewhere, of linear and leaky_relu. */
// @ts-ignore: decorator
@inline
function store_piecewise(relu: bool, u: usize, x: v128, below: v128, scale: v128, keep: v128): void {
  const a = relu
    ? v128.andnot(x, f32x4.le(x, splat(0))) // NaN stays, −0 becomes 0
    : f32x4.mul(x, v128.bitselect(splat(1), below, f32x4.gt(x, splat(0))));
  v128.store(u, v128.and(f32x4.mul(a, scale), keep));
}

/** The slope that belongs to it: a choice of two bit patterns, made once for the row. */
// @ts-ignore: decorator
@inline
function store_piecewise_slope(slope: usize, x: v128, above: v128, below: v128, keep: v128): void {
  v128.store(slope, v128.and(v128.bitselect(above, below, f32x4.gt(x, splat(0))), keep));
}

/** 16 columns of relu, linear and leaky_relu; `relu` is a constant to the compiler, for which `below` is 0. */
// @ts-ignore: decorator
@inline
function activate_piecewise(
  relu: bool, u: usize, slope: usize, z: usize, bias: usize, word: v128, below: v128, scale: v128,
): void {
  let x0 = v128.load(z), x1 = v128.load(z, 16), x2 = v128.load(z, 32), x3 = v128.load(z, 48);
  if (bias) {
    x0 = f32x4.add(x0, v128.load(bias));
    x1 = f32x4.add(x1, v128.load(bias, 16));
    x2 = f32x4.add(x2, v128.load(bias, 32));
    x3 = f32x4.add(x3, v128.load(bias, 48));
  }
  const k0 = kept_lanes(word, 0), k1 = kept_lanes(word, 1), k2 = kept_lanes(word, 2), k3 = kept_lanes(word, 3);
  store_piecewise(relu, u, x0, below, scale, k0);
  store_piecewise(relu, u + 16, x1, below, scale, k1);
  store_piecewise(relu, u + 32, x2, below, scale, k2);
  store_piecewise(relu, u + 48, x3, below, scale, k3);
  if (LEARNS && slope) {
    const scaled = f32x4.mul(below, scale);
    store_piecewise_slope(slope, x0, scale, scaled, k0);
    store_piecewise_slope(slope + 16, x1, scale, scaled, k1);
    store_piecewise_slope(slope + 32, x2, scale, scaled, k2);
    store_piecewise_slope(slope + 48, x3, scale, scaled, k3);
  }
}

/** 16 columns of the activations that need an exponential. */
// @ts-ignore: decorator
@inline
function activate_smooth(
  activation: i32, u: usize, slope: usize, z: usize, bias: usize, word: v128, scale: v128,
): void {
  for (let k: usize = 0; k < 4; k++) {
    const at = k << 4;
    let x = v128.load(z + at);
    if (bias) x = f32x4.add(x, v128.load(bias + at));
    store_smooth(activation, u + at, slope ? slope + at : 0, x, scale, kept_lanes(word, k));
  }
}

/** One vector of these activations. */
// @ts-ignore: decorator
@inline
function store_smooth(activation: i32, u: usize, slope: usize, x: v128, scale: v128, keep: v128): void {
  const one = constant(ONE);
  if (activation == TANH) {
    const a = tanh(x);
    store_unit(u, slope, a, f32x4.mul(f32x4.sub(one, a), f32x4.add(one, a)), scale, keep);
  } else if (activation == SIGMOID) {
    const e = exp(f32x4.neg(f32x4.abs(x)));
    const larger = f32x4.div(one, f32x4.add(one, e));
    const smaller = f32x4.mul(e, larger);
    const a = v128.bitselect(smaller, larger, f32x4.lt(x, splat(0)));
    store_unit(u, slope, a, f32x4.mul(larger, smaller), scale, keep);
  } else if (activation == GELU) {
    // x·Φ(x) and Φ(x) + x·φ(x), both from e = exp(−x²/2).
    const low = f32x4.pmax(x, constant(DENSITY_MIN));
    const bounded = f32x4.pmin(low, constant(DENSITY_MAX));
    const e = exp(f32x4.neg(f32x4.mul(f32x4.mul(bounded, constant(HALF)), bounded)));
    const t = f32x4.mul(f32x4.abs(bounded), constant(ROOT_HALF));
    const tail = f32x4.mul(f32x4.mul(e, constant(HALF)), scaled_erfc(t));
    const cdf = v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, splat(0)));
    const s = madd(f32x4.mul(bounded, e), constant(DENSITY_0), cdf);
    store_unit(u, slope, f32x4.mul(low, cdf), s, scale, keep);
  } else {
    // selu: e^x − 1 and e^x from one reduction.
    const low = f32x4.pmax(f32x4.pmin(x, splat(0)), constant(EXPM1_MIN));
    const rounded = binary_exponent(low);
    const power = power_of_two(rounded);
    const reduced = expm1_reduced(low, rounded);
    const a_below = f32x4.mul(madd(power, reduced, f32x4.sub(power, one)), constant(SELU_SCALE_ALPHA));
    const s_below = f32x4.mul(madd(power, reduced, power), constant(SELU_SCALE_ALPHA));
    const positive = f32x4.gt(x, splat(0));
    const a = v128.bitselect(f32x4.mul(x, constant(SELU_SCALE)), a_below, positive);
    store_unit(u, slope, a, v128.bitselect(constant(SELU_SCALE), s_below, positive), scale, keep);
  }
}

/** The loops of `activate`. */
// @ts-ignore: decorator
@inline
function activate_rows(
  loop: i32, activation: i32, u: usize, ldu: i32, slope: usize, z: usize, ldz: i32, bias: usize, mask: usize,
  batch: i32, n: i32, scale: f32,
): void {
  const below = splat(activation == LEAKY_RELU ? 0.01 : activation == LINEAR ? 1 : 0);
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
      const word = i32x4.splat(bits);
      const slopes = slope ? slope + at : 0;
      const biases = bias ? bias + at : 0;
      if (loop == LOOP_SMOOTH) activate_smooth(activation, u + at, slopes, source, biases, word, factor);
      else activate_piecewise(loop == LOOP_RELU, u + at, slopes, source, biases, word, below, factor);
    }
    u += <usize>ldu << 2;
    z += <usize>ldz << 2;
    if (slope) slope += <usize>ldu << 2;
    if (mask) mask += ((n + 127) >> 7) << 4;
  }
}

/** Copies the end of a row, which must not be read in whole vectors, to where the row goes. Returns that place. */
function copy_floats(to: usize, from: usize, count: i32): usize {
  for (let i = 0; i < count; i++) store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
  return to;
}

/**
 * u[batch, ldu] = keep ? f(z + bias)·scale : 0 and slope[batch, ldu] = keep ? f′(z + bias)·scale : 0, zeros up to
 * pad(n). z[batch, ldz] may be u (ldz = ldu; the sums are lost). It may also be rows of the caller: any stride ≥ n, any
 * alignment, nothing read beyond n. mask: packed keep bits, 0 = all kept. slope: 0 = not wanted; the build that does
 * not learn never writes it. bias[pad(n)]: 0 = none. scale = 0 drops everything.
 */
export function activate(
  u: usize, ldu: i32, slope: usize, z: usize, ldz: i32, bias: usize, mask: usize, batch: i32, n: i32, activation: i32,
  scale: f32,
): void {
  if (activation == RELU) {
    activate_rows(LOOP_RELU, activation, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  } else if (activation == LINEAR || activation == LEAKY_RELU) {
    activate_rows(LOOP_TWO_SLOPES, activation, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  } else {
    activate_rows(LOOP_SMOOTH, activation, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  }
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
