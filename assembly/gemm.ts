// The three dense products over one stored weight matrix W, `[ceil(cols / 48)][rows][48]` (see docs/architecture.md):
//
//   dense_nn   Y[m, cols]    = S[m, rows] · W
//   dense_nt   Y[m, rows]    = D[m, cols] · Wᵀ
//   dense_tn   G[rows, cols] = S[m, rows]ᵀ · D[m, cols]      (G is stored like W)
//
// Each is a register tile (tile.ts) inside ordinary loops, blocked as in BLIS: a block of the left operand is packed
// into micro-panels of `mr` rows that stay in L2, a strip of eight columns of the right operand stays in L1. dense_nn
// reads the strips of W in place. The other two pack them. The strips of Wᵀ have to be transposed. The rows of D may
// each lie in another page of memory, and there are more rows than the TLB has entries.
//
// Every output is one chain of multiply-adds in ascending order of k. Memory carries the chain from one block of k to
// the next, so neither `mr` nor the blocking changes a bit of the result.

import { aligned, KC, MC, MR, NR, pad, PANEL, panel_width } from "./layout";
import { pack_columns, pack_rows, pack_strip, pack_transposed } from "./pack";
import { LEARNS } from "./simd";
import { tile_4x8, tile_6x8, tile_strided } from "./tile";

/** KC in whole panels, for products whose k runs along W's columns. */
// @ts-ignore: decorator
@inline
const KC_PANELS: i32 = 5;
/** Columns of the result that are few to pack for. */
// @ts-ignore: decorator
@inline
const SMALL: i32 = 128;
/** Bytes that the products need at `scratch`: one packed block, one packed strip, one tile. */
export function dense_scratch(): i32 {
  return 4 * ((MC + 3) * KC + KC * NR + 6 * NR);
}

/**
 * Y[m, cols] = S[m, rows] · W. Y (stride ldy) is overwritten up to pad(cols), S has the stride lds. Nothing may alias.
 * W is read from panel `from` up to panel `to` (a thread's share): those columns of Y are written.
 */
export function dense_nn(
  y: usize, ldy: i32, s: usize, lds: i32, w: usize, scratch: usize, m: i32, rows: i32, cols: i32, from: i32, to: i32,
  mr: i32,
): void {
  assert(aligned(y) && aligned(w) && aligned(scratch));
  const packed = scratch + 4 * (NR * KC + 6 * NR);
  const small = is_small(m, rows, cols);
  const row: usize = small ? 4 * lds : 0;
  for (let i0 = 0; i0 < m; i0 += MC) {
    const mc = min(MC, m - i0);
    for (let k0 = 0; k0 < rows; k0 += KC) {
      const kc = min(KC, rows - k0);
      const left = s + 4 * (<usize>i0 * lds + k0);
      if (!small) pack_left(packed, left, lds, mc, kc, mr);
      const block = small ? left : packed;
      for (let q = from; q < to; q++) {
        const width = panel_width(cols, q);
        const panel = w + 4 * (<usize>q * PANEL * rows + <usize>k0 * width);
        const out = y + 4 * (<usize>i0 * ldy + q * PANEL);
        for (let j = 0; j < width; j += NR) {
          if (LEARNS && q * PANEL + j >= cols) clear_strip(out + 4 * j, 4 * ldy, mc);
          else strip(out + 4 * j, 4 * ldy, block, row, 4, panel + 4 * j, 4 * width, mc, kc, k0 == 0, mr, scratch);
        }
      }
    }
  }
}

/**
 * Y[m, rows] = D[m, cols] · Wᵀ. Y (stride ldy) is overwritten in columns from … to − 1, `from` a multiple of 16, and
 * with zeros up to pad(rows) where `to` is `rows`; D has the stride ldd. Nothing may alias.
 */
export function dense_nt(
  y: usize, ldy: i32, d: usize, ldd: i32, w: usize, scratch: usize, m: i32, rows: i32, cols: i32, from: i32, to: i32,
  mr: i32,
): void {
  assert(from % 16 == 0 && aligned(y) && aligned(w) && aligned(scratch));
  const transposed = scratch + 4 * 6 * NR;
  const packed = transposed + 4 * NR * KC;
  const panels = (cols + PANEL - 1) / PANEL;
  const end = to == rows ? pad(rows) : to;
  const small = is_small(m, cols, rows);
  const row: usize = small ? 4 * ldd : 0;
  for (let i0 = 0; i0 < m; i0 += MC) {
    const mc = min(MC, m - i0);
    for (let q0 = 0; q0 < panels; q0 += KC_PANELS) {
      const q1 = min(panels, q0 + KC_PANELS);
      const k0 = q0 * PANEL;
      const kc = min(q1 * PANEL, cols) - k0;
      const left = d + 4 * (<usize>i0 * ldd + k0);
      if (!small) pack_left(packed, left, ldd, mc, kc, mr);
      const block = small ? left : packed;
      for (let r = from; r < end; r += NR) {
        let at = transposed;
        for (let q = q0; q < q1; q++) {
          const width = panel_width(cols, q);
          const used = LEARNS ? min(width, (cols - q * PANEL + 3) & ~3) : width;
          const eight = w + 4 * (<usize>q * PANEL * rows + <usize>r * width);
          pack_transposed(at, eight, width, used, min(NR, rows - r));
          at += 4 * NR * width;
        }
        const out = y + 4 * (<usize>i0 * ldy + r);
        strip(out, 4 * ldy, block, row, 4, transposed, 32, mc, kc, q0 == 0, mr, scratch);
      }
    }
  }
}

