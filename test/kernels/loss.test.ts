import { beforeEach, describe, expect, it } from "vitest";
import * as twin from "../reference/loss.js";
import { sigmoid } from "../reference/math.js";
import { everyBuild, type Scratch } from "../support/core.js";
import { blank, expectRows, place, SHAPES, type Shape, uniform, values } from "../support/rows.js";

type Name = "cross_entropy" | "cross_entropy_rows" | "mse" | "bce";

interface Case {
  name: Name;
  /** The second operand: labels, or targets `[batch, n]`. */
  targets: (seed: number, shape: Shape) => ArrayLike<number>;
  /** The mean over rows; for mse and bce over elements, too. */
  loss: (z: ArrayLike<number>, targets: ArrayLike<number>, n: number) => number;
}

const labels = (seed: number, { batch, n }: Shape) => {
  const next = uniform(seed);
  return Int32Array.from({ length: batch }, () => Math.floor(next() * n));
};
const soft = (seed: number, { batch, n }: Shape) => values(seed, batch * n, 1).map(Math.abs);

const CASES: Case[] = [
  { name: "cross_entropy", targets: labels, loss: twin.crossEntropy },
  { name: "cross_entropy_rows", targets: soft, loss: twin.crossEntropyRows },
  { name: "mse", targets: (seed, { batch, n }) => values(seed, batch * n, 2), loss: twin.mse },
  { name: "bce", targets: soft, loss: twin.bce },
];

/**
 * The value: exponentials and logarithms err by less than 3·2⁻²⁴ each, relative to terms of at most `size`; everything
 * else is f64. Twice that, because the terms of cross-entropy are two.
 */
const valueTolerance = (size: number) => 6 * 2 ** -24 * Math.max(1, size);

function placeTargets(core: Scratch, name: Name, targets: ArrayLike<number>, shape: Shape): number {
  return name === "cross_entropy" ? core.words(shape.batch, targets).at : place(core, targets, shape);
}

function run(core: Scratch, name: Name, z: ArrayLike<number>, targets: ArrayLike<number>, shape: Shape): number {
  core.reset();
  const at = place(core, z, shape);
  return core.k[name](0, at, placeTargets(core, name, targets, shape), shape.batch, shape.n, shape.ld);
}

/** The targets of row i alone. */
const rowOf = (name: Name, targets: ArrayLike<number>, i: number, n: number) =>
  name === "cross_entropy" ? [targets[i]] : Array.from({ length: n }, (_, j) => targets[i * n + j]);

