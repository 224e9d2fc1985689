import { beforeEach, describe, expect, it } from "vitest";
import { erf, erfc, normalCdf, sigmoid, ulpError } from "../reference/math.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { uniform } from "../support/rows.js";

type Name = "map_exp" | "map_log" | "map_tanh" | "map_erf" | "map_sigmoid";

/**
 * `limit`: ulps. docs/math.md has the largest errors measured over 40 million arguments each; these leave them no more
 * than 5 %.
 */
const FUNCTIONS: { name: Name; twin: (x: number) => number; range: [number, number]; limit: number }[] = [
  { name: "map_exp", twin: Math.exp, range: [-104.5, 89], limit: 1.2 },
  { name: "map_log", twin: Math.log, range: [0, 4], limit: 0.85 },
  { name: "map_tanh", twin: Math.tanh, range: [-10, 10], limit: 2.3 },
  { name: "map_erf", twin: erf, range: [-5, 5], limit: 1.6 },
  { name: "map_sigmoid", twin: sigmoid, range: [-104.5, 20], limit: 2.4 },
];

function apply(core: Scratch, name: Name, x: Float32Array): Float32Array {
  const from = core.floats(x.length, x);
  const to = core.floats(x.length);
  core.k[name](to.at, from.at, x.length);
  core.checkFences();
  return to.view;
}

function expectWithin(core: Scratch, { name, twin, limit }: (typeof FUNCTIONS)[0], x: Float32Array) {
  const y = apply(core, name, x);
  let [worst, where] = [0, 0];
  y.forEach((actual, i) => {
    const error = ulpError(actual, twin(x[i]));
    if (error > worst) [worst, where] = [error, i];
  });
  const wrong = `${core.build} ${name}(${x[where]}) = ${y[where]}, should be ${twin(x[where])}: ${worst} ulp`;
  expect(worst, wrong).toBeLessThanOrEqual(limit);
}

describe.each(everyBuild(128))("elementary functions, $build", (core) => {
  beforeEach(() => core.reset());

  it.each(FUNCTIONS)("$name keeps its limit over all magnitudes, subnormals and infinities included", (f) => {
    const bits = Uint32Array.from({ length: 100_000 }, (_, i) => i * 42_949);
    expectWithin(core, f, new Float32Array(bits.buffer));
  });

  it.each(FUNCTIONS)("$name keeps its limit where its values vary", (f) => {
    const next = uniform(7);
    const [from, to] = f.range;
    expectWithin(
      core,
      f,
      Float32Array.from({ length: 200_000 }, () => from + (to - from) * next()),
    );
  });

  it.each(FUNCTIONS)("$name is exact in the special cases", ({ name }) => {
    const x = new Float32Array([0, -0, Infinity, -Infinity, NaN, -1, 1, 200, -200, 3e38, -3e38]);
    const expected: Record<Name, number[]> = {
      map_exp: [1, 1, Infinity, 0, NaN, Math.exp(-1), Math.E, Infinity, 0, Infinity, 0],
      map_log: [-Infinity, -Infinity, Infinity, NaN, NaN, NaN, 0, Math.log(200), NaN, Math.log(3e38), NaN],
      map_tanh: [0, -0, 1, -1, NaN, -Math.tanh(1), Math.tanh(1), 1, -1, 1, -1],
      map_erf: [0, -0, 1, -1, NaN, -erf(1), erf(1), 1, -1, 1, -1],
      map_sigmoid: [0.5, 0.5, 1, 0, NaN, sigmoid(-1), sigmoid(1), 1, 0, 1, 0],
    };
    const y = apply(core, name, x);
    expected[name].forEach((value, i) => {
      const what = `${core.build} ${name}(${x[i]}) = ${y[i]}, should be ${value}`;
      if (Number.isInteger(value) || value === 0.5 || !Number.isFinite(value)) expect(y[i], what).toBe(value);
      else expect(ulpError(y[i], value), what).toBeLessThan(2.4);
    });
  });

  it("tanh and erf are odd to the bit", () => {
    const x = Float32Array.from({ length: 5000 }, (_, i) => 1e-40 * 1.05 ** i);
    for (const name of ["map_tanh", "map_erf"] as const) {
      const negative = apply(
        core,
        name,
        x.map((value) => -value),
      );
      expect(
        apply(core, name, x).map((value) => -value),
        name,
      ).toEqual(negative);
    }
  });

  it.each(FUNCTIONS)(
    "$name takes any length, unaligned, in place, and reads nothing beyond",
    ({ name, twin, limit }) => {
      const end = core.memory.buffer.byteLength;
      for (let n = 0; n <= 9; n++) {
        const x = Float32Array.from({ length: n }, (_, i) => 0.3 + 0.1 * i);
        // The last float of the memory is the last of x: reading one more traps.
        const view = new Float32Array(core.memory.buffer, end - 4 * n, n);
        view.set(x);
        const canary = new Float32Array(core.memory.buffer, end - 4 * n - 4, 1);
        canary[0] = 7;
        core.k[name](end - 4 * n, end - 4 * n, n);
        expect(canary[0], `${name}, n ${n}`).toBe(7);
        view.forEach((y, i) => {
          expect(ulpError(y, twin(x[i])), `${name}(${x[i]}), n ${n}`).toBeLessThan(limit);
        });
      }
    },
  );
});

describe("the twins", () => {
  it("agree with tables (Abramowitz and Stegun 7.1, 26.1)", () => {
    expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 15);
    expect(erf(1)).toBeCloseTo(0.8427007929497149, 15);
    expect(erf(-2)).toBeCloseTo(-0.9953222650189527, 15);
    expect(erfc(3) / 2.209049699858544e-5).toBeCloseTo(1, 13);
    expect(erfc(1.9999) / erfc(2.0001)).toBeCloseTo(1.00085, 4);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-5) / 2.866515718791939e-7).toBeCloseTo(1, 12);
  });
});
