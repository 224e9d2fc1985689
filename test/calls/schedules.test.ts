// Schedules that a network follows: step by step, saved, resumed, cloned, with threads.
import { describe, expect, it, onTestFinished } from "vitest";
import { Network } from "../../src/network.js";
import type { NetworkOptions, Schedule } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const rate: Schedule = {
  type: "warm-up",
  from: 0.01,
  steps: 4,
  to: { type: "cosine", from: 0.2, to: 0.01, steps: 12 },
};
const momentum: Schedule = { type: "linear", from: 0.5, to: 0.9, steps: 10 };
const hidden: Schedule = { type: "linear", from: 0.6, to: 0.1, steps: 15 };
const OPTIONS: NetworkOptions = {
  sizes: [5, 24, 3],
  seed: 3,
  maxBatch: 8,
  dropout: { input: { type: "early", value: 0.2, steps: 9 }, hidden },
  optimizer: { type: "sgd", learningRate: rate, momentum },
};
const data = { x: noise(37 * 5, 1), y: classes(37, 3) };
const held = { x: noise(11 * 5, 2), y: classes(11, 3, 2) };

const load = async (bytes: Uint8Array, options = {}) => {
  const net = await Network.load(bytes, options);
  onTestFinished(() => net.dispose());
  return net;
};
const step = (net: Network) => net.train_step(data.x.subarray(0, 40), data.y.slice(0, 8));

it("is the run whose numbers a caller sets before every step", async () => {
  const options: NetworkOptions = { ...OPTIONS, optimizer: { type: "sgd", learningRate: rate } };
  const [scheduled, byHand] = [
    await create(options),
    await create({
      ...options,
      dropout: {
        input: (t) => (t < 9 ? 0.2 : 0),
        hidden: (t) => (t < 15 ? 0.6 * (1 - t / 15) + 0.1 * (t / 15) : 0.1),
      },
      optimizer: { type: "sgd" },
    }),
  ];
  for (let t = 0; t < 18; t++) {
    const after = 0.01 + (0.19 / 2) * (1 + Math.cos(Math.PI * Math.min(1, (t - 4) / 12)));
    const learningRate = t < 4 ? 0.01 * (1 - t / 4) + 0.2 * (t / 4) : after;
    expect(scheduled.learningRate).toBeCloseTo(learningRate, 14);
    byHand.learningRate = scheduled.learningRate;
    expect(step(scheduled).loss, `step ${t}`).toBe(step(byHand).loss);
  }
});

it("of momentum is v ← μ(t)·v + g, and keeps v also where μ is 0", async () => {
  const momentum: Schedule = { type: "linear", from: 0, to: 0.9, steps: 3 };
  const net = await create({ ...OPTIONS, dropout: 0, optimizer: { type: "sgd", learningRate: 0.25, momentum } });
  let velocity = new Float32Array(24);
  for (let t = 0; t < 6; t++) {
    const [before, { b1: gradient }] = [net.parameters().b1, net.gradients(data.x.subarray(0, 40), data.y.slice(0, 8))];
    const mu = t < 3 ? 0.9 * (t / 3) : 0.9;
    velocity = velocity.map((v, i) => mu * v + gradient[i]);
    step(net);
    net.parameters().b1.forEach((b, i) => {
      expect(Math.abs(b - (before[i] - 0.25 * velocity[i])), `step ${t}, b1[${i}]`).toBeLessThan(1e-6);
    });
  }
});

it.each([1, 2])("is resumed to the bit anywhere in it, and cloned, with %i threads", async (threads) => {
  const straight = await create({ ...OPTIONS, threads });
  let halting = await create({ ...OPTIONS, threads });
  const replace = (net: Network) => {
    halting.dispose();
    halting = net;
    onTestFinished(() => net.dispose());
  };
  for (let t = 0; t < 20; t++) {
    expect(step(halting).loss).toBe(step(straight).loss);
    // Threads take their time to start.
    if (t % (3 * threads) === 1) replace(await Network.load(halting.save(), { threads }));
    if (t === 12) replace(halting.clone());
  }
  expect(halting.save()).toEqual(straight.save());
  expect(halting.config).toEqual(straight.config);
  const { optimizer, dropout } = straight.config;
  expect(optimizer).toMatchObject({ learningRate: { ...rate, begin: 0 }, momentum: { ...momentum, begin: 0 } });
  expect(dropout).toEqual([
    { type: "early", value: 0.2, steps: 9, begin: 0 },
    { ...hidden, begin: 0 },
  ]);
  expect(straight.dropout).toEqual(dropout);
  const again = await create(straight.config);
  expect(again.config).toEqual(straight.config);
});

