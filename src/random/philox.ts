// All randomness of src: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011), in integer arithmetic alone, so that every engine draws the same words. docs/masks.md states the functions
// and gives vectors.
import { checkInteger } from "../checks.js";

/**
 * What words are drawn for. Each stream has its own counters, so that looking at a network never changes its training.
 */
export const Stream = {
  /** Masks of training steps. */
  update: 0,
  /** Masks of forward passes in which nothing is learned. */
  forward: 1,
  /** Masks of Monte-Carlo dropout. */
  monteCarlo: 2,
  /** Initial weights. */
  initialisation: 3,
  /** The order of samples within an epoch. */
  shuffle: 4,
  /** Generated data. */
  data: 5,
} as const;

const TWO_32 = 2 ** 32;

/**
 * What a counter has room for: the last two of its four words hold a stream in 4 bits, a layer in 12 and a step (or a
 * draw, or an epoch) in 48.
 */
export const MOST_LAYERS = 2 ** 12;
export const LAST_STEP = 2 ** 48 - 1;

/** The two halves of a seed (a whole number from 0 to 2⁵³ − 1): the key of the generator. */
export function splitSeed(seed: number): { lo: number; hi: number } {
  checkInteger("seed", seed, 0);
  return { lo: seed >>> 0, hi: Math.floor(seed / TWO_32) };
}

/** The high 32 bits of the 64-bit product of two 32-bit words. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a1 * b0 + ((a0 * b0) >>> 16); // no sum here exceeds 2³² − 1
  const mid = a0 * b1 + (low & 0xffff);
  return a1 * b1 + (low >>> 16) + (mid >>> 16);
}

/** The four words of Philox4x32-10 for one counter and key, written to `out`. */
export function philox4x32(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): Uint32Array {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = mulHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** The upper two counter words that (stream, layer, step) stand for; the lower two count within them. */
export function splitPosition(stream: number, layer: number, step: number): { c2: number; c3: number } {
  checkInteger("stream", stream, 0, 15);
  checkInteger("layer", layer, 0, MOST_LAYERS - 1);
  checkInteger("step", step, 0, LAST_STEP);
  return { c2: step >>> 0, c3: stream * 2 ** 28 + layer * 2 ** 16 + Math.floor(step / TWO_32) };
}

/**
 * The sequence of random words that belongs to (seed, stream, layer, step): word `i` is word `i mod 4` of the counter
 * (i div 4, 0, step mod 2³², stream·2²⁸ + layer·2¹⁶ + step div 2³²).
 */
export class Philox {
  readonly #key: { lo: number; hi: number };
  readonly #c2: number;
  readonly #c3: number;
  readonly #words = new Uint32Array(4);
  /** The counter that `#words` belongs to. */
  #counter = Number.NaN;
  /** Index of the word that `next()` returns. */
  position = 0;

  constructor(seed: number, stream: number, layer = 0, step = 0) {
    this.#key = splitSeed(seed);
    const { c2, c3 } = splitPosition(stream, layer, step);
    this.#c2 = c2;
    this.#c3 = c3;
  }

  /** Word `index` (below 2³⁴), an integer from 0 to 2³² − 1. */
  word(index: number): number {
    const counter = Math.floor(index / 4);
    if (counter !== this.#counter) {
      if (!(counter >= 0 && counter < TWO_32)) checkInteger("word index", index, 0, 4 * TWO_32 - 1);
      philox4x32(this.#words, counter, 0, this.#c2, this.#c3, this.#key.lo, this.#key.hi);
      this.#counter = counter;
    }
    return this.#words[index % 4];
  }

  /** The next word. */
  next(): number {
    return this.word(this.position++);
  }

  /** The next word as a number in [0, 1), a multiple of 2⁻²⁴. */
  uniform(): number {
    return uniform24(this.next());
  }

  /**
   * An integer from 0 to bound − 1, each equally likely (Lemire 2019: multiply, reject the few words that would be too
   * many).
   */
  below(bound: number): number {
    checkInteger("bound", bound, 1, TWO_32 - 1);
    for (;;) {
      const word = this.next();
      const low = Math.imul(word, bound) >>> 0;
      if (low >= bound || low >= (TWO_32 - bound) % bound) return mulHigh(word, bound);
    }
  }
}

/** The upper 24 bits of a word as a number in [0, 1): exact in single precision. */
export function uniform24(word: number): number {
  return (word >>> 8) / 2 ** 24;
}

/**
 * The order of `n` samples in an epoch (0, 1, …): Fisher–Yates, from the last place down, with stream 4's words of that
 * step.
 */
export function permutation(n: number, seed: number, epoch: number): Uint32Array {
  return drawOrder(n, new Philox(seed, Stream.shuffle, 0, epoch));
}

/** 0 … n − 1. Not by `from`, which takes as long as an epoch's other work around the steps of a small network. */
export function ascending(n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return order;
}

/** `permutation` with the words to come. */
export function drawOrder(n: number, random: Philox): Uint32Array {
  const order = ascending(n);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const moved = order[i];
    order[i] = order[j];
    order[j] = moved;
  }
  return order;
}
