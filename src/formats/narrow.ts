// Floats in fewer bits, each rounded to the nearest number that these bits can hold, ties to the even one.

/** The largest F16. */
export const LARGEST_F16 = 65504;
const LARGEST_BYTE = 127;

/** Bits of F16; a number that is too large becomes infinite. */
export function narrowF16(floats: Float32Array): Uint16Array {
  const scaled = new Float32Array(1);
  const bits = new Uint32Array(scaled.buffer);
  return Uint16Array.from(floats, (value) => {
    const size = Math.abs(value);
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    // Below the smallest normal number, all are multiples of 2⁻²⁴.
    if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24);
    if (!(size < 65520)) return sign | (Number.isNaN(value) ? 0x7e00 : 0x7c00);
    scaled[0] = size;
    const exponent = (bits[0] >>> 23) - 112;
    // A mantissa that is rounded up to the next power of two carries into the exponent.
    return sign + (exponent << 10) + roundEven((bits[0] & 0x7fffff) / 2 ** 13);
  });
}

/** Bits of BF16; a number beyond the largest becomes infinite. */
export function narrowBF16(floats: Float32Array): Uint16Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  return Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

/**
 * Rows of `width` numbers as whole ones from −127 to 127, each row times a scale of its own; a row of zeros has the
 * scale 0.
 */
export function narrowBytes(floats: Float32Array, width: number): { bytes: Int8Array; scales: Float32Array } {
  const bytes = new Int8Array(floats.length);
  const scales = new Float32Array(floats.length / width);
  for (let row = 0; row < scales.length; row++) {
    const values = floats.subarray(row * width, (row + 1) * width);
    scales[row] = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / LARGEST_BYTE;
    if (scales[row] === 0) continue;
    values.forEach((value, i) => {
      const whole = roundEven(value / scales[row]);
      bytes[row * width + i] = Math.max(-LARGEST_BYTE, Math.min(LARGEST_BYTE, whole));
    });
  }
  return { bytes, scales };
}

function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
