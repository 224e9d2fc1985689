// The sampled product (SDDMM), which computes only wanted outputs: dot products of a weight row with the samples that
// want its unit. A panel of D is copied to scratch, `[m, 48]`, and stays in L1 while the same panel of W streams
// through once.
//
// Each dot product is one chain of multiply-adds per lane in ascending order. At the end of each panel its lanes are
// added. That is not the order of the dense sum, but it does not depend on which other elements are wanted. Four lanes
// and eight give other last bits. So there is a kernel for each, and a network always takes the same one (`lanes` in
// src/runtime/core.ts).

import { aligned, PANEL, panel_width, SAMPLES } from "./layout";
import { copy_rows } from "./pack";
import { LEARNS, madd } from "./simd";
import { filled, ROW } from "./wanted";

/**
 * sums = Σ over columns of W[r, ·]·D[s, ·] for the samples s on the list of each row r from `from` to `to` − 1, over
 * four lanes. Lists as `list_active` makes them, one after the other; a sum for each of their entries, in their order.
 * D `[m, ldd]`, m 128 at most, has zeros from cols to pad(cols). scratch: `[m, 48]` floats. `chains`: how many dot
 * products are under way at once, 8 or 4, which changes no bit: V8 before 13 has registers for four. Where m is 1,
 * scratch is `[to − from]` i32.
 */
export function sddmm(
  sums: usize, lists: usize, counts: usize, d: usize, ldd: i32, w: usize, scratch: usize, m: i32,
  rows: i32, cols: i32, from: i32, to: i32, chains: i32,
): void {
  assert(m <= SAMPLES && from % 16 == 0 && aligned(w) && aligned(d) && aligned(scratch));
  if (LEARNS && m == 1) return dot_sample(sums, counts, d, w, scratch, rows, cols, from, to);
  const panels = (cols + PANEL - 1) / PANEL;
  for (let q = 0; q < panels; q++) {
    const width = panel_width(cols, q);
    copy_rows(scratch, ROW, d + 4 * <usize>q * PANEL, 4 * ldd, m, width);
    let row = w + 4 * (<usize>q * PANEL * rows + <usize>from * width);
    let list = lists, sum = sums;
    for (let i = 0; i < to - from; i++) {
      const count = load<i32>(counts + 4 * <usize>i);
      dot_rows(sum, row, row + 4 * width, list, count, scratch, q == 0, chains);
      row += 4 * width;
      list += 2 * filled(count);
      sum += 4 * filled(count);
    }
  }
}

/**
 * sums[i] (+)= the floats from w to w_end · the row at base + list[i] bytes, for i up to count rounded up to 4: eight
 * rows at a time and then four, so that one load of w serves all chains in flight.
 */
// @ts-ignore: decorator
@inline
function dot_rows(
  sums: usize, w: usize, w_end: usize, list: usize, count: i32, base: usize, first: bool, chains: i32,
): void {
  const end = list + 2 * <usize>count;
  const carried = i32x4.splat(first ? 0 : -1);
  if (LEARNS && chains == 8) for (; list + 8 < end; list += 16) {
    let p0 = base + load<u16>(list), p1 = base + load<u16>(list, 2);
    let p2 = base + load<u16>(list, 4), p3 = base + load<u16>(list, 6);
    let p4 = base + load<u16>(list, 8), p5 = base + load<u16>(list, 10);
    let p6 = base + load<u16>(list, 12), p7 = base + load<u16>(list, 14);
    let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
    // The last row first, as in descent.ts.
    for (let k = w; k < w_end; k += 32) {
      const u = v128.load(k), v = v128.load(k, 16);
      a7 = madd(v, v128.load(p7, 16), madd(u, v128.load(p7), a7));
      a6 = madd(v, v128.load(p6, 16), madd(u, v128.load(p6), a6));
      a5 = madd(v, v128.load(p5, 16), madd(u, v128.load(p5), a5));
      a4 = madd(v, v128.load(p4, 16), madd(u, v128.load(p4), a4));
      a3 = madd(v, v128.load(p3, 16), madd(u, v128.load(p3), a3));
      a2 = madd(v, v128.load(p2, 16), madd(u, v128.load(p2), a2));
      a1 = madd(v, v128.load(p1, 16), madd(u, v128.load(p1), a1));
      a0 = madd(v, v128.load(p0, 16), madd(u, v128.load(p0), a0));
      p0 += 32, p1 += 32, p2 += 32, p3 += 32, p4 += 32, p5 += 32, p6 += 32, p7 += 32;
    }
    v128.store(sums, f32x4.add(sum_each(a0, a1, a2, a3), v128.and(carried, v128.load(sums))));
    v128.store(sums, f32x4.add(sum_each(a4, a5, a6, a7), v128.and(carried, v128.load(sums, 16))), 16);
    sums += 32;
  }
  for (; list < end; list += 8) {
    let p0 = base + load<u16>(list), p1 = base + load<u16>(list, 2);
    let p2 = base + load<u16>(list, 4), p3 = base + load<u16>(list, 6);
    let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    for (let k = w; k < w_end; k += 16) {
      const u = v128.load(k);
      a3 = madd(u, v128.load(p3), a3);
      a2 = madd(u, v128.load(p2), a2);
      a1 = madd(u, v128.load(p1), a1);
      a0 = madd(u, v128.load(p0), a0);
      p0 += 16, p1 += 16, p2 += 16, p3 += 16;
    }
    v128.store(sums, f32x4.add(sum_each(a0, a1, a2, a3), v128.and(carried, v128.load(sums))));
    sums += 16;
  }
}

