// Elementary functions of four f32 at a time. Polynomials are minimax fits by scripts/fit-math.mjs; docs/math.md has
// the errors measured. NaN propagates: f32x4.pmin(x, limit) and pmax(x, limit) keep a NaN in x, and take one
// instruction instead of seven.
import { madd, nmadd } from "./simd";

const LOG2_E = memory.data<f32>([1.4426950408889634], 4);
// ln 2 in two parts; the first has ten bits, so that its product with an exponent is exact.
const LN2_HI = memory.data<f32>([0.693359375], 4);
const LN2_LO = memory.data<f32>([-2.1219444005469057e-4], 4);
/** 1.5·2²³: adding it rounds to the nearest integer and leaves that integer in the low bits. */
const ROUNDER = memory.data<f32>([12582912], 4);
/** Beyond these exp is infinite and zero. */
const EXP_MAX = memory.data<f32>([89], 4);
export const EXP_MIN = memory.data<f32>([-104], 4);
/** Here expm1 is −1. */
export const EXPM1_MIN = memory.data<f32>([-80], 4);
export const ONE = memory.data<f32>([1], 4);
export const TWO = memory.data<f32>([2], 4);
const THREE = memory.data<f32>([3], 4);
export const HALF = memory.data<f32>([0.5], 4);
const ERF_NEAR = memory.data<f32>([0.9375], 4);
const ERF_MAX = memory.data<f32>([10], 4);
const TANH_MAX = memory.data<f32>([20], 4);
export const MIN_NORMAL = memory.data<f32>([1.1754943508222875e-38], 4);
const TWO_TO_25 = memory.data<f32>([33554432], 4);
const TWENTY_FIVE = memory.data<f32>([25], 4);
/** The bits of 1 and of √½. */
const BITS_DIFFERENCE = memory.data<i32>([0x3f800000 - 0x3f3504f3], 4);
const BITS_ROOT_HALF = memory.data<i32>([0x3f3504f3], 4);
const BITS_MANTISSA = memory.data<i32>([0x007fffff], 4);

// Coefficients, highest power first.
const EXP = memory.data<f32>([0.00138145708, 0.00836873055, 0.041668389, 0.166665211, 0.49999994], 4);
const LOG = memory.data<f32>([0.235932902, 0.285367876, 0.400003433, 0.666666627], 4);
const ERF = memory.data<f32>([
  0.0000829661294, -0.000812580751, 0.00519960001, -0.0268588513, 0.11283686, -0.376126319, 0.128379166,
], 4);
const SCALED_ERFC = memory.data<f32>([
  -0.000107833832, -0.000159887903, 0.00102701201, -0.0004094303, -0.00894683972, 0.0398431309, -0.103488632,
  0.196742758, -0.294464827, 0.358002305,
], 4);

/** Four copies of the constant at `value`. */
// @ts-ignore: decorator
@inline
export function constant(value: usize): v128 {
  return v128.load32_splat(value);
}

/** Σ coefficients[i]·x^(count − 1 − i) by Horner's rule; unrolled, since count is a constant to the compiler. */
// @ts-ignore: decorator
@inline
function polynomial(coefficients: usize, count: i32, x: v128): v128 {
  let sum = constant(coefficients);
  sum = madd(sum, x, constant(coefficients + 4));
  sum = madd(sum, x, constant(coefficients + 8));
  sum = madd(sum, x, constant(coefficients + 12));
  if (count > 4) sum = madd(sum, x, constant(coefficients + 16));
  if (count > 5) sum = madd(sum, x, constant(coefficients + 20));
  if (count > 6) sum = madd(sum, x, constant(coefficients + 24));
  if (count > 7) sum = madd(sum, x, constant(coefficients + 28));
  if (count > 8) sum = madd(sum, x, constant(coefficients + 32));
  if (count > 9) sum = madd(sum, x, constant(coefficients + 36));
  return sum;
}

