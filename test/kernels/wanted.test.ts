import { beforeEach, describe, expect, it } from "vitest";
import { maskStride, SAMPLES } from "../../src/memory/layout.js";
import { listByUnit } from "../reference/sparse.js";
import { everyBuild, type Scratch, scratch } from "../support/core.js";
import { pad, place, uniform } from "../support/rows.js";
import { DENSITIES, sparseValues } from "../support/sparse.js";

/** Around the sixteen units that are turned together, and a block of keep bits. */
const WIDTHS = [1, 15, 16, 17, 33, 127, 128, 129];
/** Around four bits, the halves that are turned, and the most there may be. */
const BATCHES = [1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 127, SAMPLES];
/** Bytes from one row of the copied panel to the next. */
const ROW = 4 * 48;

const SHAPES = [
  ...BATCHES.flatMap((m) => [17, 129].map((n) => ({ m, n }))),
  ...WIDTHS.flatMap((n) => [6, 100].map((m) => ({ m, n }))),
];

type List = (lists: number, counts: number, scratch: number, from: number, to: number) => void;

/** Lists in two shares, each with its room: what they name, and that nothing else was written. */
function expectWanted(core: Scratch, { m, n }: { m: number; n: number }, wanted: ArrayLike<number>, list: List): void {
  const filled = (count: number) => 4 * Math.ceil(count / 4);
  const cut = n > 16 ? 16 * Math.floor(n / 32) : 0;
  const expected = listByUnit(Float32Array.from(wanted), m, n);
  for (const [from, to] of [
    [0, cut],
    [cut, n],
  ]) {
    const [lists, counts] = [core.bytes(2 * filled(m) * (to - from)), core.words(to - from)];
    list(lists, counts.at, core.bytes(384), from, to);
    core.checkFences();
    let at = lists;
    for (let j = from; j < to; j++) {
      const samples = expected[j].map(([sample]) => sample);
      const what = `[${m}, ${n}], unit ${j}`;
      expect(counts.view[j - from], `length of ${what}`).toBe(samples.length);
      const entries = new Uint16Array(core.memory.buffer, at, filled(samples.length));
      at += entries.byteLength;
      expect([...entries.subarray(0, samples.length)], what).toEqual(samples.map((sample) => ROW * sample));
      // What fills it up may be computed: it has to be the row of some sample.
      for (const row of entries.subarray(samples.length)) {
        expect(row % ROW === 0 && row < ROW * m, `filling ${row} of ${what}`).toBe(true);
      }
    }
  }
}

describe.each([...everyBuild(16), scratch("infer", 16)])("wanted lists ($build)", (core) => {
  beforeEach(() => core.reset());

  it.each(DENSITIES)("of the samples that a mask keeps, density %d", (density) => {
    for (const { m, n } of SHAPES) {
      core.reset();
      const next = uniform(n * m);
      const bits = Uint8Array.from({ length: m * n }, () => Number(next() < density));
      const stride = maskStride(n);
      const mask = core.bytes(m * stride);
      const packed = new Uint8Array(core.memory.buffer, mask, m * stride).fill(0);
      bits.forEach((bit, i) => {
        const [sample, unit] = [Math.floor(i / n), i % n];
        packed[sample * stride + (unit >> 3)] |= bit << (unit & 7);
      });
      expectWanted(core, { m, n }, bits, (lists, counts, at, from, to) =>
        core.k.list_kept(lists, counts, mask, m, stride, at, from, to),
      );
    }
  });
});

describe.each(everyBuild(16))("wanted lists ($build)", (core) => {
  beforeEach(() => core.reset());

  it.each(DENSITIES)("of the samples whose element is not zero, density %d", (density) => {
    for (const { m, n } of SHAPES) {
      core.reset();
      const ld = pad(n) + 16;
      // More rows in memory than this batch has: those of a larger one before it.
      const u = sparseValues(3 * n + m, (m + 5) * n, density);
      const at = place(core, u, { batch: m + 5, n, ld });
      expectWanted(core, { m, n }, u.subarray(0, m * n), (lists, counts, scratch, from, to) =>
        core.k.list_active(lists, counts, at, m, 4 * ld, scratch, from, to),
      );
    }
  });

  it("take NaN and the smallest numbers, and leave zeros of both signs", () => {
    const u = new Float32Array(8);
    u.set([Number.NaN, -0, 0, 2 ** -149, -(2 ** -149), Number.NEGATIVE_INFINITY]);
    const at = place(core, u, { batch: 8, n: 1, ld: 16 });
    const [lists, counts] = [core.bytes(16), core.words(1)];
    core.k.list_active(lists, counts.at, at, 8, 64, core.bytes(384), 0, 1);
    expect(counts.view[0]).toBe(4);
    expect([...new Uint16Array(core.memory.buffer, lists, 4)]).toEqual([0, 3 * ROW, 4 * ROW, 5 * ROW]);
  });
});
