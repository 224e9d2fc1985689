// How a fit begins and ends: awaited or iterated, stopped in the middle, with callbacks that take their time, on data
// that is not what it began with.
import { describe, expect, it } from "vitest";
import type { Network } from "../../src/network.js";
import type { EpochReport, FitOptions, NetworkOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const OPTIONS: NetworkOptions = { sizes: [5, 24, 3], seed: 3, dropout: 0.3, maxBatch: 8 };
const data = { x: noise(37 * 5, 1), y: classes(37, 3) };
const held = { x: noise(11 * 5, 2), y: classes(11, 3, 2) };
/** Of other sizes than 37. */
const [smaller, larger] = [30, 50].map((samples) => ({ x: noise(samples * 5, 4), y: classes(samples, 3, 4) }));

/** What does not depend on the clock. */
const timeless = ({ epoch, trainLoss, validation }: EpochReport) => ({ epoch, trainLoss, validation });

async function iterate(net: Network, options: FitOptions, from = data): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of net.fit(from, options)) reports.push(report);
  return reports;
}

describe("a fit that is awaited", () => {
  it("trains to its end, and gives the reports", async () => {
    const [awaited, iterated] = [await create(OPTIONS), await create(OPTIONS)];
    const options = { epochs: 4, validation: held };
    const fit = awaited.fit(data, options);
    const reports = await fit;
    expect(reports.map(timeless)).toEqual((await iterate(iterated, options)).map(timeless));
    expect(awaited.save()).toEqual(iterated.save());
    expect(await fit, "the same again, and no more training").toBe(reports);
    expect(awaited.progress.epoch).toBe(4);
  });

  it("after some of its reports were iterated gives the others", async () => {
    const net = await create(OPTIONS);
    const fit = net.fit(data, { epochs: 3 });
    expect((await fit.next()).value).toMatchObject({ epoch: 1 });
    expect((await fit).map(({ epoch }) => epoch)).toEqual([2, 3]);
  });

  it("rejects with what ends it", async () => {
    const net = await create(OPTIONS);
    await expect(net.fit(data, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(/^enough$/);
    const onStep = () => {
      throw new Error("mine");
    };
    await expect(Promise.all([net.fit(data, { onStep })])).rejects.toThrow(/^mine$/);
  });
});

describe("patience", () => {
  /** A rate at which the network soon leaves its best behind, and goes far astray. */
  const WILD: NetworkOptions = { ...OPTIONS, dropout: 0, optimizer: { type: "adam", learningRate: 0.3 } };

  it.each(["a break", "an abort", "an error of onStep", "steps that run out", "the last epoch"])(
    "puts the best weights back, also where %s ends it",
    async (how) => {
      const net = await create(WILD);
      const abort = new AbortController();
      const losses: number[] = [];
      const onStep = ({ epoch, step }: { epoch: number; step: number }) => {
        if (how === "an error of onStep" && epoch === 13 && step === 2) throw new Error("mine");
        if (how === "an abort" && epoch === 13 && step === 2) abort.abort();
      };
      const options: FitOptions = { epochs: how === "the last epoch" ? 12 : 100, patience: 90, validation: held };
      if (how === "steps that run out") options.steps = 12 * 5 + 2;
      const run = async () => {
        for await (const { validation } of net.fit(data, { ...options, onStep, signal: abort.signal })) {
          losses.push(validation!.loss);
          if (how === "a break" && losses.length === 12) break;
        }
      };
      if (/abort|error/.test(how)) await expect(run()).rejects.toThrow(/abort|mine/);
      else await run();
      expect(losses).toHaveLength(12);
      const best = Math.min(...losses);
      expect(best, "it went astray").toBeLessThan(losses[11] / 1.2);
      expect(net.evaluate(held).loss).toBe(best);
    },
  );

  it("leaves alone what its caller does once it has the last report", async () => {
    const net = await create(WILD);
    const zeros = new Float32Array(24 * 5);
    for await (const { epoch } of net.fit(data, { epochs: 2, patience: 5, validation: held })) {
      if (epoch === 2) net.setParameters({ W1: zeros });
    }
    expect(net.parameters().W1).toEqual(zeros);
  });
});

describe("onStep", () => {
  it("is awaited, step after step", async () => {
    const [net, other] = [await create(OPTIONS), await create(OPTIONS)];
    let under = 0;
    const seen: number[] = [];
    const onStep = async ({ step }: { step: number }) => {
      expect(under++).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 1));
      under--;
      seen.push(step);
    };
    await net.fit(data, { epochs: 2, onStep });
    expect(seen).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
    await other.fit(data, { epochs: 2 });
    expect(net.save()).toEqual(other.save());
  });

  it("that rejects ends the call, to which it rejects, after the step under way", async () => {
    const net = await create(OPTIONS);
    const onStep = async ({ step }: { step: number }) => {
      if (step === 3) throw new Error("disk full");
    };
    await expect(iterate(net, { onStep })).rejects.toThrow(/^disk full$/);
    expect(net.step).toBe(3);
  });
});

it("onDraw is awaited, and its rejection ends the average", async () => {
  const net = await create(OPTIONS);
  const seen: number[] = [];
  const onDraw = async ({ draws }: { draws: number }) => {
    await null;
    seen.push(draws);
    if (draws === 3) throw new Error("disk full");
  };
  await expect(net.mc_step_async(held.x, { samples: 9, onDraw })).rejects.toThrow(/^disk full$/);
  expect(seen).toEqual([1, 2, 3]);
});

describe("an epoch under way", () => {
  it.each([
    ["smaller", smaller, 30],
    ["larger", larger, 50],
  ])("refuses data that is %s than what it began with, and goes on with that", async (_, others, samples) => {
    const [net, straight] = [await create(OPTIONS), await create(OPTIONS)];
    await net.fit(data, { epochs: 1, steps: 3 });
    const message = new RegExp(
      `^data must be of 37 samples, as those that the epoch under way began with; got ${samples}; go on with the same data`,
    );
    for (const each of [net, net.clone()]) {
      await expect(iterate(each, {}, others)).rejects.toThrow(message);
      expect([each.step, each.progress]).toEqual([3, { epoch: 0, position: 24 }]);
    }
    await net.fit(data, { epochs: 1 });
    await straight.fit(data, { epochs: 1 });
    expect(net.save()).toEqual(straight.save());
    await net.fit(data, { epochs: 1, steps: 3 });
    await net.fit(others, { epochs: 1, restart: true });
    expect(net.progress).toEqual({ epoch: 2, position: 0 });
    await net.fit(others, { epochs: 1 });
  });
});
