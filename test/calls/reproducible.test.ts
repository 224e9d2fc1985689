import { describe, expect, it } from "vitest";
import { Network } from "../../src/network.js";
import type { NetworkOptions, OptimizerOptions, Scaling } from "../../src/types.js";
import { classes, create, expectClose, noise, snapshot } from "../support/networks.js";

const OPTIONS: NetworkOptions = {
  sizes: [11, 40, 23, 4],
  dropout: { input: 0.2, hidden: 0.5 },
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9, maxNorm: 2 },
  seed: 2 ** 40 + 5,
  maxBatch: 8,
};
const data = { x: noise(50 * 11, 1), y: classes(50, 4) };

function steps(net: Network, from: number, to: number): number[] {
  const losses: number[] = [];
  for (let i = from; i < to; i++) {
    const batch = 1 + ((i * 5) % 9);
    losses.push(net.train_step(noise(batch * 11, i), classes(batch, 4, i)).loss);
  }
  return losses;
}

describe("the same seed", () => {
  it.each(["simd", "relaxed"] as const)("gives the same bits (%s)", async (build) => {
    const run = async (seed: number) => {
      const net = await create({ ...OPTIONS, build, seed });
      const losses = steps(net, 0, 6);
      const reports = [];
      for await (const { trainLoss } of net.fit(data, { epochs: 2, batch: 7 })) reports.push(trainLoss);
      return [losses, reports, net.test_step(data.x), snapshot(net)];
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect((await run(6))[0]).not.toEqual(first[0]);
  });

  it("gives masks that are the same in both builds", async () => {
    const [simd, relaxed] = await Promise.all(
      (["simd", "relaxed"] as const).map((build) => create({ ...OPTIONS, build })),
    );
    for (const net of [simd, relaxed]) steps(net, 0, 2);
    expect(relaxed.masks()).toEqual(simd.masks());
    for (const [name, values] of Object.entries(relaxed.parameters())) {
      expectClose(values, simd.parameters()[name], `${name}, relaxed and simd`);
    }
  });

  it("trains the same, however much memory there is", async () => {
    const run = async (maxBatch: number) => {
      const net = await create({ ...OPTIONS, maxBatch });
      steps(net, 0, 8);
      return [net.parameters(), net.test_step(data.x), net.masks()];
    };
    const wanted = await run(9);
    for (const maxBatch of [1, 4, 300]) expect(await run(maxBatch)).toEqual(wanted);
  });
});

describe("looking changes nothing in training", () => {
  it.each<Scaling>(["standard", "inverted", "folded"])("%s", async (scaling) => {
    const [looked, blind] = [await create({ ...OPTIONS, scaling }), await create({ ...OPTIONS, scaling })];
    for (let i = 0; i < 4; i++) {
      looked.train_step(noise(33, i));
      looked.test_step(data.x);
      looked.mc_step(data.x, { samples: 3 });
      looked.mc_step(data.x, { samples: 1, seed: 3, draw: 7 });
      looked.gradients(noise(33, i), [0, 1, 2]);
      looked.predict(data.x);
      looked.evaluate(data);
      looked.eval().forward(data.x);
      looked.parameters();
      looked.save();
      looked.clone().dispose();
      expect(steps(looked, i, i + 1)).toEqual(steps(blind, i, i + 1));
      expect(looked.masks()).toEqual(blind.masks());
    }
    expect(looked.parameters()).toEqual(blind.parameters());
    expect(looked.step).toBe(blind.step);
  });
});

describe("stopping equals not stopping", () => {
  it.each<OptimizerOptions>([
    { type: "sgd", learningRate: 0.1 },
    { type: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true },
    { type: "adam", learningRate: 0.01 },
    { type: "adamw", learningRate: 0.01 },
  ])("%o, mid-epoch, with a changed learning rate and more memory than was asked for", async (optimizer) => {
    const options = { ...OPTIONS, optimizer, maxBatch: 2 };
    const through = async (net: Network, stopAfter: number) => {
      const controller = new AbortController();
      const onStep = () => {
        if (net.step >= stopAfter) controller.abort();
      };
      const losses: number[] = [];
      try {
        const epochs = 3 - net.progress.epoch;
        for await (const report of net.fit(data, {
          epochs,
          batch: 9,
          onStep,
          signal: controller.signal,
          validation: data,
        })) {
          losses.push(report.trainLoss, report.validation!.loss);
        }
      } catch (error) {
        if (!controller.signal.aborted) throw error;
      }
      return losses;
    };
    const begin = async () => {
      const net = await create(options);
      steps(net, 0, 3);
      net.learningRate = 0.013;
      net.train_step(noise(11));
      return net;
    };
    const straight = await begin();
    const wanted = await through(straight, Number.POSITIVE_INFINITY);
    for (const stopAfter of [4, 8, 9, 14]) {
      const stopped = await begin();
      const losses = await through(stopped, stopAfter);
      const resumed = await Network.load(stopped.save(), { maxBatch: 64 });
      losses.push(...(await through(resumed, Number.POSITIVE_INFINITY)));
      expect(losses, `stopped after ${stopAfter} steps`).toEqual(wanted);
      expect(resumed.parameters()).toEqual(straight.parameters());
      expect(resumed.train_step(data.x).out).toEqual(straight.clone().train_step(data.x).out);
      resumed.dispose();
    }
  });

  it("a clone goes on alike, with rates that are functions, and goes its own way", async () => {
    const dropout = (step: number) => Math.min(0.5, step / 10);
    const net = await create({ ...OPTIONS, dropout });
    steps(net, 0, 3);
    net.metadata.note = "mine";
    net.eval();
    const twin = net.clone();
    expect(snapshot(twin)).toEqual(snapshot(net));
    expect(twin.metadata).toEqual({ note: "mine" });
    const before = snapshot(net);
    const ahead = steps(twin, 3, 6);
    twin.metadata.note = "yours";
    expect(snapshot(net), "the clone's steps are its own").toEqual(before);
    expect(steps(net, 3, 6)).toEqual(ahead);
    expect(net.parameters()).toEqual(twin.parameters());
    net.dispose();
    expect(twin.test_step(data.x)).toHaveLength(200);
    twin.dispose();
  });
});

describe("rates that are functions of the step", () => {
  it("are asked for the step that is taken", async () => {
    const asked: number[] = [];
    const net = await create({
      ...OPTIONS,
      dropout: [
        0,
        (step) => {
          asked.push(step);
          return [0, 1, 0.25][step];
        },
        0.5,
      ],
    });
    const [kept, dropped] = [new Uint8Array(3 * 40).fill(1), new Uint8Array(3 * 40)];
    net.train_step(noise(33), [0, 1, 2]);
    expect(net.masks()[1]).toBeNull();
    net.train_step(noise(33), [0, 1, 2]);
    expect(net.masks()[1]).toEqual(dropped);
    net.train_step(noise(33), [0, 1, 2]);
    expect(net.masks()[1]).not.toEqual(dropped);
    expect(net.masks()[1]).not.toEqual(kept);
    expect(asked).toEqual([0, 1, 2]);
  });
});
