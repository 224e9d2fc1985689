import { describe, expect, it } from "vitest";
import { Network } from "../../src/network.js";
import { permutation } from "../../src/random/philox.js";
import type { EpochReport, FitOptions, NetworkOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const OPTIONS: NetworkOptions = { sizes: [5, 24, 3], seed: 3, dropout: 0.3, maxBatch: 8 };
const data = { x: noise(37 * 5, 1), y: classes(37, 3) };
const held = { x: noise(11 * 5, 2), y: classes(11, 3, 2) };

async function reportsOf(net: Network, options: FitOptions, from = data): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of net.fit(from, options)) reports.push(report);
  return reports;
}

describe("fit", () => {
  it("checks what it is given when it is called, though it runs when it is iterated", async () => {
    const net = await create(OPTIONS);
    expect(() => net.fit(data, { epoch: 1 } as FitOptions)).toThrow(/no option "epoch"; did you mean "epochs"\?/);
    expect(() => net.fit(data.x as never, data.y as never)).toThrow(/^data must be an object \{ x, y \}; got Float32/);
    net.fit(data);
    expect(net.step).toBe(0);
  });

  it("is train_step over shuffled batches, the last one smaller", async () => {
    const [fitted, stepped] = [await create(OPTIONS), await create(OPTIONS)];
    const progress: unknown[] = [];
    const reports = await reportsOf(fitted, { epochs: 2, batch: 8, onStep: (step) => progress.push(step) });
    const expected: unknown[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const order = permutation(37, 3, epoch);
      let sum = 0;
      for (let from = 0; from < 37; from += 8) {
        const chosen = [...order.subarray(from, from + 8)];
        const x = Float32Array.from(chosen.flatMap((s) => [...data.x.subarray(s * 5, (s + 1) * 5)]));
        const y = chosen.map((s) => data.y[s]);
        const { loss } = stepped.train_step(x, y);
        expected.push({ epoch: epoch + 1, step: from / 8 + 1, steps: 5, loss });
        sum += loss * chosen.length;
      }
      expect(reports[epoch]).toMatchObject({ epoch: epoch + 1, trainLoss: sum / 37, validation: null });
      expect(reports[epoch].samplesPerSecond * reports[epoch].seconds).toBeCloseTo(37, 6);
    }
    expect(progress).toEqual(expected);
    expect(fitted.parameters()).toEqual(stepped.parameters());
    expect(fitted.masks()).toEqual(stepped.masks());
    expect([fitted.step, fitted.progress]).toEqual([10, { epoch: 2, position: 0 }]);
  });

  it("takes batches larger than memory was sized for, and than the data", async () => {
    const net = await create({ ...OPTIONS, maxBatch: 2 });
    await reportsOf(net, { epochs: 1, batch: 1000 });
    expect(net.step).toBe(1);
    expect((await reportsOf(net, { epochs: 1 }))[0].epoch).toBe(2);
    expect(net.step, "batches of maxBatch unless told otherwise").toBe(20);
  });

  it("evaluates after each pass what evaluate says", async () => {
    const net = await create(OPTIONS);
    for await (const { validation } of net.fit(data, { epochs: 2, validation: held })) {
      expect(validation).toEqual(net.evaluate(held));
    }
  });

  it("reads data that lies in the network's own memory, though it is overwritten or moved meanwhile", async () => {
    const other = await create(OPTIONS);
    await reportsOf(other, { epochs: 2, batch: 8 });
    for (const change of [() => {}, (net: Network) => net.input(37).fill(0), (net: Network) => net.input(10_000)]) {
      const own = await create(OPTIONS);
      const x = own.input(37);
      x.set(data.x);
      const onStep = ({ step }: { step: number }) => void (step === 2 && change(own));
      await reportsOf(own, { epochs: 2, batch: 8, validation: { x, y: data.y }, onStep }, { x, y: data.y });
      expect(own.parameters()).toEqual(other.parameters());
    }
  });

  it("learns", async () => {
    const y = Array.from({ length: 37 }, (_, s) => (data.x[s * 5] > 0 ? 1 : 0) + (data.x[s * 5 + 1] > 0 ? 1 : 0));
    const net = await create({
      ...OPTIONS,
      dropout: 0.1,
      optimizer: { type: "sgd", learningRate: 0.2, momentum: 0.9 },
    });
    const reports = await reportsOf(net, { epochs: 60, batch: 8 }, { x: data.x, y });
    expect(reports[59].trainLoss).toBeLessThan(reports[0].trainLoss / 4);
    expect(net.evaluate({ x: data.x, y }).error).toBeLessThan(0.1);
  });
});

