// The sparse product of which only some outputs are wanted (SDDMM): dot products of a weight row with the samples that
// want its unit.

import { PANEL, panel_width } from "./gemm";
import { copy_rows } from "./pack";
import { madd } from "./simd";

/**
 * sums[i] = Σ over columns of W[r, ·]·D[s, ·] for pair i of the lists, the sample s on the list of row r, rows `from`
 * to `to` − 1. Lists as `list_by_unit` makes them; sums is written up to each list's length rounded up to 4. D `[m,
 * ldd]` has zeros from cols to pad(cols). A panel of D is copied to scratch `[m, 48]` and stays in L1 while the same
 * panel of W streams through once. Lanes are summed panel by panel: not the order of the dense sum.
 */
export function sddmm(
  sums: usize, entries: usize, spans: usize, d: usize, ldd: i32, w: usize, scratch: usize, m: i32,
  rows: i32, cols: i32, from: i32, to: i32,
): void {
  const panels = (cols + PANEL - 1) / PANEL;
  for (let q = 0; q < panels; q++) {
    const width = panel_width(cols, q);
    copy_rows(scratch, 4 * width, d + 4 * <usize>q * PANEL, 4 * ldd, m, width);
    let row = w + 4 * (<usize>q * PANEL * rows + <usize>from * width);
    for (let r = from; r < to; r++) {
      const begin = load<i32>(spans + 8 * <usize>r);
      const count = load<i32>(spans + 8 * <usize>r, 4) - begin;
      dot_rows(sums + 4 * <usize>begin, row, width, entries + 8 * <usize>begin, count, scratch, 4 * width, q == 0);
      row += 4 * width;
    }
  }
}

/**
 * sums[i] (+)= w `[width]` · the row at base + unit·entries[i], for i up to count rounded up to 4: four rows at a time,
 * two chains each, the lanes of four sums added by transposing.
 */
// @ts-ignore: decorator
@inline
function dot_rows(
  sums: usize, w: usize, width: i32, entries: usize, count: i32, base: usize, unit: i32, first: bool,
): void {
  const w_end = w + 4 * <usize>width;
  const end = entries + 8 * <usize>count;
  for (; entries < end; entries += 32) {
    const more = <i32>(end - entries);
    const s0 = load<i32>(entries);
    let p0 = base + <usize>(s0 * unit);
    let p1 = base + <usize>((more > 8 ? load<i32>(entries, 8) : s0) * unit);
    let p2 = base + <usize>((more > 16 ? load<i32>(entries, 16) : s0) * unit);
    let p3 = base + <usize>((more > 24 ? load<i32>(entries, 24) : s0) * unit);
    let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    for (let k = w; k < w_end; k += 32) {
      const u = v128.load(k);
      a0 = madd(u, v128.load(p0), a0);
      a1 = madd(u, v128.load(p1), a1);
      a2 = madd(u, v128.load(p2), a2);
      a3 = madd(u, v128.load(p3), a3);
      const v = v128.load(k, 16);
      b0 = madd(v, v128.load(p0, 16), b0);
      b1 = madd(v, v128.load(p1, 16), b1);
      b2 = madd(v, v128.load(p2, 16), b2);
      b3 = madd(v, v128.load(p3, 16), b3);
      p0 += 32;
      p1 += 32;
      p2 += 32;
      p3 += 32;
    }
    a0 = f32x4.add(a0, b0);
    a1 = f32x4.add(a1, b1);
    a2 = f32x4.add(a2, b2);
    a3 = f32x4.add(a3, b3);
    const even = f32x4.add(i32x4.shuffle(a0, a1, 0, 4, 1, 5), i32x4.shuffle(a0, a1, 2, 6, 3, 7));
    const odd = f32x4.add(i32x4.shuffle(a2, a3, 0, 4, 1, 5), i32x4.shuffle(a2, a3, 2, 6, 3, 7));
    const four = f32x4.add(i64x2.shuffle(even, odd, 0, 2), i64x2.shuffle(even, odd, 1, 3));
    v128.store(sums, first ? four : f32x4.add(four, v128.load(sums)));
    sums += 16;
  }
}

/** Y[s, r] = the sum of every pair of the lists of rows `from` to `to` − 1; nothing else of Y `[m, ldy]` is touched. */
export function scatter_sums(
  y: usize, ldy: i32, sums: usize, entries: usize, spans: usize, from: i32, to: i32,
): void {
  for (let r = from; r < to; r++) {
    const end = load<i32>(spans + 8 * <usize>r, 4);
    for (let i = load<i32>(spans + 8 * <usize>r); i < end; i++) {
      const sample = <usize>load<i32>(entries + 8 * <usize>i);
      store<f32>(y + 4 * (sample * ldy + r), load<f32>(sums + 4 * <usize>i));
    }
  }
}
