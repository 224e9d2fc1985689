// The elementary functions in double precision, where JavaScript has none.

/** erf by the series (2/√π)·e^(−x²)·Σ 2ᵏ·x^(2k+1)/(2k+1)!!, whose terms are all positive. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 − erf without cancellation: Laplace's continued fraction from 2 on. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  let tail = 0;
  for (let k = 100; k >= 1; k--) tail = k / 2 / (x + tail);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
}

/** Φ, the standard normal distribution function. */
export function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/** φ = Φ′. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

export function sigmoid(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

/** ln(1 + eˣ) without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Of one row. */
export function softmax(z: readonly number[]): number[] {
  const top = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** The distance of f32 neighbours at x; 2⁻¹⁴⁹ where they are subnormal. */
export function ulp(x: number): number {
  let exponent = Math.floor(Math.log2(Math.abs(x)));
  if (2 ** exponent > Math.abs(x)) exponent--;
  return 2 ** (Math.max(exponent, -126) - 23);
}

/**
 * How far `actual` is from `exact`, in ulps of the exact value; 0 where both are the same NaN, infinity or signed zero.
 */
export function ulpError(actual: number, exact: number): number {
  if (Object.is(actual, exact) || (Math.abs(actual) === Infinity && actual === Math.fround(exact))) return 0;
  if (!Number.isFinite(exact) || !Number.isFinite(actual) || exact === 0) return Infinity;
  return Math.abs(actual - exact) / ulp(exact);
}
