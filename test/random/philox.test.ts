import { describe, expect, it } from "vitest";
import {
  Philox,
  permutation,
  philox4x32,
  Stream,
  splitPosition,
  splitSeed,
  uniform24,
} from "../../src/random/philox.js";
import { philox } from "../reference/philox.js";
import { everyBuild } from "../support/core.js";

/** Random123's known answers: counter, key, words. */
const KNOWN = [
  [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
] as const;

const hex = (words: ArrayLike<number>) => Array.from(words, (word) => word.toString(16).padStart(8, "0")).join(" ");

describe("Philox4x32-10", () => {
  it.each(KNOWN)("gives Random123's words for counter %j key %j", ([c0, c1, c2, c3], [k0, k1], words) => {
    expect(hex(philox([c0, c1, c2, c3], [k0, k1]))).toBe(words);
    expect(hex(philox4x32(new Uint32Array(4), c0, c1, c2, c3, k0, k1))).toBe(words);
  });

  it("equals 64-bit products for counters of every size", () => {
    const out = new Uint32Array(4);
    let state = [1, 2, 3, 4];
    for (let i = 0; i < 500; i++) {
      const [c0, c1, c2, c3] = state.map((word, j) => word >>> ((i * (j + 3)) % 32));
      const key = [state[3], state[1] >>> (i % 32)];
      state = philox([c0, c1, c2, c3], key);
      expect(hex(philox4x32(out, c0, c1, c2, c3, key[0], key[1])), `case ${i}`).toBe(hex(state));
    }
  });
});

describe.each(everyBuild(32))("philox_words ($build)", (core) => {
  it.each(KNOWN)("gives Random123's words for counter %j key %j", ([c0, c1, c2, c3], [k0, k1], words) => {
    core.reset();
    const out = core.words(4);
    core.k.philox_words(out.at, 1, c0, c1, c2, c3, k0, k1);
    expect(hex(out.view)).toBe(words);
    core.checkFences();
  });

  it.each([0, 1, 3, 4, 5, 8, 9, 31])("writes %i blocks and nothing else, the counter wrapping", (blocks) => {
    core.reset();
    const out = core.words(4 * blocks);
    const first = 0xfffffffe;
    core.k.philox_words(out.at, blocks, first, 7, 0x80000000, 0xffffffff, 0xdeadbeef, 0x12345678);
    for (let b = 0; b < blocks; b++) {
      const expected = philox([(first + b) % 2 ** 32, 7, 0x80000000, 0xffffffff], [0xdeadbeef, 0x12345678]);
      expect(hex(out.view.subarray(4 * b, 4 * b + 4)), `block ${b} of ${blocks}`).toBe(hex(expected));
    }
    core.checkFences();
  });

  it("gives the words of a Philox sequence", () => {
    core.reset();
    const random = new Philox(2 ** 53 - 1, Stream.initialisation, 9);
    const { c2, c3 } = splitPosition(Stream.initialisation, 9, 0);
    const { lo, hi } = splitSeed(2 ** 53 - 1);
    const out = core.words(44);
    core.k.philox_words(out.at, 11, 0, 0, c2, c3, lo, hi);
    expect(Array.from({ length: 44 }, () => random.next())).toEqual([...out.view]);
  });
});

describe("a position in the sequences", () => {
  it("splits seeds and steps into words without loss", () => {
    expect(splitSeed(0)).toEqual({ lo: 0, hi: 0 });
    expect(splitSeed(2 ** 53 - 1)).toEqual({ lo: 0xffffffff, hi: 0x1fffff });
    expect(splitSeed(2 ** 32 + 5)).toEqual({ lo: 5, hi: 1 });
    expect(splitPosition(15, 4095, 2 ** 48 - 1)).toEqual({ c2: 0xffffffff, c3: 0xffffffff });
    expect(splitPosition(3, 2, 2 ** 33 + 7)).toEqual({ c2: 7, c3: 0x30020002 });
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d as a seed", (seed) => {
    expect(() => splitSeed(seed)).toThrow(/^seed must be .*; got /);
  });

  it("refuses streams, layers, steps and word numbers that would run into their neighbours", () => {
    expect(() => splitPosition(16, 0, 0)).toThrow(/^stream must be/);
    expect(() => splitPosition(0, 4096, 0)).toThrow(/^layer must be/);
    expect(() => splitPosition(0, 0, 2 ** 48)).toThrow(/^step must be/);
    expect(() => new Philox(1, 0).word(2 ** 34)).toThrow(/^word index must be/);
    expect(() => new Philox(1, 0).word(-1)).toThrow(/^word index must be/);
    expect(() => new Philox(1, 0).below(0)).toThrow(/^bound must be/);
  });
});

describe("numbers from words", () => {
  it("makes 24-bit uniforms that single precision holds exactly", () => {
    expect(uniform24(0)).toBe(0);
    expect(uniform24(0xffffffff)).toBe(1 - 2 ** -24);
    expect(uniform24(0x80000000)).toBe(0.5);
    const random = new Philox(3, Stream.data);
    for (let i = 0; i < 1000; i++) {
      const value = random.uniform();
      expect(Math.fround(value)).toBe(value);
    }
  });

  it("reads words in any order", () => {
    const [forwards, anyhow] = [new Philox(5, Stream.data, 1, 2), new Philox(5, Stream.data, 1, 2)];
    const words = Array.from({ length: 40 }, () => forwards.next());
    for (const i of [39, 0, 17, 16, 4, 3, 38, 0]) expect(anyhow.word(i)).toBe(words[i]);
    anyhow.position = 12;
    expect(anyhow.next()).toBe(words[12]);
  });

  it("draws bounded integers evenly, also where 2³² is far from a multiple of the bound", () => {
    // Without rejection every third value of this bound would come up twice as often as the others.
    const bound = 3 * 2 ** 30;
    const random = new Philox(8, Stream.data);
    const draws = 30_000;
    const thirds = [0, 0, 0];
    for (let i = 0; i < draws; i++) thirds[random.below(bound) % 3]++;
    const bound6Sigma = 6 * Math.sqrt((draws * 2) / 9);
    for (const count of thirds) expect(Math.abs(count - draws / 3)).toBeLessThan(bound6Sigma);
    expect(random.position, "a quarter of the words is rejected").toBeGreaterThan(1.3 * draws);
  });
});

describe("permutation", () => {
  it.each([0, 1, 2, 3, 100, 1000])("orders %i samples, each once, another way in each epoch", (n) => {
    const order = permutation(n, 11, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    expect(permutation(n, 11, 0)).toEqual(order);
    if (n >= 100) {
      for (const other of [permutation(n, 11, 1), permutation(n, 12, 0)]) {
        const fixed = order.filter((sample, i) => other[i] === sample).length;
        // The number of places two random orders share is Poisson with mean 1: more than 10 has probability 1e-8.
        expect(fixed).toBeLessThanOrEqual(10);
      }
    }
  });

  it("draws each of the 24 orders of four samples equally often", () => {
    const draws = 24_000;
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < draws; epoch++) {
      const order = permutation(4, 1, epoch).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const sigma = Math.sqrt((draws / 24) * (23 / 24));
    for (const [order, count] of counts) expect(Math.abs(count - draws / 24), order).toBeLessThan(6 * sigma);
  });
});
