import { beforeEach, describe, expect, it } from "vitest";
import { listBytes } from "../../src/memory/layout.js";
import { type Entry, listBySample, listByUnit } from "../reference/sparse.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { pad, place } from "../support/rows.js";
import { DENSITIES, sparseValues } from "../support/sparse.js";

/** Around the grain, the panel, and a block of units. */
const WIDTHS = [1, 15, 16, 17, 47, 48, 49, 127, 128, 129, 257];
const BATCHES = [1, 2, 3, 4, 5, 127, 128, 129];
/** What the scratch memory holds where nothing was written. */
const PATTERN = 0x7fc0dead;

/** Every batch with some widths, every width with some batches. */
const SHAPES = [
  ...BATCHES.flatMap((batch) => [17, 129].map((n) => ({ batch, n }))),
  ...WIDTHS.map((n) => ({ batch: 6, n })),
];

/** `count` pairs from `at` on. */
function pairs(core: Scratch, at: number, count: number): Entry[] {
  const words = new Int32Array(core.memory.buffer, at, 2 * count);
  const floats = new Float32Array(core.memory.buffer, at, 2 * count);
  return Array.from({ length: count }, (_, i): Entry => [words[2 * i], floats[2 * i + 1]]);
}

/** Fails where lists differ, NaN being equal to itself. */
function expectLists(actual: Entry[][], expected: Entry[][], what: string): void {
  expected.forEach((list, i) => {
    if (actual[i].length !== list.length)
      expect.fail(`${what}: list ${i} has ${actual[i].length} entries, not ${list.length}`);
    list.forEach(([at, value], k) => {
      const [gotAt, got] = actual[i][k];
      if (gotAt !== at || !Object.is(got, value)) {
        expect.fail(`${what}: entry ${k} of list ${i} is (${gotAt}, ${got}), not (${at}, ${value})`);
      }
    });
  });
}

describe.each(everyBuild(16))("active lists ($build)", (core) => {
  beforeEach(() => core.reset());

  /**
   * The lists by unit that `list` makes in two shares, cut at `cut`; the units of the other share must be left alone.
   */
  function byUnit(
    n: number,
    slots: number,
    cut: number,
    list: (entries: number, spans: number, from: number, to: number) => void,
  ) {
    const entries = core.bytes(8 * slots * n);
    const { at: spans, view } = core.words(2 * pad(n));
    list(entries, spans, 0, cut);
    const late = new Uint32Array(core.memory.buffer, entries + 8 * slots * cut, 2 * slots * (n - cut));
    expect(
      late.every((word) => word === PATTERN),
      "entries of another share",
    ).toBe(true);
    expect(
      view.subarray(2 * cut, 2 * n).every((word) => word === PATTERN),
      "spans of another share",
    ).toBe(true);
    const early = new Uint32Array(core.memory.buffer, entries, 2 * slots * cut).slice();
    list(entries, spans, cut, n);
    expect(new Uint32Array(core.memory.buffer, entries, 2 * slots * cut)).toEqual(early);
    core.checkFences();
    return Array.from({ length: n }, (_, j) => {
      const [begin, end] = view.subarray(2 * j, 2 * j + 2);
      expect(begin % 4, `where list ${j} begins`).toBe(0);
      if (j > 0 && j !== cut) expect(begin, `list ${j} follows list ${j - 1}`).toBe((view[2 * j - 1] + 3) & ~3);
      const filling = new Uint32Array(core.memory.buffer, entries + 8 * end, 2 * (-end & 3));
      expect([...filling], `what list ${j} is filled up with`).toEqual([...filling].fill(0));
      return pairs(core, entries + 8 * begin, end - begin);
    });
  }

  it.each(DENSITIES)("by blocks of units, in two shares, density %d", (density) => {
    for (const { batch, n } of SHAPES) {
      for (const block of [16, 48, 128]) {
        core.reset();
        const ld = pad(n) + 16;
        const u = sparseValues(n + batch, batch * n, density);
        const at = place(core, u, { batch, n, ld });
        const entries = core.bytes(listBytes(batch, n));
        const blocks = Math.ceil(n / block);
        const { at: spans, view } = core.words(2 * batch * blocks);
        const cut = Math.floor(blocks / 2);
        core.k.list_by_block(entries, spans, at, batch, n, ld, block, 0, cut);
        expect(
          view.subarray(2 * batch * cut).every((word) => word === PATTERN),
          "spans of another share",
        ).toBe(true);
        core.k.list_by_block(entries, spans, at, batch, n, ld, block, cut, blocks);
        core.checkFences();
        const expected = listBySample(u, batch, n, block);
        expected.forEach((lists, s) => {
          const actual = lists.map((_, b) => {
            const [begin, end] = view.subarray(2 * (b * batch + s));
            return pairs(core, entries + 8 * begin, end - begin);
          });
          expectLists(actual, lists, `[${batch}, ${n}], blocks of ${block}, sample ${s}`);
        });
        expect(core.k.count_nonzero(at, batch, n, ld), `count of [${batch}, ${n}]`).toBe(expected.flat(2).length);
      }
    }
  });

  it.each(DENSITIES)("by unit, in two shares, density %d", (density) => {
    for (const { batch, n } of SHAPES) {
      core.reset();
      const ld = pad(n) + 16;
      // More room, and more rows in memory, than this batch has: those of a larger one before it.
      const u = sparseValues(3 * n + batch, (batch + 5) * n, density);
      const at = place(core, u, { batch: batch + 5, n, ld });
      const slots = 4 * Math.ceil(batch / 4) + 4 * (n % 3);
      const lists = byUnit(n, slots, n > 16 ? 16 : 0, (entries, spans, from, to) =>
        core.k.list_by_unit(entries, spans, slots, at, batch, ld, from, to),
      );
      expectLists(lists, listByUnit(u, batch, n), `[${batch}, ${n}]`);
    }
  });

  it("count NaN and the smallest numbers as active, zeros of both signs not", () => {
    const u = new Float32Array(20);
    u.set([Number.NaN, -0, 0, 2 ** -149, -(2 ** -149), Number.NEGATIVE_INFINITY]);
    u.set([-0, Number.NaN], 18);
    const at = place(core, u, { batch: 1, n: 20, ld: 48 });
    const [entries, { at: spans, view }] = [core.bytes(8 * 48), core.words(2)];
    core.k.list_by_block(entries, spans, at, 1, 20, 48, 128, 0, 1);
    expectLists([pairs(core, entries, view[1])], listBySample(u, 1, 20, 128)[0], "by sample");
    expect([...view]).toEqual([0, 5]);
    expect(core.k.count_nonzero(at, 1, 20, 48)).toBe(5);
  });
});
