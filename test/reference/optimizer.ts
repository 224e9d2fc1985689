// Updates in double precision, as PyTorch defines them. All arrays are changed in place.

export interface Sgd {
  lr: number;
  momentum: number;
  nesterov: boolean;
  wd: number;
  gscale: number;
}

/** v is null for plain SGD. */
export function sgd(w: Float64Array, v: Float64Array | null, g: ArrayLike<number>, options: Sgd): void {
  const { lr, momentum, nesterov, wd, gscale } = options;
  for (let i = 0; i < w.length; i++) {
    let gradient = gscale * g[i] + wd * w[i];
    if (v) {
      v[i] = momentum * v[i] + gradient;
      gradient = nesterov ? gradient + momentum * v[i] : v[i];
    }
    w[i] -= lr * gradient;
  }
}

export interface Rmsprop {
  lr: number;
  alpha: number;
  epsilon: number;
  momentum: number;
  wd: number;
  gscale: number;
}

/** b is null without momentum. */
export function rmsprop(
  w: Float64Array,
  v: Float64Array,
  b: Float64Array | null,
  g: ArrayLike<number>,
  options: Rmsprop,
): void {
  const { lr, alpha, epsilon, momentum, wd, gscale } = options;
  for (let i = 0; i < w.length; i++) {
    const gradient = gscale * g[i] + wd * w[i];
    v[i] = alpha * v[i] + (1 - alpha) * gradient ** 2;
    let change = gradient / (Math.sqrt(v[i]) + epsilon);
    if (b) {
      b[i] = momentum * b[i] + change;
      change = b[i];
    }
    w[i] -= lr * change;
  }
}

export interface Adam {
  lr: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  wd: number;
  decoupled: boolean;
  gscale: number;
}

/** `t` counts steps from 1. */
export function adam(
  w: Float64Array,
  m: Float64Array,
  v: Float64Array,
  g: ArrayLike<number>,
  t: number,
  options: Adam,
): void {
  const { lr, beta1, beta2, epsilon, wd, decoupled, gscale } = options;
  for (let i = 0; i < w.length; i++) {
    let gradient = gscale * g[i];
    if (decoupled) w[i] *= 1 - lr * wd;
    else gradient += wd * w[i];
    m[i] = beta1 * m[i] + (1 - beta1) * gradient;
    v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2;
    const mean = m[i] / (1 - beta1 ** t);
    const root = Math.sqrt(v[i] / (1 - beta2 ** t));
    if (mean !== 0) w[i] -= (lr * mean) / (root + epsilon);
  }
}

/** Where element (r, c) of `[rows, cols]` lies in panels of 48 columns, the last one 16, 32 or 48 wide. */
function panelIndex(rows: number, cols: number, r: number, c: number): number {
  const first = 48 * Math.floor(c / 48);
  const width = Math.min(48, 16 * Math.ceil(cols / 16) - first);
  return first * rows + r * width + (c - first);
}

/** A dense `[rows, cols]` matrix in panels, with zeros as padding. */
export function toPanels(dense: ArrayLike<number>, rows: number, cols: number): Float32Array {
  const panels = new Float32Array(rows * 16 * Math.ceil(cols / 16));
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) panels[panelIndex(rows, cols, r, c)] = dense[r * cols + c];
  }
  return panels;
}

/** Bounds the norms of a dense matrix' rows or columns by c. */
export function maxNorm(dense: ArrayLike<number>, rows: number, cols: number, side: "rows" | "columns", c: number) {
  const line = (i: number) => (side === "rows" ? Math.floor(i / cols) : i % cols);
  const squares = new Float64Array(side === "rows" ? rows : cols);
  for (let i = 0; i < rows * cols; i++) squares[line(i)] += dense[i] ** 2;
  return Float64Array.from({ length: rows * cols }, (_, i) => {
    const norm = Math.sqrt(squares[line(i)]);
    return norm > c ? (dense[i] * c) / norm : dense[i];
  });
}
