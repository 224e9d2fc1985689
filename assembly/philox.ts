// Philox4x32-10: counter-based random words (Salmon, Moraes, Dror, Shaw, SC 2011), four counters at a time. A counter
// is four vectors x0 … x3, lane i of each belonging to counter i. A round multiplies x0 and x2 by constants and mixes
// the high halves of the products with the other words and the key.

// The constants lie in memory, each four times. V8 builds a vector constant anew at every use inside a loop, at half
// the speed in Node 24. It keeps one that was loaded.
const CONSTANTS = memory.data<u32>([
  0xd2511f53, 0xd2511f53, 0xd2511f53, 0xd2511f53,
  0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57,
  0x9e3779b9, 0x9e3779b9, 0x9e3779b9, 0x9e3779b9,
  0xbb67ae85, 0xbb67ae85, 0xbb67ae85, 0xbb67ae85,
], 16);

/** The multiplier of x0. */
// @ts-ignore: decorator
@inline
export function philox_m0(): v128 {
  return v128.load(CONSTANTS);
}

/** The multiplier of x2. */
// @ts-ignore: decorator
@inline
export function philox_m1(): v128 {
  return v128.load(CONSTANTS, 16);
}

/** What the key's first word grows by after each round. */
// @ts-ignore: decorator
@inline
export function philox_w0(): v128 {
  return v128.load(CONSTANTS, 32);
}

/** What the key's second word grows by after each round. */
// @ts-ignore: decorator
@inline
export function philox_w1(): v128 {
  return v128.load(CONSTANTS, 48);
}

/** The low halves of the four products x·m. The compilers see that `mul_high` needs the same two multiplications. */
// @ts-ignore: decorator
@inline
export function mul_low(x: v128, m: v128): v128 {
  return i32x4.shuffle(i64x2.extmul_low_i32x4_u(x, m), i64x2.extmul_high_i32x4_u(x, m), 0, 2, 4, 6);
}

/** The high halves of the four products x·m. */
// @ts-ignore: decorator
@inline
export function mul_high(x: v128, m: v128): v128 {
  return i32x4.shuffle(i64x2.extmul_low_i32x4_u(x, m), i64x2.extmul_high_i32x4_u(x, m), 1, 3, 5, 7);
}

/** a ⊕ b ⊕ c. */
// @ts-ignore: decorator
@inline
export function xor3(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

/** Four vectors, word w of counters 0 … 3, to row `counter`: its words 0 … 3. */
// @ts-ignore: decorator
@inline
export function transpose_row(x0: v128, x1: v128, x2: v128, x3: v128, counter: i32): v128 {
  if (counter < 2) {
    const a = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
    const b = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
    return counter == 0 ? i64x2.shuffle(a, b, 0, 2) : i64x2.shuffle(a, b, 1, 3);
  }
  const a = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
  const b = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
  return counter == 2 ? i64x2.shuffle(a, b, 0, 2) : i64x2.shuffle(a, b, 1, 3);
}

/** out `[blocks, 4]` u32, overwritten: the words of counters (c0 + b, c1, c2, c3) under the key (k0, k1). */
export function philox_words(
  out: usize, blocks: i32, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32,
): void {
  philox_strided(out, 16, blocks, 1, 0, c0, c1, c2, c3, k0, k1);
}

/**
 * out `[blocks]` of four u32, `step` bytes apart, overwritten: the words of counters (c0 + b·d0, c1 + b·d1, c2, c3),
 * where both wrap at 2³².
 */
export function philox_strided(
  out: usize, step: usize, blocks: i32, d0: u32, d1: u32, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32,
): void {
  const m0 = philox_m0(), m1 = philox_m1(), w0 = philox_w0(), w1 = philox_w1();
  for (let block = 0; block < blocks; block += 4) {
    const lanes = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
    let x0 = i32x4.add(i32x4.splat(c0), i32x4.mul(lanes, i32x4.splat(d0)));
    let x1 = i32x4.add(i32x4.splat(c1), i32x4.mul(lanes, i32x4.splat(d1)));
    let x2 = i32x4.splat(c2);
    let x3 = i32x4.splat(c3);
    let key0 = i32x4.splat(k0);
    let key1 = i32x4.splat(k1);
    for (let round = 0; round < 10; ++round) {
      const a = x0, b = x2;
      x0 = xor3(mul_high(b, m1), x1, key0);
      x1 = mul_low(b, m1);
      x2 = xor3(mul_high(a, m0), x3, key1);
      x3 = mul_low(a, m0);
      key0 = i32x4.add(key0, w0);
      key1 = i32x4.add(key1, w1);
    }
    v128.store(out, transpose_row(x0, x1, x2, x3, 0));
    if (block + 1 < blocks) v128.store(out + step, transpose_row(x0, x1, x2, x3, 1));
    if (block + 2 < blocks) v128.store(out + 2 * step, transpose_row(x0, x1, x2, x3, 2));
    if (block + 3 < blocks) v128.store(out + 3 * step, transpose_row(x0, x1, x2, x3, 3));
    out += 4 * step;
  }
}
