// Ten steps against PyTorch's (test/fixtures/optimizers.py): RMSprop, averages of weights, sums of gradients, frozen
// layers.
import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { Network } from "../../src/network.js";
import type { NetworkOptions, Parameters } from "../../src/types.js";
import { classes, create, expectClose, noise } from "../support/networks.js";

interface Fixture {
  sizes: number[];
  batches: number[];
  runs: {
    options: Partial<NetworkOptions>;
    losses: number[];
    parameters: Record<string, number[]>;
    average?: Record<string, number[]>;
  }[];
}
const { sizes, batches, runs }: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/optimizers.json", import.meta.url), "utf8"),
);

/** The same numbers as in fixtures/training_run.py. */
function numbers(count: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => {
    const i = at + 1;
    return ((i * 40503 + salt * 30011 + ((i * i) % 65521) * 17) % 65536) / 32768 - 1;
  });
}

async function start(options: Partial<NetworkOptions>, more: Partial<NetworkOptions> = {}): Promise<Network> {
  const net = await create({ sizes, dropout: 0, maxBatch: 4, ...options, ...more });
  sizes.slice(1).forEach((out, l) => {
    const W = numbers(out * sizes[l], 20 + l).map((value) => value / 4);
    net.setParameters({ [`W${l + 1}`]: W, [`b${l + 1}`]: numbers(out, 30 + l).map((value) => value / 8) });
  });
  return net;
}

function step(net: Network): number {
  const t = net.step;
  const labels = Array.from({ length: batches[t] }, (_, i) => ((t + i) * 7) % sizes[sizes.length - 1]);
  return net.train_step(numbers(batches[t] * sizes[0], 100 + t), labels).loss;
}

const load = async (bytes: Uint8Array, options = {}) => {
  const net = await Network.load(bytes, options);
  onTestFinished(() => net.dispose());
  return net;
};

/** Every number to 1e-6, or to four units in the last place of a larger one: PyTorch's run is in double precision. */
function expectParameters(actual: Parameters, expected: Record<string, number[]>, what: string): void {
  for (const [name, values] of Object.entries(expected)) expectClose(actual[name], values, `${what} ${name}`, 1e-6, 1);
}

describe.each(runs)("$options", ({ options, losses, parameters, average }) => {
  it.each([
    ["simd", 1],
    ["relaxed", 1],
    ["simd", 2],
  ] as const)("is PyTorch's run, loss by loss, and so are its weights (%s, %i threads)", async (build, threads) => {
    const net = await start(options, { build, threads });
    expectClose(
      batches.map(() => step(net)),
      losses,
      "losses",
      1e-6,
      1,
    );
    expectParameters(net.parameters(), parameters, "weights");
    if (!average) return;
    const twin = net.averaged();
    onTestFinished(() => twin.dispose());
    expectParameters(twin.parameters(), average, "average");
    const data = { x: numbers(9 * sizes[0], 5), y: classes(9, sizes[sizes.length - 1]) };
    expect(net.evaluate(data, { average: true })).toEqual(twin.evaluate(data));
    expectParameters(net.parameters(), parameters, "weights, still");
  });

  it("is resumed to the bit anywhere in it", async () => {
    const straight = await start(options);
    let halting = await start(options);
    for (const _ of batches) {
      expect(step(halting)).toBe(step(straight));
      halting = await load(halting.save());
      expect(halting.config).toEqual(straight.config);
    }
    expect(halting.save()).toEqual(straight.save());
    const clone = straight.clone();
    onTestFinished(() => clone.dispose());
    expect(clone.save()).toEqual(straight.save());
  });
});

