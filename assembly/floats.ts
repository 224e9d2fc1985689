// Kernels over n contiguous floats, whatever matrix or vector they are: scaled, summed, looked through.

import { aligned } from "./layout";
import { high_f64, low_f64, madd } from "./simd";

/** out[i] = factor · x[i] for n floats, n a multiple of 4. `out` may be `x`. */
export function scale_floats(out: usize, x: usize, n: i32, factor: f32): void {
  assert(n % 4 == 0 && aligned(out) && aligned(x));
  const by = f32x4.splat(factor);
  const end = out + 4 * <usize>n;
  for (; out < end; out += 16) {
    v128.store(out, f32x4.mul(by, v128.load(x)));
    x += 16;
  }
}

/** out[i] += factor · x[i] for n floats, n a multiple of 4. */
export function add_scaled(out: usize, x: usize, n: i32, factor: f32): void {
  assert(n % 4 == 0 && aligned(out) && aligned(x));
  const by = f32x4.splat(factor);
  const end = out + 4 * <usize>n;
  for (; out < end; out += 16) {
    v128.store(out, madd(by, v128.load(x), v128.load(out)));
    x += 16;
  }
}

/** out[i] += rate · (x[i] − out[i]) for n floats, n a multiple of 4. */
export function blend_floats(out: usize, x: usize, n: i32, rate: f32): void {
  assert(n % 4 == 0 && aligned(out) && aligned(x));
  const by = f32x4.splat(rate);
  const end = out + 4 * <usize>n;
  for (; out < end; out += 16) {
    const old = v128.load(out);
    v128.store(out, madd(by, f32x4.sub(v128.load(x), old), old));
    x += 16;
  }
}

/** The squares of four floats, in f64 pairs, added to two sums. */
// @ts-ignore: decorator
@inline
function add_squares(sum: v128, x: v128): v128 {
  const low = low_f64(x);
  const high = high_f64(x);
  return f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
}

/** Σ g[n]² in f64, n a multiple of 4. */
export function sum_of_squares(g: usize, n: i32): f64 {
  assert(n % 4 == 0 && aligned(g));
  let even = f64x2.splat(0);
  let odd = even;
  const end = g + (<usize>n << 2);
  for (; g + 32 <= end; g += 32) {
    even = add_squares(even, v128.load(g));
    odd = add_squares(odd, v128.load(g, 16));
  }
  if (g < end) even = add_squares(even, v128.load(g));
  const sum = f64x2.add(even, odd);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The index of the first NaN or infinity in x[n] (any n, any alignment), or −1. */
export function find_nonfinite(x: usize, n: i32): i32 {
  // A number that is not finite times 0 is NaN.
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const at = x + (<usize>i << 2);
    const a = f32x4.add(f32x4.mul(v128.load(at), zero), f32x4.mul(v128.load(at, 16), zero));
    const b = f32x4.add(f32x4.mul(v128.load(at, 32), zero), f32x4.mul(v128.load(at, 48), zero));
    const sum = f32x4.add(a, b);
    if (v128.any_true(f32x4.ne(sum, sum))) break;
  }
  for (; i < n; i++) {
    if ((load<i32>(x + (<usize>i << 2)) & 0x7f800000) == 0x7f800000) return i;
  }
  return -1;
}
