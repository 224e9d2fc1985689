// What a mask is: a pure function of seed, stream, layer, step, sample and unit. docs/masks.md states it and gives
// vectors.

import { checkInteger, checkNumber } from "../checks.js";
import { philox4x32, splitPosition, splitSeed } from "../random/philox.js";

const TWO_32 = 2 ** 32;

/** D = p·2³² rounded to the nearest integer, half up: a unit is kept when its 32-bit uniform is at least D. */
export function threshold(p: number): number {
  checkNumber("p", p, 0, 1);
  return Math.round(p * TWO_32);
}

/** Which mask: what it is drawn for, beside the sample and the unit. */
export interface MaskPosition {
  seed: number;
  /** One of `Stream`. */
  stream: number;
  /** The unit layer, 0 being the input. */
  layer: number;
  /** The stream's own counter: an update, a look, a Monte-Carlo draw. */
  step: number;
}

/**
 * Is this unit kept? The definition of every mask (docs/masks.md), slow and exact; `draw_mask` draws the same bits
 * fast.
 * The unit is kept where its uniform U, a whole number from 0 to 2³² − 1, is at least threshold(p). Bit 31 − d of U is
 * the unit's bit of plane d, the 128 random bits that one counter gives for a block of 128 units.
 * @param sample the row within the caller's call
 * @param p probability of dropping
 */
export function keepBit({ seed, stream, layer, step }: MaskPosition, sample: number, unit: number, p: number): boolean {
  const { lo, hi } = splitSeed(seed);
  const { c2, c3 } = splitPosition(stream, layer, step);
  checkInteger("sample", sample, 0, TWO_32 - 1);
  checkInteger("unit", unit, 0, 2 ** 34 - 1);
  const block = Math.floor(unit / 128);
  const word = Math.floor((unit % 128) / 32);
  const words = new Uint32Array(4);
  let uniform = 0;
  for (let plane = 0; plane < 32; plane++) {
    philox4x32(words, block * 32 + plane, sample, c2, c3, lo, hi);
    uniform = 2 * uniform + ((words[word] >>> (unit % 32)) & 1);
  }
  return uniform >= threshold(p);
}
