import { describe, expect, it } from "vitest";
import { Network } from "../../src/network.js";
import type { NetworkOptions, Scaling } from "../../src/types.js";
import { createStored, ORIENTATIONS, sparseRows, storedBy } from "../support/layouts.js";
import { classes, create, noise } from "../support/networks.js";

const SCALINGS: Scaling[] = ["standard", "inverted", "folded"];
const BUILDS = ["simd", "relaxed"] as const;

/** Not `toEqual`, which looks at bytes one by one. */
function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(actual, expected), "difference of what was saved").toBe(0);
}

describe("the same run, to the bit", () => {
  const sizes = [60, 70, 50, 5];
  const images = (step: number) => sparseRows(16, 60, step);
  const signals = (step: number) => noise(16 * 60, step);
  const runOn = (net: Network, rows: (step: number) => Float32Array, from: number, to: number) => {
    for (let step = from; step < to; step++) net.train_step(rows(step), classes(16, 5, step));
  };

  it.each([
    ["output", signals, images],
    ["input", images, signals],
  ] as const)(
    "with the same seed, and after a break: the first batch wants the first layer by %s",
    async (side, first, later) => {
      for (const build of BUILDS) {
        for (const optimizer of [{ type: "sgd" }, { type: "sgd", momentum: 0.9 }] as const) {
          const options: NetworkOptions = { sizes, build, optimizer, seed: 8, dropout: { input: 0.1, hidden: 0.5 } };
          const [net, again] = [await create(options), await create(options)];
          expect(storedBy(net), "not settled before the first step").toBeUndefined();
          for (const each of [net, again]) runOn(each, first, 0, 3);
          expect(storedBy(net)).toBe(side);
          const saved = net.save();
          expectSameBytes(again.save(), saved);
          // What comes later would have chosen otherwise.
          const resumed = await Network.load(saved, { build });
          const clone = net.clone();
          for (const each of [net, again, resumed, clone]) runOn(each, later, 3, 6);
          for (const each of [again, resumed, clone]) expectSameBytes(each.save(), net.save());
          expect(storedBy(net)).toBe(side);
          expect(resumed.test_step(signals(9))).toEqual(net.test_step(signals(9)));
          for (const each of [resumed, clone]) each.dispose();
        }
      }
    },
  );

  it.each(ORIENTATIONS)("with masks handed back, first layer by %s", async (firstLayer) => {
    const options = { sizes: [60, 70, 5], seed: 8, dropout: 0.5 };
    const [drawn, handed] = [await createStored(options, firstLayer), await createStored(options, firstLayer)];
    // One sample keeps far from half of its units now and then: the path must not follow.
    for (let step = 0; step < 20; step++) {
      const x = noise(60, step);
      const { out } = drawn.train_step(x);
      expect(handed.train_step(x, null, { masks: drawn.masks() }).out).toEqual(out);
      const learned = drawn.train_step(x, [step % 5]);
      expect(handed.train_step(x, [step % 5], { masks: drawn.masks() })).toEqual(learned);
    }
    expect(handed.parameters()).toEqual(drawn.parameters());
  });

  it.each(ORIENTATIONS)("however rows are cut, first layer by %s", async (firstLayer) => {
    for (const build of BUILDS) {
      for (const scaling of SCALINGS) {
        const x = Float32Array.of(...noise(30 * 60), ...sparseRows(31, 60));
        const y = classes(61, 5);
        const answersOf = async (maxBatch: number) => {
          const options = { sizes, scaling, build, maxBatch, seed: 5, dropout: { input: 0.2, hidden: 0.5 } };
          const net = await createStored(options, firstLayer);
          const late = await createStored({ ...options, dropout: { hidden: [0, 0.5] } }, firstLayer);
          return [
            net.test_step(x),
            net.predict(x),
            net.evaluate({ x, y }),
            net.mc_step(x, { samples: 3 }),
            late.mc_step(x, { samples: 5 }),
          ];
        };
        const whole = await answersOf(61);
        for (const maxBatch of [1, 7, 60, 200])
          expect(await answersOf(maxBatch), `maxBatch ${maxBatch}`).toEqual(whole);
      }
    }
  });
});
