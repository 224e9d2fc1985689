// Numbers in 16 and 8 bits: to the bit as IEEE 754 says, which Python's struct module and NumPy follow.
import { describe, expect, test } from "vitest";
import { narrowBF16, narrowBytes, narrowF16 } from "../../src/formats/narrow.js";
import { widenBytes, widenHalf } from "../../src/formats/widen.js";
import { noise } from "../support/networks.js";

const every = Uint16Array.from({ length: 65536 }, (_, i) => i);
/** sign · 2^(exponent − bias) · 1.mantissa, as the standard writes it. */
const numberOf = (bits: number, exponents: number, mantissas: number): number => {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> mantissas) & (2 ** exponents - 1);
  const mantissa = (bits & (2 ** mantissas - 1)) / 2 ** mantissas;
  const bias = 2 ** (exponents - 1) - 1;
  if (exponent === 2 ** exponents - 1) return mantissa === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** (1 - bias) : sign * (1 + mantissa) * 2 ** (exponent - bias);
};

describe.each([
  ["F16", 5, 10, narrowF16],
  ["BF16", 8, 7, narrowBF16],
] as const)("%s", (dtype, exponents, mantissas, narrow) => {
  test("all 65,536 are widened to what they stand for", () => {
    const floats = widenHalf(dtype, every);
    const wrong = every.findIndex((bits) => !Object.is(floats[bits], numberOf(bits, exponents, mantissas)));
    expect(wrong, `bits ${wrong.toString(16)}`).toBe(-1);
  });

  test("all that are numbers come back from floats to the bit", () => {
    const numbers = every.filter((bits) => !Number.isNaN(numberOf(bits, exponents, mantissas)));
    expect(narrow(widenHalf(dtype, numbers))).toEqual(numbers);
  });

  test("what lies between two is rounded to the nearer one, half way to the even one", () => {
    const finite = every.filter(
      (bits) => bits > 0 && Number.isFinite(numberOf(bits + 1, exponents, mantissas)) && bits < 0x7f80,
    );
    for (const sign of [1, -1]) {
      for (const [share, wanted] of [
        [0.499, (bits: number) => bits],
        [0.5, (bits: number) => bits + (bits % 2)],
        [0.501, (bits: number) => bits + 1],
      ] as const) {
        const between = Float32Array.from(finite, (bits) => {
          const [low, high] = [bits, bits + 1].map((b) => numberOf(b, exponents, mantissas));
          return sign * (low + share * (high - low));
        });
        const narrowed = narrow(between);
        const wrong = finite.findIndex(
          (bits, i) => (narrowed[i] & 0x7fff) !== wanted(bits) || narrowed[i] >> 15 !== (sign < 0 ? 1 : 0),
        );
        expect(wrong, `${between[wrong]} became ${narrowed[wrong]}`).toBe(-1);
      }
    }
  });
});

test("what is beyond the largest F16 becomes infinite", () => {
  // np.float16([65504, 65519.99, 65520, 1e9, -65520]).view(np.uint16)
  expect([...narrowF16(Float32Array.of(65504, 65519.99, 65520, 1e9, -65520))]).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0x7c00, 0xfc00,
  ]);
  expect(narrowF16(Float32Array.of(Number.NaN))[0]).toBe(0x7e00);
});

test("bytes are off by half a step of their row at most, and a row's largest by nothing but rounding", () => {
  const width = 33;
  const floats = noise(5 * width).map((value, i) => value * 10 ** Math.floor(i / width));
  floats.fill(0, width, 2 * width);
  const { bytes, scales } = narrowBytes(floats, width);
  const widened = widenBytes(bytes, scales);
  expect(scales[1], "a row of zeros").toBe(0);
  floats.forEach((value, i) => {
    const step = scales[Math.floor(i / width)];
    expect(Math.abs(widened[i] - value), `element ${i}`).toBeLessThanOrEqual(0.5 * step * (1 + 1e-5));
  });
  expect(Math.max(...bytes)).toBe(127);
  expect(Math.min(...bytes)).toBeGreaterThanOrEqual(-127);
  expect(narrowBytes(widened, width).bytes, "a second time").toEqual(bytes);
});
