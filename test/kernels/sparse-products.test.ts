import { describe, expect, it } from "vitest";
import { BLOCK, listBytes, pad, SAMPLES } from "../../src/memory/layout.js";
import { descend, dot, listByUnit } from "../reference/sparse.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { DENSITIES, expectSame } from "../support/sparse.js";
import { cutsOf, eachShare, Operands, SHAPES } from "../support/sparse-operands.js";

/** A unit in the last place of a number near 1. */
const ULP = 2 ** -23;

/** Y `[m, cols]` = S·W by `dense_nn` and by `spmm`, in shares. */
function forward(core: Scratch, operands: Operands, block: number) {
  core.reset();
  const { m, rows, cols } = operands.shape;
  const { lds } = operands;
  const s = operands.placeS(core);
  const w = operands.weight(core, operands.w).at;
  const scratch = core.bytes(core.k.dense_scratch());
  const ldy = pad(cols) + 16;
  const [dense, sparse] = [core.floats(m * ldy), core.floats(m * ldy)];
  const blocks = Math.ceil(rows / block);
  const [entries, spans] = [core.bytes(listBytes(m, rows)), core.bytes(8 * m * blocks)];
  const panel = operands.panel(core);
  const panels = Math.ceil(cols / 48);
  core.k.dense_nn(dense.at, ldy, s, lds, w, scratch, m, rows, cols, 0, panels, 4);
  eachShare(cutsOf(blocks, 1), (from, to) => core.k.list_by_block(entries, spans, s, m, rows, lds, block, from, to));
  eachShare(cutsOf(panels, 1), (from, to) =>
    core.k.spmm(sparse.at, ldy, entries, spans, w, panel, m, rows, cols, block, from, to),
  );
  core.checkFences();
  return { dense: dense.view, sparse: sparse.view };
}

/** G = Sᵀ·D by `dense_tn`, and what `row_update` makes of W, in shares. */
function gradient(core: Scratch, operands: Operands, step?: { keep: number; rate: number }) {
  core.reset();
  const { m, rows, cols } = operands.shape;
  const { lds, ldd } = operands;
  const s = operands.placeS(core);
  const d = operands.placeD(core);
  const scratch = core.bytes(core.k.dense_scratch());
  const dense = operands.weight(core);
  const before = step ? operands.weight(core, operands.w) : operands.weight(core);
  const weight = before.view.slice();
  core.k.dense_tn(dense.at, s, lds, d, ldd, scratch, m, rows, cols, 0, rows, 4);
  const { entries, spans } = operands.lists(core);
  const panel = operands.panel(core);
  eachShare(cutsOf(rows, 16), (from, to) =>
    // biome-ignore format: output, lists, operand, scratch, sizes, share, step
    core.k.row_update(before.at, entries, spans, d, ldd, panel, m, rows, cols, from, to, step ? 1 : 0, step?.keep ?? 0, step?.rate ?? 0),
  );
  core.checkFences();
  return { gradient: dense.view, weight, sparse: before.view };
}

/** The sampled products: dot products by fours, by eights, and over eight lanes. */
type Sampled = keyof typeof CHAINS;
const CHAINS = { "sddmm by 4": 4, "sddmm by 8": 8, sddmm_paired: 0 } as const;
const SAMPLED = Object.keys(CHAINS) as Sampled[];