/** x / ln 2, rounded to an integer, plus ROUNDER; |x| < 2²¹. */
// @ts-ignore: decorator
@inline
export function binary_exponent(x: v128): v128 {
  return madd(x, constant(LOG2_E), constant(ROUNDER));
}

/** e^r − 1 for r = x − n·ln 2, where n is what binary_exponent rounded to: |r| ≤ ½ ln 2. */
// @ts-ignore: decorator
@inline
export function expm1_reduced(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, constant(ROUNDER));
  const r = nmadd(n, constant(LN2_LO), nmadd(n, constant(LN2_HI), x));
  const q = polynomial(EXP, 5, r);
  return madd(f32x4.mul(r, r), q, r);
}

/** 2ⁿ for integers −126 ≤ n ≤ 127 in the low bits of each lane. */
// @ts-ignore: decorator
@inline
export function power_of_two(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), constant(ONE));
}

/** e^x. The power of two is applied in two halves, so that results may be subnormal or overflow to infinity. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, constant(EXP_MAX)), constant(EXP_MIN));
  const rounded = binary_exponent(bounded);
  const mantissa = f32x4.add(expm1_reduced(bounded, rounded), constant(ONE));
  const n = i32x4.sub(rounded, constant(ROUNDER));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(mantissa, power_of_two(half)), power_of_two(i32x4.sub(n, half)));
}

/** e^x − 1 without cancellation near 0, for x ≤ 80. The lower bound costs nothing: e^−80 is far below an ulp of 1. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const bounded = f32x4.pmax(x, constant(EXPM1_MIN));
  const rounded = binary_exponent(bounded);
  const power = power_of_two(rounded);
  return madd(power, expm1_reduced(bounded, rounded), f32x4.sub(power, constant(ONE)));
}

/** ln x: −∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, constant(MIN_NORMAL));
  const y = v128.bitselect(f32x4.mul(x, constant(TWO_TO_25)), x, subnormal);
  // y = 2^k · m with √½ ≤ m < √2, f = m − 1.
  const bits = i32x4.add(y, constant(BITS_DIFFERENCE));
  const m = i32x4.add(v128.and(bits, constant(BITS_MANTISSA)), constant(BITS_ROOT_HALF));
  const exponent = i32x4.sub(i32x4.shr_s(bits, 23), i32x4.splat(127));
  const k = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(subnormal, constant(TWENTY_FIVE)));
  const f = f32x4.sub(m, constant(ONE));
  // ln(1 + f) = f − f²/2 + s·(f²/2 + R) with s = f/(2 + f) and R = 2 atanh(s)/s − 2, a polynomial in s².
  const s = f32x4.div(f, f32x4.add(f, constant(TWO)));
  const z = f32x4.mul(s, s);
  const r = f32x4.mul(polynomial(LOG, 4, z), z);
  const half = f32x4.mul(f32x4.mul(f, f), constant(HALF));
  const rest = f32x4.sub(madd(s, f32x4.add(half, r), f32x4.mul(k, constant(LN2_LO))), half);
  const value = madd(k, constant(LN2_HI), f32x4.add(rest, f));
  // For what is not positive and finite, the square root has the same answers, except at 0.
  const normal = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.lt(x, f32x4.splat(Infinity)));
  const special = v128.bitselect(f32x4.splat(-Infinity), f32x4.sqrt(x), f32x4.eq(x, f32x4.splat(0)));
  return v128.bitselect(value, special, normal);
}

/** −0 in lanes that are negative (or −0), 0 elsewhere. */
// @ts-ignore: decorator
@inline
function sign_bit(x: v128): v128 {
  return v128.xor(x, f32x4.abs(x));
}

