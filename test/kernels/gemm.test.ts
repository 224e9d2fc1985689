import { describe, expect, it } from "vitest";
import { pad, readWeight, storeWeight, weightLength, weightShape } from "../../src/memory/layout.js";
import { type Product, productNN, productNT, productTN } from "../reference/gemm.js";
import { everyBuild, type Scratch } from "../support/core.js";

/** Just under, at and just over the tile's rows, the strip, the grain, the panel and every block. */
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 23, 31, 33, 47, 48, 49, 53, 95, 96, 97, 191, 192, 193];
const DEPTHS = [...SIZES, 239, 240, 241, 255, 256, 257, 479, 481, 511, 512, 513, 521];
/** [m, rows, cols] where several blocks end at once, and shapes with nothing in common with any block. */
const CORNERS = [
  [192, 256, 48],
  [193, 257, 49],
  [191, 255, 47],
  [385, 17, 241],
  [4, 513, 97],
  [6, 193, 481],
  [257, 193, 50],
  [101, 211, 103],
];
/** Bits of a quiet NaN that fills what a kernel must neither read nor write. */
const POISON = 0x7fc0dead;

type Kind = "nn" | "nt" | "tn";
interface Shape {
  m: number;
  rows: number;
  cols: number;
}

/** Numbers without a pattern that a wrong index would keep; a few zeros of both signs among them. */
function values(length: number, salt: number): Float32Array {
  let state = (salt * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return i % 37 === 5 ? (i % 2 ? 0 : -0) : state / 2 ** 31 - 1;
  });
}

/**
 * Row-major `[count, width]` in memory with a stride of its own: zeros behind the width where `padded`, poison behind
 * that.
 */
function place(core: Scratch, dense: Float32Array, count: number, width: number, stride: number, padded: boolean) {
  // The last row ends where its data ends, so that a read beyond it meets the fence.
  const last = padded ? pad(width) : width;
  const { at, view } = core.floats((count - 1) * stride + last);
  for (let i = 0; i < count; i++) {
    if (padded) view.fill(0, i * stride, i * stride + pad(width));
    view.set(dense.subarray(i * width, (i + 1) * width), i * stride);
  }
  return at;
}

class Case {
  readonly s: Float32Array;
  readonly d: Float32Array;
  readonly w: Float32Array;
  readonly expected: Product;
  readonly depth: number;

  constructor(
    readonly kind: Kind,
    readonly shape: Shape,
  ) {
    const { m, rows, cols } = shape;
    this.s = values(m * rows, 1);
    this.d = values(m * cols, 2);
    this.w = values(rows * cols, 3);
    if (kind === "nn") this.expected = productNN(this.s, this.w, m, rows, cols);
    else if (kind === "nt") this.expected = productNT(this.d, this.w, m, rows, cols);
    else this.expected = productTN(this.s, this.d, m, rows, cols);
    this.depth = { nn: rows, nt: cols, tn: m }[kind];
  }

  get what(): string {
    const { m, rows, cols } = this.shape;
    return `dense_${this.kind} m ${m}, rows ${rows}, cols ${cols}`;
  }

  /** Runs the kernel over fenced memory, its outputs split at `cuts` (shares of threads); checks padding and fences. */
  run(core: Scratch, mr: number, cuts?: number[]): Float32Array {
    core.reset();
    const { m, rows, cols } = this.shape;
    const scratch = core.bytes(core.k.dense_scratch());
    // Strides longer than the padded row, different for each operand.
    const [lds, ldd] = [rows + 3, pad(cols) + 16];
    const { at: weight, view: stored } = core.floats(weightLength(weightShape(cols, rows, "output")));
    const shares = cuts ?? [0, this.kind === "nn" ? Math.ceil(cols / 48) : rows];
    const each = (call: (from: number, to: number) => void) => {
      for (let i = 0; i + 1 < shares.length; i++) call(shares[i], shares[i + 1]);
    };
    if (this.kind === "tn") {
      const s = place(core, this.s, m, rows, lds, false);
      const d = place(core, this.d, m, cols, ldd, true);
      each((from, to) => core.k.dense_tn(weight, s, lds, d, ldd, scratch, m, rows, cols, from, to, mr));
      core.checkFences();
      expectZeroPanels(stored, rows, cols, this.what);
      return readWeight(stored, weightShape(cols, rows, "output"));
    }
    storeWeight(stored, this.w, weightShape(cols, rows, "output"));
    const n = this.kind === "nn" ? cols : rows;
    const ldy = pad(n) + 32;
    const { at: y, view } = core.floats((m - 1) * ldy + pad(n));
    if (this.kind === "nn") {
      const s = place(core, this.s, m, rows, lds, false);
      each((from, to) => core.k.dense_nn(y, ldy, s, lds, weight, scratch, m, rows, cols, from, to, mr));
    } else {
      const d = place(core, this.d, m, cols, ldd, true);
      each((from, to) => core.k.dense_nt(y, ldy, d, ldd, weight, scratch, m, rows, cols, from, to, mr));
    }
    core.checkFences();
    return this.#readRows(view, n, ldy);
  }

