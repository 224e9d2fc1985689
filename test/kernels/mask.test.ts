import { beforeEach, describe, expect, it } from "vitest";
import { keepBit, type MaskPosition, threshold } from "../../src/dropout/mask.js";
import { Stream } from "../../src/random/philox.js";
import { keep, pack, split, uniforms } from "../reference/philox.js";
import { everyBuild, type Scratch } from "../support/core.js";

const RATES = [0, 2 ** -32, 0.001, 0.1, 0.2, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.999, 1 - 2 ** -32, 1];
const WIDTHS = [1, 15, 16, 17, 127, 128, 129, 511, 512, 513, 1024];
const HERE: MaskPosition = { seed: 2 ** 40 + 12345, stream: Stream.update, layer: 1, step: 2 ** 35 + 77 };

/** A copy of what lies below the caller's memory: the kernels' constants. Nothing may change it. */
function constants(core: Scratch): Uint8Array {
  new Uint8Array(core.memory.buffer, 0, 64).fill(0x5a); // the compiler leaves the null page free: zeros there would hide zeros
  return new Uint8Array(core.memory.buffer, 0, core.k.heap_base()).slice();
}

/** Draws with the kernel into fresh, fenced memory: packed rows. */
function draw(core: Scratch, at: MaskPosition, batch: number, n: number, p: number, sample0 = 0): Uint8Array {
  const size = batch * 16 * Math.ceil(n / 128);
  const mask = core.bytes(size);
  const before = constants(core);
  drawInto(core, mask, at, batch, n, p, sample0);
  expectBytes(new Uint8Array(core.memory.buffer, 0, before.length), before, "memory below heap_base");
  return new Uint8Array(core.memory.buffer, mask, size);
}

function drawInto(core: Scratch, mask: number, at: MaskPosition, batch: number, n: number, p: number, sample0 = 0) {
  core.k.draw_mask(mask, batch, n, sample0, p, at.stream, at.layer, ...split(at.step), ...split(at.seed));
}

function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string) {
  expect(actual.length, what).toBe(expected.length);
  const wrong = actual.findIndex((byte, i) => byte !== expected[i]);
  if (wrong >= 0) expect.fail(`${what}: byte ${wrong} of ${actual.length} is ${actual[wrong]}, not ${expected[wrong]}`);
}

describe("keepBit", () => {
  it("compares the unit's uniform with round(p·2³²)", () => {
    const [batch, n] = [2, 300];
    const uniform = uniforms(HERE, batch, n, 40);
    for (const p of RATES) {
      const expected = keep(uniform, p);
      for (let i = 0; i < batch * n; i += 7) {
        const kept = keepBit(HERE, 40 + Math.floor(i / n), i % n, p);
        expect(kept, `p ${p}, element ${i}`).toBe(expected[i] === 1);
      }
    }
  });

  it("rounds p to the nearest multiple of 2⁻³²", () => {
    expect([0, 0.25, 0.5, 1].map(threshold)).toEqual([0, 2 ** 30, 2 ** 31, 2 ** 32]);
    expect(threshold(0.2)).toBe(858993459); // 858993459.2
    expect(threshold(1 / 3)).toBe(1431655765);
    expect(threshold(2 ** -33), "a half rounds up").toBe(1);
    expect(threshold(2 ** -34)).toBe(0);
    expect(threshold(1 - 2 ** -53)).toBe(2 ** 32);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => threshold(p)).toThrow(/^p must be a number from 0 to 1; got/);
  });
});

describe.each(everyBuild(32))("draw_mask ($build)", (core) => {
  beforeEach(() => core.reset());

  it.each(WIDTHS)("draws the bits of the definition at width %i, any rate and batch", (n) => {
    for (const batch of [1, 2, 3, 4, 5, 9]) {
      const uniform = uniforms(HERE, batch, n, 3);
      for (const p of RATES) {
        core.reset();
        const what = `batch ${batch}, width ${n}, p ${p}`;
        expectBytes(draw(core, HERE, batch, n, p, 3), pack(keep(uniform, p), batch, n), what);
        core.checkFences();
      }
    }
  });

  it("writes nothing for no samples", () => {
    for (const p of [0, 0.3, 0.5, 1]) expect(draw(core, HERE, 0, 100, p)).toHaveLength(0);
    core.checkFences();
  });

  it.each([
    { seed: 0, stream: 0, layer: 0, step: 0 },
    { seed: 2 ** 53 - 1, stream: 15, layer: 4095, step: 2 ** 48 - 1 },
    { seed: 2 ** 32, stream: 2, layer: 256, step: 2 ** 32 },
    { seed: 2 ** 32 - 1, stream: 1, layer: 16, step: 2 ** 32 - 1 },
  ])("keeps every bit of its coordinates apart: %j", (at) => {
    const uniform = uniforms(at, 3, 200, 2 ** 32 - 3);
    for (const p of [0.5, 0.2]) {
      const what = `${JSON.stringify(at)}, p ${p}`;
      expectBytes(draw(core, at, 3, 200, p, 2 ** 32 - 3), pack(keep(uniform, p), 3, 200), what);
    }
  });

  it("draws wide layers", () => {
    const n = 40_001;
    expectBytes(draw(core, HERE, 1, n, 0.2), pack(keep(uniforms(HERE, 1, n), 0.2), 1, n), `width ${n}`);
    core.checkFences();
  });

  it("is exact to 2⁻³²: a unit is dropped from the first threshold above its uniform", () => {
    const n = 128;
    const uniform = uniforms(HERE, 1, n);
    for (let unit = 0; unit < n; unit += 5) {
      const bit = (D: number) => (draw(core, HERE, 1, n, D / 2 ** 32)[unit >> 3] >> (unit % 8)) & 1;
      expect(bit(uniform[unit]), `unit ${unit} at its uniform`).toBe(1);
      expect(bit(uniform[unit] + 0.4), `unit ${unit} at its uniform, to which p is rounded`).toBe(1);
      expect(bit(uniform[unit] + 0.5), `unit ${unit} half a step above, rounded up`).toBe(0);
      expect(bit(uniform[unit] + 1), `unit ${unit} just above`).toBe(0);
      core.reset();
    }
  });

  it.each([100, 128, 1000])("draws any part of the samples as it draws the whole, width %i", (n) => {
    const batch = 23;
    const stride = 16 * Math.ceil(n / 128);
    for (const p of [0.5, 0.3]) {
      const whole = draw(core, HERE, batch, n, p);
      for (const cuts of [
        [0, 23],
        [0, 1, 23],
        [0, 5, 11, 12, 23],
        [0, 22, 23],
      ]) {
        const mask = core.bytes(batch * stride);
        for (let i = 0; i + 1 < cuts.length; i++) {
          drawInto(core, mask + cuts[i] * stride, HERE, cuts[i + 1] - cuts[i], n, p, cuts[i]);
        }
        expectBytes(new Uint8Array(core.memory.buffer, mask, batch * stride), whole, `cut at ${cuts}, p ${p}`);
      }
    }
    core.checkFences();
  });
});
