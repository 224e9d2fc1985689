// How a network's numbers lie in memory: strides, panels, and the way in and out of them. docs/architecture.md draws
// it. Elsewhere only compute/optimize.ts knows where a panel begins. Sizes are in floats.

// The numbers of assembly/layout.ts, by the same names; a test compares them.

/** Floats in a cache line: every width is padded to whole ones. */
export const GRAIN = 16;
/** Columns of a weight panel. */
export const PANEL = 48;
/** Rows of the dense products' smaller register tile: a batch is rounded up to them. */
export const MR = 4;
/** Rows of a packed block of the dense products. */
export const MC = 192;
/** Sampled dot products take so many samples at a time: their part of a panel, 128 × 48 floats, stays in L1. */
export const SAMPLES = 128;

/**
 * SpMM takes a weight panel in blocks of so many rows, each for all samples. A row stays in L1 until all have used it:
 * 128 × 48 floats are 24 KB.
 */
export const BLOCK = 128;
/**
 * The same if samples use few of the rows. Lists are fewer and longer, which saves starts and ends. L1 still holds
 * nearly all rows that are used.
 */
const SPARSE_BLOCK = 176;

/** Rows of a weight panel per block where a fraction `density` of the units is active. No result depends on it. */
export function blockRows(density: number): number {
  return density < 0.2 ? SPARSE_BLOCK : BLOCK;
}

/** Which side of a weight are the rows of its stored matrix. */
export type Orientation = "input" | "output";

/** A weight matrix as it is stored. */
export interface WeightShape {
  in: number;
  out: number;
  orientation: Orientation;
  rows: number;
  cols: number;
}

/** A width as it lies in memory: the next multiple of 16. The floats from `n` on are zero. */
export function pad(n: number): number {
  return Math.ceil(n / GRAIN) * GRAIN;
}

/**
 * Distance between two rows of activations: padded, and an odd number of cache lines, so that rows spread over all
 * cache sets.
 */
export function rowStride(n: number): number {
  const padded = pad(n);
  return (padded / GRAIN) % 2 === 0 ? padded + GRAIN : padded;
}

/** Bytes of one sample's packed keep bits: whole blocks of 128 units. */
export function maskStride(n: number): number {
  return 16 * Math.ceil(n / 128);
}

export function weightShape(inputs: number, outputs: number, orientation: Orientation): WeightShape {
  const [rows, cols] = orientation === "input" ? [inputs, outputs] : [outputs, inputs];
  return { in: inputs, out: outputs, orientation, rows, cols };
}

/** Floats that a stored weight takes, its padding included. */
export function weightLength(shape: WeightShape): number {
  return shape.rows * pad(shape.cols);
}

/** Panels of a stored weight. */
export function panelCount(shape: WeightShape): number {
  return Math.ceil(shape.cols / PANEL);
}

/** Writes `dense` `[out, in]` into `stored`, padding with zeros. */
export function storeWeight(stored: Float32Array, dense: ArrayLike<number>, shape: WeightShape): void {
  stored.fill(0);
  forEachRun(shape, (from, start, step, width) => {
    for (let c = 0; c < width; c++) stored[from + c] = dense[start + c * step];
  });
}

/** A copy of a stored weight as `[out, in]`. */
export function readWeight(stored: Float32Array, shape: WeightShape): Float32Array<ArrayBuffer> {
  const dense = new Float32Array(shape.in * shape.out);
  forEachRun(shape, (from, start, step, width) => {
    for (let c = 0; c < width; c++) dense[start + c * step] = stored[from + c];
  });
  return dense;
}

/**
 * Visits each row of each panel: where it starts when stored, where its first element is in `[out, in]`, the step to
 * the next one.
 */
function forEachRun(
  shape: WeightShape,
  visit: (from: number, start: number, step: number, width: number) => void,
): void {
  const { rows, cols, orientation } = shape;
  const [rowStep, colStep] = orientation === "input" ? [1, shape.in] : [shape.in, 1];
  for (let first = 0; first < cols; first += PANEL) {
    const stride = Math.min(PANEL, pad(cols) - first);
    const width = Math.min(PANEL, cols - first);
    for (let r = 0; r < rows; r++) visit(first * rows + r * stride, r * rowStep + first * colStep, colStep, width);
  }
}

/** Rows of so many floats are copied in less time one by one than by views of them. */
const NARROW = 48;

/** A copy of rows `[batch, n]` that begin at number `at` of `floats`, `stride` apart. */
export function readRows(
  floats: Float32Array,
  at: number,
  batch: number,
  n: number,
  stride: number,
): Float32Array<ArrayBuffer> {
  if (stride === n) return floats.slice(at, at + batch * n) as Float32Array<ArrayBuffer>;
  const rows = new Float32Array(batch * n);
  for (let s = 0, to = 0; s < batch; s++, to += n) copyRow(rows, to, floats, at + s * stride, n);
  return rows;
}

/** Copies rows `[batch, n]` to number `at` of `floats` and on, `stride` apart, zeros behind each up to pad(n). */
export function storeRows(
  floats: Float32Array,
  at: number,
  rows: Float32Array,
  batch: number,
  n: number,
  stride: number,
): void {
  if (stride === n) {
    floats.set(rows, at);
    return;
  }
  const padding = pad(n) - n;
  for (let s = 0, from = 0; s < batch; s++, from += n) {
    const to = at + s * stride;
    copyRow(floats, to, rows, from, n);
    for (let i = 0; i < padding; i++) floats[to + n + i] = 0;
  }
}

/** Copies n floats, from number `source` to number `target` and on. */
export function copyRow(to: Float32Array, target: number, from: Float32Array, source: number, n: number): void {
  if (n > NARROW) to.set(from.subarray(source, source + n), target);
  else for (let i = 0; i < n; i++) to[target + i] = from[source + i];
}

/**
 * Bytes of the lists of what is active among `samples` × `units` elements (assembly/lists.ts): pairs of 8 bytes, stored
 * four at a time. Up to three that count for nothing lie behind the last.
 */
export function listBytes(samples: number, units: number): number {
  return 8 * (samples * units + 3);
}