/** Y `[m, rows]` = D·Wᵀ where S is not zero, by a sampled product and `scatter_sums` in shares; NaN elsewhere. */
function wanted(core: Scratch, operands: Operands, sampled: Sampled): Float32Array {
  core.reset();
  const { m, rows, cols } = operands.shape;
  const { lds, ldd, slots } = operands;
  const d = operands.placeD(core);
  const w = operands.weight(core, operands.w).at;
  const s = operands.placeS(core);
  const [sums, lists, counts] = [core.bytes(4 * slots * rows), core.bytes(2 * slots * rows), core.bytes(4 * rows)];
  const panel = operands.panel(core, sampled === "sddmm_paired");
  const bits = core.bytes(384);
  const ldy = pad(rows) + 48;
  const { at: y, view } = core.floats(m * ldy);
  for (let first = 0; first < m; first += SAMPLES) {
    const size = Math.min(SAMPLES, m - first);
    eachShare(cutsOf(rows, 16), (from, to) => {
      core.k.list_active(lists, counts, s + 4 * first * lds, size, 4 * lds, bits, from, to);
      const part = d + 4 * first * ldd;
      const chains = CHAINS[sampled];
      // biome-ignore format: output, lists, operands, scratch, sizes, share, chains
      if (chains > 0) core.k.sddmm(sums, lists, counts, part, ldd, w, panel, size, rows, cols, from, to, chains);
      else core.k.sddmm_paired(sums, lists, counts, part, ldd, w, panel, size, rows, cols, from, to);
      core.k.scatter_sums(y + 4 * first * ldy, ldy, sums, lists, counts, from, to);
    });
  }
  core.checkFences();
  new Uint32Array(view.buffer, view.byteOffset, view.length).forEach((word, i) => {
    const [sample, row] = [Math.floor(i / ldy), i % ldy];
    if (row < rows && operands.s[sample * rows + row] !== 0) return;
    if (word !== 0x7fc0dead)
      expect.fail(`${operands.what}: scatter wrote sample ${sample}, row ${row}, which nobody wants`);
  });
  return Float32Array.from({ length: m * rows }, (_, i) => view[Math.floor(i / rows) * ldy + (i % rows)]);
}