describe("an accumulation", () => {
  const sgd = { type: "sgd", learningRate: 0.3, momentum: 0.9 } as const;
  const [x, y] = [noise(24 * 6, 3), classes(24, 4)];
  const part = (net: Network, from: number, to: number, weights?: number[]) =>
    net.train_step(x.subarray(6 * from, 6 * to), y.slice(from, to), weights && { weights: weights.slice(from, to) });

  it("is the step of the batches together, by what their samples count", async () => {
    for (const weights of [undefined, Array.from(noise(24, 9), (w) => w + 1)]) {
      const [summed, whole] = [await start({ optimizer: sgd, accumulate: 3 }), await start({ optimizer: sgd })];
      for (const [from, to] of [
        [0, 5],
        [5, 17],
        [17, 24],
      ])
        part(summed, from, to, weights);
      part(whole, 0, 24, weights);
      for (const [name, values] of Object.entries(whole.parameters()))
        expectClose(summed.parameters()[name], values, name, 1e-6, 1);
    }
  });

  it("with samples that count nothing is no step", async () => {
    const net = await start({ optimizer: { type: "sgd" }, accumulate: 2 });
    const before = net.parameters();
    for (let i = 0; i < 2; i++) part(net, 0, 4, Array(24).fill(0));
    expect(net.parameters()).toEqual(before);
  });

  it("takes no part of a step that fails, the last one included", async () => {
    const options = { optimizer: { ...sgd, clipNorm: 1 }, accumulate: 2 };
    const [failing, straight] = [await start(options), await start(options)];
    const huge = Float32Array.from({ length: 6 }, () => Infinity);
    for (let batch = 0; batch < 4; batch++) {
      expect(() => failing.train_step(huge, [0])).toThrow();
      failing.gradients(x, y);
      part(failing, 0, 5 + batch);
      part(straight, 0, 5 + batch);
    }
    expect(failing.save()).toEqual(straight.save());
  });

  it("is over before layers are frozen or thawed", async () => {
    const net = await start({ optimizer: sgd, accumulate: 3 });
    part(net, 0, 4);
    expect(() => {
      net.frozen = [1];
    }).toThrow(/^frozen must be set between updates; got \[1\]; the next one has 1 of 3 batches/);
  });
});

describe("an average", () => {
  const options: Partial<NetworkOptions> = { optimizer: { type: "sgd" }, average: { type: "ema", decay: 0.5 } };

  it("is what fit validates, and what patience puts back with its weights", async () => {
    const data = { x: noise(40 * 6, 1), y: classes(40, 4) };
    const held = { x: noise(20 * 6, 2), y: classes(20, 4, 2) };
    const net = await start({ ...options, optimizer: { type: "adam", learningRate: 0.1 } });
    const losses: number[] = [];
    for await (const { validation } of net.fit(data, { epochs: 20, validation: held, patience: 3 }))
      losses.push(validation!.loss);
    expect(losses.length).toBeLessThan(20);
    expect(net.evaluate(held, { average: true }).loss).toBe(Math.min(...losses));
    expect(net.evaluate(held).loss).not.toBe(Math.min(...losses));
  });

  it("follows a switch of the scaling", async () => {
    const net = await start({ ...options, dropout: 0.5 });
    for (let t = 0; t < 3; t++) step(net);
    const data = { x: numbers(9 * sizes[0], 5), y: classes(9, 4) };
    const before = net.evaluate(data, { average: true });
    net.scaling = "folded";
    expect(net.evaluate(data, { average: true }).loss).toBeCloseTo(before.loss, 6);
  });

  it("is asked for where there is one", async () => {
    const data = { x: numbers(9 * sizes[0], 5), y: classes(9, 4) };
    const [none, empty] = [await start({}), await start(options)];
    expect(() => none.averaged()).toThrow(
      /^this network keeps no average of its weights: create it with average: \{ type: "ema" \}/,
    );
    expect(() => empty.evaluate(data, { average: true })).toThrow(/^no update is in the average of the weights yet/);
    expect(() => empty.evaluate(data, { average: 1 as never })).toThrow(/^average must be true or false/);
  });

  it("is left out of a file without the optimizer's state, and begins anew", async () => {
    const net = await start(options);
    step(net);
    const again = await load(net.save({ optimizer: false }));
    expect(() => again.averaged()).toThrow(/^no update/);
    const first = again.parameters();
    step(again);
    const twin = again.averaged();
    onTestFinished(() => twin.dispose());
    expect(twin.parameters()).toEqual(again.parameters());
    expect(twin.parameters()).not.toEqual(first);
  });
});

