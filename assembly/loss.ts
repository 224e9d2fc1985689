// Losses of the network's outputs, their gradients, and what prediction needs. Rows are logits z[batch, ld] with the
// bias added. Values are means, summed in f64 over samples in order; gradients are those of the mean. A logit that is
// not finite makes the value NaN or infinite. Columns n … pad(n) of every row that is written are zero. What they hold
// in an input is not used.
import { activate } from "./activation";
import { pad } from "./layout";
import { constant, exp, log, ONE, sigmoid_from } from "./math";
import { high_f64, low_f64, splat } from "./simd";
import { SIGMOID } from "./smooth";

/** The lanes of columns j … j + 3 that are below n. */
// @ts-ignore: decorator
@inline
function lanes_below(n: i32, j: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3)), i32x4.splat(n));
}

/** The sum of both lanes of a f64x2. */
// @ts-ignore: decorator
@inline
function sum_f64(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Largest of z[n]; NaN if one is NaN. */
function row_max(z: usize, n: i32): f32 {
  let m = splat(-Infinity);
  for (let j = 0; j < n; j += 4) {
    m = f32x4.max(m, v128.bitselect(v128.load(z + (<usize>j << 2)), m, lanes_below(n, j)));
  }
  m = f32x4.max(m, i32x4.shuffle(m, m, 2, 3, 0, 1));
  return max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1));
}

/** Are all of z[n] finite? A number that is not gives NaN times 0. */
// @ts-ignore: decorator
@inline
function row_is_finite(z: usize, n: i32): bool {
  let sum = splat(0);
  for (let j = 0; j < n; j += 4) {
    sum = f32x4.add(sum, v128.and(f32x4.mul(v128.load(z + (<usize>j << 2)), splat(0)), lanes_below(n, j)));
  }
  return !v128.any_true(f32x4.ne(sum, sum));
}

/**
 * y[pad(n)] = e^(z − top), zeros behind n; returns their sum less 1. The largest are exactly 1. They are counted apart,
 * so that small others keep their digits. y may be z; 0: only the sum is wanted.
 */
function row_exp(y: usize, z: usize, n: i32, top: f32): f64 {
  let rest = f64x2.splat(0);
  let negative_count = i32x4.splat(0);
  for (let j = 0; j < n; j += 4) {
    const at = <usize>j << 2;
    const inside = lanes_below(n, j);
    const x = v128.load(z + at);
    const largest = v128.and(f32x4.eq(x, splat(top)), inside);
    const e = v128.and(exp(f32x4.sub(x, splat(top))), inside);
    const smaller = v128.andnot(e, largest);
    rest = f64x2.add(rest, f64x2.add(low_f64(smaller), high_f64(smaller)));
    negative_count = i32x4.add(negative_count, largest);
    if (y) v128.store(y + at, e);
  }
  if (y) for (let j = (n + 3) & ~3; j < pad(n); j += 4) v128.store(y + (<usize>j << 2), splat(0));
  const pairs = i32x4.add(negative_count, i32x4.shuffle(negative_count, negative_count, 2, 3, 0, 1));
  const count = -(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1));
  return sum_f64(rest) + <f64>(count - 1);
}

/** ln(1 + x) for 0 ≤ x < ∞: the factor x / ((1 + x) − 1) makes up for what rounding 1 + x loses. */
function log1p(x: v128): v128 {
  const y = f32x4.add(x, constant(ONE));
  const rounded = f32x4.sub(y, constant(ONE));
  const value = f32x4.mul(log(y), f32x4.div(x, rounded));
  return v128.bitselect(x, value, f32x4.eq(rounded, splat(0)));
}

/** ln(1 + x) of one number. */
function log1p_scalar(x: f64): f64 {
  return f32x4.extract_lane(log1p(splat(<f32>x)), 0);
}

/** y[n] ·= factor; zeros up to the next multiple of 4 even if the factor is NaN. */
function scale_row(y: usize, n: i32, factor: f32): void {
  for (let j = 0; j < n; j += 4) {
    const at = y + (<usize>j << 2);
    v128.store(at, v128.and(f32x4.mul(v128.load(at), splat(factor)), lanes_below(n, j)));
  }
}

/**
 * Mean over samples of −ln softmax(z)[label], labels i32[batch] in [0, n).
 * dz[batch, ld] = (softmax(z) − one-hot) / batch; dz may be z; 0: the value only.
 */
export function cross_entropy(dz: usize, z: usize, labels: usize, batch: i32, n: i32, ld: i32): f64 {
  let loss: f64 = 0;
  for (let i = 0; i < batch; i++) {
    const at = <usize>load<i32>(labels + (<usize>i << 2)) << 2;
    const top = row_max(z, n);
    const wanted = <f64>load<f32>(z + at);
    if (!row_is_finite(z, n)) loss = NaN;
    const rest = row_exp(dz, z, n, top);
    loss += log1p_scalar(rest) + (<f64>top - wanted);
    if (dz) {
      scale_row(dz, n, <f32>(1 / ((1 + rest) * <f64>batch)));
      store<f32>(dz + at, load<f32>(dz + at) - <f32>(1 / <f64>batch));
      dz += <usize>ld << 2;
    }
    z += <usize>ld << 2;
  }
  return loss / <f64>batch;
}

