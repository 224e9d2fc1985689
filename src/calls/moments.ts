// What an activation, or softmax, makes of normal sums: mean and variance of f(z) for z ~ N(mean, variance).

import { kernelActivation } from "../compute/activation.js";
import { nameOf, parameterOf } from "../config/activation.js";
import { pad } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import { Philox, Stream } from "../random/philox.js";
import type { Activation } from "../types.js";

/** Means and variances `[batch, width]` of a layer, rows `stride` apart. */
export interface Moments {
  mean: Float32Array;
  variance: Float32Array;
  batch: number;
  width: number;
  stride: number;
}

/** z → f(z), in place: in closed form where f has two straight pieces, elsewhere by Gauss–Hermite quadrature. */
export function activateMoments(model: Model, moments: Moments, activation: Activation): void {
  const name = nameOf(activation);
  if (name === "linear") return;
  const broken = name === "relu" || name === "leaky_relu";
  const below = name === "relu" ? 0 : parameterOf(activation);
  for (let s = 0; s < moments.batch; s++) {
    const row = [moments.mean, moments.variance].map((all) =>
      all.subarray(s * moments.stride, s * moments.stride + moments.width),
    );
    if (broken) straight(model, row[0], row[1], below);
    else smooth(model, row[0], row[1], activation);
  }
}

/** Two rows of floats that the lists of products leave free between two of them. */
function rowsIn({ arena }: Model, width: number) {
  const at = arena.plan.lists.entries;
  const second = at + 4 * pad(width);
  return { at, second, a: arena.floats(at, pad(width)), b: arena.floats(second, pad(width)) };
}

/**
 * f(z) = z above 0, below·z elsewhere, by the moments of a normal that is cut off at 0: E relu = μΦ + σφ and E relu² =
 * (μ² + σ²)Φ + μσφ, with Φ and φ at μ/σ.
 */
function straight(model: Model, mean: Float32Array, variance: Float32Array, below: number): void {
  const n = mean.length;
  const { at, second, a, b } = rowsIn(model, n);
  for (let j = 0; j < n; j++) {
    // Beyond 30 there is nothing on the other side.
    const z = mean[j] / Math.sqrt(2 * variance[j]);
    a[j] = z < -30 ? -30 : z > 30 ? 30 : Number.isNaN(z) ? 0 : z;
    b[j] = -a[j] * a[j];
  }
  model.core.kernels.map_erf(at, at, pad(n));
  model.core.kernels.map_exp(second, second, pad(n));
  for (let j = 0; j < n; j++) {
    const [μ, v] = [mean[j], variance[j]];
    const above = (1 + a[j]) / 2;
    const tail = Math.sqrt(v / (2 * Math.PI)) * b[j];
    const first = μ * above + tail;
    const squares = (μ * μ + v) * above + μ * tail;
    const whole = below * μ + (1 - below) * first;
    mean[j] = whole;
    variance[j] = Math.max(0, squares + below * below * (μ * μ + v - squares) - whole * whole);
  }
}

/** Nodes of 9-point Gauss–Hermite quadrature above 0, and their weights over √π. */
const NODES = [0.7235510187528376, 1.468553289216668, 2.266580584531843, 3.1909932017815277];
const WEIGHTS = [0.2440975028949394, 0.04991640676521791, 0.0027891413212317653, 2.2345844007746576e-5];

function smooth(model: Model, mean: Float32Array, variance: Float32Array, activation: Activation): void {
  const n = mean.length;
  const { at, a } = rowsIn(model, n);
  const apply = (node: number) => {
    for (let j = 0; j < n; j++) a[j] = mean[j] + node * Math.sqrt(2 * variance[j]);
    model.core.kernels.activate(at, pad(n), 0, at, pad(n), 0, 0, 1, n, ...kernelActivation(activation), 1);
  };
  apply(0);
  // Distances from the value at the mean: nothing cancels where the variance is small.
  const middle = a.slice(0, n);
  const [sum, squares] = [new Float64Array(n), new Float64Array(n)];
  NODES.forEach((node, k) => {
    for (const side of [node, -node]) {
      apply(side);
      for (let j = 0; j < n; j++) {
        const distance = a[j] - middle[j];
        sum[j] += WEIGHTS[k] * distance;
        squares[j] += WEIGHTS[k] * distance * distance;
      }
    }
  });
  for (let j = 0; j < n; j++) {
    mean[j] = middle[j] + sum[j];
    variance[j] = Math.max(0, squares[j] - sum[j] * sum[j]);
  }
}

/** Pairs of opposite points that softmax is averaged over. */
const PAIRS = 64;

/**
 * Logits → probabilities, in place, averaged over the same normal points for every row.
 * @param factors per row, what makes logits that vary together of independent ones (logit-factors.ts); null: they do
 * not
 */
export function softmaxMoments(
  { mean, variance, batch, width, stride }: Moments,
  factors: readonly Float64Array[] | null,
): void {
  const points = normals(PAIRS * width);
  const [z, away] = [new Float64Array(width), new Float64Array(width)];
  for (let s = 0; s < batch; s++) {
    const [μ, v] = [mean, variance].map((all) => all.subarray(s * stride, s * stride + width));
    const [sum, squares] = [new Float64Array(width), new Float64Array(width)];
    const σ = Float64Array.from(v, Math.sqrt);
    const root = factors?.[s];
    for (let k = 0; k < PAIRS; k++) {
      for (let j = 0; j < width; j++) {
        let by = 0;
        if (!root) by = σ[j] * points[k * width + j];
        else for (let i = 0; i <= j; i++) by += root[(j * (j + 1)) / 2 + i] * points[k * width + i];
        away[j] = by;
      }
      for (const side of [1, -1]) {
        let top = -Infinity;
        for (let j = 0; j < width; j++) {
          z[j] = μ[j] + side * away[j];
          if (z[j] > top) top = z[j];
        }
        let total = 0;
        for (let j = 0; j < width; j++) {
          z[j] = Math.exp(z[j] - top);
          total += z[j];
        }
        for (let j = 0; j < width; j++) {
          const answer = z[j] / total;
          sum[j] += answer;
          squares[j] += answer * answer;
        }
      }
    }
    for (let j = 0; j < width; j++) {
      μ[j] = sum[j] / (2 * PAIRS);
      v[j] = Math.max(0, squares[j] / (2 * PAIRS) - (sum[j] / (2 * PAIRS)) ** 2);
    }
  }
}

/** Reproducible normal numbers, by Box and Muller. */
function normals(count: number): Float64Array {
  const random = new Philox(0, Stream.data);
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    return radius * Math.cos(2 * Math.PI * random.uniform());
  });
}