/**
 * `sddmm` of a single sample, as in every batch of one: four of its rows at a time, which are gathered at `wanted`. Its
 * lists have one entry, filled up to four, or none.
 */
function dot_sample(
  sums: usize, counts: usize, d: usize, w: usize, wanted: usize, rows: i32, cols: i32, from: i32, to: i32,
): void {
  let end = wanted;
  for (let i = 0; i < to - from; i++) {
    store<i32>(end, i);
    end += 4 * <usize>load<i32>(counts + 4 * <usize>i);
  }
  for (let first = 0; first < cols; first += PANEL) {
    const width = panel_width(cols, first / PANEL);
    const panel = w + 4 * (<usize>first * rows + <usize>from * width);
    const stop = d + 4 * width;
    let sum = sums;
    for (let row = wanted; row < end; row += 16) {
      // The last four may be fewer: the first of them stands in for the others, and what it gives is not stored.
      let p0 = panel + <usize>(load<i32>(row) * 4 * width), p1 = p0, p2 = p0, p3 = p0;
      if (row + 4 < end) p1 = panel + <usize>(load<i32>(row, 4) * 4 * width);
      if (row + 8 < end) p2 = panel + <usize>(load<i32>(row, 8) * 4 * width);
      if (row + 12 < end) p3 = panel + <usize>(load<i32>(row, 12) * 4 * width);
      let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
      for (let k = d; k < stop; k += 16) {
        const x = v128.load(k);
        a3 = madd(v128.load(p3), x, a3);
        a2 = madd(v128.load(p2), x, a2);
        a1 = madd(v128.load(p1), x, a1);
        a0 = madd(v128.load(p0), x, a0);
        p0 += 16, p1 += 16, p2 += 16, p3 += 16;
      }
      const four = sum_each(a0, a1, a2, a3);
      add_sum(sum, f32x4.extract_lane(four, 0), first);
      if (row + 4 < end) add_sum(sum + 16, f32x4.extract_lane(four, 1), first);
      if (row + 8 < end) add_sum(sum + 32, f32x4.extract_lane(four, 2), first);
      if (row + 12 < end) add_sum(sum + 48, f32x4.extract_lane(four, 3), first);
      sum += 64;
    }
    d = stop;
  }
}

/** The first panel's sum, or one more panel's on top. */
// @ts-ignore: decorator
@inline
function add_sum(sum: usize, value: f32, panel: i32): void {
  store<f32>(sum, value + (panel == 0 ? 0 : load<f32>(sum)));
}

/** The sum of each vector's lanes, (0 + 2) + (1 + 3), by transposing. */
// @ts-ignore: decorator
@inline
function sum_each(a: v128, b: v128, c: v128, d: v128): v128 {
  const even = f32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const odd = f32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(i64x2.shuffle(even, odd, 0, 2), i64x2.shuffle(even, odd, 1, 3));
}

/**
 * As `sddmm`, over eight lanes, for engines that pair 128-bit operations into 256-bit ones: scratch has `[m, 48]`,
 * `[48]` and `[m, 8]` floats, m rounded up to 4 in the last. A weight row stays in six registers of 256 bits, so that
 * no multiply-add waits for a load of it. V8 pairs only what leads to a store, so the lanes of a whole list's dot
 * products are stored first (`dot_lanes`) and added afterwards (`sum_pairs`).
 */
