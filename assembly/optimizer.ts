// Updates, element by element over n contiguous floats, n a multiple of 4. The optimizers need not know a matrix's
// layout. Zeros stay zeros (w = g = 0 and zero state), which keeps the padding of every matrix and bias.
import { sum_of_squares } from "./floats";
import { aligned, pad, PANEL } from "./layout";
import { constant, MIN_NORMAL } from "./math";
import { low_f64, madd, nmadd, splat } from "./simd";

/**
 * State that decays is set to zero instead of ending in subnormal numbers. It would stay there, because the smallest
 * ones round to themselves, and slow every later step down. `smallest`: MIN_NORMAL.
 */
// @ts-ignore: decorator
@inline
function flush_subnormal(x: v128, smallest: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), smallest));
}

/** w[n] −= lr·(gscale·g[n] + wd·w). */
export function sgd(w: usize, g: usize, n: i32, lr: f32, wd: f32, gscale: f32): void {
  assert(n % 4 == 0 && aligned(w) && aligned(g));
  for (let end = w + (<usize>n << 2); w < end; w += 16, g += 16) {
    const x = v128.load(w);
    const gradient = madd(splat(wd), x, f32x4.mul(v128.load(g), splat(gscale)));
    v128.store(w, nmadd(splat(lr), gradient, x));
  }
}

/** g′ = gscale·g[n] + wd·w; v[n] = momentum·v + g′; w[n] −= lr·v, or lr·(g′ + momentum·v) where nesterov is not 0. */
export function sgd_momentum(
  w: usize, v: usize, g: usize, n: i32, lr: f32, momentum: f32, nesterov: i32, wd: f32, gscale: f32,
): void {
  assert(n % 4 == 0 && aligned(w) && aligned(v) && aligned(g));
  const mu = splat(momentum);
  const smallest = constant(MIN_NORMAL);
  for (let end = w + (<usize>n << 2); w < end; w += 16, v += 16, g += 16) {
    const x = v128.load(w);
    const gradient = madd(splat(wd), x, f32x4.mul(v128.load(g), splat(gscale)));
    const velocity = flush_subnormal(madd(mu, v128.load(v), gradient), smallest);
    v128.store(v, velocity);
    v128.store(w, nmadd(splat(lr), nesterov ? madd(mu, velocity, gradient) : velocity, x));
  }
}

/**
 * Adam as PyTorch defines it, over w[n], m[n], v[n], g[n]: g′ = gscale·g (+ wd·w, unless decoupled); m += (1 −
 * beta1)(g′ − m); v = beta2·v + (1 − beta2)·g′²; w −= (lr / correction1)·m / (√v / √correction2 + epsilon), where
 * correction = 1 − betaᵗ. AdamW (decoupled is not 0) takes lr·wd·w off w first. 0/0, for epsilon = 0, is no step.
 */
export function adam(
  w: usize, m: usize, v: usize, g: usize, n: i32, lr: f64, beta1: f64, beta2: f64, epsilon: f64, wd: f64,
  decoupled: i32,
  correction1: f64, correction2: f64, gscale: f64,
): void {
  assert(n % 4 == 0 && aligned(w) && aligned(m) && aligned(v) && aligned(g));
  const decay = splat(decoupled ? <f32>(lr * wd) : 0);
  const penalty = splat(decoupled ? 0 : <f32>wd);
  const rest1 = splat(<f32>(1 - beta1));
  const rest2 = splat(<f32>(1 - beta2));
  const step = splat(<f32>(lr / correction1));
  const root = splat(<f32>(1 / Math.sqrt(correction2)));
  // Converted here, because the compiler would convert again for every element.
  const keep2 = splat(<f32>beta2);
  const factor = splat(<f32>gscale);
  const minimum = splat(<f32>epsilon);
  const smallest = constant(MIN_NORMAL);
  const plain = wd == 0 && gscale == 1 && <f32>epsilon > 0;
  for (const end = w + (<usize>n << 2); w < end; w += 16, m += 16, v += 16, g += 16) {
    if (plain) adam_4(true, w, m, v, g, decay, penalty, rest1, rest2, step, root, keep2, factor, minimum, smallest);
    else adam_4(false, w, m, v, g, decay, penalty, rest1, rest2, step, root, keep2, factor, minimum, smallest);
  }
}

/** Four weights of `adam`, `at` bytes on. `plain`: no penalty, gradients as they are, and no 0/0. */
// @ts-ignore: decorator
@inline
function adam_4(
  plain: bool, w: usize, m: usize, v: usize, g: usize, decay: v128, penalty: v128, rest1: v128,
  rest2: v128, step: v128, root: v128, keep2: v128, factor: v128, minimum: v128, smallest: v128,
): void {
  const x = v128.load(w);
  let gradient = v128.load(g);
  if (!plain) gradient = madd(penalty, x, f32x4.mul(gradient, factor));
  const old = v128.load(m);
  const mean = flush_subnormal(madd(rest1, f32x4.sub(gradient, old), old), smallest);
  const sum = madd(f32x4.mul(rest2, gradient), gradient, f32x4.mul(keep2, v128.load(v)));
  const square = v128.andnot(sum, f32x4.lt(sum, smallest)); // as flush_subnormal: no square is negative
  v128.store(m, mean);
  v128.store(v, square);
  let change = f32x4.div(f32x4.mul(step, mean), madd(f32x4.sqrt(square), root, minimum));
  if (!plain) change = v128.and(change, f32x4.ne(mean, splat(0)));
  v128.store(w, f32x4.sub(nmadd(decay, x, x), change));
}