  /** The `[m, n]` of rows whose padding must be zero and whose gap to the next row untouched. */
  #readRows(view: Float32Array, n: number, ldy: number): Float32Array {
    const { m } = this.shape;
    const bits = new Uint32Array(view.buffer, view.byteOffset, view.length);
    const out = new Float32Array(m * n);
    for (let i = 0; i < m; i++) {
      out.set(view.subarray(i * ldy, i * ldy + n), i * n);
      for (let j = n; j < ldy && i * ldy + j < view.length; j++) {
        const wanted = j < pad(n) ? 0 : POISON;
        const got = bits[i * ldy + j];
        // −0 is as good a zero as 0.
        if (got !== wanted && !(wanted === 0 && got === 0x80000000)) {
          expect.fail(`${this.what}: row ${i}, column ${j} behind ${n} holds 0x${got.toString(16)}`);
        }
      }
    }
    return out;
  }
}

function expectZeroPanels(stored: Float32Array, rows: number, cols: number, what: string): void {
  const first = Math.floor((cols - 1) / 48) * 48;
  const width = pad(cols) - first;
  for (let r = 0; r < rows; r++) {
    for (let c = cols - first; c < width; c++) {
      const value = stored[first * rows + r * width + c];
      if (value !== 0) expect.fail(`${what}: padding of row ${r}, column ${first + c} is ${value}`);
    }
  }
}

function expectBits(actual: Float32Array, expected: Float32Array, what: string): void {
  const [a, b] = [actual, expected].map((x) => new Uint32Array(x.buffer, x.byteOffset, x.length));
  const wrong = a.findIndex((bits, i) => bits !== b[i] && !(actual[i] === 0 && expected[i] === 0));
  if (wrong >= 0) expect.fail(`${what}: element ${wrong} of ${a.length} is ${actual[wrong]}, not ${expected[wrong]}`);
}

/** Two chains of k fused or unfused steps differ by at most 2·k roundings of at most the terms' magnitude. */
function expectNear(actual: Float32Array, { value, magnitude }: Product, depth: number, what: string): void {
  let largest = 0;
  for (let i = 0; i < value.length; i++) {
    const error = Math.abs(actual[i] - value[i]);
    const bound = 2 * depth * 2 ** -24 * magnitude[i];
    largest = Math.max(largest, error);
    if (!(error <= bound)) {
      expect.fail(
        `${what}: element ${i} of ${value.length} is ${actual[i]}, not ${value[i]}: off by ${error}, ${bound} allowed`,
      );
    }
  }
}

function check(core: Scratch, { kind, shape }: { kind: Kind; shape: Shape }): void {
  const product = new Case(kind, shape);
  const four = product.run(core, 4);
  if (core.build === "simd") expectBits(four, product.expected.value, `${product.what}, 4 rows`);
  else expectNear(four, product.expected, product.depth, `${product.what}, 4 rows`);
  expectBits(product.run(core, 6), four, `${product.what}, tile of 6 rows next to one of 4`);
}

describe.each(everyBuild(64))("dense products ($build)", (core) => {
  for (const kind of ["nn", "nt", "tn"] as const) {
    it(`dense_${kind}: batches around every block`, () => {
      for (const m of [...SIZES, 383, 385]) check(core, { kind, shape: { m, rows: 19, cols: 53 } });
      if (kind === "tn") for (const m of DEPTHS) check(core, { kind, shape: { m, rows: 7, cols: 17 } });
    });

    it(`dense_${kind}: rows around every block`, () => {
      for (const rows of kind === "nn" ? DEPTHS : SIZES) check(core, { kind, shape: { m: 11, rows, cols: 37 } });
    });

    it(`dense_${kind}: columns around every block`, () => {
      for (const cols of kind === "nt" ? DEPTHS : SIZES) check(core, { kind, shape: { m: 13, rows: 29, cols } });
    });

    it(`dense_${kind}: small shapes, all of them`, () => {
      for (let m = 1; m <= 7; m++) {
        for (let rows = 1; rows <= 9; rows++) {
          for (const cols of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17]) check(core, { kind, shape: { m, rows, cols } });
        }
      }
    });

    it(`dense_${kind}: several blocks at once`, () => {
      for (const [m, rows, cols] of CORNERS) check(core, { kind, shape: { m, rows, cols } });
    });

    it(`dense_${kind}: shares of threads make the whole, to the bit`, () => {
      for (const [m, rows, cols] of [
        [13, 97, 193],
        [7, 193, 100],
        [200, 65, 241],
      ]) {
        const product = new Case(kind, { m, rows, cols });
        const end = kind === "nn" ? Math.ceil(cols / 48) : rows;
        const grain = kind === "nn" ? 1 : 16;
        const whole = product.run(core, 4);
        for (const cuts of [
          [0, grain, end],
          [0, grain, 2 * grain, 3 * grain, end],
          [0, 3 * grain, 3 * grain, end],
        ]) {
          for (const mr of [4, 6]) expectBits(product.run(core, mr, cuts), whole, `${product.what}, cut at ${cuts}`);
        }
      }
    });
  }

  it("keeps NaN in the row that it belongs to", () => {
    // No padding here: behind a row of NaN it is NaN, too, until the activation clears it.
    const product = new Case("nn", { m: 9, rows: 20, cols: 48 });
    const clean = product.run(core, 4);
    product.s[3 * 20 + 7] = Number.NaN;
    for (const mr of [4, 6]) {
      const out = product.run(core, mr);
      for (let i = 0; i < out.length; i++) {
        if (Math.floor(i / 48) === 3) expect(out[i]).toBeNaN();
        else expect(out[i]).toBe(clean[i]);
      }
    }
  });
});
