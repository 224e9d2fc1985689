// The standard normal distribution in double precision.

export function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** P(Z ≤ z): by its power series near 0, by a continued fraction farther out (Abramowitz & Stegun 7.1.6 and 7.1.14). */
export function cumulative(z: number): number {
  const x = Math.abs(z);
  if (x > 38) return z < 0 ? 0 : 1;
  const tail = x < 3 ? 0.5 - series(x) : density(x) / fraction(x);
  return z < 0 ? tail : 1 - tail;
}

/** ∫₀ˣ of the density: φ(x)·(x + x³/3 + x⁵/(3·5) + …). */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return density(x) * sum;
}

/** x + 1/(x + 2/(x + 3/(x + …))), from its far end. */
function fraction(x: number): number {
  let value = x;
  for (let k = 200; k > 0; k--) value = x + k / value;
  return value;
}
