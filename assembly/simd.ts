// What kernels share: the multiply-add that the build has, and a few operations on vectors that take several
// instructions.

/** a·b + c: fused where the build has relaxed SIMD, two roundings otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** (x0 + x2) + (x1 + x3). */
// @ts-ignore: decorator
@inline
export function sum_lanes(x: v128): f32 {
  const pairs = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Four copies of x. */
// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** The first two of four f32, as f64. */
// @ts-ignore: decorator
@inline
export function low_f64(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two. */
// @ts-ignore: decorator
@inline
export function high_f64(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
}

/**
 * Does the build learn? The one that only answers is compiled for size (asconfig.json). It leaves out what an answer
 * does not need: gradients, and second ways to the same bits.
 */
// @ts-ignore: decorator
@inline
export const LEARNS: bool = ASC_SHRINK_LEVEL == 0;
