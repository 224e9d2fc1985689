// What one mask for all rows leaves, copied close together: the part of a stored weight that lies between kept units,
// and the kept columns of rows.

import { aligned, PANEL, pad, panel_width } from "./layout";

/**
 * out[m, n] = w[kept rows, kept columns], both in panels. w is `[rows, cols]`; kept_rows i32[m] and kept_cols i32[n]
 * are ascending. The columns of out from n to pad(n) are zero. scratch: a panel's 48 offsets.
 */
export function gather_weight(
  out: usize, w: usize, rows: i32, cols: i32, kept_rows: usize, m: i32, kept_cols: usize, n: i32, scratch: usize,
): void {
  assert(aligned(out) && aligned(w) && aligned(scratch));
  const panels = (n + PANEL - 1) / PANEL;
  // The last panel of w may be narrower than the others, so that its rows are closer together.
  const narrow = cols - cols % PANEL;
  const narrow_step = 4 * panel_width(cols, narrow / PANEL);
  for (let q = 0; q < panels; q++) {
    const width = panel_width(n, q);
    const count = min(PANEL, n - q * PANEL);
    let wide = 0;
    for (let j = 0; j < count; j++) {
      const col = load<i32>(kept_cols + 4 * <usize>(q * PANEL + j));
      const panel = col - col % PANEL;
      if (col < narrow) wide++;
      store<i32>(scratch + 4 * <usize>j, 4 * (panel * rows + col % PANEL));
    }
    for (let i = 0; i < m; i++) {
      const row = load<i32>(kept_rows + 4 * <usize>i);
      copy_kept(out, w + <usize>(row * 4 * PANEL), scratch, scratch + 4 * <usize>wide);
      copy_kept(
        out + 4 * <usize>wide, w + <usize>(row * narrow_step), scratch + 4 * <usize>wide, scratch + 4 * <usize>count,
      );
      for (let j = count; j < width; j++) store<f32>(out + 4 * <usize>j, 0);
      out += 4 * <usize>width;
    }
  }
}

/**
 * out[batch, n] = x[batch, kept], rows `ldo` and `ldx` floats apart; zeros up to pad(n). kept: i32[n], ascending. out
 * may be x where ldo is at most ldx. scratch: n offsets.
 */
export function gather_columns(
  out: usize, ldo: i32, x: usize, ldx: i32, batch: i32, kept: usize, n: i32, scratch: usize,
): void {
  for (let j: usize = 0; j < 4 * <usize>n; j += 4) store<i32>(scratch + j, load<i32>(kept + j) << 2);
  for (let i = 0; i < batch; i++) {
    copy_kept(out, x, scratch, scratch + 4 * <usize>n);
    for (let j = n; j < pad(n); j++) store<f32>(out + 4 * <usize>j, 0);
    out += 4 * <usize>ldo;
    x += 4 * <usize>ldx;
  }
}

/** The floats at base + each of the offsets, one after the other. */
function copy_kept(to: usize, base: usize, offset: usize, end: usize): void {
  for (; offset + 16 <= end; offset += 16) {
    let four = v128.load32_zero(base + <usize>load<i32>(offset));
    four = v128.load_lane<f32>(base + <usize>load<i32>(offset, 4), four, 1);
    four = v128.load_lane<f32>(base + <usize>load<i32>(offset, 8), four, 2);
    four = v128.load_lane<f32>(base + <usize>load<i32>(offset, 12), four, 3);
    v128.store(to, four);
    to += 16;
  }
  for (; offset < end; offset += 4) {
    store<f32>(to, load<f32>(base + <usize>load<i32>(offset)));
    to += 4;
  }
}
