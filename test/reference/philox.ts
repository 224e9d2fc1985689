// Random words and masks, written for clarity: 64-bit products as BigInt, one unit at a time, no early exit.

import type { MaskPosition } from "../../src/dropout/mask.js";

const WORD = 0xffffffffn;

/** Philox4x32-10 as its authors state it. */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [x0, x1, x2, x3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * x0;
    const product1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(product1 >> 32n) ^ x1 ^ k0, product1 & WORD, (product0 >> 32n) ^ x3 ^ k1, product0 & WORD];
    k0 = (k0 + 0x9e3779b9n) & WORD;
    k1 = (k1 + 0xbb67ae85n) & WORD;
  }
  return [x0, x1, x2, x3].map(Number);
}

/** The two halves of a number below 2⁵³: the low word first. */
export function split(value: number): [number, number] {
  return [Number(BigInt(value) & WORD), Number(BigInt(value) >> 32n)];
}

/**
 * The 32-bit uniforms of `n` units for the samples from `sample0`: `[batch, n]`. What a mask compares with its
 * threshold.
 */
export function uniforms(at: MaskPosition, batch: number, n: number, sample0 = 0): Uint32Array {
  const [stepLow, stepHigh] = split(at.step);
  const c3 = at.stream * 2 ** 28 + at.layer * 2 ** 16 + stepHigh;
  const out = new Uint32Array(batch * n);
  for (let row = 0; row < batch; row++) {
    for (let first = 0; first < n; first += 128) {
      for (let plane = 0; plane < 32; plane++) {
        const words = philox([(first / 128) * 32 + plane, sample0 + row, stepLow, c3], split(at.seed));
        for (let unit = first; unit < Math.min(first + 128, n); unit++) {
          const bit = Math.floor(words[Math.floor((unit % 128) / 32)] / 2 ** (unit % 32)) % 2;
          out[row * n + unit] += bit * 2 ** (31 - plane);
        }
      }
    }
  }
  return out;
}

/** 1 where the uniform says keep: U ≥ round(p·2³²). */
export function keep(uniform: Uint32Array, p: number): Uint8Array {
  return Uint8Array.from(uniform, (value) => (value >= Math.round(p * 2 ** 32) ? 1 : 0));
}

/** Bytes of 0 and 1 to packed rows: bit `j mod 8` of byte `j div 8`, rows padded with zeros to 16 bytes. */
export function pack(bytes: Uint8Array, batch: number, n: number): Uint8Array {
  const stride = 16 * Math.ceil(n / 128);
  const out = new Uint8Array(batch * stride);
  for (let row = 0; row < batch; row++) {
    for (let unit = 0; unit < n; unit++) {
      if (bytes[row * n + unit]) out[row * stride + Math.floor(unit / 8)] += 2 ** (unit % 8);
    }
  }
  return out;
}
