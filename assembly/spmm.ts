// The two sparse products that sum rows: forward over the active units of a sample (SpMM), gradient over the active
// samples of a unit.

import { descend_rows } from "./descent";
import { aligned, PANEL, panel_width } from "./layout";
import { copy_rows } from "./pack";
import { sum_rows } from "./rows";
import { LEARNS, madd, nmadd, splat } from "./simd";

/** Bytes of a cache line. */
// @ts-ignore: decorator
@inline
const LINE: i32 = 64;
/** Where each sample uses a quarter of the rows, so many samples together leave 0.75¹⁶ = 1 % of them unused. */
// @ts-ignore: decorator
@inline
const MANY: i32 = 16;

/**
 * Y[m, cols] = S[m, rows] · W, S as `list_by_block` lists it in blocks of `block` rows. Panels `from` to `to` − 1 of W
 * are read and those columns of Y (stride ldy) overwritten. A block of a panel's rows fits into L1, or nearly, so that
 * a sample finds there what earlier samples have read. The sums of a panel stay in scratch `[m, 48]` until all blocks
 * are added, because scratch takes fewer pages of memory than the rows of Y. The sums are those of `dense_nn`, to the
 * bit.
 *
 * The lists jump over rows, and the processor's prefetcher cannot tell which come next. So a few cache lines of the
 * next panel are brought into L2 by hand after each list, where enough samples (MANY) use nearly all of it.
 */
export function spmm(
  y: usize, ldy: i32, entries: usize, spans: usize, w: usize, scratch: usize, m: i32, rows: i32, cols: i32, block: i32,
  from: i32, to: i32,
): void {
  assert(block % 16 == 0 && aligned(y) && aligned(w) && aligned(scratch));
  const blocks = (rows + block - 1) / block;
  let seen = 0;
  for (let q = from; q < to; q++) {
    const width = panel_width(cols, q);
    const panel = w + 4 * <usize>q * PANEL * rows;
    let ahead = panel + 4 * <usize>rows * width;
    const fetched = m >= MANY && q + 1 < to ? ahead + 4 * <usize>rows * panel_width(cols, q + 1) : ahead;
    const share = LINE * ((rows * width / (LINE / 4) + blocks * m - 1) / (blocks * m));
    for (let b = 0; b < blocks; b++) {
      const base = panel + 4 * <usize>b * block * width;
      let span = spans + 8 * <usize>b * m;
      let c = scratch;
      for (let s = 0; s < m; s++) {
        const list = entries + 8 * <usize>load<i32>(span);
        const end = entries + 8 * <usize>load<i32>(span, 4);
        if (LEARNS) {
          for (const stop = min(ahead + share, fetched); ahead < stop; ahead += LINE) seen |= load<i32>(ahead);
        }
        if (list < end || b == 0) sum_rows(c, width, list, end, base, 4 * width, b == 0);
        span += 8;
        c += 4 * width;
      }
    }
    copy_rows(y + 4 * <usize>q * PANEL, 4 * ldy, scratch, 4 * width, m, width);
  }
  // Keeps the compiler from leaving out the prefetching loads as unused.
  if (LEARNS) store<i32>(scratch, seen);
}

/**
 * G[rows, cols] = S[m, rows]ᵀ · D[m, cols]; or, where it `descends`, W = shrink·W − rate·SᵀD in place. Both for rows
 * `from` to `to` − 1. S is listed as by `list_by_unit`; D has the stride ldd. A panel of D is copied to scratch
 * `[m, 48]`. There it stays in L1, and in few pages, while all rows use it. The sums are those of `dense_tn`, to the
 * bit. Rows of W without an active sample are not touched where shrink is 1.
 */
export function row_update(
  c: usize, entries: usize, spans: usize, d: usize, ldd: i32, scratch: usize, m: i32, rows: i32, cols: i32,
  from: i32, to: i32, descends: bool, shrink: f32, rate: f32,
): void {
  assert(aligned(c) && aligned(d) && aligned(scratch));
  if (m == 1 && descends && shrink == 1) {
    return descend_sample(c, entries, spans, d, scratch, rows, cols, from, to, rate);
  }
  const panels = (cols + PANEL - 1) / PANEL;
  for (let q = 0; q < panels; q++) {
    const width = panel_width(cols, q);
    copy_rows(scratch, 4 * width, d + 4 * <usize>q * PANEL, 4 * ldd, m, width);
    let row = c + 4 * (<usize>q * PANEL * rows + <usize>from * width);
    for (let r = from; r < to; r++) {
      const list = entries + 8 * <usize>load<i32>(spans + 8 * <usize>r);
      const end = entries + 8 * <usize>load<i32>(spans + 8 * <usize>r, 4);
      if (!descends) sum_rows(row, width, list, end, scratch, 4 * width, true);
      else if (list < end || shrink != 1) descend_rows(row, width, list, end, scratch, 4 * width, shrink, rate);
      row += 4 * width;
    }
  }
}

/**
 * `row_update` that descends by a single sample, as in every batch of one. The rows whose unit is active are gathered
 * at `active`; their entries are four pairs apart.
 */
function descend_sample(
  c: usize, entries: usize, spans: usize, d: usize, active: usize, rows: i32, cols: i32, from: i32, to: i32, rate: f32,
): void {
  let end = active;
  for (let r = from; r < to; r++) {
    const span = spans + 8 * <usize>r;
    store<i32>(end, r);
    end += 4 * <usize>(load<i32>(span, 4) - load<i32>(span));
  }
  const step = splat(rate), zero = splat(0);
  for (let first = 0; first < cols; first += PANEL) {
    const width = panel_width(cols, first / PANEL);
    const panel = c + 4 * <usize>first * rows;
    let entry = entries + 8 * <usize>load<i32>(spans + 8 * <usize>from);
    for (let at = active; at < end; at += 4) {
      const value = v128.load32_splat(entry, 4);
      let row = panel + <usize>(load<i32>(at) * 4 * width);
      for (let x = d; x < d + 4 * width; x += 32) {
        const g0 = madd(value, v128.load(x), zero), g1 = madd(value, v128.load(x, 16), zero);
        v128.store(row, nmadd(step, g0, v128.load(row)));
        v128.store(row, nmadd(step, g1, v128.load(row, 16)), 16);
        row += 32;
      }
      entry += 32;
    }
    d += 4 * width;
  }
}
