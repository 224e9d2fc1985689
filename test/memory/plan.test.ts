import { describe, expect, it } from "vitest";
import { type Config, resolveOptions } from "../../src/config/network.js";
import { planMemory } from "../../src/memory/arena.js";
import { BLOCK, listBytes, pad, rowStride } from "../../src/memory/layout.js";
import type { NetworkOptions } from "../../src/types.js";

/** What the dense products need: a packed block of 192 × 256, a strip and a tile. */
const TILE_SCRATCH = 4 * (192 * 256 + 256 * 8 + 48);

const planFor = (options: NetworkOptions, more: { gradients?: boolean; input?: boolean } = {}) => {
  const config: Config = resolveOptions(options);
  return planMemory(2048, config, TILE_SCRATCH, {
    batch: config.maxBatch,
    folded: false,
    gradients: false,
    input: false,
    threads: 1,
    learning: true,
    ...more,
  });
};

describe("the memory of plain gradient descent", () => {
  it.each([{ sizes: [784, 1024, 1024, 10] }, { sizes: [784, 2048, 2048, 2048, 10] }])(
    "is at most 1.3 times the weights and the activations: %o",
    ({ sizes }) => {
      for (const maxBatch of [1, 32, 128]) {
        const weights = sizes.slice(1).reduce((sum, out, l) => sum + out * sizes[l] + out, 0);
        const activations = maxBatch * sizes.reduce((sum, width) => sum + width, 0);
        const { bytes } = planFor({ sizes, maxBatch });
        expect(bytes / (4 * (weights + activations)), `batch ${maxBatch}`).toBeLessThan(1.3);
      }
    },
  );

  it.each([
    { sizes: [784, 1024, 1024, 10], activation: "relu" },
    { sizes: [784, 2048, 2048, 2048, 10], activation: "relu" },
    { sizes: [784, 1024, 1024, 10], activation: "tanh" },
    { sizes: [784, 2048, 2048, 2048, 10], activation: "tanh" },
  ] as const)(
    "is at most 1.3 times the weights, the activations, their gradients and the slopes that are kept: %o",
    ({ sizes, activation }) => {
      for (const maxBatch of [1, 32, 128]) {
        const { bytes } = planFor({ sizes: [...sizes], activation, maxBatch });
        const weights = sizes.slice(1).reduce((sum, out, l) => sum + out * sizes[l] + out, 0);
        const activations = maxBatch * sizes.reduce<number>((sum, width) => sum + width, 0);
        const gradients = activations - maxBatch * sizes[0];
        const slopes = activation === "relu" ? 0 : gradients - maxBatch * 10;
        expect(bytes / (4 * (weights + activations + gradients + slopes)), `batch ${maxBatch}`).toBeLessThan(1.3);
      }
    },
  );

  it("has no weight's gradient in it, and none that grows with the number of layers for their units'", () => {
    const deep = (layers: number) => planFor({ sizes: [20, ...Array<number>(layers).fill(64), 5], maxBatch: 100 });
    const [three, four] = [deep(3), deep(4)];
    for (const { gradient } of three.layers) expect(gradient.weight).toBe(0);
    // One layer more: its weight, its bias and the bias' gradient, its activations, its mask; no gradient of them.
    const layer = 4 * (64 * 64 + 2 * 64 + 100 * rowStride(64)) + 100 * 16;
    expect(Math.abs(four.bytes - three.bytes - layer)).toBeLessThan(6 * 64);
  });
});

it.each(["relu", "tanh"] as const)("regions that are in use together do not overlap, %s", (activation) => {
  for (const sizes of [
    [3, 2],
    [40, 17, 5],
    [7, 65, 129, 33, 300],
    [300, 1, 1, 2],
  ]) {
    for (const maxBatch of [1, 5, 129]) {
      const plan = planFor({ sizes, activation, maxBatch, dropout: { input: 0.2 } }, { gradients: true, input: true });
      const { units, layers, lists, slots } = plan;
      const widest = Math.max(...sizes);
      const stored = (l: number) => 4 * Math.max(sizes[l] * pad(sizes[l + 1]), l === 0 ? sizes[1] * pad(sizes[0]) : 0);
      const shared: [at: number, bytes: number][] = [
        ...layers.flatMap(({ weight, bias, gradient }, l): [number, number][] => [
          [weight, stored(l)],
          [bias, 4 * pad(sizes[l + 1])],
          [gradient.weight, stored(l)],
          [gradient.bias, 4 * pad(sizes[l + 1])],
        ]),
        ...units.map(({ u, stride }): [number, number] => [u, 4 * maxBatch * stride]),
        ...units
          .filter(({ slope }) => slope > 0)
          .map(({ slope, stride }): [number, number] => [slope, 4 * maxBatch * stride]),
        ...units
          .filter(({ mask }) => mask > 0)
          .map(({ mask, width }): [number, number] => [mask, maxBatch * 16 * Math.ceil(width / 128)]),
        [plan.scratch, Math.max(TILE_SCRATCH, 4 * 48 * maxBatch)],
        [lists.entries, listBytes(slots, widest)],
        [lists.spans, 8 * Math.max(pad(widest), maxBatch * Math.ceil(widest / BLOCK))],
        [plan.x, 4 * maxBatch * sizes[0]],
        [plan.labels, 4 * maxBatch],
        [plan.targets, 4 * maxBatch * rowStride(sizes[sizes.length - 1])],
      ];
      // A layer's gradient and the next one's: what the backward pass reads, and what it writes.
      for (let l = 1; l < units.length; l++) {
        const pair = units.slice(l, l + 2).map(({ dz, stride }): [number, number] => [dz, 4 * maxBatch * stride]);
        const regions = [...shared, ...pair].sort(([a], [b]) => a - b);
        regions.forEach(([at, bytes], i) => {
          expect(at % 64, "a cache line").toBe(0);
          const end = i + 1 < regions.length ? regions[i + 1][0] : plan.bytes;
          if (at + bytes > end) expect.fail(`${sizes}, batch ${maxBatch}: ${bytes} bytes at ${at} reach beyond ${end}`);
        });
      }
    }
  }
});
