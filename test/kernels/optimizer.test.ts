import { beforeEach, describe, expect, it } from "vitest";
import * as twin from "../reference/optimizer.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { expectRows, type Shape, values } from "../support/rows.js";

const LENGTHS = [4, 8, 12, 16, 20, 60, 64, 68, 1024];
const EPSILON = 2 ** -24;

/** Every element within the same absolute tolerance. */
const expectFloats = (core: Scratch, what: string, at: number, expected: ArrayLike<number>, tolerance: number) => {
  const view = new Float32Array(core.memory.buffer, at, expected.length);
  view.forEach((actual, i) => {
    if (!(Math.abs(actual - expected[i]) <= tolerance)) {
      const off = `off by ${Math.abs(actual - expected[i])}, allowed ${tolerance}`;
      expect.fail(`${core.build} ${what}: element ${i} of ${expected.length} is ${actual}, not ${expected[i]}; ${off}`);
    }
  });
  core.checkFences();
};

describe.each(everyBuild(16))("optimizers, $build", (core) => {
  beforeEach(() => core.reset());

  const f = Math.fround;
  const STEPS = 5;

  it.each([
    { momentum: 0, nesterov: false, wd: 0, gscale: 1 },
    { momentum: 0, nesterov: false, wd: f(0.01), gscale: f(0.3) },
    { momentum: f(0.9), nesterov: false, wd: 0, gscale: 1 },
    { momentum: f(0.9), nesterov: false, wd: f(0.01), gscale: f(0.3) },
    { momentum: f(0.9), nesterov: true, wd: f(0.01), gscale: 1 },
  ])("sgd: momentum $momentum, nesterov $nesterov, decay $wd, gradients × $gscale", (settings) => {
    const options = { lr: f(0.1), ...settings };
    for (const n of LENGTHS) {
      core.reset();
      const [w, v, g] = [1, 2, 3].map((seed) => values(seed, n, 1));
      const [atW, atV, atG] = [w, v, g].map((x) => core.floats(n, x).at);
      const [exactW, exactV] = [w, v].map((x) => Float64Array.from(x));
      for (let step = 0; step < STEPS; step++) {
        const { lr, momentum, nesterov, wd, gscale } = options;
        if (momentum > 0) core.k.sgd_momentum(atW, atV, atG, n, lr, momentum, nesterov ? 1 : 0, wd, gscale);
        else core.k.sgd(atW, atG, n, lr, wd, gscale);
        twin.sgd(exactW, momentum > 0 ? exactV : null, g, options);
      }
      // v grows to 5, w to 3; four roundings of each a step.
      expectFloats(core, "w", atW, exactW, STEPS * 4 * 5 * EPSILON);
      expectFloats(core, "v", atV, exactV, STEPS * 4 * 5 * EPSILON);
      expectFloats(core, "g", atG, g, 0);
    }
  });

  it.each([
    { wd: 0, decoupled: false, gscale: 1, epsilon: 1e-8 },
    { wd: 0.01, decoupled: false, gscale: 0.3, epsilon: 1e-8 },
    { wd: 0.1, decoupled: true, gscale: 0.3, epsilon: 1e-3 },
  ])("adam: decay $wd, decoupled $decoupled, gradients × $gscale, epsilon $epsilon", (settings) => {
    const options = { lr: 0.01, beta1: 0.9, beta2: 0.999, ...settings };
    for (const n of LENGTHS) {
      core.reset();
      const w = values(1, n, 1);
      const atW = core.floats(n, w).at;
      const [atM, atV] = [0, 0].map(() => core.floats(n, new Float32Array(n)).at);
      const g = core.floats(n);
      const exactW = Float64Array.from(w);
      const [m, v] = [new Float64Array(n), new Float64Array(n)];
      for (let t = 1; t <= STEPS; t++) {
        g.view.set(values(10 + t, n, 1));
        const { lr, beta1, beta2, epsilon, wd, decoupled, gscale } = options;
        const [c1, c2] = [1 - beta1 ** t, 1 - beta2 ** t];
        core.k.adam(atW, atM, atV, g.at, n, lr, beta1, beta2, epsilon, wd, decoupled ? 1 : 0, c1, c2, gscale);
        twin.adam(exactW, m, v, g.view, t, options);
      }
      // A step is at most about lr/√(1 − beta2)·(1 − beta1) = 3 lr, with ten roundings; w rounds twice a step. beta2 in
      // f32 is off by 2⁻²⁵: v, to which 1 − beta2 = 10⁻³ adds, is not off by more than its own rounding.
      expectFloats(core, "w", atW, exactW, STEPS * (3 * options.lr * 10 + 2) * EPSILON);
      expectFloats(core, "m", atM, m, STEPS * 4 * EPSILON);
      expectFloats(core, "v", atV, v, STEPS * 4 * 1e-2 * EPSILON);
    }
  });

  it.each([
    { momentum: 0, wd: 0, gscale: 1, epsilon: 1e-8 },
    { momentum: f(0.9), wd: f(0.01), gscale: f(0.3), epsilon: 1e-3 },
  ])("rmsprop: momentum $momentum, decay $wd, gradients × $gscale, epsilon $epsilon", (settings) => {
    const options = { lr: f(0.01), alpha: 0.99, ...settings };
    for (const n of LENGTHS) {
      core.reset();
      const w = values(1, n, 1);
      const atW = core.floats(n, w).at;
      const [atV, atB] = [0, 0].map(() => core.floats(n, new Float32Array(n)).at);
      const g = core.floats(n);
      const [exactW, v, b] = [Float64Array.from(w), new Float64Array(n), new Float64Array(n)];
      const hasMomentum = options.momentum > 0;
      for (let t = 1; t <= STEPS; t++) {
        g.view.set(values(10 + t, n, 1));
        const { lr, alpha, epsilon, momentum, wd, gscale } = options;
        core.k.rmsprop(atW, atV, hasMomentum ? atB : 0, g.at, n, lr, alpha, epsilon, momentum, wd, gscale);
        twin.rmsprop(exactW, v, hasMomentum ? b : null, g.view, options);
      }
      // A change is at most 1/√(1 − alpha) = 10, and with momentum five of them, with ten roundings; w rounds twice a
      // step.
      expectFloats(core, "w", atW, exactW, STEPS * (5 * 10 * options.lr * 10 + 2) * EPSILON);
      expectFloats(core, "v", atV, v, STEPS * 4 * EPSILON);
      if (hasMomentum) expectFloats(core, "b", atB, b, STEPS * 5 * 10 * 10 * EPSILON);
    }
  });

  it("adam's first step is lr, whatever the gradient's size", () => {
    const sizes = [1e-15, 1e-6, 1, 1e6, 1e18, -1, -1e-10, 0];
    const [w, m, v] = [0, 0, 0].map(() => core.floats(8, new Float32Array(8)));
    core.k.adam(w.at, m.at, v.at, core.floats(8, sizes).at, 8, 0.5, 0.9, 0.999, 0, 0, 0, 1 - 0.9, 1 - 0.999, 1);
    w.view.forEach((value, i) => {
      expect(value, `gradient ${sizes[i]}`).toBeCloseTo(-0.5 * Math.sign(sizes[i]), 5);
    });
  });

  it("leaves zeros zero: the padding, even with epsilon 0", () => {
    const zeros = () => core.floats(16, new Float32Array(16));
    const [w, m, v, g] = [zeros(), zeros(), zeros(), zeros()];
    core.k.sgd(w.at, g.at, 16, 0.1, 0.1, 2);
    core.k.sgd_momentum(w.at, v.at, g.at, 16, 0.1, 0.9, 1, 0.1, 2);
    core.k.adam(w.at, m.at, v.at, g.at, 16, 0.1, 0.9, 0.999, 0, 0.1, 0, 0.1, 0.001, 1);
    core.k.adam(w.at, m.at, v.at, g.at, 16, 0.1, 0.9, 0.999, 0, 0.1, 1, 0.1, 0.001, 1);
    core.k.rmsprop(w.at, v.at, m.at, g.at, 16, 0.1, 0.99, 1e-8, 0.9, 0.1, 1);
    core.k.add_scaled(v.at, g.at, 16, 3);
    core.k.blend_floats(m.at, w.at, 16, 0.5);
    for (const { view } of [w, m, v]) expect([...view].map(Math.abs)).toEqual(Array(16).fill(0));
  });

  it("state decays to zero, not to a subnormal that never changes; NaN stays", () => {
    const [w, m, v, u] = [1, 1e-3, 1e-3, 1e-3].map((x) => core.floats(4, [x, x, x, NaN]));
    const g = core.floats(4, [0, 0, 0, 0]);
    for (let i = 0; i < 2000; i++) {
      core.k.sgd_momentum(w.at, u.at, g.at, 4, 0.1, 0.9, 0, 0, 1);
      core.k.adam(w.at, m.at, v.at, g.at, 4, 0.1, 0.9, 0.9, 1e-8, 0, 0, 1, 1, 1);
    }
    for (const { view } of [m, v, u]) expect([...view]).toEqual([0, 0, 0, NaN]);
  });

  it("adds, and blends, element by element", () => {
    for (const n of LENGTHS) {
      const [x, y] = [values(1, n, 1), values(2, n, 1)];
      const [sum, blend] = [core.floats(n, x), core.floats(n, x)];
      const other = core.floats(n, y);
      core.k.add_scaled(sum.at, other.at, n, 0.3);
      core.k.blend_floats(blend.at, other.at, n, 0.3);
      const by = f(0.3);
      expectFloats(
        core,
        "sum",
        sum.at,
        Float64Array.from(x, (a, i) => a + by * y[i]),
        2 * EPSILON,
      );
      expectFloats(
        core,
        "blend",
        blend.at,
        Float64Array.from(x, (a, i) => a + by * (y[i] - a)),
        4 * EPSILON,
      );
      core.reset();
    }
  });

  it("sums squares in f64", () => {
    for (const n of [...LENGTHS, 0]) {
      const x = values(n, n, 1);
      const exact = x.reduce((sum, value) => sum + value ** 2, 0);
      expect(Math.abs(core.k.sum_of_squares(core.floats(n, x).at, n) - exact)).toBeLessThanOrEqual(
        n * 2 ** -52 * exact,
      );
    }
    expect(core.k.sum_of_squares(core.floats(4, [3e38, 1e30, 0, 0]).at, 4)).toBeCloseTo(
      f(3e38) ** 2 + f(1e30) ** 2,
      -62,
    );
    expect(core.k.sum_of_squares(core.floats(4, [1e-30, 0, 0, 0]).at, 4) / f(1e-30) ** 2).toBe(1);
    expect(core.k.sum_of_squares(core.floats(8, [1, 1, 1, 1, NaN, 1, 1, 1]).at, 8)).toBeNaN();
  });

  it("finds the first number that is not finite, unaligned, and reads nothing beyond", () => {
    const end = core.memory.buffer.byteLength;
    for (let n = 0; n <= 21; n++) {
      const at = end - 4 * n;
      const view = new Float32Array(core.memory.buffer, at, n);
      view.fill(3e38);
      expect(core.k.find_nonfinite(at, n), `none of ${n}`).toBe(-1);
      for (let where = n - 1; where >= 0; where--) {
        // From the back: earlier ones are found first, although later ones are there.
        view[where] = [NaN, Infinity, -Infinity][where % 3];
        expect(core.k.find_nonfinite(at, n), `${where} of ${n}`).toBe(where);
      }
    }
    const subnormal = core.floats(4, [1e-40, -1e-45, 0, -0]);
    expect(core.k.find_nonfinite(subnormal.at, 4)).toBe(-1);
  });
});

