import { beforeEach, describe, expect, it } from "vitest";
import { ACTIVATIONS, activate, elu, type Layer, leakyRelu, sums, type Twin } from "../reference/activation.js";
import { pack } from "../reference/philox.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { blank, expectRows, pad, place, SHAPES, type Shape, uniform, values } from "../support/rows.js";

/** Each activation with its default parameter, and those that have one with others. */
const CASES: (Twin & { label: string })[] = [...ACTIVATIONS, leakyRelu(0.3), leakyRelu(-0.5), elu(0.7), elu(-2)].map(
  (twin, i) => ({ ...twin, label: i < ACTIVATIONS.length ? twin.name : `${twin.name} ${twin.parameter}` }),
);
const CODE = Object.fromEntries(ACTIVATIONS.map(({ name }, code) => [name, code]));
const EPSILON = 2 ** -23;

/**
 * Relative error of u: the functions' own errors (docs/math.md) and the rounding of the scale. gelu's e^(−x²/2) also
 * has the relative error of its argument times the argument; so has the exponential of the approximate one.
 */
function unitTolerance({ name }: Twin, x: number): number {
  const [smooth, cubic] = [{ tanh: 4, selu: 4, elu: 4, silu: 4, mish: 5 }, x < 0 ? 1.6 * -x - 0.07 * x ** 3 : 0];
  const own = { linear: 1, relu: 1, leaky_relu: 2, sigmoid: 4, gelu: 8 + (x * x) / 2, gelu_tanh: 4 + 2 * cubic };
  return { ...smooth, ...own }[name]! * EPSILON;
}

/**
 * Absolute error of the slopes, which are at most 1.76: a few roundings of numbers near 1, and 10⁻⁹ of the twin.
 */
const SLOPE_TOLERANCE = 6 * EPSILON;

function keepBits(seed: number, count: number, p: number): Uint8Array {
  const next = uniform(seed);
  return Uint8Array.from({ length: count }, () => (next() < p ? 0 : 1));
}

function placeMask(core: Scratch, keep: Uint8Array | null, { batch, n }: Shape): number {
  if (!keep) return 0;
  const packed = pack(keep, batch, n);
  const at = core.bytes(packed.length);
  new Uint8Array(core.memory.buffer, at, packed.length).set(packed);
  return at;
}

const placeBias = (core: Scratch, bias: ArrayLike<number> | null, n: number) =>
  bias ? place(core, bias, { batch: 1, n, ld: pad(n) }) : 0;

/** Runs `activate` over fresh memory, in place or not, and expects what the twin says. */
function expectActivation(core: Scratch, twin: Twin, layer: Layer & { ld: number }, mode: "apart" | "in place") {
  core.reset();
  const { name, parameter, f } = twin;
  const { batch, n, ld, z, bias, keep, scale } = layer;
  const from = place(core, z, layer);
  const u = mode === "in place" ? from : blank(core, layer);
  const slope = blank(core, layer);
  const mask = placeMask(core, keep as Uint8Array, layer);
  core.k.activate(u, ld, slope, from, ld, placeBias(core, bias, n), mask, batch, n, CODE[name], parameter, scale);
  const expected = activate(layer, f);
  const x = sums(layer);
  const what = `${name} ${parameter} ${mode}, scale ${scale}`;
  // Subnormal results have no relative precision; gelu multiplies theirs by up to 15, silu and mish by up to 104.
  expectRows(core, what, u, expected.u, layer, (i) => unitTolerance(twin, x[i]) * Math.abs(expected.u[i]) + 2e-43);
  expectRows(core, `${what}: slope`, slope, expected.slope, layer, () => SLOPE_TOLERANCE * scale);
}

/** Sums of all sizes that occur, kept a little away from the kinks at 0, where differences are not slopes. */
function someSums(seed: number, count: number): Float32Array {
  const spread = [0.5, 3, 30];
  return values(seed, count, 1).map((value, i) => {
    const x = value * spread[i % 3];
    return Math.abs(x) < 1e-3 ? 1e-3 : x;
  });
}