describe("settings that change while a network learns", () => {
  it.each([1, 2])(
    "momentum, weight decay, max-norm and frozen layers hold from the next step on, %i threads",
    async (threads) => {
      const base = { type: "sgd", learningRate: 0.1 } as const;
      const net = await start({ optimizer: { ...base, momentum: 0.5 } }, { threads });
      step(net);
      Object.assign(net, { momentum: 0.9, weightDecay: 0.02, maxNorm: 0.8, frozen: [3] });
      const other = await load(net.save(), {
        threads,
        optimizer: { ...base, momentum: 0.9, weightDecay: 0.02, maxNorm: 0.8 },
      });
      expect(other.config).toEqual(net.config);
      for (let t = 0; t < 4; t++) expect(step(net)).toBe(step(other));
      expect(net.parameters()).toEqual(other.parameters());
      expect([net.momentum, net.weightDecay, net.maxNorm, net.frozen]).toEqual([0.9, 0.02, 0.8, [3]]);
      const { W3 } = net.parameters();
      net.frozen = [];
      step(net);
      expect(net.parameters().W3).not.toEqual(W3);
    },
  );

  it("are checked", async () => {
    const [plain, sgd] = [
      await start({}),
      await start({ optimizer: { type: "sgd", momentum: 0.5 }, average: { type: "swa" } }),
    ];
    const set = (net: Network, values: object) => () => void Object.assign(net, values);
    expect(set(plain, { momentum: 0.5 })).toThrow(
      /^momentum must be of an optimizer that was created with a momentum above 0; got 0.5; Network.load/,
    );
    expect(set(sgd, { momentum: 0 })).toThrow(/^momentum must be above 0 where it has been; got 0; Network.load/);
    expect(set(sgd, { momentum: 1 })).toThrow(/^momentum must be a number of at least 0 and below 1; got 1/);
    expect(set(sgd, { weightDecay: -1 })).toThrow(/^weightDecay must be/);
    expect(set(sgd, { maxNorm: "a" })).toThrow(/^maxNorm must be/);
    expect(set(sgd, { frozen: [4] })).toThrow(/^frozen\[0\] must be a whole number from 1 to 3; got 4/);
    expect(set(sgd, { frozen: [1, 1] })).toThrow(/^frozen must be of different layers/);
    expect(set(sgd, { frozen: 1 })).toThrow(/^frozen must be an array of layers' numbers, such as \[1\]/);
    expect([sgd.momentum, sgd.weightDecay, sgd.maxNorm, sgd.frozen, plain.momentum]).toEqual([0.5, 0, 0, [], 0]);
    for (const [options, message] of [
      [{ average: { type: "emma" } }, /^average.type must be one of "ema", "swa"/],
      [{ average: { type: "ema", every: 2 } }, /^average has no option "every"/],
      [{ average: 0.9 }, /^average must be an object such as \{ type: "ema"/],
      [{ accumulate: 0 }, /^accumulate must be a whole number of at least 1/],
      [{ optimizer: { type: "adam", alpha: 0.9 } }, /^optimizer.alpha is an option of "rmsprop", not of "adam"/],
      [
        { optimizer: { type: "adam", momentum: 0.9 } },
        /^optimizer.momentum is an option of "sgd" and "rmsprop", not of "adam"/,
      ],
    ] as const)
      await expect(Network.create({ sizes, ...options } as never)).rejects.toThrow(message);
  });
});

describe("load with another optimizer", () => {
  it("goes on from what it remembers where both remember the same, and else begins afresh", async () => {
    const adam = await start({ optimizer: { type: "adam", learningRate: 0.01 }, average: { type: "ema", decay: 0.9 } });
    for (let t = 0; t < 3; t++) step(adam);
    const slower = await load(adam.save(), { optimizer: { type: "adam", learningRate: 0.001 } });
    adam.learningRate = 0.001;
    expect(step(slower)).toBe(step(adam));
    expect(slower.save()).toEqual(adam.save());
    const other = await load(adam.save(), { optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 } });
    const fresh = await start({ optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 } });
    fresh.setParameters(adam.parameters());
    const [x, y] = [numbers(8 * sizes[0], 7), classes(8, 4)];
    for (let t = 0; t < 2; t++) expect(other.train_step(x, y).loss).toBe(fresh.train_step(x, y).loss);
    expect(other.parameters()).toEqual(fresh.parameters());
    expect(() => other.averaged().dispose(), "the average is nobody's memory but its own").not.toThrow();
  });
});