describe.each(everyBuild(16))("losses, $build", (core) => {
  beforeEach(() => core.reset());

  it.each(CASES)("$name and its gradient at every size, in place and not", ({ name, targets: draw, loss }) => {
    // Differences of many wide rows take long and show nothing that two do not.
    SHAPES.filter(({ batch, n }) => batch <= 2 || n <= 17).forEach((shape, i) => {
      core.reset();
      const { batch, n, ld } = shape;
      const z = values(i, batch * n, 4);
      const targets = draw(70 + i, shape);
      const at = place(core, z, shape);
      const dz = i % 2 ? at : blank(core, shape);
      const value = core.k[name](dz, at, placeTargets(core, name, targets, shape), batch, n, ld);
      const expected = loss(z, targets, n);
      const size = name === "cross_entropy_rows" ? 8 * n : 8; // Σt times a logarithm
      expect(Math.abs(value - expected), `${core.build} ${name} [${batch}, ${n}]: ${value}, ${expected}`).toBeLessThan(
        valueTolerance(size),
      );
      const slopes = twin.gradient(z, n, (row, r) => loss(row, rowOf(name, targets, r, n), n));
      // A few roundings of terms of at most Σt (12 for mse's 2(z − t)) over what the mean divides by; 10⁻⁹ of the
      // differences.
      const largest = { cross_entropy: 1, cross_entropy_rows: n, mse: 12 / n, bce: 1 / n }[name] / batch;
      expectRows(core, `${name}: dz`, dz, slopes, shape, () => largest * 4 * 2 ** -23 + 1e-9);
      const again = run(core, name, z, targets, shape);
      expect(again, "without a gradient").toBe(value);
    });
  });

  it.each([10, 1e4, 1e30, 3e38])("cross-entropy of logits of ±%d", (big) => {
    const f = Math.fround(big);
    const shape = { batch: 2, n: 3, ld: 16 };
    const z = [f, -f, 0, -f, f, f];
    // Row 0: ln Σ = f; the label has −f. Row 1: two equal largest; the label is one of them.
    const expected = (2 * f + Math.log1p(Math.exp(-f) + Math.exp(-2 * f)) + Math.log(2 + Math.exp(-2 * f))) / 2;
    const hard = run(core, "cross_entropy", z, [1, 2], shape);
    expect(Math.abs(hard / expected - 1), `${hard}, ${expected}`).toBeLessThan(1e-7);
    const asRows = run(core, "cross_entropy_rows", z, [0, 1, 0, 0, 0, 1], shape);
    expect(Math.abs(asRows / expected - 1), `${asRows}, ${expected}`).toBeLessThan(1e-7);
    core.reset();
    const at = place(core, z, shape);
    core.k.cross_entropy(at, at, core.words(2, [1, 2]).at, 2, 3, 16);
    const [p, q] = [Math.exp(-big), Math.exp(-2 * big)];
    const slopes = [1 / (1 + p + q), q / (1 + p + q) - 1, p / (1 + p + q), q / (2 + q), 1 / (2 + q), 1 / (2 + q) - 1];
    expectRows(
      core,
      `dz of ${big}`,
      at,
      slopes.map((s) => s / 2),
      shape,
      () => 1e-7,
    );
  });

  it("keeps the digits of small losses", () => {
    const shape = { batch: 1, n: 2, ld: 16 };
    for (const margin of [5, 15, 30, 80]) {
      const exact = Math.log1p(Math.exp(-margin));
      for (const [name, z, t] of [
        ["cross_entropy", [margin, 0], [0]],
        ["cross_entropy_rows", [0, margin], [0, 1]],
        ["bce", [margin, -margin], [1, 0]],
      ] as [Name, number[], number[]][]) {
        const value = run(core, name, z, t, shape);
        expect(Math.abs(value / exact - 1), `${core.build} ${name} at ${margin}: ${value}, ${exact}`).toBeLessThan(
          4e-7,
        );
      }
    }
  });

  it("mse and bce of huge outputs do not overflow where the answer is a number", () => {
    const shape = { batch: 1, n: 2, ld: 16 };
    const big = Math.fround(1e30);
    expect(run(core, "mse", [big, 0], [0, 0], shape)).toBeCloseTo((big * big) / 2, -50);
    const most = Math.fround(3e38); // z − t does not fit into f32
    expect(run(core, "mse", [most, 0], [-most, 0], shape) / (2 * most * most)).toBe(1);
    expect(run(core, "bce", [big, -big], [0, 1], shape)).toBe(big);
    expect(run(core, "bce", [big, -big], [1, 0], shape)).toBe(0);
    expect(run(core, "bce", [1e4, -1e4], [0.25, 0.25], shape)).toBeCloseTo(5000, 9);
  });

  it.each(CASES)("$name is not finite where a logit is not, wherever it stands", ({ name, targets: draw }) => {
    const shape = { batch: 3, n: 17, ld: 32 };
    const targets = draw(1, shape);
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (let where = 0; where < 51; where++) {
        const z = values(2, 51, 3);
        z[where] = bad;
        const value = run(core, name, z, targets, shape);
        expect(Number.isFinite(value), `${name} with ${bad} at ${where} is ${value}`).toBe(false);
      }
    }
    expect(Number.isFinite(run(core, name, values(2, 51, 3), targets, shape))).toBe(true);
  });

  it("does not let what lies in the padding change a loss or a gradient", () => {
    const shape = { batch: 2, n: 5, ld: 16 };
    for (const { name, targets: draw } of CASES) {
      const targets = draw(3, shape);
      const z = values(4, 10, 3);
      const results = [0, 1e9, Math.max(...z), NaN].map((padding) => {
        core.reset();
        const [at, dz] = [place(core, z, shape), blank(core, shape)];
        const t = placeTargets(core, name, targets, shape);
        for (const from of name === "cross_entropy" ? [at] : [at, t]) {
          for (let i = 0; i < 2; i++) new Float32Array(core.memory.buffer, from + 64 * i, 16).fill(padding, 5);
        }
        const value = core.k[name](dz, at, t, 2, 5, 16);
        return [value, ...new Float32Array(core.memory.buffer, dz, 32)];
      });
      for (const result of results) expect(result, name).toEqual(results[0]);
    }
  });
});

describe.each(everyBuild(16))("predictions, $build", (core) => {
  beforeEach(() => core.reset());

  it("softmax and sigmoid at every size, in place and not", () => {
    SHAPES.forEach((shape, i) => {
      const { batch, n, ld } = shape;
      const z = values(i, batch * n, [1, 10, 100][i % 3]);
      for (const name of ["softmax", "sigmoid_rows"] as const) {
        core.reset();
        const at = place(core, z, shape);
        const y = i % 2 ? at : blank(core, shape);
        core.k[name](y, at, batch, n, ld);
        const expected = name === "softmax" ? twin.softmax(z, n) : Array.from(z, sigmoid);
        // softmax: the difference z − top is rounded before exp, which costs that rounding times e^(z − top) ≤ 1;
        // 1e-44: subnormals.
        const spread = name === "softmax" ? 200 : 0;
        expectRows(core, name, y, expected, shape, (k) => expected[k] * (4 + spread / 2) * 2 ** -23 + 1e-44);
      }
    });
  });

  it("softmax of extreme rows", () => {
    const shape = { batch: 4, n: 3, ld: 16 };
    const z = [3e38, -3e38, 0, -Infinity, 1, 1, 5, 5, 5, NaN, 0, 0];
    const y = place(core, z, shape);
    core.k.softmax(y, y, 4, 3, 16);
    const third = 1 / 3;
    const expected = [1, 0, 0, 0, 0.5, 0.5, third, third, third, NaN, NaN, NaN];
    expectRows(core, "softmax", y, expected, shape, () => 1e-7);
  });
});
