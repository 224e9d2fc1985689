// Shift and scale per feature as rows come in: assembly/inputs.ts against double precision.
import { describe, expect, it } from "vitest";
import { everyBuild, type Scratch } from "../support/core.js";
import { expectRows, pad, place, SHAPES, type Shape, values } from "../support/rows.js";

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

/** Runs the kernel over rows x and expects (x − shift)·scale of double precision within two roundings. */
function expectScaled(core: Scratch, shape: Shape, x: Float32Array, shift: number[], scale: Float32Array) {
  const { batch, n, ld } = shape;
  const u = place(core, x, shape);
  const [high, low] = placeShift(core, shift);
  core.k.scale_inputs(u, high, low, row(core, scale), batch, n, ld);
  const expected = Array.from(x, (value, i) => (value - shift[i % n]) * scale[i % n]);
  // x − high is exact where both are close; the shift itself is off by 2⁻⁴⁹ of its size.
  const tolerance = (i: number) => 2 ** -22 * Math.abs(expected[i]) + 2 ** -48 * Math.abs(shift[i % n] * scale[i % n]);
  expectRows(core, "scale_inputs", u, expected, shape, tolerance);
}

describe.each(everyBuild(16))("scale_inputs, $build", (core) => {
  it("shifts and scales", () => {
    SHAPES.forEach((shape, i) => {
      core.reset();
      const { batch, n } = shape;
      const shift = Array.from(values(i, n, 1), (value) => value / 3);
      // Near the shift, as features are: the difference has all its digits.
      const x = values(80 + i, batch * n, 0.25).map((value, k) => shift[k % n] * (1 + value));
      expectScaled(core, shape, x, shift, values(40 + i, n, 5));
    });
  });

  it("keeps the digits of 10⁴ ± 1 and of 10⁸ ± 8", () => {
    for (const [centre, spread] of [
      [10000.123456789, 1],
      [1e8 + 1 / 3, 8],
    ]) {
      core.reset();
      const x = values(3, 9 * 21, spread).map((value) => centre + value);
      const shift = Array<number>(21).fill(centre);
      expectScaled(core, { batch: 9, n: 21, ld: 32 }, x, shift, new Float32Array(21).fill(1 / spread));
    }
  });

  it("leaves zeros zeros where there is no shift, whatever the scale", () => {
    core.reset();
    const x = new Float32Array(38).map((_, i) => (i % 3 ? 0 : i));
    const u = place(core, x, { batch: 2, n: 19, ld: 32 });
    const zeros = row(core, new Float32Array(19));
    core.k.scale_inputs(u, zeros, zeros, row(core, values(1, 19, 3)), 2, 19, 32);
    expect(core.k.count_nonzero(u, 2, 19, 32)).toBe([...x].filter((value) => value !== 0).length);
  });

  it("passes on what is not finite, and touches nothing beside it", () => {
    core.reset();
    const shape = { batch: 1, n: 18, ld: 32 };
    const x = new Float32Array(18).fill(3);
    x.set([Infinity, NaN, -Infinity], 15);
    const u = place(core, x, shape);
    const [ones, zeros] = [row(core, new Float32Array(18).fill(1)), row(core, new Float32Array(18))];
    core.k.scale_inputs(u, ones, zeros, row(core, new Float32Array(18).fill(0.5)), 1, 18, 32);
    expectRows(core, "not finite", u, [...Array(15).fill(1), Infinity, NaN, -Infinity], shape, () => 0);
  });
});