describe.each(everyBuild(16))("activate, $build", (core) => {
  it.each(CASES)("$label without mask and bias", (twin) => {
    SHAPES.forEach((shape, i) => {
      const z = someSums(i, shape.batch * shape.n);
      expectActivation(core, twin, { ...shape, z, bias: null, keep: null, scale: 1 }, i % 2 ? "apart" : "in place");
    });
  });

  it.each(CASES)("$label with bias, mask and inverted scale", (twin) => {
    for (const p of [0.2, 0.5]) {
      SHAPES.forEach((shape, i) => {
        const count = shape.batch * shape.n;
        const bias = values(90 + i, shape.n, 1);
        // z + bias is kept off the kinks.
        const z = someSums(i, count).map((x, k) => x - bias[k % shape.n]);
        const keep = keepBits(i, count, p);
        const scale = Math.fround(1 / (1 - p));
        expectActivation(core, twin, { ...shape, z, bias, keep, scale }, i % 2 ? "in place" : "apart");
      });
    }
  });

  it.each(CASES)("$label over masks wider than one block of 128", (twin) => {
    for (const n of [127, 128, 129, 300]) {
      const shape = { batch: 3, n, ld: pad(n) + 16 };
      const keep = keepBits(n, 3 * n, 0.5);
      expectActivation(core, twin, { ...shape, z: someSums(n, 3 * n), bias: null, keep, scale: 2 }, "apart");
    }
  });

  it.each(CASES)("$label: dropped units and their slopes are +0, whatever their sums are", ({ name, parameter }) => {
    core.reset();
    const shape = { batch: 2, n: 21, ld: 32 };
    const z = Float32Array.from({ length: 42 }, (_, i) => [Infinity, -Infinity, NaN, -1, 3e38][i % 5]);
    for (const scale of [2, 0]) {
      const keep = new Uint8Array(42);
      const mask = scale === 0 ? 0 : placeMask(core, keep, shape); // p = 1: the scale alone drops everything
      const [u, slope] = [place(core, z, shape), blank(core, shape)];
      core.k.activate(u, 32, slope, u, 32, 0, mask, 2, 21, CODE[name], parameter, scale);
      for (const at of [u, slope]) {
        expect([...new Uint32Array(core.memory.buffer, at, 64)], `${name}, scale ${scale}`).toEqual(Array(64).fill(0));
      }
    }
  });

  it.each(CASES)("$label: a kept NaN stays NaN, and its neighbours are not touched by it", ({ name, parameter, f }) => {
    core.reset();
    const shape = { batch: 1, n: 16, ld: 16 };
    const z = new Float32Array(16).fill(1);
    z[5] = NaN;
    const u = place(core, z, shape);
    core.k.activate(u, 16, 0, u, 16, 0, 0, 1, 16, CODE[name], parameter, 1);
    const view = new Float32Array(core.memory.buffer, u, 16);
    view.forEach((value, i) => {
      if (i === 5) expect(value, name).toBeNaN();
      else expect(value, `${name} at ${i}`).toBeCloseTo(f(1), 5);
    });
  });

  it("has the slopes of PyTorch at the kinks, and limits at infinity", () => {
    const run = (name: string, x: number, parameter = 0) => {
      core.reset();
      const [u, slope] = [place(core, [x], { batch: 1, n: 1, ld: 16 }), blank(core, { batch: 1, n: 1, ld: 16 })];
      core.k.activate(u, 16, slope, u, 16, 0, 0, 1, 1, CODE[name], parameter, 1);
      return [u, slope].map((at) => new Float32Array(core.memory.buffer, at, 1)[0]);
    };
    const lambdaAlpha = Math.fround(1.7580993408473766);
    for (const zero of [0, -0]) {
      expect(run("relu", zero)).toEqual([0, 0]);
      expect(run("leaky_relu", zero, 0.01)[1]).toBe(Math.fround(0.01));
      expect(run("elu", zero, 0.3)[1]).toBe(Math.fround(0.3));
      expect(run("selu", zero)[1]).toBe(lambdaAlpha);
      for (const name of ["gelu", "gelu_tanh", "silu"]) expect(run(name, zero)[1], name).toBeCloseTo(0.5, 6);
      expect(run("mish", zero)[1]).toBeCloseTo(0.6, 6);
    }
    expect(run("tanh", Infinity)).toEqual([1, 0]);
    expect(run("sigmoid", Infinity)).toEqual([1, 0]);
    expect(run("sigmoid", -Infinity)).toEqual([0, 0]);
    for (const name of ["gelu", "gelu_tanh", "silu", "mish"]) {
      for (const large of [1000, 3e38, Infinity]) expect(run(name, large), name).toEqual([large, 1].map(Math.fround));
      for (const low of [-1000, -3e38, -Infinity]) {
        expect(run(name, low)[0], name).toBe(-0);
        expect(run(name, low)[1], name).toBeCloseTo(0, 40);
      }
    }
    for (const large of [1000, 3e38, Infinity]) expect(run("elu", large, 2)).toEqual([large, 1].map(Math.fround));
    expect(run("elu", -Infinity, 2)[0]).toBe(-2);
    expect(run("elu", -Infinity, 2)[1]).toBeCloseTo(0, 30);
    expect(run("selu", -Infinity)[0]).toBe(-lambdaAlpha);
    expect(run("relu", Infinity)).toEqual([Infinity, 1]);
    expect(run("relu", -Infinity)).toEqual([0, 0]);
  });

  it("reads the caller's rows at any stride and alignment, and nothing behind the last", () => {
    const end = core.memory.buffer.byteLength;
    for (const n of [1, 2, 15, 16, 17, 31, 33, 47, 48, 49, 129]) {
      for (const ldz of [n, n + 3]) {
        core.reset();
        const batch = 3;
        const shape = { batch, n, ld: pad(n) + 16 };
        const z = values(n, batch * n, 2);
        // The last row ends where the memory ends: reading one float more traps.
        const from = end - 4 * ((batch - 1) * ldz + n);
        for (let i = 0; i < batch; i++) {
          new Float32Array(core.memory.buffer, from + 4 * i * ldz, n).set(z.subarray(i * n, (i + 1) * n));
        }
        const before = new Uint8Array(core.memory.buffer).slice(from);
        const keep = keepBits(n, batch * n, 0.2);
        const u = blank(core, shape);
        core.k.activate(u, shape.ld, 0, from, ldz, 0, placeMask(core, keep, shape), batch, n, CODE.linear, 0, 1.25);
        const expected = z.map((x, i) => (keep[i] ? x * 1.25 : 0));
        expectRows(core, `input, stride ${ldz}`, u, expected, shape, () => 0);
        expect(new Uint8Array(core.memory.buffer).slice(from), `n ${n}: the caller's rows`).toEqual(before);
      }
    }
  });
});

