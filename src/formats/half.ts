// Half precision, two kinds of 16 bits: IEEE's (F16), and a float's upper half (BF16).

/** Makes a float of the bits of an F16 that were moved to a float's place: the exponents' offsets differ by 112. Exact, subnormal numbers included. */
const F16_OFFSET = 2 ** 112;
/** What an infinite F16 becomes by that. */
const F16_INFINITY = 2 ** 16;

/** The floats that these bits stand for, exactly. */
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
