// The two sparse products that sum rows: forward over the active units of a sample (SpMM), gradient over the active samples of a unit.

import { PANEL, panel_width } from "./gemm";
import { copy_panel } from "./pack";
import { CONTINUE, OVERWRITE, sum_rows } from "./rows";

/**
 * Y[m, cols] = S[m, rows] · W, S as `list_by_sample` lists it in blocks of `block` rows: entries `[m, lds]`, ends `[m, blocks]`. Panels `from` to
 * `to` − 1 of W are read and those columns of Y (stride ldy) overwritten. `block` rows of a panel stay in L1 while all samples use them.
 * The same sums as `dense_nn`, to the bit.
 */
export function spmm(
  y: usize, ldy: i32, entries: usize, lds: i32, ends: usize, w: usize, m: i32, rows: i32, cols: i32, block: i32, from: i32, to: i32,
): void {
  const blocks = (rows + block - 1) / block;
  for (let q = from; q < to; q++) {
    const width = panel_width(cols, q);
    const panel = w + 4 * <usize>q * PANEL * rows;
    for (let b = 0; b < blocks; b++) {
      const base = panel + 4 * <usize>b * block * width;
      const mode = b == 0 ? OVERWRITE : CONTINUE;
      for (let s = 0; s < m; s++) {
        const list = entries + 8 * <usize>s * lds;
        const end = ends + 4 * (<usize>s * blocks + b);
        const first = b == 0 ? 0 : load<i32>(end - 4);
        const last = load<i32>(end);
        if (first == last && mode == CONTINUE) continue;
        sum_rows(y + 4 * (<usize>s * ldy + q * PANEL), width, list + 8 * first, list + 8 * last, base, 4 * width, mode, 0, 0);
      }
    }
  }
}

/**
 * G[rows, cols] = S[m, rows]ᵀ · D[m, cols] (mode OVERWRITE), or W = keep·W − rate·G in place (mode UPDATE), for rows `from` to `to` − 1. S as
 * `list_by_unit` lists it: entries `[rows, slots]`, counts `[rows]`; D has the stride ldd. A panel of D is copied
 * to scratch `[m, 48]`, where it stays in L1 (and in few pages) while all rows use it. The same sums as `dense_tn`, to the bit. With UPDATE and keep = 1, rows without an active sample are not touched.
 */
export function row_update(
  g: usize, entries: usize, counts: usize, slots: i32, d: usize, ldd: i32, scratch: usize, m: i32, rows: i32, cols: i32,
  from: i32, to: i32,  mode: i32, keep: f32, rate: f32,
): void {
  const panels = (cols + PANEL - 1) / PANEL;
  for (let q = 0; q < panels; q++) {
    const width = panel_width(cols, q);
    const panel = g + 4 * <usize>q * PANEL * rows;
    copy_panel(scratch, d + 4 * <usize>q * PANEL, 4 * ldd, m, width);
    for (let r = from; r < to; r++) {
      const count = load<i32>(counts + 4 * r);
      if (count == 0 && mode != OVERWRITE && keep == 1) continue;
      const list = entries + 8 * <usize>r * slots;
      sum_rows(panel + 4 * <usize>r * width, width, list, list + 8 * count, scratch, 4 * width, mode, keep, rate);
    }
  }
}