describe("steps", () => {
  it.each([1, 3, 5, 7])(
    "%i at a time are the same run, to the bit, and reports come with whole passes",
    async (steps) => {
      const [straight, halting] = [await create(OPTIONS), await create(OPTIONS)];
      const expected = await reportsOf(straight, { epochs: 3, batch: 8 });
      const reports: EpochReport[] = [];
      for (let taken = 0; taken < 15; taken += steps) {
        reports.push(...(await reportsOf(halting, { batch: 8, steps: Math.min(steps, 15 - taken) })));
        expect(halting.step).toBe(Math.min(taken + steps, 15));
      }
      expect(reports.map(({ epoch, trainLoss }) => ({ epoch, trainLoss }))).toEqual(
        expected.map(({ epoch, trainLoss }) => ({ epoch, trainLoss })),
      );
      expect(halting.parameters()).toEqual(straight.parameters());
      expect(halting.progress).toEqual({ epoch: 3, position: 0 });
    },
  );

  it("of an earlier call count for no later one's speed", async () => {
    const net = await create(OPTIONS);
    await reportsOf(net, { batch: 8, steps: 3 });
    const [{ samplesPerSecond, seconds }] = await reportsOf(net, { epochs: 1, batch: 8 });
    expect(samplesPerSecond * seconds).toBeCloseTo(37 - 24, 6);
  });

  it("are refused where they are none", async () => {
    const net = await create(OPTIONS);
    await expect(reportsOf(net, { steps: 0 })).rejects.toThrow(/^steps must be a whole number of at least 1; got 0/);
    expect(net.step).toBe(0);
  });
});

describe("patience", () => {
  it("stops after so many epochs without a better loss, and restores the best weights", async () => {
    // Noise: what is learned of it makes the validation loss worse.
    const options: NetworkOptions = { ...OPTIONS, dropout: 0, optimizer: { type: "adam", learningRate: 0.02 } };
    const [free, patient] = [await create(options), await create(options)];
    const [losses, weights] = [[] as number[], [] as unknown[]];
    for await (const { validation } of free.fit(data, { epochs: 60, validation: held })) {
      losses.push(validation!.loss);
      weights.push(free.parameters());
    }
    let best = 0;
    let end = 0;
    while (end - best < 3 && end < 59) if (losses[++end] < losses[best]) best = end;
    expect(end, "the test's data must end early").toBeLessThan(59);
    const reports = await reportsOf(patient, { epochs: 60, validation: held, patience: 3 });
    expect(reports.map(({ validation }) => validation!.loss)).toEqual(losses.slice(0, end + 1));
    expect(patient.parameters()).toEqual(weights[best]);
    expect(patient.evaluate(held).loss).toBe(losses[best]);
  });

  it("takes a loss that stays as it is for no better one", async () => {
    const net = await create({ ...OPTIONS, optimizer: { type: "sgd", learningRate: 0 } });
    expect(await reportsOf(net, { epochs: 20, validation: held, patience: 2 })).toHaveLength(3);
  });

  it("restores the best weights for the scaling of the day", async () => {
    const net = await create({ ...OPTIONS, dropout: 0.5, optimizer: { type: "sgd", learningRate: 0.001 } });
    const losses: number[] = [];
    for await (const { epoch, validation } of net.fit(data, { epochs: 3, validation: held, patience: 100 })) {
      losses.push(validation!.loss);
      // Steps so large that the third epoch is no better.
      if (epoch === 2) Object.assign(net, { scaling: "standard", learningRate: 5 });
    }
    expect(losses.indexOf(Math.min(...losses)), "the best epoch has to come before the switch").toBeLessThan(2);
    expect(net.scaling).toBe("standard");
    expect(net.evaluate(held).loss).toBeCloseTo(Math.min(...losses), 4);
  });

  it("restores the best weights at the last epoch, too", async () => {
    const options: NetworkOptions = { ...OPTIONS, dropout: 0, optimizer: { type: "sgd", learningRate: 3 } };
    const net = await create(options);
    const reports = await reportsOf(net, { epochs: 8, validation: held, patience: 100 });
    expect(net.evaluate(held).loss).toBe(Math.min(...reports.map(({ validation }) => validation!.loss)));
  });
});

