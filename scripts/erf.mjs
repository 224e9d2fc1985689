// erf in double precision for the scripts that fit and measure assembly/math.ts.

/** erf by the series (2/√π)·e^(−x²)·Σ 2ᵏ·x^(2k+1)/(2k+1)!!, whose terms are all positive. */
export function erf(x) {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** exp(t²)·erfc(t) for t ≥ 0: from erf below 2, by Laplace's continued fraction above. */
export function erfcx(t) {
  if (t < 2) return (1 - erf(t)) * Math.exp(t * t);
  let tail = 0;
  for (let k = 100; k >= 1; k--) tail = k / 2 / (t + tail);
  return 1 / Math.sqrt(Math.PI) / (t + tail);
}