describe.each(everyBuild(16))("max-norm, $build", (core) => {
  const bound = (side: "rows" | "columns", dense: ArrayLike<number>, rows: number, cols: number, c: number) => {
    core.reset();
    const panels = twin.toPanels(dense, rows, cols);
    const w = core.floats(panels.length, panels);
    if (side === "rows") core.k.max_norm_rows(w.at, rows, cols, c);
    else core.k.max_norm_columns(w.at, rows, cols, c);
    core.checkFences();
    return w;
  };

  /** A single line of two weights, bounded by c. */
  const pair = (side: "rows" | "columns", first: number, second: number, c: number) => {
    const [rows, cols] = side === "rows" ? [1, 2] : [2, 1];
    const { view } = bound(side, [first, second], rows, cols, c);
    return [view[0], view[side === "rows" ? 1 : 16]];
  };

  it.each(["rows", "columns"] as const)("bounds %s at every size, and them alone", (side) => {
    for (const cols of [1, 2, 15, 16, 17, 31, 33, 47, 48, 49, 64, 65, 96, 97, 145]) {
      for (const rows of [1, 2, 15, 49]) {
        // Each line of another size, so that some are beyond the bound and some within.
        const line = (i: number) => (side === "rows" ? Math.floor(i / cols) : i % cols);
        const dense = values(rows + cols, rows * cols, 1).map((x, i) => x * (0.2 + (line(i) % 5)));
        const c = 1.5;
        const w = bound(side, dense, rows, cols, c);
        const exact = twin.maxNorm(dense, rows, cols, side, c);
        const shape: Shape = { batch: 1, n: w.view.length, ld: w.view.length };
        // Two roundings of numbers of at most 5, and lines within the bound to the bit.
        const tolerance = new Float64Array(w.view.length);
        const expected = twin.toPanels(exact, rows, cols);
        twin.toPanels(dense, rows, cols).forEach((x, i) => {
          tolerance[i] = expected[i] === x ? 0 : 3 * EPSILON * Math.abs(expected[i]);
        });
        expectRows(core, `${side} of ${rows} × ${cols}`, w.at, expected, shape, (i) => tolerance[i]);
      }
    }
  });

  it.each(["rows", "columns"] as const)(
    "of %s takes norms that f32 squares cannot hold, and leaves NaN alone",
    (side) => {
      const big = bound(side, [3e38], 1, 1, 2);
      expect(big.view[0]).toBeCloseTo(2, 6);
      const [rows, cols] = side === "rows" ? [1, 4] : [4, 1];
      const huge = bound(side, [3e25, -4e25, 0, 0], rows, cols, 5);
      const at = (i: number) => huge.view[side === "rows" ? i : 16 * i];
      expect([at(0), at(1), at(2)].map((x) => Math.round(x * 1e5) / 1e5)).toEqual([3, -4, 0]);
      expect(pair(side, 1e-30, 1e-40, 1e-3)[0]).toBe(Math.fround(1e-30));
      expect(pair(side, NaN, 7, 1)).toEqual([NaN, 7]);
    },
  );

  it("leaves a line that is at the bound as it is", () => {
    for (const side of ["rows", "columns"] as const) {
      expect(pair(side, 3, 4, 5)).toEqual([3, 4]);
    }
  });
});
