// Units of the activations that need an exponential, a vector at a time: the value and, where it learns, the
// derivative, both from the same exponential.
import {
  binary_exponent, constant, exp, EXP_MIN, expm1_reduced, EXPM1_MIN, HALF, ONE, power_of_two, scaled_erfc,
  tanh, TWO,
} from "./math";
import { LEARNS, madd, splat } from "./simd";

// Activations are numbered as src/runtime/kernels.ts says.
const RELU = 1;
const TANH = 3;
export const SIGMOID = 4;
const GELU = 5;
export const SELU = 6;
const ELU = 7;
const SILU = 8;
const MISH = 9;
/** gelu with the tanh that Hendrycks & Gimpel (2016) approximate Φ by: x·σ(2·√(2/π)·(x + 0.044715·x³)). */
const GELU_TANH = 10;

const ROOT_HALF = memory.data<f32>([0.7071067811865476], 4);
/** 1/√(2π). */
const DENSITY_0 = memory.data<f32>([0.3989422804014327], 4);
/** From here on the factors of x are 1 in f32; e⁴ˣ, which mish takes, is still finite. */
const SATURATED = memory.data<f32>([20], 4);
const FOUR = memory.data<f32>([4], 4);
// 2·√(2/π), and 0.044715 times that.
const GELU_LINEAR = memory.data<f32>([1.5957691216057308], 4);
const GELU_CUBIC = memory.data<f32>([0.07135481627260025], 4);
const GELU_CUBIC_3 = memory.data<f32>([0.21406444881780074], 4);
// Klambauer et al. 2017: λ and λ·α.
export const SELU_SCALE = memory.data<f32>([1.0507009873554805], 4);
export const SELU_SCALE_ALPHA = memory.data<f32>([1.7580993408473766], 4);

/** Where a kept unit and its slope go: activation and derivative, times the scale, under the mask. */
// @ts-ignore: decorator
@inline
function store_unit(u: usize, slope: usize, a: v128, s: v128, scale: v128, keep: v128): void {
  v128.store(u, v128.and(f32x4.mul(a, scale), keep));
  if (LEARNS && slope) v128.store(slope, v128.and(f32x4.mul(s, scale), keep));
}

/** One vector of x > 0 ? above·x : below·(e^x − 1), which elu and selu are: e^x − 1 and e^x from one reduction. */
// @ts-ignore: decorator
@inline
function store_elu(u: usize, slope: usize, x: v128, above: v128, below: v128, scale: v128, keep: v128): void {
  const low = f32x4.pmax(f32x4.pmin(x, splat(0)), constant(EXPM1_MIN));
  const rounded = binary_exponent(low);
  const power = power_of_two(rounded);
  const reduced = expm1_reduced(low, rounded);
  const a_below = f32x4.mul(madd(power, reduced, f32x4.sub(power, constant(ONE))), below);
  const s_below = f32x4.mul(madd(power, reduced, power), below);
  const positive = f32x4.gt(x, splat(0));
  const a = v128.bitselect(f32x4.mul(x, above), a_below, positive);
  store_unit(u, slope, a, v128.bitselect(above, s_below, positive), scale, keep);
}

/**
 * One vector of sigmoid, gelu, silu or mish. What they take the exponential of differs; the exponential itself stands
 * here once. Lower bounds keep −∞ from meeting a zero, upper ones +∞ in the slopes.
 */
// @ts-ignore: decorator
@inline
function store_from_exp(activation: i32, u: usize, slope: usize, x: v128, scale: v128, keep: v128): void {
  const one = constant(ONE);
  const low = f32x4.pmax(x, constant(EXP_MIN));
  const bounded = f32x4.pmin(low, constant(SATURATED));
  const square = f32x4.mul(bounded, bounded);
  // What sigmoid, silu and the approximate gelu take the logistic function of, and its derivative.
  let v = x, dv = one;
  if (activation == GELU_TANH) {
    v = f32x4.mul(bounded, madd(square, constant(GELU_CUBIC), constant(GELU_LINEAR)));
    if (LEARNS) dv = madd(square, constant(GELU_CUBIC_3), constant(GELU_LINEAR));
  }
  let power = f32x4.neg(f32x4.abs(v));
  if (activation == GELU) power = f32x4.neg(f32x4.mul(f32x4.mul(bounded, constant(HALF)), bounded));
  if (activation == MISH) power = bounded;
  const e = exp(power);

  if (activation == GELU) {
    // x·Φ(x) and Φ(x) + x·φ(x), both from e = exp(−x²/2).
    const t = f32x4.mul(f32x4.abs(bounded), constant(ROOT_HALF));
    const tail = f32x4.mul(f32x4.mul(e, constant(HALF)), scaled_erfc(t));
    const cdf = v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, splat(0)));
    const s = LEARNS ? madd(f32x4.mul(bounded, e), constant(DENSITY_0), cdf) : cdf;
    store_unit(u, slope, f32x4.mul(low, cdf), s, scale, keep);
  } else if (activation == MISH) {
    // With w = e·(e + 2): tanh(ln(1 + e)) = w/(w + 2), and its derivative 4·e·(e + 1)/(w + 2)².
    const two = constant(TWO);
    const w = f32x4.mul(e, f32x4.add(e, two));
    const d = f32x4.add(w, two);
    const t = f32x4.div(w, d);
    const dt = LEARNS
      ? f32x4.div(f32x4.mul(f32x4.mul(e, constant(FOUR)), f32x4.add(e, one)), f32x4.mul(d, d))
      : t;
    store_unit(u, slope, f32x4.mul(low, t), madd(bounded, dt, t), scale, keep);
  } else {
    const larger = f32x4.div(one, f32x4.add(one, e));
    const smaller = f32x4.mul(e, larger);
    const product = f32x4.mul(larger, smaller);
    const a = v128.bitselect(smaller, larger, f32x4.lt(x, splat(0)));
    if (activation == SIGMOID) store_unit(u, slope, a, product, scale, keep);
    else store_unit(u, slope, f32x4.mul(low, a), madd(f32x4.mul(bounded, dv), product, a), scale, keep);
  }
}

/**
 * One vector of any of them. `above` and `below` are elu's and selu's factors of x and of e^x − 1; and, in the build
 * that does not learn, `below` is what linear and leaky_relu multiply by where x is not above 0.
 */
// @ts-ignore: decorator
@inline
export function store_smooth(
  activation: i32, u: usize, slope: usize, x: v128, above: v128, below: v128, scale: v128, keep: v128,
): void {
  if (!LEARNS && activation < TANH) {
    const a = activation == RELU
      ? v128.andnot(x, f32x4.le(x, splat(0))) // as in activation.ts
      : f32x4.mul(x, v128.bitselect(constant(ONE), below, f32x4.gt(x, splat(0))));
    store_unit(u, slope, a, a, scale, keep);
  } else if (activation == TANH) {
    const one = constant(ONE);
    const a = tanh(x);
    store_unit(u, slope, a, f32x4.mul(f32x4.sub(one, a), f32x4.add(one, a)), scale, keep);
  } else if (activation == SELU || activation == ELU) {
    store_elu(u, slope, x, above, below, scale, keep);
  } else {
    store_from_exp(activation, u, slope, x, scale, keep);
  }
}
