// Half a wave of a cosine, the same in every engine: `Math.cos` may differ in its last bit.

/** Terms of the series of sine and cosine. At π/4 the first one left out is below 10⁻¹⁷. */
const TERMS = 9;

/** x − x³/3! + x⁵/5! − … from `begin` 1, or 1 − x²/2! + x⁴/4! − … from `begin` 0; for |x| ≤ π/4. */
function series(x: number, begin: 0 | 1): number {
  let sum = 1;
  for (let k = TERMS; k > 0; k--) sum = 1 - ((x * x) / ((2 * k + begin) * (2 * k + begin - 1))) * sum;
  return begin === 1 ? x * sum : sum;
}

/** cos(π·part) for a part from 0 to 1, right to 10⁻¹⁵. */
export function cosineOf(part: number): number {
  if (part > 0.5) return -cosineOf(1 - part);
  return part > 0.25 ? series(Math.PI * (0.5 - part), 1) : series(Math.PI * part, 0);
}

/** From `a` (at part 0) to `b` (at part 1). */
export function halfWave(a: number, b: number, part: number): number {
  return b + ((a - b) / 2) * (1 + cosineOf(part));
}
