// The register tile of the dense products: C[mr, 8] (+)= A[mr, k] · B[k, 8], all of C in registers while k runs.
//
// a is a packed micro-panel `[k][mr]`; b has the stride `bs` bytes from one k to the next, c the stride `cs` bytes from
// row to row. `first` starts from zero instead of from C. Each element is one chain of multiply-adds in ascending order
// of k, whichever tile computes it.
//
// C is read even with `first`, and a mask makes zeros of what was read. A branch around each load would keep V8 from
// pairing neighbouring operations to one of 256 bits (docs/speed.md). C may hold anything, NaN included.
//
// V8 leaves fifteen vector registers to a function: two vectors of B, one splat of A and twelve accumulators
// (docs/speed.md).

import { madd } from "./simd";

/** The tile of 4 rows: 8 accumulators, two vectors of B and one splat of A. */
export function tile_4x8(c: usize, cs: usize, a: usize, b: usize, bs: usize, k: i32, first: bool): void {
  const p1 = c + cs;
  const p2 = p1 + cs;
  const p3 = p2 + cs;
  const carried = i32x4.splat(first ? 0 : -1);
  let c00 = v128.and(carried, v128.load(c));
  let c01 = v128.and(carried, v128.load(c, 16));
  let c10 = v128.and(carried, v128.load(p1));
  let c11 = v128.and(carried, v128.load(p1, 16));
  let c20 = v128.and(carried, v128.load(p2));
  let c21 = v128.and(carried, v128.load(p2, 16));
  let c30 = v128.and(carried, v128.load(p3));
  let c31 = v128.and(carried, v128.load(p3, 16));
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += 16;
    b += bs;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(p1, c10);
  v128.store(p1, c11, 16);
  v128.store(p2, c20);
  v128.store(p2, c21, 16);
  v128.store(p3, c30);
  v128.store(p3, c31, 16);
}

/** The tile of 6 rows: 12 accumulators, two vectors of B and one splat of A. */
export function tile_6x8(c: usize, cs: usize, a: usize, b: usize, bs: usize, k: i32, first: bool): void {
  const p1 = c + cs;
  const p2 = p1 + cs;
  const p3 = p2 + cs;
  const p4 = p3 + cs;
  const p5 = p4 + cs;
  const carried = i32x4.splat(first ? 0 : -1);
  let c00 = v128.and(carried, v128.load(c));
  let c01 = v128.and(carried, v128.load(c, 16));
  let c10 = v128.and(carried, v128.load(p1));
  let c11 = v128.and(carried, v128.load(p1, 16));
  let c20 = v128.and(carried, v128.load(p2));
  let c21 = v128.and(carried, v128.load(p2, 16));
  let c30 = v128.and(carried, v128.load(p3));
  let c31 = v128.and(carried, v128.load(p3, 16));
  let c40 = v128.and(carried, v128.load(p4));
  let c41 = v128.and(carried, v128.load(p4, 16));
  let c50 = v128.and(carried, v128.load(p5));
  let c51 = v128.and(carried, v128.load(p5, 16));
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = madd(a4, b0, c40);
    c41 = madd(a4, b1, c41);
    const a5 = v128.load32_splat(a, 20);
    c50 = madd(a5, b0, c50);
    c51 = madd(a5, b1, c51);
    a += 24;
    b += bs;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(p1, c10);
  v128.store(p1, c11, 16);
  v128.store(p2, c20);
  v128.store(p2, c21, 16);
  v128.store(p3, c30);
  v128.store(p3, c31, 16);
  v128.store(p4, c40);
  v128.store(p4, c41, 16);
  v128.store(p5, c50);
  v128.store(p5, c51, 16);
}

/**
 * The tile of 4 rows for products that are too small to pack anything for: A lies where it lies, the strides `row` and
 * `step` bytes from row to row and from one k to the next. Starts from zero.
 */
export function tile_strided(
  c: usize, cs: usize, a: usize, row: usize, step: usize, b: usize, bs: usize, k: i32,
): void {
  let p1 = a + row;
  let p2 = p1 + row;
  let p3 = p2 + row;
  let c00 = i32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(p1);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(p2);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(p3);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += step;
    p1 += step;
    p2 += step;
    p3 += step;
    b += bs;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cs;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cs;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cs;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}
