// What fit offers beside epochs: run, held-out samples, order, minDelta, training errors; and calls that were broken
// off between steps.

import { setFlagsFromString } from "node:v8";
import { runInNewContext, runInThisContext } from "node:vm";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { argmax } from "../../src/calls/argmax.js";
import { Network } from "../../src/network.js";
import type { EpochReport, FitOptions, NetworkOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const OPTIONS: NetworkOptions = { sizes: [5, 24, 3], seed: 3, dropout: 0.3, maxBatch: 8 };
const data = { x: noise(37 * 5, 1), y: classes(37, 3) };
const held = { x: noise(11 * 5, 2), y: classes(11, 3, 2) };
const timeless = ({ seconds: _, samplesPerSecond: __, ...report }: EpochReport) => report;

it("run is fit to its end: a promise of its reports", async () => {
  const [net, other] = [await create(OPTIONS), await create(OPTIONS)];
  const history = await net.run(data, { epochs: 3, validation: held });
  expect(history.map(timeless)).toEqual((await other.fit(data, { epochs: 3, validation: held })).map(timeless));
  expect(net.save()).toEqual(other.save());
  await expect(net.run(data, { epoch: 1 } as FitOptions), "a mistake rejects").rejects.toThrow(/did you mean "epochs"/);
  const abort = new AbortController();
  const onStep = () => abort.abort(new Error("enough"));
  await expect(net.run(data, { signal: abort.signal, onStep })).rejects.toThrow(/^enough$/);
});

describe("validationSplit", () => {
  it("holds out the same samples in every call, learns the others, and reports on them", async () => {
    const { x } = data;
    const net = await create({ ...OPTIONS, dropout: 0 });
    const reports = await net.run({ x, y: data.y }, { epochs: 2, validationSplit: 0.3, batch: 4 });
    expect(net.step).toBe(2 * Math.ceil(26 / 4));
    const again = await create({ ...OPTIONS, dropout: 0 });
    const second = await again.run({ x, y: data.y }, { epochs: 2, validationSplit: 0.3, batch: 4 });
    expect(second.map(timeless)).toEqual(reports.map(timeless));
    const other = await create({ ...OPTIONS, dropout: 0, seed: 4 });
    const [first] = await other.run({ x, y: data.y }, { epochs: 1, validationSplit: 0.3, batch: 4 });
    expect(first.validation, "another seed holds out others").not.toEqual(reports[0].validation);
  });

  it("is of whole samples, one at least on each side", async () => {
    for (const [fraction, samples] of [
      [0.001, 36],
      [0.999, 1],
      [0.5, 18],
    ]) {
      const net = await create(OPTIONS);
      await net.run(data, { epochs: 1, validationSplit: fraction, batch: 1 });
      expect(net.step).toBe(samples);
    }
  });

  it("with sample weights takes each sample's own", async () => {
    const net = await create({ ...OPTIONS, dropout: 0, optimizer: { type: "sgd", learningRate: 0 } });
    const weights = Array.from({ length: 37 }, (_, s) => 1 + (s % 5));
    const [{ validation, trainLoss }] = await net.run({ ...data, weights }, { epochs: 1, validationSplit: 0.4 });
    const all = net.evaluate({ ...data, weights }).loss;
    expect(validation).not.toBeNull();
    // The two sides' losses, by what each side weighs: 15 samples against 22.
    const between = (all - trainLoss) / (validation!.loss - trainLoss);
    expect(between).toBeGreaterThan(0.2);
    expect(between).toBeLessThan(0.6);
  });

  it.each<[FitOptions, RegExp]>([
    [{ validationSplit: 0 }, /^validationSplit must be a number above 0 and below 1: .*; got 0/],
    [{ validationSplit: "a" as never }, /^validationSplit must be a number above 0/],
    [{ validationSplit: 0.1, validation: held }, /^validationSplit must be left out where validation is given/],
    [{ patience: 2 }, /^validation must be given where patience is: a data set to watch, or validationSplit: 0.1/],
    [{ minDelta: 0.1 }, /^patience must be given where minDelta is/],
    [{ shuffle: 1 as never }, /^shuffle must be true or false; got 1/],
  ])("%j is refused", async (options, message) => {
    const net = await create(OPTIONS);
    await expect(net.run(data, options)).rejects.toThrow(message);
    expect(net.step).toBe(0);
  });
});

it("shuffle: false takes samples as they come, also after a halt", async () => {
  const [fitted, stepped] = [await create(OPTIONS), await create(OPTIONS)];
  await fitted.run(data, { shuffle: false, steps: 2 });
  await fitted.run(data, { shuffle: false, epochs: 1 });
  for (let from = 0; from < 37; from += 8)
    stepped.train_step(data.x.subarray(from * 5, (from + 8) * 5), data.y.slice(from, from + 8));
  expect(fitted.parameters()).toEqual(stepped.parameters());
});

it("minDelta: a loss that is a little lower is no better one", async () => {
  const options = { epochs: 60, validation: held, patience: 3 };
  const slow: NetworkOptions = { ...OPTIONS, dropout: 0, optimizer: { type: "sgd", learningRate: 0.001 } };
  const [free, strict] = [await create(slow), await create(slow)];
  const losses = (await free.run(held, { ...options, epochs: 6 })).map(({ validation }) => validation!.loss);
  expect(losses[5], "each is lower than the one before").toBeLessThan(losses[0]);
  expect(await strict.run(held, { ...options, minDelta: 0.1 })).toHaveLength(4);
});

describe("trainError", () => {
  it.each(["cross-entropy", "bce", "mse"] as const)(
    "counts the steps' own errors, %s, also across a file",
    async (loss) => {
      const y = loss === "cross-entropy" ? data.y : Float32Array.from(noise(37 * 3, 5), (v) => Number(v > 0));
      const set = { x: data.x, y };
      const options: NetworkOptions = { ...OPTIONS, loss };
      const [net, cut] = [await create(options), await create(options)];
      const [{ trainError, trainLoss }] = await net.run(set, { epochs: 1 });
      const stepped = await create(options);
      let wrong = 0;
      for (let from = 0; from < 37; from += 8) {
        const x = set.x.subarray(from * 5, (from + 8) * 5);
        const rows = x.length / 5;
        const labels =
          loss === "cross-entropy"
            ? data.y.slice(from, from + 8)
            : (y as Float32Array).subarray(from * 3, (from + 8) * 3);
        const { out } = stepped.train_step(x, labels);
        for (let s = 0; s < rows; s++) {
          if (loss === "cross-entropy") wrong += Number(argmax(out, 3 * s, 3) !== labels[s]);
          else for (let j = 0; j < 3; j++) wrong += Number(out[3 * s + j] > 0 !== labels[3 * s + j] > 0.5);
        }
      }
      const [inOrder] = await (await create(options)).run(set, { epochs: 1, shuffle: false });
      if (loss === "mse") expect(inOrder.trainError).toBe(Math.sqrt(inOrder.trainLoss));
      else expect(inOrder.trainError).toBe(wrong / (loss === "bce" ? 3 * 37 : 37));
      await cut.run(set, { epochs: 1, steps: 3 });
      const again = await Network.load(cut.save());
      onTestFinished(() => again.dispose());
      const [resumed] = await again.run(set, { epochs: 1 });
      expect([resumed.trainError, resumed.trainLoss]).toEqual([trainError, trainLoss]);
      await expect(
        again.run({ x: noise(40 * 5), y: again.predict(noise(40 * 5)) }, { epochs: 1, steps: 1 }),
      ).resolves.toEqual([]);
    },
  );
});

it("data of another size is refused in the middle of an epoch, also after a file", async () => {
  const net = await create(OPTIONS);
  await net.run(data, { epochs: 1, steps: 3 });
  const again = await Network.load(net.save());
  onTestFinished(() => again.dispose());
  const others = { x: noise(50 * 5, 4), y: classes(50, 3, 4) };
  await expect(again.run(others)).rejects.toThrow(
    /^data must be of 37 samples, as those that the epoch under way began/,
  );
  await again.run(data, { epochs: 1 });
  await net.run(data, { epochs: 1 });
  expect(again.save()).toEqual(net.save());
});

describe("a call that is broken off in a callback of its own", () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, "brokenOff");
  });
  const breakOff = (call: () => unknown) => {
    Object.assign(globalThis, { brokenOff: call });
    expect(() => runInThisContext("brokenOff()", { timeout: 40 })).toThrow(/timed out/);
  };
  const forever = () => {
    for (;;);
  };

  it("leaves the network to the next fit", async () => {
    const [net, straight] = [await create(OPTIONS), await create(OPTIONS)];
    breakOff(() => net.fit(data, { epochs: 1, onStep: forever }).next());
    await null;
    expect(net.step).toBe(1);
    await net.run(data, { epochs: 1 });
    await straight.run(data, { epochs: 1 });
    expect(net.parameters()).toEqual(straight.parameters());
  });

  it("gives the draws back that were set aside for it", async () => {
    const [net, other] = [await create(OPTIONS), await create(OPTIONS)];
    breakOff(() => net.mc_step_async(held.x, { samples: 9, onDraw: forever }));
    await null;
    expect(net.mc_step(held.x, { samples: 3 })).toEqual(other.mc_step(held.x, { samples: 3 }));
  });
});

it("a fit that nobody asks for its reports is told about when it is garbage", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const net = await create(OPTIONS);
  await net.run(data, { epochs: 1 });
  (() => void net.fit(data))();
  await vi.waitFor(
    () => {
      collect();
      expect(warn.mock.calls).toEqual([
        [expect.stringMatching(/neither iterated nor awaited, so it trained nothing: await net.run/)],
      ]);
    },
    { timeout: 5000, interval: 20 },
  );
});
