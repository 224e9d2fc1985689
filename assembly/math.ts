// Elementary functions of four f32 at a time. Polynomials are minimax fits by scripts/fit-math.mjs; docs/math.md has
// the errors measured. NaN propagates: f32x4.pmin(x, limit) and pmax(x, limit) keep a NaN in x, at one instruction
// instead of seven.
import { madd, nmadd } from "./simd";

// ln 2 in two parts; the first has ten bits, so that its product with an exponent is exact.
const LN2_HI: f32 = 0.693359375;
const LN2_LO: f32 = -2.1219444005469057e-4;
/** 1.5·2²³: adding it rounds to the nearest integer and leaves that integer in the low bits. */
const ROUNDER: f32 = 12582912;

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** x / ln 2, rounded to an integer, plus ROUNDER; |x| < 2²¹. */
// @ts-ignore: decorator
@inline
export function binary_exponent(x: v128): v128 {
  return madd(x, splat(1.4426950408889634), splat(ROUNDER));
}

/** e^r − 1 for r = x − n·ln 2, where n is what binary_exponent rounded to: |r| ≤ ½ ln 2. */
// @ts-ignore: decorator
@inline
export function expm1_reduced(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, splat(ROUNDER));
  const r = nmadd(n, splat(LN2_LO), nmadd(n, splat(LN2_HI), x));
  let q = madd(splat(0.00138145708), r, splat(0.00836873055));
  q = madd(q, r, splat(0.041668389));
  q = madd(q, r, splat(0.166665211));
  q = madd(q, r, splat(0.49999994));
  return madd(f32x4.mul(r, r), q, r);
}

/** 2ⁿ for integers −126 ≤ n ≤ 127 in the low bits of each lane. */
// @ts-ignore: decorator
@inline
export function power_of_two(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), i32x4.splat(0x3f800000));
}

/** e^x. The power of two is applied in two halves, so that results may be subnormal or overflow to infinity. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104));
  const rounded = binary_exponent(bounded);
  const mantissa = f32x4.add(expm1_reduced(bounded, rounded), splat(1));
  const n = i32x4.sub(rounded, splat(ROUNDER));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(mantissa, power_of_two(half)), power_of_two(i32x4.sub(n, half)));
}

/**
 * e^x − 1 without cancellation near 0, for x ≤ 80; the lower bound costs nothing, because e^−80 is far below an ulp of
 * 1.
 */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const bounded = f32x4.pmax(x, splat(-80));
  const rounded = binary_exponent(bounded);
  const power = power_of_two(rounded);
  return madd(power, expm1_reduced(bounded, rounded), f32x4.sub(power, splat(1)));
}

/** ln x: −∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, splat(1.1754943508222875e-38));
  const y = v128.bitselect(f32x4.mul(x, splat(33554432)), x, subnormal); // 2²⁵
  // y = 2^k · m with √½ ≤ m < √2, f = m − 1.
  const bits = i32x4.add(y, i32x4.splat(0x3f800000 - 0x3f3504f3));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const exponent = i32x4.sub(i32x4.shr_s(bits, 23), i32x4.splat(127));
  const k = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(subnormal, splat(25)));
  const f = f32x4.sub(m, splat(1));
  // ln(1 + f) = f − f²/2 + s·(f²/2 + R) with s = f/(2 + f) and R = 2 atanh(s)/s − 2, a polynomial in s².
  const s = f32x4.div(f, f32x4.add(f, splat(2)));
  const z = f32x4.mul(s, s);
  let r = madd(splat(0.235932902), z, splat(0.285367876));
  r = madd(r, z, splat(0.400003433));
  r = f32x4.mul(madd(r, z, splat(0.666666627)), z);
  const half = f32x4.mul(f32x4.mul(f, f), splat(0.5));
  const rest = f32x4.sub(madd(s, f32x4.add(half, r), f32x4.mul(k, splat(LN2_LO))), half);
  const value = madd(k, splat(LN2_HI), f32x4.add(rest, f));
  // What is not positive and finite: the square root has the same answers, except at 0.
  const normal = v128.and(f32x4.gt(x, splat(0)), f32x4.lt(x, splat(Infinity)));
  const special = v128.bitselect(splat(-Infinity), f32x4.sqrt(x), f32x4.eq(x, splat(0)));
  return v128.bitselect(value, special, normal);
}

/** ln(1 + x) for 0 ≤ x < ∞: what rounding 1 + x loses is made good by the factor x / ((1 + x) − 1). */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const y = f32x4.add(x, splat(1));
  const rounded = f32x4.sub(y, splat(1));
  const value = f32x4.mul(log(y), f32x4.div(x, rounded));
  return v128.bitselect(x, value, f32x4.eq(rounded, splat(0)));
}

