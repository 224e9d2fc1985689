// Dropout on the input of a linear regression is ridge regression (Srivastava et al. 2014, section 9.1): training must
// end where a linear system, solved in double precision, says.
import { describe, expect, test } from "vitest";
import { Network } from "../../src/index.js";
import { Philox, Stream } from "../../src/random/philox.js";
import type { Scaling } from "../../src/types.js";

const N = 64;
const D = 4;

/** Correlated inputs of unequal size, a target that they do not explain wholly. */
function data() {
  const random = new Philox(21, Stream.data);
  const normal = () => random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2;
  const X = Array.from({ length: N }, () => {
    const common = normal();
    return [common + normal(), 2 * normal() - common, normal(), normal() + 0.5];
  });
  const y = X.map(([a, b, c, d]) => 1.5 * a - 0.7 * b + c + 0.2 * d + 0.8 + 0.3 * normal());
  return { X, y };
}

/** Gaussian elimination with pivoting. */
function solve(A: number[][], b: number[]): number[] {
  const M = A.map((row, i) => [...row, b[i]]);
  for (let c = 0; c < M.length; c++) {
    const pivot = M.slice(c).reduce((best, row, i) => (Math.abs(row[c]) > Math.abs(M[best][c]) ? c + i : best), c);
    [M[c], M[pivot]] = [M[pivot], M[c]];
    for (let r = 0; r < M.length; r++) {
      if (r === c) continue;
      const factor = M[r][c] / M[c][c];
      for (let k = c; k <= M.length; k++) M[r][k] -= factor * M[c][k];
    }
  }
  return M.map((row, i) => row[M.length] / row[i]);
}

/**
 * min ‖y − s·X·w − b‖² + λ·‖Γw‖², Γ² = diag(XᵀX), b unpenalised: the normal equations in (w, b).
 * Standard dropout: s = 1 − p, λ = p(1 − p). Inverted: s = 1, λ = p/(1 − p).
 */
function ridge(X: number[][], y: number[], s: number, lambda: number): number[] {
  const rows = X.map((row) => [...row.map((value) => s * value), 1]);
  const A = Array.from({ length: D + 1 }, (_, i) =>
    Array.from({ length: D + 1 }, (_, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
  );
  for (let i = 0; i < D; i++) A[i][i] += lambda * X.reduce((sum, row) => sum + row[i] ** 2, 0);
  return solve(
    A,
    Array.from({ length: D + 1 }, (_, i) => rows.reduce((sum, row, n) => sum + row[i] * y[n], 0)),
  );
}

const STEPS = 24_000;
const BLOCKS = 10;

/**
 * Averages of the iterates in blocks of the second half of the run: their mean, and the standard error that their
 * spread implies.
 */
async function train(scaling: Scaling, p: number, X: number[][], y: number[]) {
  using net = await Network.create({
    sizes: [D, 1],
    dropout: [p],
    scaling,
    loss: "mse",
    optimizer: { type: "sgd", learningRate: 0.1 },
    seed: 3,
    maxBatch: N,
  });
  const x = Float32Array.from(X.flat());
  const targets = Float32Array.from(y);
  const each = STEPS / 2 / BLOCKS;
  const blocks = Array.from({ length: BLOCKS }, () => Array<number>(D + 1).fill(0));
  for (let t = 0; t < STEPS; t++) {
    // Robbins and Monro's conditions hold for any power of t between ½ and 1; t^½ is one that square roots compute
    // alike everywhere.
    net.learningRate = 0.1 / Math.sqrt(1 + t / 500);
    net.train_step(x, targets);
    if (t < STEPS / 2) continue;
    const block = blocks[Math.floor((t - STEPS / 2) / each)];
    const { W1, b1 } = net.parameters();
    [...W1, ...b1].forEach((value, i) => {
      block[i] += value / each;
    });
  }
  return Array.from({ length: D + 1 }, (_, i) => {
    const mean = blocks.reduce((sum, block) => sum + block[i], 0) / BLOCKS;
    const squares = blocks.reduce((sum, block) => sum + (block[i] - mean) ** 2, 0);
    return { mean, standardError: Math.sqrt(squares / (BLOCKS - 1) / BLOCKS) };
  });
}

describe.each([0.2, 0.5])("p = %f", (p) => {
  const { X, y } = data();
  test.each<[Scaling, number, number]>([
    ["standard", 1 - p, p * (1 - p)],
    ["inverted", 1, p / (1 - p)],
  ])("%s dropout is ridge regression", async (scaling, s, lambda) => {
    const wanted = ridge(X, y, s, lambda);
    const got = await train(scaling, p, X, y);
    const plain = ridge(X, y, s, 0);
    const other = ridge(X, y, s, scaling === "standard" ? p / (1 - p) : p * (1 - p));
    let [farFromPlain, farFromOther] = [0, 0];
    got.forEach(({ mean, standardError }, i) => {
      const text = `${i < D ? `w${i}` : "b"}: ${mean} ± ${standardError}, ridge says ${wanted[i]}`;
      // A weight forgets within some 150 steps, so blocks of 1200 are nearly independent; five standard errors leave
      // room for the rest.
      expect(Math.abs(mean - wanted[i]), text).toBeLessThan(5 * standardError);
      expect(standardError, `too uncertain to tell anything: ${text}`).toBeLessThan(0.01);
      farFromPlain = Math.max(farFromPlain, Math.abs(mean - plain[i]) / standardError);
      farFromOther = Math.max(farFromOther, Math.abs(mean - other[i]) / standardError);
    });
    // And neither least squares nor the other strategy's penalty would pass.
    expect(farFromPlain).toBeGreaterThan(10);
    expect(farFromOther).toBeGreaterThan(10);
  });
});