/**
 * Mean over samples of −Σ t·ln softmax(z), targets[batch, ld]; the targets of a row need not add up to 1.
 * dz[batch, ld] = (softmax(z)·Σt − t) / batch; dz may be z; 0: the value only.
 */
export function cross_entropy_rows(dz: usize, z: usize, targets: usize, batch: i32, n: i32, ld: i32): f64 {
  let loss: f64 = 0;
  for (let i = 0; i < batch; i++) {
    const top = row_max(z, n);
    if (!row_is_finite(z, n)) loss = NaN;
    // −Σ t·(z − top − ln sum) = ln sum · Σt + Σ t·(top − z)
    let total: f64 = 0;
    let weighted: f64 = 0;
    for (let j = 0; j < n; j++) {
      const t = <f64>load<f32>(targets + (<usize>j << 2));
      total += t;
      weighted += t * (<f64>top - <f64>load<f32>(z + (<usize>j << 2)));
    }
    const rest = row_exp(dz, z, n, top);
    loss += log1p_scalar(rest) * total + weighted;
    if (dz) {
      const share = splat(<f32>(total / ((1 + rest) * <f64>batch)));
      const each = splat(<f32>(1 / <f64>batch));
      for (let j = 0; j < pad(n); j += 4) {
        const at = <usize>j << 2;
        const t = f32x4.mul(v128.load(targets + at), each);
        v128.store(dz + at, v128.and(f32x4.sub(f32x4.mul(v128.load(dz + at), share), t), lanes_below(n, j)));
      }
      dz += <usize>ld << 2;
    }
    z += <usize>ld << 2;
    targets += <usize>ld << 2;
  }
  return loss / <f64>batch;
}

/**
 * Mean over batch × n of (z − t)², targets[batch, ld]. dz[batch, ld] = 2(z − t) / (batch·n); dz may be z; 0: the value
 * only.
 */
export function mse(dz: usize, z: usize, targets: usize, batch: i32, n: i32, ld: i32): f64 {
  const count = <f64>batch * <f64>n;
  const factor = splat(<f32>(2 / count));
  let loss: f64 = 0;
  for (let i = 0; i < batch; i++) {
    let sum = f64x2.splat(0);
    for (let j = 0; j < pad(n); j += 4) {
      const at = <usize>j << 2;
      const inside = lanes_below(n, j);
      const x = v128.and(v128.load(z + at), inside);
      const t = v128.and(v128.load(targets + at), inside);
      const low = f64x2.sub(low_f64(x), low_f64(t));
      const high = f64x2.sub(high_f64(x), high_f64(t));
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
      if (dz) v128.store(dz + at, f32x4.mul(f32x4.sub(x, t), factor));
    }
    loss += sum_f64(sum);
    z += <usize>ld << 2;
    targets += <usize>ld << 2;
    if (dz) dz += <usize>ld << 2;
  }
  return loss / count;
}

/**
 * Mean over batch × n of −t·ln σ(z) − (1 − t)·ln(1 − σ(z)) = max(z, 0) − z·t + ln(1 + e^−|z|), targets[batch, ld].
 * dz[batch, ld] = (σ(z) − t) / (batch·n); dz may be z; 0: the value only.
 */
export function bce(dz: usize, z: usize, targets: usize, batch: i32, n: i32, ld: i32): f64 {
  const count = <f64>batch * <f64>n;
  const factor = splat(<f32>(1 / count));
  let loss: f64 = 0;
  for (let i = 0; i < batch; i++) {
    let sum = f64x2.splat(0);
    for (let j = 0; j < pad(n); j += 4) {
      const at = <usize>j << 2;
      const inside = lanes_below(n, j);
      const x = v128.and(v128.load(z + at), inside);
      const t = v128.and(v128.load(targets + at), inside);
      const e = exp(f32x4.neg(f32x4.abs(x)));
      const positive = f32x4.pmax(x, splat(0));
      const rest = v128.and(log1p(e), inside);
      const low = f64x2.sub(low_f64(positive), f64x2.mul(low_f64(x), low_f64(t)));
      const high = f64x2.sub(high_f64(positive), f64x2.mul(high_f64(x), high_f64(t)));
      sum = f64x2.add(sum, f64x2.add(f64x2.add(low, low_f64(rest)), f64x2.add(high, high_f64(rest))));
      if (dz) v128.store(dz + at, v128.and(f32x4.mul(f32x4.sub(sigmoid_from(x, e), t), factor), inside));
    }
    loss += sum_f64(sum);
    z += <usize>ld << 2;
    targets += <usize>ld << 2;
    if (dz) dz += <usize>ld << 2;
  }
  return loss / count;
}

/** y[batch, ld] = softmax of each row of z[batch, ld]; y may be z. */
export function softmax(y: usize, z: usize, batch: i32, n: i32, ld: i32): void {
  for (let i = 0; i < batch; i++) {
    scale_row(y, n, <f32>(1 / (1 + row_exp(y, z, n, row_max(z, n)))));
    y += <usize>ld << 2;
    z += <usize>ld << 2;
  }
}

/** y[batch, ld] = 1/(1 + e^−z), zeros behind n; y may be z. */
export function sigmoid_rows(y: usize, z: usize, batch: i32, n: i32, ld: i32): void {
  activate(y, ld, 0, z, ld, 0, 0, batch, n, SIGMOID, 0, 1);
}