/**
 * RMSprop as PyTorch defines it, over w[n], v[n], g[n]: g′ = gscale·g + wd·w; v = alpha·v + (1 − alpha)·g′²; w −=
 * lr·g′ / (√v + epsilon). Where b[n] is not null: b = momentum·b + g′ / (√v + epsilon), and w −= lr·b.
 */
export function rmsprop(
  w: usize, v: usize, b: usize, g: usize, n: i32, lr: f32, alpha: f64, epsilon: f32, momentum: f32, wd: f32,
  gscale: f32,
): void {
  assert(n % 4 == 0 && aligned(w) && aligned(v) && aligned(b) && aligned(g));
  const rest = splat(<f32>(1 - alpha));
  const keep = splat(<f32>alpha);
  const smallest = constant(MIN_NORMAL);
  for (let end = w + (<usize>n << 2); w < end; w += 16, v += 16, g += 16) {
    const x = v128.load(w);
    const gradient = madd(splat(wd), x, f32x4.mul(v128.load(g), splat(gscale)));
    const sum = madd(f32x4.mul(rest, gradient), gradient, f32x4.mul(keep, v128.load(v)));
    const square = flush_subnormal(sum, smallest);
    v128.store(v, square);
    let change = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), splat(epsilon)));
    if (b) {
      change = flush_subnormal(madd(splat(momentum), v128.load(b), change), smallest);
      v128.store(b, change);
      b += 16;
    }
    v128.store(w, nmadd(splat(lr), change, x));
  }
}

/** Four floats times four factors. */
// @ts-ignore: decorator
@inline
function scale_vector(at: usize, factor: v128): void {
  v128.store(at, f32x4.mul(v128.load(at), factor));
}

/** Adds the squares of the first two of four floats to two sums. */
// @ts-ignore: decorator
@inline
function add_square(sum: v128, x: v128): v128 {
  const low = low_f64(x);
  return f64x2.add(sum, f64x2.mul(low, low));
}

/** In f64 pairs: c/norm where norm² is beyond the bound, 1 elsewhere. NaN is left alone. */
// @ts-ignore: decorator
@inline
function shrink_factors(squares: v128, c: f64): v128 {
  const factors = f64x2.div(f64x2.splat(c), f64x2.sqrt(squares));
  return v128.bitselect(factors, f64x2.splat(1), f64x2.gt(squares, f64x2.splat(c * c)));
}

/** Two f64 pairs as four floats. */
// @ts-ignore: decorator
@inline
function demote(low: v128, high: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/**
 * Bounds the 2-norm of every column of the panel matrix w[rows, cols] by c: a column beyond it is multiplied by c/norm.
 * Norms are summed in f64, so that no weight that f32 can hold overflows them.
 */
export function max_norm_columns(w: usize, rows: i32, cols: i32, c: f32): void {
  const padded = pad(cols);
  for (let first = 0; first < padded; first += 8) {
    const panel = first - (first % PANEL);
    const stride = <usize>min(padded - panel, PANEL) << 2;
    const top = w + (<usize>(panel * rows + first - panel) << 2);
    const end = top + stride * rows;
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let at = top; at < end; at += stride) {
      const x = v128.load(at);
      const y = v128.load(at, 16);
      s0 = add_square(s0, x);
      s1 = add_square(s1, i32x4.shuffle(x, x, 2, 3, 2, 3));
      s2 = add_square(s2, y);
      s3 = add_square(s3, i32x4.shuffle(y, y, 2, 3, 2, 3));
    }
    const low = demote(shrink_factors(s0, c), shrink_factors(s1, c));
    const high = demote(shrink_factors(s2, c), shrink_factors(s3, c));
    if (!v128.any_true(f32x4.lt(f32x4.pmin(low, high), splat(1)))) continue;
    for (let at = top; at < end; at += stride) {
      scale_vector(at, low);
      scale_vector(at + 16, high);
    }
  }
}

/** Bounds the 2-norm of every row of the panel matrix w[rows, cols] by c: a row beyond it is multiplied by c/norm. */
export function max_norm_rows(w: usize, rows: i32, cols: i32, c: f32): void {
  const padded = pad(cols);
  for (let i = 0; i < rows; i++) {
    let square: f64 = 0;
    for (let first = 0; first < padded; first += PANEL) {
      const width = min(padded - first, PANEL);
      square += sum_of_squares(w + (<usize>(first * rows + i * width) << 2), width);
    }
    const factor = splat(<f32>(<f64>c / Math.sqrt(square)));
    if (!(square > <f64>c * <f64>c)) continue;
    for (let first = 0; first < padded; first += PANEL) {
      const width = min(padded - first, PANEL);
      const at = w + (<usize>(first * rows + i * width) << 2);
      for (let end = at + (<usize>width << 2), to = at; to < end; to += 16) scale_vector(to, factor);
    }
  }
}
