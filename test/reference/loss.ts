// Losses of logits in double precision: rows `[batch, n]`, means as in PyTorch. Gradients are left to finite
// differences.

/** ln Σ e^z of one row. */
function logSumExp(row: number[]): number {
  const top = Math.max(...row);
  return top + Math.log(row.reduce((sum, z) => sum + Math.exp(z - top), 0));
}

function rows(values: ArrayLike<number>, n: number): number[][] {
  return Array.from({ length: values.length / n }, (_, i) => Array.from({ length: n }, (_, j) => values[i * n + j]));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function crossEntropy(z: ArrayLike<number>, labels: ArrayLike<number>, n: number): number {
  return mean(rows(z, n).map((row, i) => logSumExp(row) - row[labels[i]]));
}

export function crossEntropyRows(z: ArrayLike<number>, targets: ArrayLike<number>, n: number): number {
  const t = rows(targets, n);
  return mean(
    rows(z, n).map((row, i) => {
      const norm = logSumExp(row);
      return row.reduce((sum, value, j) => sum + t[i][j] * (norm - value), 0);
    }),
  );
}

export function mse(z: ArrayLike<number>, targets: ArrayLike<number>): number {
  return mean(Array.from(z, (value, i) => (value - targets[i]) ** 2));
}

export function bce(z: ArrayLike<number>, targets: ArrayLike<number>): number {
  return mean(Array.from(z, (x, i) => Math.max(x, 0) - x * targets[i] + Math.log1p(Math.exp(-Math.abs(x)))));
}

/** Rows of z are n means, then n log variances, which are bounded; what is beyond the bound costs its distance. */
export function gaussian(z: ArrayLike<number>, targets: ArrayLike<number>, n: number): number {
  const t = rows(targets, n);
  return mean(
    rows(z, 2 * n).flatMap((row, i) =>
      t[i].map((target, j) => {
        const log = row[n + j];
        const bounded = Math.min(30, Math.max(-30, log));
        return (bounded + (row[j] - target) ** 2 * Math.exp(-bounded) + Math.abs(log - bounded)) / 2;
      }),
    ),
  );
}

export function softmax(z: ArrayLike<number>, n: number): number[] {
  return rows(z, n).flatMap((row) => {
    const norm = logSumExp(row);
    return row.map((value) => Math.exp(value - norm));
  });
}

/** ∂loss/∂z by central differences, one row at a time: `loss` of a row must not depend on the others. */
export function gradient(z: ArrayLike<number>, n: number, loss: (row: number[], i: number) => number): number[] {
  const h = 2 ** -16;
  const batch = z.length / n;
  return rows(z, n).flatMap((row, i) =>
    row.map((_, j) => {
      const moved = (by: number) =>
        loss(
          row.map((value, k) => (k === j ? value + by : value)),
          i,
        );
      return (moved(h) - moved(-h)) / (2 * h) / batch;
    }),
  );
}
