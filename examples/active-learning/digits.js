// Ten digits of 5 × 7 dots, put somewhere on 12 × 12 pixels, fat or thin, with noise over them.

const FONT = [
  "0e11111111110e",
  "040c040404040e",
  "0e11010204081f",
  "1f02040201110e",
  "02060a121f0202",
  "1f101e0101110e",
  "0608101e11110e",
  "1f010204080808",
  "0e11110e11110e",
  "0e11110f01020c",
];
const SIZE = 12;

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `x` [n, 144], and `y`: which digit each is. Some kinds are rare, as in life: 8 and 9 come once where 0 and 1 come
 * eight times.
 */
export function drawDigits(n, random, even = false) {
  const x = new Float32Array(n * SIZE * SIZE);
  const y = Int32Array.from({ length: n }, () => Math.floor(even ? 10 * random() : 10 * random() ** 2.2));
  y.forEach((digit, i) => {
    const [left, top] = [3 + Math.floor(2 * random()), 2 + Math.floor(2 * random())];
    const ink = 0.5 + 0.5 * random();
    for (let row = 0; row < 7; row++) {
      const dots = Number.parseInt(FONT[digit].slice(2 * row, 2 * row + 2), 16);
      for (let column = 0; column < 5; column++) {
        if ((dots >> (4 - column)) & 1) x[i * SIZE * SIZE + (top + row) * SIZE + left + column] = ink;
      }
    }
  });
  return { x: x.map((pixel) => pixel + 0.8 * (random() - 0.5)), y };
}