export function sddmm_paired(
  sums: usize, lists: usize, counts: usize, d: usize, ldd: i32, w: usize, scratch: usize, m: i32,
  rows: i32, cols: i32, from: i32, to: i32,
): void {
  assert(m <= SAMPLES && from % 16 == 0 && aligned(w) && aligned(d) && aligned(scratch));
  const panels = (cols + PANEL - 1) / PANEL;
  const widened = scratch + <usize>ROW * m;
  const lanes = widened + ROW;
  for (let q = 0; q < panels; q++) {
    const width = panel_width(cols, q);
    if (width < PANEL) memory.fill(scratch, 0, lanes - scratch);
    copy_rows(scratch, ROW, d + 4 * <usize>q * PANEL, 4 * ldd, m, width);
    let row = w + 4 * (<usize>q * PANEL * rows + <usize>from * width);
    let list = lists, sum = sums;
    for (let i = 0; i < to - from; i++) {
      const count = load<i32>(counts + 4 * <usize>i);
      if (width < PANEL) memory.copy(widened, row, 4 * width);
      dot_lanes(lanes, width < PANEL ? widened : row, list, list + 2 * <usize>count, scratch);
      sum_pairs(sum, lanes, count, q == 0);
      row += 4 * width;
      list += 2 * filled(count);
      sum += 4 * filled(count);
    }
  }
}

/** lanes `[·, 8]` = the sums over eight lanes of w `[48]` · each row that the list names, of `[·, 48]` at base. */
function dot_lanes(lanes: usize, w: usize, list: usize, end: usize, base: usize): void {
  const w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32), w3 = v128.load(w, 48);
  const w4 = v128.load(w, 64), w5 = v128.load(w, 80), w6 = v128.load(w, 96), w7 = v128.load(w, 112);
  const w8 = v128.load(w, 128), w9 = v128.load(w, 144), w10 = v128.load(w, 160), w11 = v128.load(w, 176);
  for (; list < end; list += 2) {
    const p = base + load<u16>(list);
    let a = f32x4.mul(w0, v128.load(p)), b = f32x4.mul(w1, v128.load(p, 16));
    let c = f32x4.mul(w2, v128.load(p, 32)), d = f32x4.mul(w3, v128.load(p, 48));
    a = madd(w4, v128.load(p, 64), a);
    b = madd(w5, v128.load(p, 80), b);
    c = madd(w6, v128.load(p, 96), c);
    d = madd(w7, v128.load(p, 112), d);
    a = madd(w8, v128.load(p, 128), a);
    b = madd(w9, v128.load(p, 144), b);
    c = madd(w10, v128.load(p, 160), c);
    d = madd(w11, v128.load(p, 176), d);
    a = f32x4.add(a, c);
    b = f32x4.add(b, d);
    v128.store(lanes, a);
    v128.store(lanes, b, 16);
    lanes += 32;
  }
}

/** sums[i] (+)= the sum of lanes `[i, 8]`, for i up to count rounded up to 4. */
function sum_pairs(sums: usize, lanes: usize, count: i32, first: bool): void {
  const carried = i32x4.splat(first ? 0 : -1);
  for (let i = 0; i < count; i += 4) {
    const a = f32x4.add(v128.load(lanes), v128.load(lanes, 16));
    const b = f32x4.add(v128.load(lanes, 32), v128.load(lanes, 48));
    const c = f32x4.add(v128.load(lanes, 64), v128.load(lanes, 80));
    const d = f32x4.add(v128.load(lanes, 96), v128.load(lanes, 112));
    v128.store(sums, f32x4.add(sum_each(a, b, c, d), v128.and(carried, v128.load(sums))));
    sums += 16;
    lanes += 128;
  }
}

/** Y[s, r] = the sum of every sample s on the list of row r, `from` to `to` − 1; no more of Y `[·, ldy]` is touched. */
export function scatter_sums(
  y: usize, ldy: i32, sums: usize, lists: usize, counts: usize, from: i32, to: i32,
): void {
  for (let r = from; r < to; r++) {
    const count = load<i32>(counts);
    for (let i = 0; i < count; i++) {
      const sample = <u32>load<u16>(lists + 2 * <usize>i) / <u32>ROW;
      store<f32>(y + 4 * (<usize>sample * ldy + r), load<f32>(sums + 4 * <usize>i));
    }
    lists += 2 * filled(count);
    sums += 4 * filled(count);
    counts += 4;
  }
}
