// Rows of the caller on their way into the network, shifted and scaled per feature.
import { pad } from "./layout";
import { load_partial } from "./math";

/**
 * u[batch, ldu] = ((x − high) − low)·scale per column, zeros up to pad(n). A shift is the sum of two floats, so that
 * the difference of large numbers keeps its digits: x − high is exact where they are close. x[batch, ldx] may be u
 * (ldx = ldu) or rows of the caller: any stride ≥ n, any alignment, nothing read beyond n. high, low and scale [pad(n)]
 * are zero from n on.
 */
export function scale_inputs(
  u: usize, ldu: i32, x: usize, ldx: i32, high: usize, low: usize, scale: usize, batch: i32, n: i32,
): void {
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < pad(n); j += 4) {
      const at = <usize>j << 2;
      const left = n - j;
      let v = f32x4.splat(0);
      if (left >= 4) v = v128.load(x + at);
      else if (left > 0) v = load_partial(x + at, left);
      const shifted = f32x4.sub(f32x4.sub(v, v128.load(high + at)), v128.load(low + at));
      v128.store(u + at, f32x4.mul(shifted, v128.load(scale + at)));
    }
    u += <usize>ldu << 2;
    x += <usize>ldx << 2;
  }
}
