// The micro-kernel of the sparse products with the step of gradient descent fused in: C = shrink·C − rate·Σ value·row,
// the sum never stored. Registers and lists as in rows.ts, which also says why the last column comes first here.
// Stores come after all loads, or V8 would find no pairs.

import { madd, nmadd } from "./simd";

/** One row of C, `width` (16, 32 or 48) columns; the list as for `sum_rows`. */
// @ts-ignore: decorator
@inline
export function descend_rows(
  c: usize, width: i32, list: usize, end: usize, base: usize, stride: i32, shrink: f32, rate: f32,
): void {
  if (width == 48) descend_48(c, list, end, base, stride, shrink, rate);
  else if (width == 32) descend_32(c, list, end, base, stride, shrink, rate);
  else descend_16(c, list, end, base, stride, shrink, rate);
}

/** `c` is 48 columns wide: 12 accumulators. */
function descend_48(c: usize, list: usize, end: usize, base: usize, stride: i32, shrink: f32, rate: f32): void {
  let c0 = i32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
  let c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
  for (; list < end; list += 8) {
    const row = base + <usize>(load<i32>(list) * stride);
    const value = v128.load32_splat(list, 4);
    c11 = madd(value, v128.load(row, 176), c11);
    c10 = madd(value, v128.load(row, 160), c10);
    c9 = madd(value, v128.load(row, 144), c9);
    c8 = madd(value, v128.load(row, 128), c8);
    c7 = madd(value, v128.load(row, 112), c7);
    c6 = madd(value, v128.load(row, 96), c6);
    c5 = madd(value, v128.load(row, 80), c5);
    c4 = madd(value, v128.load(row, 64), c4);
    c3 = madd(value, v128.load(row, 48), c3);
    c2 = madd(value, v128.load(row, 32), c2);
    c1 = madd(value, v128.load(row, 16), c1);
    c0 = madd(value, v128.load(row), c0);
  }
  const k = f32x4.splat(shrink);
  const a = f32x4.splat(rate);
  c0 = nmadd(a, c0, f32x4.mul(k, v128.load(c)));
  c1 = nmadd(a, c1, f32x4.mul(k, v128.load(c, 16)));
  c2 = nmadd(a, c2, f32x4.mul(k, v128.load(c, 32)));
  c3 = nmadd(a, c3, f32x4.mul(k, v128.load(c, 48)));
  c4 = nmadd(a, c4, f32x4.mul(k, v128.load(c, 64)));
  c5 = nmadd(a, c5, f32x4.mul(k, v128.load(c, 80)));
  c6 = nmadd(a, c6, f32x4.mul(k, v128.load(c, 96)));
  c7 = nmadd(a, c7, f32x4.mul(k, v128.load(c, 112)));
  c8 = nmadd(a, c8, f32x4.mul(k, v128.load(c, 128)));
  c9 = nmadd(a, c9, f32x4.mul(k, v128.load(c, 144)));
  c10 = nmadd(a, c10, f32x4.mul(k, v128.load(c, 160)));
  c11 = nmadd(a, c11, f32x4.mul(k, v128.load(c, 176)));
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
  v128.store(c, c8, 128);
  v128.store(c, c9, 144);
  v128.store(c, c10, 160);
  v128.store(c, c11, 176);
}

/** `c` is 32 columns wide: 8 accumulators. */
function descend_32(c: usize, list: usize, end: usize, base: usize, stride: i32, shrink: f32, rate: f32): void {
  let c0 = i32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  for (; list < end; list += 8) {
    const row = base + <usize>(load<i32>(list) * stride);
    const value = v128.load32_splat(list, 4);
    c7 = madd(value, v128.load(row, 112), c7);
    c6 = madd(value, v128.load(row, 96), c6);
    c5 = madd(value, v128.load(row, 80), c5);
    c4 = madd(value, v128.load(row, 64), c4);
    c3 = madd(value, v128.load(row, 48), c3);
    c2 = madd(value, v128.load(row, 32), c2);
    c1 = madd(value, v128.load(row, 16), c1);
    c0 = madd(value, v128.load(row), c0);
  }
  const k = f32x4.splat(shrink);
  const a = f32x4.splat(rate);
  c0 = nmadd(a, c0, f32x4.mul(k, v128.load(c)));
  c1 = nmadd(a, c1, f32x4.mul(k, v128.load(c, 16)));
  c2 = nmadd(a, c2, f32x4.mul(k, v128.load(c, 32)));
  c3 = nmadd(a, c3, f32x4.mul(k, v128.load(c, 48)));
  c4 = nmadd(a, c4, f32x4.mul(k, v128.load(c, 64)));
  c5 = nmadd(a, c5, f32x4.mul(k, v128.load(c, 80)));
  c6 = nmadd(a, c6, f32x4.mul(k, v128.load(c, 96)));
  c7 = nmadd(a, c7, f32x4.mul(k, v128.load(c, 112)));
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

/** `c` is 16 columns wide: 4 accumulators. */
function descend_16(c: usize, list: usize, end: usize, base: usize, stride: i32, shrink: f32, rate: f32): void {
  let c0 = i32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
  for (; list < end; list += 8) {
    const row = base + <usize>(load<i32>(list) * stride);
    const value = v128.load32_splat(list, 4);
    c3 = madd(value, v128.load(row, 48), c3);
    c2 = madd(value, v128.load(row, 32), c2);
    c1 = madd(value, v128.load(row, 16), c1);
    c0 = madd(value, v128.load(row), c0);
  }
  const k = f32x4.splat(shrink);
  const a = f32x4.splat(rate);
  c0 = nmadd(a, c0, f32x4.mul(k, v128.load(c)));
  c1 = nmadd(a, c1, f32x4.mul(k, v128.load(c, 16)));
  c2 = nmadd(a, c2, f32x4.mul(k, v128.load(c, 32)));
  c3 = nmadd(a, c3, f32x4.mul(k, v128.load(c, 48)));
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
}