/** tanh x = e/(e + 2) with e = e^2|x| − 1, and the sign of x. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const e = expm1(f32x4.pmin(f32x4.mul(f32x4.abs(x), splat(2)), splat(20)));
  const value = f32x4.div(e, f32x4.add(e, splat(2)));
  return v128.or(value, v128.and(x, splat(-0.0)));
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
  const one = splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, splat(0))), f32x4.add(e, one));
}

/** e^(t²)·erfc(t) for t ≥ 0, a polynomial in q = (t − 3)/(t + 3) over 1 + t/3. */
// @ts-ignore: decorator
@inline
export function scaled_erfc(t: v128): v128 {
  const u = f32x4.div(splat(3), f32x4.add(t, splat(3)));
  const q = nmadd(splat(2), u, splat(1));
  let p = madd(splat(-0.000107833832), q, splat(-0.000159887903));
  p = madd(p, q, splat(0.00102701201));
  p = madd(p, q, splat(-0.0004094303));
  p = madd(p, q, splat(-0.00894683972));
  p = madd(p, q, splat(0.0398431309));
  p = madd(p, q, splat(-0.103488632));
  p = madd(p, q, splat(0.196742758));
  p = madd(p, q, splat(-0.294464827));
  p = madd(p, q, splat(0.358002305));
  return f32x4.mul(p, u);
}

/** erf x: x + x·P(x²) below 15/16, 1 − erfc beyond. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = madd(splat(0.0000829661294), z, splat(-0.000812580751));
  p = madd(p, z, splat(0.00519960001));
  p = madd(p, z, splat(-0.0268588513));
  p = madd(p, z, splat(0.11283686));
  p = madd(p, z, splat(-0.376126319));
  p = madd(p, z, splat(0.128379166));
  const near = madd(p, x, x);
  const t = f32x4.pmin(f32x4.abs(x), splat(10));
  const complement = f32x4.mul(exp(f32x4.neg(f32x4.mul(t, t))), scaled_erfc(t));
  const far = v128.or(f32x4.sub(splat(1), complement), v128.and(x, splat(-0.0)));
  return v128.bitselect(near, far, f32x4.lt(t, splat(0.9375)));
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

const EXP = 0;
const LOG = 1;
const TANH = 2;
const ERF = 3;
const SIGMOID = 4;

/** y[n] = f(x[n]) for a function that is a constant to the compiler. */
// @ts-ignore: decorator
@inline
function map(f: i32, y: usize, x: usize, n: i32): void {
  while (n > 0) {
    let v = n >= 4 ? v128.load(x) : load_partial(x, n);
    if (f == EXP) v = exp(v);
    if (f == LOG) v = log(v);
    if (f == TANH) v = tanh(v);
    if (f == ERF) v = erf(v);
    if (f == SIGMOID) v = sigmoid(v);
    if (n >= 4) v128.store(y, v);
    else store_partial(y, v, n);
    x += 16;
    y += 16;
    n -= 4;
  }
}

/** y[n] = eˣ, element by element; any n, any alignment; y may be x. */
export function map_exp(y: usize, x: usize, n: i32): void {
  map(EXP, y, x, n);
}

/** y[n] = ln x, element by element; any n, any alignment; y may be x. */
export function map_log(y: usize, x: usize, n: i32): void {
  map(LOG, y, x, n);
}

/** y[n] = tanh x, element by element; any n, any alignment; y may be x. */
export function map_tanh(y: usize, x: usize, n: i32): void {
  map(TANH, y, x, n);
}

/** y[n] = erf x, element by element; any n, any alignment; y may be x. */
export function map_erf(y: usize, x: usize, n: i32): void {
  map(ERF, y, x, n);
}

/** y[n] = 1 / (1 + e⁻ˣ), element by element; any n, any alignment; y may be x. */
export function map_sigmoid(y: usize, x: usize, n: i32): void {
  map(SIGMOID, y, x, n);
}
