// Masks of 0 and 1/(1−p) as a JavaScript program would draw them for itself, faster than with the libraries' own random
// numbers.

let state = 0x2545f491;

/** Overwrites `mask`. Marsaglia's xorshift32; no branch, which would be guessed wrong every other time. */
export function drawMask(mask, p) {
  let word = state;
  const threshold = Math.round(p * 2 ** 31);
  const values = Float32Array.of(1 / (1 - p), 0);
  for (let i = 0; i < mask.length; i++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    mask[i] = values[((word >>> 1) - threshold) >>> 31];
  }
  state = word;
  return mask;
}
