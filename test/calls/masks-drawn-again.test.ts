// masks({ step, batch }) and masks({ draw, batch }): a mask is a value, so that of any pass can be drawn, whether it
// was made or not.
import { describe, expect, it } from "vitest";
import type { NetworkOptions } from "../../src/index.js";
import type { MaskOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const options = {
  sizes: [9, 140, 24, 4],
  dropout: { input: 0.2, hidden: [0.5, (step: number) => step / 4] },
  seed: 2 ** 40 + 3,
  maxBatch: 4,
} satisfies NetworkOptions;
const [x, y] = [noise(7 * 9), classes(7, 4)];

describe.each([1, 3])("with %i threads, the masks", (threads) => {
  it("of an update are those that it had, before it, after it, and in another network of the seed", async () => {
    const net = await create({ ...options, threads });
    const other = await create(options);
    for (let step = 0; step < 4; step++) {
      const before = net.masks({ step, batch: 7 });
      net.train_step(x, y);
      expect(net.masks(), `step ${step}`).toEqual(before);
      expect(other.masks({ step, batch: 7 }), `step ${step}`).toEqual(before);
      // Each row has its own: fewer rows are the first ones.
      expect(other.masks({ step, batch: 3 })).toEqual(
        before.map((mask, l) => mask?.slice(0, 3 * net.config.sizes[l]) ?? null),
      );
    }
    expect(net.masks({ step: 0, batch: 7 })[2], "a rate of 0").toBe(null);
    expect(net.masks({ step: 1, batch: 7 })).toEqual(other.masks({ step: 1, batch: 7 }));
  });

  it("of a draw make the thinned network that mc_step asked", async () => {
    const net = await create({ ...options, dropout: [0.2, 0.5, 0.1], loss: "mse", threads });
    for (const [draw, seed] of [[0], [17], [2 ** 32], [5, 9]]) {
      const { out } = net.train_step(x, null, { masks: net.masks({ draw, batch: 7, seed }) });
      expect(net.mc_step(x, { samples: 1, draw, seed }).mean, `draw ${draw}`).toEqual(out);
    }
  });
});

it("changes nothing, however many rows are asked for", async () => {
  const net = await create(options);
  net.train_step(x, y);
  const [saved, memory, last] = [net.save(), net.runtime.memory, net.masks()];
  expect(net.masks({ step: 3, batch: 5000 })[1]).toHaveLength(5000 * 140);
  expect([net.save(), net.runtime.memory, net.masks()]).toEqual([saved, memory, last]);
});

it("draws nothing where nothing is dropped", async () => {
  const net = await create({ sizes: [2, 4, 2], dropout: 0 });
  expect(net.masks({ step: 0, batch: 2 ** 32 })).toEqual([null, null]);
});

it("refuses what names no pass, or more than one", async () => {
  const net = await create(options);
  const ask = (wrong: unknown) => () => net.masks(wrong as MaskOptions);
  expect(ask({ batch: 1 })).toThrow(/^options must be of a step or of a draw: .*; got an object with batch$/);
  expect(ask({ step: 1, draw: 1, batch: 1 })).toThrow(/^options must be of a step or of a draw/);
  expect(ask({ step: 1 })).toThrow(/^batch must be a whole number .*; got undefined$/);
  expect(ask({ step: -1, batch: 1 })).toThrow(/^step must be a whole number from 0 to \d+; got -1$/);
  expect(ask({ draw: 2 ** 48, batch: 1 })).toThrow(/^draw must be/);
  expect(ask({ draw: 0, batch: 0 })).toThrow(/^batch must be/);
  expect(ask({ draw: 0, batch: 2 ** 32 })).toThrow(
    /^batch must be at most 238609294 for a layer of 9 units; got 4294967296$/,
  );
  expect(ask({ draw: 0, batch: 1, seed: -1 })).toThrow(/^seed must be/);
  expect(ask({ steps: 0, batch: 1 })).toThrow(/no option "steps"; did you mean "step"/);
  expect(ask(null)).toThrow(/^options must be an object/);
  expect(ask({ step: 9, batch: 1 })).toThrow(/^dropout of layer 2 at step 9 must be a number from 0 to 1; got 2.25/);
});