it("has one number in the file for readers that know no schedules, and says that no function is missing", async () => {
  const net = await create(OPTIONS);
  for (let t = 0; t < 3; t++) step(net);
  const bytes = net.save();
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + bytes[8 - 8] + 256 * bytes[1])));
  const config = JSON.parse(header.__metadata__.config);
  expect(config).toMatchObject({ dropout: [0.2, 0.6 * (1 - 3 / 15) + 0.1 * (3 / 15)], rateFunctions: false });
  expect(config.optimizer.learningRate).toBe(net.learningRate);
});

it("ends where a number or another schedule is set", async () => {
  const net = await create(OPTIONS);
  net.learningRate = 0.5;
  net.dropout = 0.25;
  step(net);
  expect([net.learningRate, net.dropout]).toEqual([0.5, [0, 0.25]]);
  net.learningRate = { type: "linear", from: 0.4, steps: 4, begin: 1 };
  expect(net.learningRate).toBe(0.4);
  step(net);
  expect(net.learningRate).toBeCloseTo(0.3, 15);
  expect(() => {
    net.learningRate = { type: "linear", from: 0.4 } as never;
  }).toThrow(/^learningRate.steps must be/);
  expect(() => {
    net.learningRate = (() => 1) as never;
  }).toThrow(/^learningRate must be .*got a function; take \{ type: "cosine", from: 0.1, steps: 1000 \}/);
  expect(net.learningRate).toBeCloseTo(0.3, 15);
});

describe("a learning rate that waits for plateaus", () => {
  const learningRate: Schedule = { type: "plateau", from: 0.5, factor: 0.5, patience: 1 };
  const options: NetworkOptions = { ...OPTIONS, dropout: 0, optimizer: { type: "sgd", learningRate } };

  it("falls with fit's validation losses, and is resumed in the middle of a wait", async () => {
    const straight = await create(options);
    let halting = await create(options);
    const rates: number[] = [];
    for await (const _ of straight.fit(data, { epochs: 16, validation: held })) {
      rates.push(straight.learningRate);
      await halting.fit(data, { epochs: 1, validation: held });
      halting = await load(halting.save());
      expect(halting.learningRate).toBe(straight.learningRate);
    }
    expect(halting.parameters()).toEqual(straight.parameters());
    expect(new Set(rates).size, "the losses must make it fall").toBeGreaterThan(2);
  });

  it("asks for validation data", async () => {
    const net = await create(options);
    expect(() => net.fit(data)).toThrow(/^validation must be given where the learning rate waits for plateaus/);
  });
});

describe("a file", () => {
  it.each([
    [
      (config: Record<string, never>) => Object.assign(config.schedules, { weightDecay: 1 }),
      /schedules has no option "weightDecay"/,
    ],
    [
      (config: { schedules: { momentum: { to?: number } } }) => delete config.schedules.momentum.to,
      /schedules must be as save\(\) writes them/,
    ],
    [
      (config: { schedules: { dropout: unknown[] } }) => config.schedules.dropout.push(null),
      /schedules.dropout must be one per rate/,
    ],
    [
      (config: { schedules: { learningRate: { steps: number } } }) => (config.schedules.learningRate.steps = -1),
      /optimizer.learningRate.steps must be/,
    ],
  ])("whose schedules are damaged is refused: %s", async (damage, message) => {
    const net = await create(OPTIONS);
    const bytes = net.save();
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const config = JSON.parse(header.__metadata__.config);
    damage(config as never);
    header.__metadata__.config = JSON.stringify(config);
    const text = new TextEncoder().encode(JSON.stringify(header));
    const damaged = new Uint8Array(8 + text.length + bytes.length - 8 - length);
    new DataView(damaged.buffer).setBigUint64(0, BigInt(text.length), true);
    damaged.set(text, 8);
    damaged.set(bytes.subarray(8 + length), 8 + text.length);
    await expect(Network.load(damaged)).rejects.toThrow(message);
  });
});