describe("abort", () => {
  it("stops after the step under way with the signal's reason; a later fit finishes the pass", async () => {
    const [straight, stopped] = [await create(OPTIONS), await create(OPTIONS)];
    const expected = await reportsOf(straight, { epochs: 2, batch: 8 });
    for (const stopAt of [1, 3, 5]) {
      const net = stopped.clone();
      const controller = new AbortController();
      const reason = new Error("enough");
      const onStep = ({ step }: { step: number }) => {
        if (step === stopAt) controller.abort(reason);
      };
      const options = { epochs: 2, batch: 8, signal: controller.signal, onStep };
      await expect(reportsOf(net, options)).rejects.toBe(reason);
      expect(net.step).toBe(stopAt);
      const rest = await reportsOf(net, { epochs: stopAt === 5 ? 1 : 2, batch: 8 });
      expect(rest.map(({ trainLoss }) => trainLoss)).toEqual(expected.slice(-rest.length).map((r) => r.trainLoss));
      expect(net.parameters()).toEqual(straight.parameters());
      net.dispose();
    }
  });

  it("leaves a pass that other data can neither finish nor mix into, but begin anew", async () => {
    const net = await create({ sizes: [3, 4, 2], maxBatch: 4 });
    const few = { x: noise(5 * 3), y: classes(5, 2) };
    for await (const _ of net.fit({ x: noise(20 * 3), y: classes(20, 2) }, { steps: 2 }));
    const remedy = "got 5; go on with the same data, or begin a new epoch with restart: true";
    await expect(net.fit(few).next()).rejects.toThrow(
      `data must be of 20 samples, as those that the epoch under way began with; ${remedy}`,
    );
    const loaded = await Network.load(net.save());
    await expect(loaded.fit(few).next()).rejects.toThrow(
      `data must be of 20 samples, as those that the epoch under way began with; ${remedy}`,
    );
    loaded.dispose();
    const reports: EpochReport[] = [];
    for await (const report of net.fit(few, { epochs: 1, restart: true })) reports.push(report);
    expect(reports).toMatchObject([{ epoch: 1 }]);
    expect([net.step, net.progress]).toEqual([4, { epoch: 1, position: 0 }]);
  });

  it("data that shrinks meanwhile is noticed", async () => {
    const net = await create({ sizes: [3, 4, 2], maxBatch: 4 });
    const buffer = Reflect.construct(ArrayBuffer, [240, { maxByteLength: 240 }]);
    const x = new Float32Array(buffer);
    const onStep = () => buffer.resize(12);
    await expect(net.fit({ x, y: classes(20, 2) }, { onStep }).next()).rejects.toThrow(
      /^data.x must be of 60 numbers until the end; got Float32Array\(3\)$/,
    );
    expect(net.step).toBe(1);
  });

  it("a pass whose last step was taken when something else threw is complete", async () => {
    const [straight, stopped] = [await create(OPTIONS), await create(OPTIONS)];
    const expected = await reportsOf(straight, { epochs: 2, batch: 8 });
    const onStep = ({ step }: { step: number }) => {
      if (step === 5) throw new Error("mine");
    };
    await expect(reportsOf(stopped, { batch: 8, onStep })).rejects.toThrow("mine");
    const rest = await reportsOf(stopped, { epochs: 2, batch: 8 });
    expect(rest.map(({ trainLoss }) => trainLoss)).toEqual(expected.map(({ trainLoss }) => trainLoss));
    expect(stopped.parameters()).toEqual(straight.parameters());
  });

  it("lets timers run meanwhile, and refuses a second fit at the same time", async () => {
    const net = await create({ sizes: [200, 300, 10], seed: 1, maxBatch: 64 });
    const large = { x: noise(2000 * 200), y: classes(2000, 10) };
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    const first = reportsOf(net, { epochs: 10_000, batch: 64, signal: controller.signal }, large);
    const second = reportsOf(net, { epochs: 1 }, large);
    await expect(second).rejects.toThrow("another fit() of this network is under way");
    await expect(first).rejects.toThrow(/abort/i);
    expect(net.step).toBeGreaterThan(0);
    const { position } = net.progress;
    expect(position % 64 === 0 || position === 2000).toBe(true);
  });

  it("lets timers run though no pass takes long", async () => {
    const net = await create({ sizes: [2, 3, 2], seed: 1, maxBatch: 4 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    // A million passes of microseconds each: without a turn for the timer this is over, not aborted.
    const passes = net.fit({ x: noise(8), y: classes(4, 2) }, { epochs: 1e6, batch: 4, signal: controller.signal });
    await expect(
      (async () => {
        for await (const { epoch } of passes) if (epoch === 1e6) return;
      })(),
    ).rejects.toThrow(/abort/i);
  });
});
