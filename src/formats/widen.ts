// Numbers of fewer bits as the floats that they stand for, all of them exactly.

/**
 * Makes a float of the bits of an F16 that were moved to a float's place: the exponents' offsets differ by 112.
 * Subnormal numbers included.
 */
const F16_OFFSET = 2 ** 112;
/** What an infinite F16 becomes by that. */
const F16_INFINITY = 2 ** 16;

/** Of half precision there are two kinds: IEEE's (F16), and a float's upper half (BF16). */
export function widenHalf(dtype: "F16" | "BF16", halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    if (dtype === "BF16") bits[i] = half << 16;
    else {
      bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
      const value = floats[i] * F16_OFFSET;
      const size = Math.abs(value);
      floats[i] = size < F16_INFINITY ? value : size === F16_INFINITY ? value * Infinity : Number.NaN;
    }
  }
  return floats;
}

/** Bytes `[rows, n]` times the scale of their row, `[rows]`. */
export function widenBytes(bytes: Int8Array, scales: Float32Array): Float32Array {
  const width = bytes.length / scales.length;
  const floats = new Float32Array(bytes.length);
  for (let i = 0, row = 0; row < scales.length; row++) {
    for (const end = i + width; i < end; i++) floats[i] = bytes[i] * scales[row];
  }
  return floats;
}
