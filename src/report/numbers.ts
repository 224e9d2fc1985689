// How results look: numbers as people read them, tables of them.

/** Columns as wide as their widest cell; the first `texts` of them stand to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[], texts = 1): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < texts ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** An error as people read it: a percentage for classes, root mean squared error for numbers. */
export function showError(error: number | null, task: "classify" | "regress"): string {
  if (error === null) return "–";
  return task === "classify" ? `${(100 * error).toFixed(2)} %` : showNumber(error);
}

/**
 * Four digits, and as many as a price has: 0.1234, 12.34, 13,314; only what is larger still, or below a millionth, has
 * an exponent.
 */
export function showNumber(value: number): string {
  return value >= 9999.5 && value < 1e9 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(4);
}

export function showLoss(loss: number): string {
  return loss.toPrecision(4);
}

export function showSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

export function showRate(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString("en-US")} samples/s`;
}

/** A mean of several runs, and how sure it is. */
export interface Spread {
  mean: number;
  /** Of the mean: the runs' standard deviation divided by √runs; 0 for one run. */
  standardError: number;
}

export function meanAndError(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : 0 };
}