describe.each(everyBuild(32))("sparse products ($build)", (core) => {
  it.each(DENSITIES)("spmm is dense_nn to the bit, density %d", (density) => {
    for (const shape of SHAPES) {
      const operands = new Operands(shape, density);
      for (const block of [16, BLOCK, 2 * BLOCK]) {
        const { dense, sparse } = forward(core, operands, block);
        expectSame(sparse, dense, `${operands.what}, blocks of ${block}`);
      }
    }
  });

  it.each(DENSITIES)("row_update is dense_tn to the bit, density %d", (density) => {
    for (const shape of SHAPES) {
      const operands = new Operands(shape, density);
      const { gradient: dense, sparse } = gradient(core, operands);
      expectSame(sparse, dense, operands.what);
    }
  });

  it.each(DENSITIES)("row_update descends, with decay and without, density %d", (density) => {
    for (const shape of SHAPES) {
      const operands = new Operands(shape, density);
      for (const [keep, rate] of [
        [1, 0.5],
        [Math.fround(0.99), Math.fround(0.1)],
        [0, 1],
      ]) {
        const { gradient: g, weight, sparse } = gradient(core, operands, { keep, rate });
        const expected = weight.map((w, i) => descend(w, g[i], keep, rate));
        const what = `${operands.what}, keep ${keep}, rate ${rate}`;
        if (core.build === "simd") expectSame(sparse, expected, what);
        // Fused: one rounding of rate·G less, half a unit of its last place.
        sparse.forEach((w, i) => {
          const allowed = ULP * (Math.abs(keep * weight[i]) + Math.abs(rate * g[i]));
          if (!(Math.abs(w - expected[i]) <= allowed)) {
            expect.fail(`${what}: element ${i} is ${w}, not ${expected[i]}; ${allowed} allowed`);
          }
        });
      }
    }
  });

  it.each(SAMPLED.flatMap((sampled) => DENSITIES.map((density) => [sampled, density] as const)))(
    "%s agrees with double precision where it is wanted, density %d",
    (sampled, density) => {
      for (const shape of SHAPES) {
        const operands = new Operands(shape, density);
        const { rows, cols } = shape;
        const y = wanted(core, operands, sampled);
        listByUnit(operands.s, shape.m, rows).forEach((list, row) => {
          for (const [sample] of list) {
            const { value, magnitude } = dot(operands.d, operands.w, cols, sample, row);
            // A lane adds at most 12 products of a panel, a dot product at most 8 lanes, in three roundings, and its
            // panels: no term meets more.
            const allowed = (12 + 4 + Math.ceil(cols / 48)) * (ULP / 2) * magnitude;
            const got = y[sample * rows + row];
            if (!(Math.abs(got - value) <= allowed)) {
              expect.fail(`${operands.what}: sample ${sample}, row ${row} is ${got}, not ${value}; ${allowed} allowed`);
            }
          }
        });
      }
    },
  );

  it("by fours and by eights, a dot product has the same bits", () => {
    for (const shape of SHAPES) {
      for (const density of [0.25, 0.5]) {
        const operands = new Operands(shape, density);
        expectSame(wanted(core, operands, "sddmm by 4"), wanted(core, operands, "sddmm by 8"), operands.what);
      }
    }
  });

  it.each(SAMPLED)("%s gives a wanted element the same bits whatever else is wanted", (sampled) => {
    for (const cols of [10, 48, 65, 145]) {
      const shape = { m: 13, rows: 35, cols };
      const all = wanted(core, new Operands(shape, 1), sampled);
      for (const density of [0.1, 0.25, 0.5, 0.9]) {
        const operands = new Operands(shape, density);
        const some = wanted(core, operands, sampled);
        const expected = all.map((value, i) => (operands.s[i] === 0 ? Number.NaN : value));
        expectSame(some, expected, operands.what);
      }
    }
  });

  it("values that are not finite spoil what reads them, and nothing else", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const operands = new Operands({ m: 7, rows: 130, cols: 65 }, 0.25);
      operands.s[3 * 130 + 128] = value;
      operands.s[5 * 130 + 2] = value;
      const product = forward(core, operands, BLOCK);
      const ldy = pad(65) + 16;
      for (let i = 0; i < 7 * ldy; i++) {
        const [sample, column] = [Math.floor(i / ldy), i % ldy];
        // Behind the last column stands the product with a zero of W; the activation clears it.
        if (column < 65)
          expect(Number.isFinite(product.sparse[i]), `${value}, sample ${sample}`).toBe(![3, 5].includes(sample));
      }
      const inside = (y: Float32Array) => y.filter((_, i) => i % ldy < 65);
      expectSame(inside(product.sparse), inside(product.dense), `spmm with ${value}`);

      const { gradient: dense, sparse } = gradient(core, operands);
      // The second panel has 32 columns, the last of them to fill a grain.
      const used = (g: Float32Array) => g.filter((_, i) => i < 48 * 130 || (i - 48 * 130) % 32 < 65 - 48);
      expectSame(used(sparse), used(dense), `row_update with ${value}`);
      expect(sparse.filter((g) => !Number.isFinite(g)).length, "elements of two rows").toBeGreaterThanOrEqual(2 * 65);

      operands.d[4 * 65 + 64] = value;
      for (const sampled of SAMPLED) {
        const y = wanted(core, operands, sampled);
        y.forEach((got, i) => {
          if (operands.s[i] === 0) return;
          const what = `${sampled} with ${value}, sample ${Math.floor(i / 130)}`;
          expect(Number.isFinite(got), what).toBe(Math.floor(i / 130) !== 4);
        });
      }
    }
  });

  it("an update leaves rows without an active sample as they are, to the sign of a zero, but for their decay", () => {
    const operands = new Operands({ m: 4, rows: 20, cols: 50 }, 0);
    operands.w.fill(-0, 0, 50);
    const kept = gradient(core, operands, { keep: 1, rate: 0.5 });
    expect(new Uint32Array(kept.sparse.buffer, kept.sparse.byteOffset, kept.sparse.length)).toEqual(
      new Uint32Array(kept.weight.buffer),
    );
    const decayed = gradient(core, operands, { keep: 0.5, rate: 0.5 });
    expectSame(
      decayed.sparse,
      decayed.weight.map((w) => 0.5 * w),
      "halved",
    );
  });
});
