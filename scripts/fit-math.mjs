// Prints the polynomial coefficients of assembly/math.ts: minimax fits by Remez exchange in double precision.
// The error is printed for the coefficients as rounded to f32.

import { erf, erfcx } from "./erf.mjs";

/** Solves the square system by Gaussian elimination with partial pivoting. */
function solve(rows, right) {
  const m = rows.map((row, i) => [...row, right[i]]);
  for (let c = 0; c < m.length; c++) {
    let pivot = c;
    for (let r = c + 1; r < m.length; r++) if (Math.abs(m[r][c]) > Math.abs(m[pivot][c])) pivot = r;
    [m[c], m[pivot]] = [m[pivot], m[c]];
    for (let r = c + 1; r < m.length; r++) {
      const factor = m[r][c] / m[c][c];
      for (let k = c; k <= m.length; k++) m[r][k] -= factor * m[c][k];
    }
  }
  const x = new Array(m.length);
  for (let r = m.length - 1; r >= 0; r--) {
    let sum = m[r][m.length];
    for (let k = r + 1; k < m.length; k++) sum -= m[r][k] * x[k];
    x[r] = sum / m[r][r];
  }
  return x;
}

const evaluate = (coefficients, x) => coefficients.reduceRight((sum, c) => sum * x + c, 0);

/** Coefficients c of Σ c[i]·xⁱ ≈ f(x) on [a, b] that minimise max |weight·(Σ − f)|. */
function remez(f, weight, a, b, degree) {
  const unknown = degree + 1;
  let points = Array.from(
    { length: unknown + 1 },
    (_, i) => (a + b) / 2 - ((b - a) / 2) * Math.cos((Math.PI * (i + 0.5)) / (unknown + 1)),
  );
  let coefficients = [];
  for (let round = 0; round < 40; round++) {
    const rows = points.map((x, i) => [
      ...Array.from({ length: unknown }, (_, k) => x ** k),
      (i % 2 ? -1 : 1) / weight(x),
    ]);
    coefficients = solve(rows, points.map(f)).slice(0, unknown);
    // The next points are the extremes of the error between its changes of sign.
    const extremes = [];
    const grid = 20000;
    for (let i = 0; i <= grid; i++) {
      const x = a + ((b - a) * i) / grid;
      const error = weight(x) * (evaluate(coefficients, x) - f(x));
      const last = extremes.at(-1);
      if (last && last.error > 0 === error > 0) {
        if (Math.abs(error) > Math.abs(last.error)) extremes[extremes.length - 1] = { x, error };
      } else extremes.push({ x, error });
    }
    while (extremes.length > unknown + 1) {
      if (Math.abs(extremes[0].error) < Math.abs(extremes.at(-1).error)) extremes.shift();
      else extremes.pop();
    }
    if (extremes.length < unknown + 1) break;
    points = extremes.map(({ x }) => x);
  }
  return coefficients;
}

function printFit(name, f, weight, a, b, degree) {
  const fixed = remez(f, weight, a, b, degree).map(Math.fround);
  let worst = 0;
  for (let i = 0; i <= 5000; i++) {
    const x = a + ((b - a) * i) / 5000;
    worst = Math.max(worst, Math.abs(weight(x) * (evaluate(fixed, x) - f(x))));
  }
  console.log(`${name} on [${a}, ${b}], largest weighted error ${worst.toExponential(2)}:`);
  console.log(`  ${fixed.map((c) => Number(c.toPrecision(9))).join(", ")}`);
}

/** Σ xᵏ/(k + 2)!: what is left of exp beyond 1 + x, divided by x². */
function expRest(x) {
  let term = 0.5;
  let sum = 0;
  for (let k = 3; k < 30; k++) {
    sum += term;
    term *= x / k;
  }
  return sum;
}

const half = Math.LN2 / 2 + 1e-4;
printFit("exp: (e^r − 1 − r)/r²", expRest, (r) => (r * r) / Math.exp(r), -half, half, 4);

// With s = f/(2 + f): log(1 + f) = f − f²/2 + s·(f²/2 + R), R = 2 atanh(s) − 2s, as a series in s².
const s2 = ((Math.SQRT2 - 1) / (Math.SQRT2 + 1)) ** 2 * 1.01;
const atanhRest = (z) => {
  let sum = 0;
  for (let k = 30; k >= 1; k--) sum = sum * z + 2 / (2 * k + 1);
  return sum;
};
printFit("log: (2 atanh(s) − 2s)/s³ in s²", atanhRest, (z) => z + 1e-4, 0, s2, 3);

const small = 0.9375;
const erfRest = (z) => {
  if (z === 0) return 2 / Math.sqrt(Math.PI) - 1;
  const x = Math.sqrt(z);
  return erf(x) / x - 1;
};
printFit("erf: erf(x)/x − 1 in x²", erfRest, () => 1, 0, small * small, 6);

// q = (t − 3)/(t + 3) maps t ≥ 0 to [−1, 1).
const t = (q) => (3 * (1 + q)) / (1 - q);
const scaled = (q) => erfcx(t(q)) * (1 + t(q) / 3);
const last = 10.5;
printFit("erfcx: erfcx(t)·(1 + t/3) in q", scaled, (q) => 1 / scaled(q), -1, (last - 3) / (last + 3), 9);
