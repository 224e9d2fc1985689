// Columns of numbers: how they are scaled, by the training rows.
import type { NumberCode } from "../../cells/number.js";
import type { NumberColumn } from "../columns.js";
import { moments, present, quantile } from "./statistics.js";

/**
 * A column has heavy tails where a number lies further from the median than so many times the middle half's width. Of a
 * normal distribution, not one in 10¹¹ does.
 */
const HEAVY = 5;

/**
 * Standardised: (x − mean) / standard deviation. With heavy tails, as RealMLP does (Holzmüller, Grinsztajn, Steinwart
 * 2024): (x − median) / (width of the middle half), drawn in smoothly to between −3 and 3. Where half of the numbers
 * are the same the middle half may have no width; then the standard deviation stands for it.
 */
export function fitNumber(column: NumberColumn, rows: Uint32Array | null, where: string): NumberCode {
  const { name, values } = column;
  const known = present(values, rows);
  const { mean, scale } = moments(known, where);
  const missing = known.length < (rows ?? values).length;
  const sorted = known.slice().sort();
  const median = quantile(sorted, 0.5);
  const middle = quantile(sorted, 0.75) - quantile(sorted, 0.25) || 1 / scale;
  const farthest = Math.max(median - sorted[0], sorted[sorted.length - 1] - median);
  const clip = farthest > HEAVY * middle;
  const [shift, by] = clip ? [median, 1 / middle] : [mean, scale];
  return { name, kind: "number", fill: median, missing, shift, scale: by, clip };
}
