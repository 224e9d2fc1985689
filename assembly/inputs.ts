// Rows of the caller that have come in, shifted and scaled per feature.
import { pad } from "./layout";

/**
 * u[batch, ld] = ((u − high) − low)·scale per column, in place; zeros up to pad(n) stay. A shift is the sum of two
 * floats, so that the difference of large numbers keeps its digits: u − high is exact where they are close. high, low
 * and scale [pad(n)] are zero from n on.
 */
export function scale_inputs(u: usize, high: usize, low: usize, scale: usize, batch: i32, n: i32, ld: i32): void {
  for (let i = 0; i < batch; i++) {
    for (let at: usize = 0, end = <usize>pad(n) << 2; at < end; at += 16) {
      const shifted = f32x4.sub(f32x4.sub(v128.load(u + at), v128.load(high + at)), v128.load(low + at));
      v128.store(u + at, f32x4.mul(shifted, v128.load(scale + at)));
    }
    u += <usize>ld << 2;
  }
}
