// Operands of sparse products, of every awkward size, in fenced memory; and shares of an output.
import { pad, SAMPLES, storeWeight, weightLength, weightShape } from "../../src/memory/layout.js";
import type { Scratch } from "./core.js";
import { place, values } from "./rows.js";
import { sparseValues } from "./sparse.js";

export interface Shape {
  m: number;
  rows: number;
  cols: number;
}

/**
 * Last panels of 16, 32 and 48 columns; rows around the grain, the panel and the block; batches around the tile and the
 * block.
 */
export const SHAPES: Shape[] = [
  ...[1, 10, 16, 17, 31, 33, 47, 48, 49, 64, 65, 81, 96, 97, 145].map((cols) => ({ m: 5, rows: 129, cols })),
  ...[1, 2, 15, 16, 17, 47, 49, 127, 128, 129, 257].map((rows) => ({ m: 6, rows, cols: 81 })),
  ...[1, 2, 3, 4, 127, 128, 129].map((m) => ({ m, rows: 49, cols: 65 })),
];

/** S `[m, rows]` with zeros, D `[m, cols]` and W `[rows, cols]` without, in fenced memory with strides of their own. */
export class Operands {
  readonly s: Float32Array;
  readonly d: Float32Array;
  readonly w: Float32Array;
  readonly slots: number;

  constructor(
    readonly shape: Shape,
    readonly density: number,
  ) {
    const { m, rows, cols } = shape;
    this.s = sparseValues(m + rows + cols, m * rows, density);
    this.d = values(2, m * cols, 1);
    this.w = values(3, rows * cols, 1);
    this.slots = 4 * Math.ceil(m / 4);
  }

  get what(): string {
    const { m, rows, cols } = this.shape;
    return `[${m}, ${rows}, ${cols}] at ${this.density}`;
  }

  get lds(): number {
    return pad(this.shape.rows) + 16;
  }

  get ldd(): number {
    return pad(this.shape.cols) + 32;
  }

  placeS(core: Scratch): number {
    return place(core, this.s, { batch: this.shape.m, n: this.shape.rows, ld: this.lds });
  }

  placeD(core: Scratch): number {
    return place(core, this.d, { batch: this.shape.m, n: this.shape.cols, ld: this.ldd });
  }

  /** A matrix stored as a weight; without `values`, the pattern. */
  weight(core: Scratch, dense?: Float32Array): { at: number; view: Float32Array } {
    const shape = weightShape(this.shape.rows, this.shape.cols, "input");
    const region = core.floats(weightLength(shape));
    if (dense) {
      // storeWeight takes [out, in].
      const { rows, cols } = this.shape;
      const turned = Float32Array.from(
        { length: rows * cols },
        (_, i) => dense[(i % rows) * cols + Math.floor(i / rows)],
      );
      storeWeight(region.view, turned, shape);
    }
    return region;
  }

  /**
   * Room for what a product over copied panels keeps: `[m, 48]`; a row more and `[m, 8]` for the paired one, 128
   * samples at most.
   */
  panel(core: Scratch, paired = false): number {
    const { m } = this.shape;
    if (!paired) return core.bytes(4 * 48 * m);
    return core.bytes(4 * (48 * (Math.min(m, SAMPLES) + 1) + 8 * Math.min(this.slots, SAMPLES)));
  }

  /** The lists by unit of S, made in fenced memory. */
  lists(core: Scratch): { entries: number; spans: number } {
    const { m, rows } = this.shape;
    const entries = core.bytes(8 * this.slots * rows);
    const spans = core.bytes(8 * pad(rows));
    core.k.list_by_unit(entries, spans, this.slots, this.placeS(core), m, this.lds, 0, rows);
    return { entries, spans };
  }
}

/** Both ends and, where there is one, a border between two shares of a multiple of `grain`. */
export const cutsOf = (total: number, grain: number) =>
  total > grain ? [0, grain * Math.ceil(total / grain / 2), total] : [0, total];

export function eachShare(cuts: number[], run: (from: number, to: number) => void): void {
  for (let i = 0; i + 1 < cuts.length; i++) run(cuts[i], cuts[i + 1]);
}