/**
 * G[rows, cols] = S[m, rows]ᵀ · D[m, cols], G in panels like W, rows from … to − 1 of it overwritten. S has the stride
 * lds, D the stride ldd and zeros from cols to pad(cols). Nothing may alias.
 */
export function dense_tn(
  g: usize, s: usize, lds: i32, d: usize, ldd: i32, scratch: usize, m: i32, rows: i32, cols: i32, from: i32, to: i32,
  mr: i32,
): void {
  assert(aligned(g) && aligned(d) && aligned(scratch));
  const copied = scratch + 4 * 6 * NR;
  const packed = copied + 4 * NR * KC;
  const panels = (cols + PANEL - 1) / PANEL;
  const small = is_small(to - from, m, cols);
  const row: usize = small ? 4 : 0;
  for (let r0 = from; r0 < to; r0 += MC) {
    const mc = min(MC, to - r0);
    for (let k0 = 0; k0 < m; k0 += KC) {
      const kc = min(KC, m - k0);
      const six = rows_by_six(mc, mr);
      const left = s + 4 * (<usize>k0 * lds + r0);
      if (!small) {
        pack_columns(packed, left, lds, six, kc, 6);
        pack_columns(packed + 4 * <usize>(six * kc), left + 4 * <usize>six, lds, mc - six, kc, MR);
      }
      const block = small ? left : packed;
      for (let q = 0; q < panels; q++) {
        const width = panel_width(cols, q);
        const out = g + 4 * (<usize>q * PANEL * rows + <usize>r0 * width);
        const right = d + 4 * (<usize>k0 * ldd + q * PANEL);
        for (let j = 0; j < width; j += NR) {
          if (q * PANEL + j >= cols) {
            clear_strip(out + 4 * j, 4 * width, mc);
            continue;
          }
          pack_strip(copied, right + 4 * j, ldd, kc);
          strip(out + 4 * j, 4 * width, block, row, 4 * lds, copied, 32, mc, kc, k0 == 0, mr, scratch);
        }
      }
    }
  }
}

/**
 * Is C[m, n] = A[m, k] · B[k, n] so small that packing A costs more than it spares? Decided by its shape alone, and the
 * sums are the same.
 */
// @ts-ignore: decorator
@inline
function is_small(m: i32, k: i32, n: i32): bool {
  return LEARNS && m >= MR && k <= KC_PANELS * PANEL && n <= SMALL;
}

/**
 * How many of mc rows go through tiles of six where `mr` is 6. The rest go through tiles of four. The last tile is
 * seldom partly empty so: 128 rows are twenty tiles of six and two of four.
 */
// @ts-ignore: decorator
@inline
function rows_by_six(mc: i32, mr: i32): i32 {
  if (!LEARNS || mr != 6) return 0;
  const rest = mc % 6;
  return rest == 1 || rest == 2 ? max(0, mc - rest - 6) : mc - rest;
}

/** The block A[mc, kc], packed by six rows and then by four. */
function pack_left(packed: usize, a: usize, lda: i32, mc: i32, kc: i32, mr: i32): void {
  const six = rows_by_six(mc, mr);
  pack_rows(packed, a, lda, six, kc, 6);
  pack_rows(packed + 4 * <usize>(six * kc), a + 4 * <usize>six * lda, lda, mc - six, kc, MR);
}

/** C[m, 8] = 0, rows `cs` bytes apart: a strip of columns that are only there to fill a grain. */
function clear_strip(c: usize, cs: i32, m: i32): void {
  for (let i = 0; i < m; i++, c += cs) {
    v128.store(c, i32x4.splat(0));
    v128.store(c, i32x4.splat(0), 16);
  }
}

/**
 * C[mc, 8] (+)= A[mc, kc] · B[kc, 8] for one strip of eight columns, B and C with their strides in bytes; `first`
 * starts from zero. A is packed by six, then by four. Fewer than four last rows go through a spare tile, so that
 * nothing outside C is touched. Where `row` is not 0, A of a small product lies as `tile_strided` takes it; its last
 * tile ends with the last row, and computes rows before it once more.
 */
function strip(
  c: usize, cs: usize, a: usize, row: usize, step: usize, b: usize, bs: usize, mc: i32, kc: i32, first: bool, mr: i32,
  spare: usize,
): void {
  let i = 0;
  if (LEARNS && row) {
    for (; i < mc; i += MR) {
      const from = <usize>min(i, mc - MR);
      tile_strided(c + from * cs, cs, a + from * row, row, step, b, bs, kc);
    }
    return;
  }
  i = rows_by_six(mc, mr);
  if (LEARNS) for (const end = a + 4 * <usize>(i * kc); a < end; a += 24 * <usize>kc) {
    tile_6x8(c, cs, a, b, bs, kc, first);
    c += 6 * cs;
  }
  for (; i + MR <= mc; i += MR) {
    tile_4x8(c, cs, a, b, bs, kc, first);
    c += 4 * cs;
    a += 16 * <usize>kc;
  }
  const rest = mc - i;
  if (rest == 0) return;
  for (let r = 0; r < rest && !first; r++) memory.copy(spare + 32 * r, c + <usize>r * cs, 32);
  tile_4x8(spare, 32, a, b, bs, kc, first);
  for (let r = 0; r < rest; r++) memory.copy(c + <usize>r * cs, spare + 32 * r, 32);
}
