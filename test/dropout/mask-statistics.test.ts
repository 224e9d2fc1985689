// Are the bits independent coin tosses? Every bound is six standard deviations of what such coins give, so that a fair
// generator fails a check once in 5·10⁸; and every mask is fixed by its seed, so that none fails by chance.
import { describe, expect, it } from "vitest";
import type { MaskPosition } from "../../src/dropout/mask.js";
import { Stream } from "../../src/random/philox.js";
import { split } from "../reference/philox.js";
import { scratch } from "../support/core.js";

const LARGEST = 2 ** 26; // bits
const core = scratch("simd", 160); // masks are the same in every build: mask.test.ts
const mask = core.bytes(LARGEST / 8);
const HERE: MaskPosition = { seed: 1, stream: Stream.update, layer: 1, step: 0 };
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);
const SIGMAS = 6;

/** Packed keep bits. */
function draw(at: MaskPosition, batch: number, n: number, p: number): Uint8Array {
  const size = batch * 16 * Math.ceil(n / 128);
  core.k.draw_mask(mask, batch, n, 0, p, at.stream, at.layer, ...split(at.step), ...split(at.seed));
  return new Uint8Array(core.memory.buffer, mask, size).slice();
}

/** Keep bits as bytes of 0 and 1. */
function drawBytes(at: MaskPosition, batch: number, n: number, p: number): Uint8Array {
  const packed = draw(at, batch, n, p);
  const stride = packed.length / batch;
  return Uint8Array.from({ length: batch * n }, (_, i) => {
    const unit = i % n;
    return (packed[Math.floor(i / n) * stride + (unit >> 3)] >> (unit & 7)) & 1;
  });
}

function count(packed: Uint8Array): number {
  let ones = 0;
  for (const byte of packed) ones += ONES[byte];
  return ones;
}

/** Standard deviations by which the kept fraction of `bits` lies off 1 − p. */
function fractionOff(kept: number, bits: number, p: number): number {
  return Math.abs(kept - bits * (1 - p)) / Math.sqrt(bits * p * (1 - p));
}

/** Standard deviations by which the covariance of pairs lies off 0. */
function pairsOff(a: Uint8Array, b: Uint8Array, p: number): number {
  const mean = 1 - p;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - mean) * (b[i] - mean);
  return Math.abs(sum) / (Math.sqrt(a.length) * p * (1 - p));
}

describe("the kept fraction", () => {
  it.each([0.001, 0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.99, 0.999])("is 1 − p at p = %d", (p) => {
    const [batch, n] = [512, 8192];
    const kept = count(draw(HERE, batch, n, p));
    expect(fractionOff(kept, batch * n, p), `${kept} of ${batch * n} kept`).toBeLessThan(SIGMAS);
  });

  it("is 1 − p in every column and every row", () => {
    for (const p of [0.2, 0.5]) {
      const [batch, n] = [2000, 200];
      const bytes = drawBytes(HERE, batch, n, p);
      const [columns, rows] = [new Float64Array(n), new Float64Array(batch)];
      bytes.forEach((bit, i) => {
        columns[i % n] += bit;
        rows[Math.floor(i / n)] += bit;
      });
      for (const [j, kept] of columns.entries()) expect(fractionOff(kept, batch, p), `unit ${j}`).toBeLessThan(SIGMAS);
      for (const [i, kept] of rows.entries()) expect(fractionOff(kept, n, p), `sample ${i}`).toBeLessThan(SIGMAS);
    }
  });

  it("is not that of a threshold of 8 bits, nor p in place of 1 − p", () => {
    const [batch, n, p] = [1024, 65536, 0.2];
    const bits = batch * n;
    const kept = count(draw(HERE, batch, n, p));
    expect(fractionOff(kept, bits, p)).toBeLessThan(SIGMAS);
    expect(fractionOff(kept, bits, 51 / 256), "51/256 would pass for 0.2: too few samples").toBeGreaterThan(SIGMAS);
    expect(fractionOff(bits - kept, bits, p), "p and 1 − p would be confused").toBeGreaterThan(1000);
  });

  it("varies from mask to mask as a binomial does", () => {
    const [masks, n, p] = [4000, 500, 0.3];
    let squares = 0;
    for (let step = 0; step < masks; step++) squares += fractionOff(count(draw({ ...HERE, step }, 1, n, p)), n, p) ** 2;
    // A sum of `masks` squared normals: mean `masks`, variance 2·masks.
    expect(Math.abs(squares - masks) / Math.sqrt(2 * masks)).toBeLessThan(SIGMAS);
  });
});

describe.each([0.1, 0.5, 0.8])("keep bits at p = %d are independent", (p) => {
  const [batch, n] = [256, 1024];
  const here = drawBytes(HERE, batch, n, p);

  it.each([1, 2, 8, 31, 32, 33, 64, 96, 127, 128, 129, 512])("of the bit %i units on", (lag) => {
    const [a, b] = [new Uint8Array(batch * (n - lag)), new Uint8Array(batch * (n - lag))];
    for (let row = 0; row < batch; row++) {
      a.set(here.subarray(row * n, row * n + n - lag), row * (n - lag));
      b.set(here.subarray(row * n + lag, (row + 1) * n), row * (n - lag));
    }
    expect(pairsOff(a, b, p)).toBeLessThan(SIGMAS);
  });

  it.each([1, 2, 4, 128])("of the bit %i samples on", (lag) => {
    expect(pairsOff(here.subarray(0, (batch - lag) * n), here.subarray(lag * n), p)).toBeLessThan(SIGMAS);
  });

  it.each([
    { step: 1 },
    { step: 2 },
    { step: 2 ** 31 },
    { step: 2 ** 32 },
    { layer: 0 },
    { layer: 2 },
    { layer: 256 },
    { stream: 1 },
    { stream: 2 },
    { seed: 0 },
    { seed: 2 },
    { seed: 1 + 2 ** 32 },
    { seed: 2 ** 52 },
  ])("of the mask at %j", (elsewhere) => {
    expect(pairsOff(here, drawBytes({ ...HERE, ...elsewhere }, batch, n, p), p)).toBeLessThan(SIGMAS);
  });
});

describe("mistakes that others made", () => {
  it("does not draw one mask for every step", () => {
    const masks = new Set<string>();
    for (let step = 0; step < 1000; step++) masks.add(draw({ ...HERE, step }, 1, 128, 0.5).join());
    expect(masks.size).toBe(1000);
  });

  it("does not draw one mask for every sample or block", () => {
    const packed = draw(HERE, 100, 1280, 0.5);
    const blocks = new Set<string>();
    for (let i = 0; i < packed.length; i += 16) blocks.add(packed.subarray(i, i + 16).join());
    expect(blocks.size).toBe(1000);
  });

  it("keeps more at a smaller rate: what is kept at p is kept at every lower p", () => {
    const rates = [0.9, 0.5, 0.2, 0.001];
    const masks = rates.map((p) => draw(HERE, 16, 500, p));
    for (let i = 1; i < masks.length; i++) {
      const lost = masks[i - 1].findIndex((byte, j) => (byte & masks[i][j]) !== byte);
      expect(lost, `kept at ${rates[i - 1]}, dropped at ${rates[i]}`).toBe(-1);
      expect(count(masks[i])).toBeGreaterThan(count(masks[i - 1]));
    }
  });
});
