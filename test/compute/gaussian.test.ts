import { beforeEach, describe, expect, it } from "vitest";
import { gaussianLoss } from "../../src/compute/gaussian.js";
import * as twin from "../reference/loss.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { blank, expectRows, pad, place, SHAPES, type Shape, values } from "../support/rows.js";

/** `[batch, n]` of `SHAPES`, as many targets as that, and so twice as many outputs. */
const CASES: (Shape & { targets: number })[] = SHAPES.filter(({ batch, n }) => batch <= 2 || n <= 17).map(
  ({ batch, n, ld }) => ({ batch, targets: n, n: 2 * n, ld: pad(2 * n) + (ld - pad(n)) }),
);

interface Given {
  z: ArrayLike<number>;
  targets: ArrayLike<number>;
  shape: Shape & { targets: number };
}

function run(core: Scratch, { z, targets, shape }: Given, gradient = true) {
  core.reset();
  const { batch, n: width, ld: stride } = shape;
  const places = {
    z: place(core, z, shape),
    dz: blank(core, shape),
    targets: place(core, targets, { ...shape, n: shape.targets }),
    ...{ width, stride },
  };
  const floats = (at: number, length: number) => new Float32Array(core.memory.buffer, at, length);
  const model = { core: { kernels: core.k }, arena: { floats } } as unknown as Parameters<typeof gaussianLoss>[0];
  return { value: gaussianLoss(model, batch, places, gradient), dz: places.dz };
}

const ONE = { batch: 1, targets: 1, n: 2, ld: 16 };

describe.each(everyBuild(16))("the loss gaussian, $build", (core) => {
  beforeEach(() => core.reset());

  it("and its gradient at every size", () => {
    CASES.forEach((shape, i) => {
      const { batch, n } = shape;
      const z = values(i, batch * n, 3);
      const targets = values(70 + i, batch * shape.targets, 3);
      const { value, dz } = run(core, { z, targets, shape });
      const expected = twin.gaussian(z, targets, shape.targets);
      // (m − t)² is below 36 and e^−s below 21; the exponential errs by 3·2⁻²⁴ of itself.
      expect(Math.abs(value - expected), `[${batch}, ${n}]`).toBeLessThan(3 * 2 ** -24 * 36 * 21);
      const slopes = twin.gradient(z, n, (row, r) =>
        twin.gaussian(row, targets.slice(r * shape.targets, (r + 1) * shape.targets), shape.targets),
      );
      const tolerance = (k: number) => (4 * 2 ** -24 * 36 * 21) / n / batch + 1e-6 * Math.abs(slopes[k]) + 1e-8;
      expectRows(core, "gaussian: dz", dz, slopes, shape, tolerance);
      expect(run(core, { z, targets, shape }, false).value, "without a gradient").toBe(value);
    });
  });

  it("has at a bound the gradient from inside, and beyond it one that leads back", () => {
    for (const [log, error] of [-31, -30, -29.9, 29.9, 30, 31, 1e30, -1e30].flatMap((log) => [
      [log, 1e-7],
      [log, 2.5],
    ])) {
      const { value, dz } = run(core, { z: [error, log], targets: [0], shape: ONE });
      const [l, e] = [Math.fround(log), Math.fround(error)];
      const s = Math.min(30, Math.max(-30, l));
      const square = e * e * Math.exp(-s);
      const expected = (s + square + Math.abs(l - s)) / 2;
      expect(Math.abs(value - expected) / Math.max(1, Math.abs(expected)), `value at ${log}`).toBeLessThan(4e-7);
      const slopes = [e * Math.exp(-s), (l === s ? 1 - square : Math.sign(l)) / 2];
      expectRows(core, `dz at ${log}, ${error}`, dz, slopes, ONE, (k) => 4e-7 * Math.max(1, Math.abs(slopes[k])));
    }
  });

  it("is a number, and so is its gradient, for whatever finite outputs", () => {
    const most = 3.4028234663852886e38;
    const all = [0, 1, -1, 1e-45, 1e-20, -1e20, 88, -104, most, -most];
    for (const mean of all) {
      for (const log of all) {
        for (const target of all) {
          const { value, dz } = run(core, { z: [mean, log], targets: [target], shape: ONE });
          expect(Number.isFinite(value), `the loss of ${mean}, ${log} at ${target} is ${value}`).toBe(true);
          const slopes = new Float32Array(core.memory.buffer, dz, 2);
          expect(slopes.some(Number.isNaN), `dz of ${mean}, ${log} at ${target} is ${slopes}`).toBe(false);
          // A step is refused where its loss leaves float32; elsewhere no slope does.
          if (Number.isFinite(Math.fround(value))) expect(slopes.every(Number.isFinite), `${slopes}`).toBe(true);
        }
      }
    }
  });

  it("is not finite where an output is not, wherever it stands", () => {
    const shape = { batch: 3, targets: 9, n: 18, ld: 32 };
    const targets = values(1, 27, 2);
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (let where = 0; where < 54; where++) {
        const z = values(2, 54, 3);
        z[where] = bad;
        expect(Number.isFinite(run(core, { z, targets, shape }).value), `${bad} at ${where}`).toBe(false);
      }
    }
  });
});