describe.each(everyBuild(16))("backward through activations, $build", (core) => {
  beforeEach(() => core.reset());

  it("multiplies by the slope, and makes 0 of anything where the slope is 0", () => {
    SHAPES.forEach((shape, i) => {
      core.reset();
      const count = shape.batch * shape.n;
      const slope = values(i, count, 2).map((x, k) => (k % 3 === 0 ? 0 : x));
      const du = values(50 + i, count, 1).map((x, k) => (k % 3 === 0 ? [Infinity, NaN, -Infinity, 5][k % 4] : x));
      const at = place(core, du, shape);
      const dz = i % 2 ? at : blank(core, shape);
      core.k.backward_slope(dz, at, place(core, slope, shape), shape.batch, shape.n, shape.ld);
      const expected = du.map((d, k) => (slope[k] === 0 ? 0 : d * slope[k]));
      expectRows(core, "backward_slope", dz, expected, shape, () => 0);
    });
  });

  it("passes relu's gradient where the unit was active, times the scale, and makes 0 of anything elsewhere", () => {
    SHAPES.forEach((shape, i) => {
      core.reset();
      const count = shape.batch * shape.n;
      const u = values(i, count, 2).map((x, k) => (k % 3 === 0 ? [0, -0][k % 2] : Math.max(x, 0)));
      const du = values(50 + i, count, 1).map((x, k) => (u[k] > 0 ? x : [Infinity, NaN, 5][k % 3]));
      const at = place(core, du, shape);
      const dz = i % 2 ? at : blank(core, shape);
      core.k.backward_relu(dz, at, place(core, u, shape), shape.batch, shape.n, shape.ld, 1.25);
      const expected = du.map((d, k) => (u[k] > 0 ? d * 1.25 : 0));
      expectRows(core, "backward_relu", dz, expected, shape, () => 0);
    });
  });

  it("agrees with finite differences of the whole layer, mask held fixed", () => {
    const shape = { batch: 5, n: 33, ld: 48 };
    const count = 5 * 33;
    for (const { name, parameter, f } of CASES) {
      core.reset();
      const layer = { ...shape, z: someSums(3, count), bias: null, keep: keepBits(8, count, 0.2), scale: 1.25 };
      const du = values(4, count, 1);
      const [u, slope, dz] = [place(core, layer.z, shape), blank(core, shape), blank(core, shape)];
      core.k.activate(u, 48, slope, u, 48, 0, placeMask(core, layer.keep, shape), 5, 33, CODE[name], parameter, 1.25);
      core.k.backward_slope(dz, place(core, du, shape), slope, 5, 33, 48);
      const expected = activate(layer, f).slope.map((s, i) => s * du[i]);
      const tolerance = (i: number) => 2 * SLOPE_TOLERANCE * Math.abs(du[i]);
      expectRows(core, `${name}: dz`, dz, expected, shape, tolerance);
      if (name !== "relu") continue;
      const fromUnits = blank(core, shape);
      core.k.backward_relu(fromUnits, place(core, du, shape), u, 5, 33, 48, 1.25);
      expectRows(core, "relu from its units", fromUnits, expected, shape, tolerance);
    }
  });

  it("sums a bias' gradient over the samples in ascending order", () => {
    SHAPES.forEach((shape, i) => {
      core.reset();
      const { batch, n, ld } = shape;
      const dz = values(i, batch * n, 1);
      const db = core.floats(pad(n)).at;
      core.k.bias_gradient(db, place(core, dz, shape), batch, n, ld);
      const expected = new Float32Array(n); // f32 at every addition: the order is part of the contract
      for (let s = 0; s < batch; s++) for (let j = 0; j < n; j++) expected[j] += dz[s * n + j];
      expectRows(core, `bias_gradient of ${batch}`, db, expected, { batch: 1, n, ld: pad(n) }, () => 0);
    });
  });
});
