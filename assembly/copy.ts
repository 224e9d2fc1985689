// Copies of whole regions.

/** out[i] = factor · x[i] for n floats, n a multiple of 4. `out` may be `x`. */
export function scale_floats(out: usize, x: usize, n: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  const end = out + 4 * <usize>n;
  for (; out < end; out += 16) {
    v128.store(out, f32x4.mul(by, v128.load(x)));
    x += 16;
  }
}
