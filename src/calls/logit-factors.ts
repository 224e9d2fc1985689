// How the logits of dropout vary together: their covariance, and what makes such logits of independent numbers.

import { PANEL, pad, panelCount, weightLength, weightShape } from "../memory/layout.js";
import { type Model, scratchOf } from "../model/model.js";
import { readParameters } from "../model/weights.js";

/** Logits whose covariance is worth its time: it grows with their square. */
const FEW = 20;

/**
 * Per row, the lower triangle `[out, out]` whose product with independent normals has the logits' covariance
 * Σ v·wᵢ·wⱼ over the units, of variances v `[batch, stride]`, that the last weight reads. null for many logits.
 */
export function factors(model: Model, variances: Float32Array, batch: number): Float64Array[] | null {
  const l = model.shapes.length - 1;
  const { in: width, out } = model.shapes[l];
  if (out > FEW) return null;
  const { stride } = model.arena.plan.units[l];
  const { weight } = readParameters(model, l, "parameters");
  const pairs: [number, number][] = [];
  for (let i = 0; i < out; i++) for (let j = 0; j <= i; j++) pairs.push([i, j]);
  const covariances = multiply(model, variances, batch, width, stride, pairs.length, (k, pair) => {
    const [i, j] = pairs[pair];
    return weight[i * width + k] * weight[j * width + k];
  });
  return Array.from({ length: batch }, (_, s) =>
    choleskyOf(covariances.subarray(s * pairs.length, (s + 1) * pairs.length), out),
  );
}

/**
 * `[batch, cols]` = rows `[batch, width]` · a matrix, by the dense kernel. All three lie where the lists of products
 * do; where these are short, as many rows as there is room for are taken at a time.
 */
function multiply(
  model: Model,
  rows: Float32Array,
  batch: number,
  width: number,
  stride: number,
  cols: number,
  entry: (row: number, col: number) => number,
): Float32Array {
  const { arena, core } = model;
  const scratch = scratchOf(model);
  const shape = weightShape(width, cols, "input");
  const product = new Float32Array(batch * cols);
  const { entries, spans } = arena.plan.lists;
  const at = { y: entries, s: 0, w: 0 };
  const ld = pad(cols);
  const step = Math.min(batch, Math.floor(((spans - entries) / 4 - weightLength(shape)) / (ld + stride)));
  at.s = at.y + 4 * step * ld;
  at.w = at.s + 4 * step * stride;
  if (step < 1) {
    for (let s = 0; s < batch; s++)
      for (let k = 0; k < width; k++)
        for (let c = 0; c < cols; c++) product[s * cols + c] += rows[s * stride + k] * entry(k, c);
    return product;
  }
  const matrix = arena.floats(at.w, weightLength(shape));
  matrix.fill(0);
  for (let c = 0; c < cols; c++) {
    const panel = c - (c % PANEL);
    const wide = Math.min(PANEL, ld - panel);
    for (let k = 0; k < width; k++) matrix[panel * width + k * wide + (c % PANEL)] = entry(k, c);
  }
  for (let from = 0; from < batch; from += step) {
    const m = Math.min(step, batch - from);
    arena.floats(at.s, m * stride).set(rows.subarray(from * stride, (from + m) * stride));
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    core.kernels.dense_nn(at.y, ld, at.s, stride, at.w, scratch, m, width, cols, 0, panelCount(shape), core.mr);
    const sums = arena.floats(at.y, m * ld);
    for (let s = 0; s < m; s++) product.set(sums.subarray(s * ld, s * ld + cols), (from + s) * cols);
  }
  return product;
}

/** Below this part of its variance a column counts for nothing: sums of float32 are no better. */
const SINGULAR = 1e-6;

/** The lower triangle L with L·Lᵀ = C, both row after row without what is above the diagonal. */
function choleskyOf(covariance: Float32Array, n: number): Float64Array {
  const root = Float64Array.from(covariance);
  const at = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  for (let j = 0; j < n; j++) {
    let rest = root[at(j, j)];
    for (let k = 0; k < j; k++) rest -= root[at(j, k)] ** 2;
    const pivot = rest > SINGULAR * covariance[at(j, j)] ? Math.sqrt(rest) : 0;
    root[at(j, j)] = pivot;
    for (let i = j + 1; i < n; i++) {
      let sum = root[at(i, j)];
      for (let k = 0; k < j; k++) sum -= root[at(i, k)] * root[at(j, k)];
      root[at(i, j)] = pivot > 0 ? sum / pivot : 0;
    }
  }
  return root;
}
