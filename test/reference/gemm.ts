// Dense products written for clarity, over row-major arrays, in single precision: one chain of a product and a sum,
// each rounded, in ascending order of k. Beside each output the sum of the terms' magnitudes, from which the error of
// any other rounding is bounded.

export interface Product {
  value: Float32Array;
  /** Σ |a·b| of each output. */
  magnitude: Float64Array;
}

/** C[m, n] from a(i, k) and b(k, j). */
function multiply(
  m: number,
  n: number,
  depth: number,
  a: (i: number, k: number) => number,
  b: (k: number, j: number) => number,
): Product {
  const value = new Float32Array(m * n);
  const magnitude = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < depth; k++) {
        const term = Math.fround(a(i, k) * b(k, j));
        sum = Math.fround(sum + term);
        size += Math.abs(term);
      }
      value[i * n + j] = sum;
      magnitude[i * n + j] = size;
    }
  }
  return { value, magnitude };
}

/** Y[m, cols] = S[m, rows] · W[rows, cols]. */
export function productNN(s: Float32Array, w: Float32Array, m: number, rows: number, cols: number): Product {
  return multiply(
    m,
    cols,
    rows,
    (i, k) => s[i * rows + k],
    (k, j) => w[k * cols + j],
  );
}

/** Y[m, rows] = D[m, cols] · Wᵀ. */
export function productNT(d: Float32Array, w: Float32Array, m: number, rows: number, cols: number): Product {
  return multiply(
    m,
    rows,
    cols,
    (i, k) => d[i * cols + k],
    (k, j) => w[j * cols + k],
  );
}

/** G[rows, cols] = S[m, rows]ᵀ · D[m, cols]. */
export function productTN(s: Float32Array, d: Float32Array, m: number, rows: number, cols: number): Product {
  return multiply(
    rows,
    cols,
    m,
    (i, k) => s[k * rows + i],
    (k, j) => d[k * cols + j],
  );
}
