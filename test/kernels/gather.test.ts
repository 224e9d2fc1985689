// assembly/gather.ts: what a mask leaves of a stored weight is the weight of a smaller network, stored as any other.
import { describe, expect, it } from "vitest";
import { pad, rowStride, storeWeight, weightLength, weightShape } from "../../src/memory/layout.js";
import { everyBuild } from "../support/core.js";
import { noise } from "../support/networks.js";

/** Ascending numbers below n, about a share of them and one at least. */
function some(n: number, share: number, salt: number): number[] {
  const chosen = [...noise(n, salt)].flatMap((value, i) => (value < 2 * share - 1 ? [i] : []));
  return chosen.length > 0 ? chosen : [n - 1];
}

const SIZES = [1, 15, 16, 17, 47, 48, 49, 63, 95, 96, 97, 130, 200];

describe.each(everyBuild())("gather_weight, $build", (core) => {
  it.each([0.1, 0.5, 1])("copies what is kept, about %d of it, and nothing else", (share) => {
    SIZES.forEach((cols, k) => {
      const rows = SIZES[(7 * k) % SIZES.length];
      core.reset();
      const [keptRows, keptCols] = [some(rows, share, k + 1), some(cols, share, k + 50)];
      const [whole, small] = [weightShape(rows, cols, "input"), weightShape(keptRows.length, keptCols.length, "input")];
      const dense = noise(rows * cols, k);
      const stored = core.floats(weightLength(whole));
      storeWeight(stored.view, dense, whole);
      const out = core.floats(weightLength(small));
      const [rowList, colList] = [core.words(keptRows.length, keptRows), core.words(keptCols.length, keptCols)];
      // biome-ignore format: output, operand, its sizes, what is kept of it, scratch
      core.k.gather_weight(out.at, stored.at, rows, cols, rowList.at, keptRows.length, colList.at, keptCols.length, core.floats(48).at);
      const expected = new Float32Array(weightLength(small));
      storeWeight(
        expected,
        keptCols.flatMap((col) => keptRows.map((row) => dense[col * rows + row])),
        small,
      );
      expect(out.view, `${keptRows.length} of ${rows} × ${keptCols.length} of ${cols}`).toEqual(expected);
      core.checkFences();
    });
  });

  it("copies the kept columns of rows, in place or elsewhere", () => {
    for (const [k, width] of SIZES.entries()) {
      core.reset();
      const kept = some(width, 0.5, k);
      const [ldx, ldo] = [rowStride(width), rowStride(kept.length)];
      const x = core.floats(3 * ldx, noise(3 * ldx, k));
      const out = core.floats(3 * ldo, new Float32Array(3 * ldo));
      const list = core.words(kept.length, kept);
      const expected = new Float32Array(3 * ldo);
      for (let s = 0; s < 3; s++)
        for (const [j, column] of kept.entries()) expected[s * ldo + j] = x.view[s * ldx + column];
      for (const at of [out.at, x.at]) {
        core.k.gather_columns(at, ldo, x.at, ldx, 3, list.at, kept.length, core.floats(kept.length).at);
        const rows = Array.from({ length: 3 }, (_, s) => [
          ...new Float32Array(core.memory.buffer, at + 4 * s * ldo, pad(kept.length)),
        ]);
        expect(rows, `${kept.length} of ${width}`).toEqual(
          rows.map((row, s) => [...expected.subarray(s * ldo, s * ldo + row.length)]),
        );
      }
      core.checkFences();
    }
  });
});
