// What the programs here learn: small data that is the same in every run.

const spread = (i, step) => 2 * ((i * step) % 1) - 1; // steps that fill [-1, 1) evenly, without a random generator

/** Three readings, and a smooth function of them. Every twentieth target is far off. */
export function curve(n, outliers = true) {
  const x = Float32Array.from({ length: 3 * n }, (_, k) =>
    spread(Math.floor(k / 3), [0.618034, 0.754878, 0.81917][k % 3]),
  );
  const y = Float32Array.from({ length: n }, (_, i) => {
    const [a, b, c] = x.subarray(3 * i, 3 * i + 3);
    return a * b + 0.5 * c + (outliers && i % 20 === 0 ? 8 : 0);
  });
  return { x, y };
}

/** Points of a square; the rare class 1, one in twelve, is a disc in it. */
export function rareDisc(n) {
  const x = Float32Array.from({ length: 2 * n }, (_, k) => spread(k >> 1, k % 2 ? 0.56984 : 0.754878));
  const y = Array.from({ length: n }, (_, i) => (Math.hypot(x[2 * i] - 0.3, x[2 * i + 1]) < 0.33 ? 1 : 0));
  return { x, y };
}
