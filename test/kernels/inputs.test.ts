// Shift and scale per feature as rows come in: assembly/inputs.ts against double precision.
import { describe, expect, it } from "vitest";
import { everyBuild, type Scratch } from "../support/core.js";
import { blank, expectRows, pad, place, SHAPES, type Shape, values } from "../support/rows.js";

/** A row of the kernel's operands: as long as the padded width, zeros behind n. */
const row = (core: Scratch, numbers: ArrayLike<number>) => {
  const { at, view } = core.floats(pad(numbers.length));
  view.fill(0);
  view.set(numbers);
  return at;
};

/** A shift as the sum of two floats. */
function placeShift(core: Scratch, shift: readonly number[]): [number, number] {
  const high = shift.map(Math.fround);
  return [
    row(core, high),
    row(
      core,
      shift.map((value, j) => value - high[j]),
    ),
  ];
}

/** Runs the kernel over x, wherever it lies, and expects (x − shift)·scale of double precision within two roundings. */
function expectScaled(
  core: Scratch,
  shape: Shape,
  x: Float32Array,
  shift: number[],
  scale: Float32Array,
  from: number,
  ldx: number,
  u: number,
) {
  const { batch, n, ld } = shape;
  const [high, low] = placeShift(core, shift);
  core.k.scale_inputs(u, ld, from, ldx, high, low, row(core, scale), batch, n);
  const expected = Array.from(x, (value, i) => (value - shift[i % n]) * scale[i % n]);
  // x − high is exact where both are close; the shift itself is off by 2⁻⁴⁹ of its size.
  const tolerance = (i: number) => 2 ** -22 * Math.abs(expected[i]) + 2 ** -48 * Math.abs(shift[i % n] * scale[i % n]);
  expectRows(core, "scale_inputs", u, expected, shape, tolerance);
}

describe.each(everyBuild(16))("scale_inputs, $build", (core) => {
  it.each(["in place", "apart"])("shifts and scales, %s", (mode) => {
    SHAPES.forEach((shape, i) => {
      core.reset();
      const { batch, n } = shape;
      const shift = Array.from(values(i, n, 1), (value) => value / 3);
      const scale = values(40 + i, n, 5);
      // Near the shift, as features are: the difference has all its digits.
      const x = values(80 + i, batch * n, 0.25).map((value, k) => shift[k % n] * (1 + value));
      const from = place(core, x, shape);
      expectScaled(core, shape, x, shift, scale, from, shape.ld, mode === "in place" ? from : blank(core, shape));
    });
  });

  it("keeps the digits of 10⁴ ± 1 and of 10⁸ ± 8", () => {
    for (const [centre, spread] of [
      [10000.123456789, 1],
      [1e8 + 1 / 3, 8],
    ]) {
      core.reset();
      const shape = { batch: 9, n: 21, ld: 32 };
      const x = values(3, 9 * 21, spread).map((value) => centre + value);
      const shift = Array<number>(21).fill(centre);
      const from = place(core, x, shape);
      expectScaled(core, shape, x, shift, new Float32Array(21).fill(1 / spread), from, 32, from);
    }
  });

  it("leaves zeros zeros where there is no shift, whatever the scale", () => {
    core.reset();
    const shape = { batch: 2, n: 19, ld: 32 };
    const x = new Float32Array(38).map((_, i) => (i % 3 ? 0 : i));
    const from = place(core, x, shape);
    const zeros = row(core, new Float32Array(19));
    core.k.scale_inputs(from, 32, from, 32, zeros, zeros, row(core, values(1, 19, 3)), 2, 19);
    expect(core.k.count_nonzero(from, 2, 19, 32)).toBe([...x].filter((value) => value !== 0).length);
  });

  it("passes on what is not finite, and touches nothing beside it", () => {
    core.reset();
    const shape = { batch: 1, n: 18, ld: 32 };
    const x = new Float32Array(18).fill(3);
    x.set([Infinity, NaN, -Infinity], 15);
    const from = place(core, x, shape);
    const [ones, halves] = [row(core, new Float32Array(18).fill(1)), row(core, new Float32Array(18).fill(0.5))];
    core.k.scale_inputs(from, 32, from, 32, ones, row(core, new Float32Array(18)), halves, 1, 18);
    expectRows(core, "not finite", from, [...Array(15).fill(1), Infinity, NaN, -Infinity], shape, () => 0);
  });

  it("reads the caller's rows at any stride and alignment, and nothing behind the last", () => {
    const end = core.memory.buffer.byteLength;
    for (const n of [1, 2, 3, 4, 15, 16, 17, 31, 47, 129]) {
      for (const ldx of [n, n + 3]) {
        core.reset();
        const shape = { batch: 3, n, ld: pad(n) + 16 };
        const x = values(n, 3 * n, 2);
        // The last row ends where the memory ends: reading one float more traps.
        const from = end - 4 * (2 * ldx + n);
        for (let i = 0; i < 3; i++) {
          new Float32Array(core.memory.buffer, from + 4 * i * ldx, n).set(x.subarray(i * n, (i + 1) * n));
        }
        const before = new Uint8Array(core.memory.buffer).slice(from);
        const shift = Array.from(values(n + 1, n, 1));
        expectScaled(core, shape, x, shift, values(n + 2, n, 2), from, ldx, blank(core, shape));
        expect(new Uint8Array(core.memory.buffer).slice(from), `n ${n}: the caller's rows`).toEqual(before);
      }
    }
  });
});
