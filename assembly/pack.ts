// Copies of an operand's block in the order in which a register tile reads it. All widths and strides are in floats.

/**
 * Micro-panels of `mr` rows: out `[ceil(mc / mr)][kc][mr]` from rows of a `[mc, lda]`; rows beyond mc are zero.
 */
export function pack_rows(out: usize, a: usize, lda: i32, mc: i32, kc: i32, mr: i32): void {
  for (let i = 0; i < mc; i += mr) {
    for (let r = 0; r < mr; r++) {
      let to = out + 4 * r;
      const step: usize = 4 * mr;
      if (i + r < mc) {
        let from = a + 4 * <usize>(i + r) * lda;
        const end = from + 4 * <usize>kc;
        const end4 = end - 12;
        for (; from < end4; from += 16) {
          const x = v128.load(from);
          v128.store_lane<f32>(to, x, 0);
          v128.store_lane<f32>(to + step, x, 1);
          v128.store_lane<f32>(to + 2 * step, x, 2);
          v128.store_lane<f32>(to + 3 * step, x, 3);
          to += 4 * step;
        }
        for (; from < end; from += 4) {
          store<f32>(to, load<f32>(from));
          to += step;
        }
      } else {
        for (let k = 0; k < kc; k++) {
          store<f32>(to, 0);
          to += step;
        }
      }
    }
    out += 4 * <usize>mr * kc;
  }
}

/**
 * Micro-panels of `mr` columns: out `[ceil(mc / mr)][kc][mr]` from columns of a `[kc, lda]`, which are the product's
 * rows; columns beyond mc are zero.
 */
export function pack_columns(out: usize, a: usize, lda: i32, mc: i32, kc: i32, mr: i32): void {
  for (let i = 0; i < mc; i += mr) {
    const wide = min(mr, mc - i);
    let from = a + 4 * i;
    for (let k = 0; k < kc; k++) {
      if (wide == mr) {
        v128.store(out, v128.load(from));
        if (mr == 6) v128.store64_lane(out, v128.load64_zero(from, 16), 0, 16);
      } else {
        for (let r = 0; r < mr; r++) store<f32>(out + 4 * r, r < wide ? load<f32>(from + 4 * r) : 0);
      }
      out += 4 * <usize>mr;
      from += 4 * <usize>lda;
    }
  }
}

/** out `[kc, 8]` = eight columns of b `[kc, ldb]`. */
export function pack_strip(out: usize, b: usize, ldb: i32, kc: i32): void {
  for (let k = 0; k < kc; k++) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    v128.store(out, left);
    v128.store(out, right, 16);
    out += 32;
    b += 4 * <usize>ldb;
  }
}

/**
 * out `[n, 8]` = the transpose of the first n columns, n a multiple of 4, of `height` ≤ 8 rows of w `[height, width]`;
 * columns from height on are zero.
 */
export function pack_transposed(out: usize, w: usize, width: i32, n: i32, height: i32): void {
  const stride: usize = 4 * width;
  for (let half = 0; half < 8; half += 4) {
    const left = height - half;
    const row = w + <usize>half * stride;
    for (let c = 0; c < n; c += 4) {
      const at = row + 4 * c;
      const zero = i32x4.splat(0);
      const a = left > 0 ? v128.load(at) : zero;
      const b = left > 1 ? v128.load(at + stride) : zero;
      const d = left > 2 ? v128.load(at + 2 * stride) : zero;
      const e = left > 3 ? v128.load(at + 3 * stride) : zero;
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const de0 = i32x4.shuffle(d, e, 0, 4, 1, 5);
      const de1 = i32x4.shuffle(d, e, 2, 6, 3, 7);
      const to = out + 32 * c + 4 * half;
      v128.store(to, i64x2.shuffle(ab0, de0, 0, 2));
      v128.store(to, i64x2.shuffle(ab0, de0, 1, 3), 32);
      v128.store(to, i64x2.shuffle(ab1, de1, 0, 2), 64);
      v128.store(to, i64x2.shuffle(ab1, de1, 1, 3), 96);
    }
  }
}

/** out `[m, width]` = a `[m, width]`, width a multiple of 16, rows `os` and `stride` bytes apart. */
export function copy_rows(out: usize, os: i32, a: usize, stride: i32, m: i32, width: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < 4 * width; j += 64) {
      const p0 = v128.load(a + j);
      const p1 = v128.load(a + j, 16);
      const p2 = v128.load(a + j, 32);
      const p3 = v128.load(a + j, 48);
      v128.store(out + j, p0);
      v128.store(out + j, p1, 16);
      v128.store(out + j, p2, 32);
      v128.store(out + j, p3, 48);
    }
    a += stride;
    out += os;
  }
}
