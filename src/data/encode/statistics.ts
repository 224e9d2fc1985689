// What encoders have to know of a column's numbers.
import { badData } from "../error.js";

/** The numbers of some rows (all where `rows` is null) that are not missing. */
export function present(values: Float64Array | Float32Array, rows: Uint32Array | null): Float64Array {
  const length = rows?.length ?? values.length;
  const kept = new Float64Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const value = values[rows ? rows[i] : i];
    if (!Number.isNaN(value)) kept[count++] = value;
  }
  return kept.subarray(0, count);
}

/**
 * Mean, and 1 / standard deviation (over n), of one number or more. Numbers that never change say nothing. They become
 * 0 (scale 1).
 * @param where for the message about numbers whose squares leave the range of a double
 */
export function moments(values: Float64Array, where: string): { mean: number; scale: number } {
  const [first] = values;
  let sum = 0;
  let constant = true;
  for (const value of values) {
    sum += value;
    constant &&= value === first;
  }
  if (constant) return { mean: first, scale: 1 };
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / values.length);
  // That fails beyond 1e±150 or so.
  if (!Number.isFinite(scale) || scale === 0) {
    badData(where, "numbers that can be standardised", `a standard deviation of ${1 / scale}`, "use another unit");
  }
  return { mean, scale };
}

/** Of numbers in ascending order, with straight lines between them, as NumPy's. */
export function quantile(sorted: Float64Array, fraction: number): number {
  const at = fraction * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