/** tanh x = e/(e + 2) with e = e^2|x| − 1, and the sign of x. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const e = expm1(f32x4.pmin(f32x4.mul(f32x4.abs(x), constant(TWO)), constant(TANH_MAX)));
  const value = f32x4.div(e, f32x4.add(e, constant(TWO)));
  return v128.or(value, sign_bit(x));
}

/** 1/(1 + e^−x), computed from e^−|x|, so that small results keep their digits. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return sigmoid_from(x, exp(f32x4.neg(f32x4.abs(x))));
}

/** sigmoid of x, given e = e^−|x|. */
// @ts-ignore: decorator
@inline
export function sigmoid_from(x: v128, e: v128): v128 {
  const one = constant(ONE);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(e, one));
}

/** e^(t²)·erfc(t) for t ≥ 0, a polynomial in q = (t − 3)/(t + 3) over 1 + t/3. */
// @ts-ignore: decorator
@inline
export function scaled_erfc(t: v128): v128 {
  const u = f32x4.div(constant(THREE), f32x4.add(t, constant(THREE)));
  const q = nmadd(constant(TWO), u, constant(ONE));
  return f32x4.mul(polynomial(SCALED_ERFC, 10, q), u);
}

/** erf x: x + x·P(x²) below 15/16, 1 − erfc beyond. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const z = f32x4.mul(x, x);
  const p = polynomial(ERF, 7, z);
  const near = madd(p, x, x);
  const t = f32x4.pmin(f32x4.abs(x), constant(ERF_MAX));
  const complement = f32x4.mul(exp(f32x4.neg(f32x4.mul(t, t))), scaled_erfc(t));
  const far = v128.or(f32x4.sub(constant(ONE), complement), sign_bit(x));
  return v128.bitselect(near, far, f32x4.lt(t, constant(ERF_NEAR)));
}

/** The first 1 … 3 floats at x, zeros behind; nothing beyond them is read. */
function load_partial(x: usize, count: i32): v128 {
  let v = v128.load32_zero(x);
  if (count > 1) v = v128.load32_lane(x, v, 1, 4);
  if (count > 2) v = v128.load32_lane(x, v, 2, 8);
  return v;
}

/** Stores the first 1 … 3 lanes. */
function store_partial(y: usize, v: v128, count: i32): void {
  v128.store32_lane(y, v, 0);
  if (count > 1) v128.store32_lane(y, v, 1, 4);
  if (count > 2) v128.store32_lane(y, v, 2, 8);
}

const MAP_EXP = 0;
const MAP_LOG = 1;
const MAP_TANH = 2;
const MAP_ERF = 3;
const MAP_SIGMOID = 4;

/** y[n] = f(x[n]). */
function map(f: i32, y: usize, x: usize, n: i32): void {
  while (n > 0) {
    let v = n >= 4 ? v128.load(x) : load_partial(x, n);
    if (f == MAP_EXP) v = exp(v);
    if (f == MAP_LOG) v = log(v);
    if (f == MAP_TANH) v = tanh(v);
    if (f == MAP_ERF) v = erf(v);
    if (f == MAP_SIGMOID) v = sigmoid(v);
    if (n >= 4) v128.store(y, v);
    else store_partial(y, v, n);
    x += 16;
    y += 16;
    n -= 4;
  }
}

/** y[n] = eˣ, element by element; any n, any alignment; y may be x. */
export function map_exp(y: usize, x: usize, n: i32): void {
  map(MAP_EXP, y, x, n);
}

/** y[n] = ln x, element by element; any n, any alignment; y may be x. */
export function map_log(y: usize, x: usize, n: i32): void {
  map(MAP_LOG, y, x, n);
}

/** y[n] = tanh x, element by element; any n, any alignment; y may be x. */
export function map_tanh(y: usize, x: usize, n: i32): void {
  map(MAP_TANH, y, x, n);
}

/** y[n] = erf x, element by element; any n, any alignment; y may be x. */
export function map_erf(y: usize, x: usize, n: i32): void {
  map(MAP_ERF, y, x, n);
}

/** y[n] = 1 / (1 + e⁻ˣ), element by element; any n, any alignment; y may be x. */
export function map_sigmoid(y: usize, x: usize, n: i32): void {
  map(MAP_SIGMOID, y, x, n);
}
