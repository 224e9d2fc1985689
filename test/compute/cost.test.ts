import { describe, expect, it } from "vitest";
import { firstOrientation, sparseForward, sparseGradient, sparseWanted } from "../../src/compute/cost.js";

const BUILDS = ["simd", "relaxed"] as const;
/** The hidden layer of 784-1024-1024-10 in a batch of 128. */
const HIDDEN = { m: 128, rows: 1024, cols: 1024 };
const active = (fraction: number) => ({ ...HIDDEN, active: Math.round(fraction * HIDDEN.m * HIDDEN.rows) });
const DECISIONS = { sparseForward, sparseWanted, sparseGradient };

describe.each(BUILDS)("the cheaper path (%s)", (build) => {
  it.each(Object.entries(DECISIONS))(
    "%s skips zeros where dropout and relu leave a quarter, not where all are active",
    (_, decide) => {
      expect(decide(build, active(0))).toBe(true);
      expect(decide(build, active(0.25))).toBe(true);
      expect(decide(build, active(1))).toBe(false);
    },
  );

  it.each(Object.entries(DECISIONS))("%s turns once as more is active, whatever the sizes", (_, decide) => {
    for (const m of [1, 4, 32, 128]) {
      for (const [rows, cols] of [
        [1024, 1024],
        [784, 128],
        [128, 10],
        [1, 1],
      ]) {
        const choices = Array.from({ length: 21 }, (_, i) =>
          decide(build, { m, rows, cols, active: (i / 20) * m * rows }),
        );
        // Sparse, as long as little is active; then dense, and never sparse again.
        expect(choices, `[${m}, ${rows}, ${cols}]`).toEqual([...choices].sort((a, b) => Number(b) - Number(a)));
      }
    }
  });

  it("multiplies everything where what is skipped is narrower than the cost of listing it", () => {
    const narrow = { m: 128, rows: 1024, cols: 1, active: 128 * 512 };
    for (const decide of [sparseForward, sparseGradient]) expect(decide(build, narrow)).toBe(false);
  });

  it("stores the first layer by output where dropout leaves less than the inputs' zeros do, by input otherwise", () => {
    const choose = (inputs: number, kept: number, slopes = 0.5) =>
      firstOrientation(build, { inputs, kept, active: slopes });
    expect(choose(1, 0.5), "dense rows, half of the units dropped").toBe("output");
    expect(choose(0.19, 0.5), "MNIST").toBe("input");
    expect(choose(0, 0.1), "nothing to read").toBe("input");
    expect(choose(1, 1, 1), "nothing to skip on either side").toBe("input");
    for (const kept of [0.2, 0.5, 0.8]) {
      const sides = Array.from({ length: 21 }, (_, i) => choose(i / 20, kept));
      expect(sides, `${kept} kept: by input first, by output from some density on`).toEqual([...sides].sort());
      expect(new Set(sides).size, `${kept} kept: both occur`).toBe(2);
    }
  });
});
