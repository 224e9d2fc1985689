// From sums to units and back: bias, activation, dropout mask and scale in one pass over memory.
// A dropped unit is made zero by AND, never by a product: its sum may be infinite.
import { GRAIN, pad } from "./layout";
import { constant, ONE } from "./math";
import { LEARNS, splat } from "./simd";
import { SELU, SELU_SCALE, SELU_SCALE_ALPHA, store_smooth } from "./smooth";

// Activations are numbered as src/runtime/kernels.ts says; from 3 on they stand in smooth.ts.
const LINEAR = 0;
const RELU = 1;
const LEAKY_RELU = 2;

// The loops that activations share. The compiler makes each from `activate_rows`, where the number is a constant. The
// build that does not learn is smaller for having only the last.
const LOOP_RELU = 0;
/** linear and leaky_relu: slope 1 above 0, another below. */
const LOOP_TWO_SLOPES = 1;
/**
 * All others. They share a loop that branches on the activation for each vector. The branch is always foreseen, and
 * beside an exponential its time does not show. A loop for each activation would take 300 bytes.
 */
const LOOP_SMOOTH = 2;

/** The bit of each of 16 columns. */
const BITS = memory.data<i32>([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768], 16);

/** All bits set in the lanes of columns 4k … 4k + 3 whose bit is set in `word`, four copies of 16 bits. */
// @ts-ignore: decorator
@inline
function kept_lanes(word: v128, k: usize): v128 {
  const bits = v128.load(BITS + (k << 4));
  return i32x4.eq(v128.and(word, bits), bits);
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
  activation: i32, u: usize, slope: usize, z: usize, bias: usize, word: v128, above: v128, below: v128, scale: v128,
): void {
  for (let k: usize = 0; k < 4; k++) {
    const at = k << 4;
    const to = slope ? slope + at : 0;
    const keep = kept_lanes(word, k);
    let x = v128.load(z + at);
    if (bias) x = f32x4.add(x, v128.load(bias + at));
    store_smooth(activation, u + at, to, x, above, below, scale, keep);
  }
}

/** The loops of `activate`. */
// @ts-ignore: decorator
@inline
function activate_rows(
  loop: i32, activation: i32, parameter: f32, u: usize, ldu: i32, slope: usize, z: usize, ldz: i32, bias: usize,
  mask: usize, batch: i32, n: i32, scale: f32,
): void {
  const selu = activation == SELU;
  const above = constant(selu ? SELU_SCALE : ONE);
  const below = loop == LOOP_RELU ? splat(0)
    : selu ? constant(SELU_SCALE_ALPHA)
    : activation == LINEAR ? constant(ONE)
    : splat(parameter);
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
      if (loop == LOOP_SMOOTH) activate_smooth(activation, u + at, slopes, source, biases, word, above, below, factor);
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
 * not learn never writes it. bias[pad(n)]: 0 = none. scale = 0 drops everything. parameter:
 * leaky_relu's slope below 0, elu's α; others do not read it.
 */
export function activate(
  u: usize, ldu: i32, slope: usize, z: usize, ldz: i32, bias: usize, mask: usize, batch: i32, n: i32, activation: i32,
  parameter: f32, scale: f32,
): void {
  if (LEARNS && activation == RELU) {
    activate_rows(LOOP_RELU, activation, parameter, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  } else if (LEARNS && (activation == LINEAR || activation == LEAKY_RELU)) {
    activate_rows(LOOP_TWO_SLOPES, activation, parameter, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
  } else {
    activate_rows(LOOP_SMOOTH, activation, parameter, u, ldu, slope, z, ldz, bias, mask, batch, n, scale);
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
  const factor = splat(scale);
  for (let i = 0; i < batch; i++) {
    for (let at: usize = 0, end = <usize>pad(n) << 2; at < end; at += 32) {
      const active = f32x4.gt(v128.load(u + at), splat(0));
      const next = f32x4.gt(v128.load(u + at, 16), splat(0));
      v128.store(dz + at, v128.and(f32x4.mul(v128.load(du + at), factor), active));
      v128.store(dz + at, v128.and(f32x4.mul(v128.load(du + at, 16), factor), next), 16);
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
