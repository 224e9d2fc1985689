import { describe, expect, it, onTestFinished } from "vitest";
import { Network } from "../../src/network.js";
import type { Blocks, DataSet, EpochReport, FitOptions, NetworkOptions } from "../../src/types.js";
import { classes, create, noise, snapshot } from "../support/networks.js";

const OPTIONS: NetworkOptions = {
  sizes: [5, 24, 3],
  seed: 3,
  dropout: 0.3,
  maxBatch: 8,
  optimizer: { type: "adam", learningRate: 0.01 },
};
const data = { x: noise(37 * 5, 1), y: classes(37, 3) };
const held = { x: noise(11 * 5, 2), y: classes(11, 3, 2) };
const weights = Array.from(noise(37, 9), (value) => value + 1);

/** The data in blocks of so many samples, over and over. */
function* cut({ x, y, weights: all }: DataSet, sizes = [10, 1, 20]): Generator<DataSet> {
  for (let from = 0, i = 0; from < 37; from += sizes[i++ % sizes.length]) {
    const to = from + sizes[i % sizes.length];
    const part = { x: x.slice(5 * from, 5 * to), y: (y as number[]).slice(from, to) };
    yield all ? { ...part, weights: Array.from(all).slice(from, to) } : part;
  }
}

const inBlocks = (given: DataSet = data, sizes?: number[]): Blocks => ({
  async *[Symbol.asyncIterator]() {
    yield* cut(given, sizes);
  },
});

/** Reports without what a clock says, and the network that they leave. */
async function outcome(given: DataSet | Blocks, options: FitOptions, more?: Partial<NetworkOptions>) {
  const net = await create({ ...OPTIONS, ...more });
  return { reports: timeless(await net.run(given, options)), file: snapshot(net) };
}

const timeless = (reports: EpochReport[]) => reports.map(({ seconds: _, samplesPerSecond: __, ...report }) => report);

describe("fit over blocks", () => {
  const mse = Array.from(noise(37), (value) => [value, -value, 1]);
  const bce = Array.from(data.y, (y) => [y & 1, y >> 1, 0.5]);
  const kinds: [string, DataSet, Partial<NetworkOptions>, FitOptions][] = [
    ["labels", data, {}, { validation: held, patience: 2 }],
    ["weights", { ...data, weights }, { labelSmoothing: 0.1 }, {}],
    ["targets", { x: data.x, y: mse }, { loss: "mse" }, {}],
    ["yes and no", { x: data.x, y: bce }, { loss: "bce" }, { batch: 1000 }],
  ];
  it.each(kinds)("is fit over arrays to the bit: %s", async (_, given, more, others) => {
    for (const order of [{ shuffle: false }, { shuffleBuffer: 37 }, { shuffleBuffer: 1e12 }, {}]) {
      const { shuffleBuffer: _, ...plain } = { shuffleBuffer: 0, ...order };
      const options = { epochs: 3, batch: 8, ...others };
      const expected = await outcome(given, { ...options, ...plain }, more);
      for (const sizes of [[10, 1, 20], [1], [37]])
        expect(await outcome(inBlocks(given, sizes), { ...options, ...order }, more)).toEqual(expected);
    }
    expect((await outcome(inBlocks(given), { epochs: 3, shuffleBuffer: 9 }, more)).reports).toHaveLength(3);
  });

  it("draws from a buffer in another order in each epoch, every sample once", async () => {
    const net = await create({ sizes: [1, 1], loss: "mse", dropout: 0, optimizer: { type: "sgd", learningRate: 0 } });
    net.setParameters({ W1: Float32Array.of(1), b1: Float32Array.of(0) });
    const x = Float32Array.from({ length: 50 }, (_, s) => s);
    const y = new Float32Array(50);
    // A promise of a block is as good as one.
    const blocks = [{ x: x.slice(0, 31), y: y.slice(0, 31) }, Promise.resolve({ x: x.slice(31), y: y.slice(31) })];
    const orders: number[][] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const order: number[] = [];
      const onStep = ({ loss }: { loss: number }) => void order.push(Math.round(Math.sqrt(loss)));
      await net.run(blocks, { epochs: 1, batch: 1, shuffleBuffer: 7, onStep });
      expect([...order].sort((a, b) => a - b)).toEqual([...x]);
      // Seven wait, so none is more than seven places early.
      for (const [place, s] of order.entries()) expect(s).toBeLessThanOrEqual(place + 7);
      orders.push(order);
    }
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders[0]).not.toEqual([...x]);
  });

  it("goes on in the middle of an epoch, from a file too, as if it had not stopped", async () => {
    const options = { batch: 8, shuffleBuffer: 11 };
    for (const given of [data, { ...data, weights }]) {
      const straight = await outcome(inBlocks(given), { ...options, epochs: 3 });
      let net = await create(OPTIONS);
      const reports: EpochReport[] = [];
      for (let taken = 0; taken < 15; taken += 2) {
        reports.push(...(await net.run(inBlocks(given, [7]), { ...options, steps: Math.min(2, 15 - taken) })));
        const saved = net.save();
        net = await Network.load(saved);
        onTestFinished(() => net.dispose());
        expect(net.step).toBe(Math.min(taken + 2, 15));
      }
      expect(timeless(reports)).toEqual(straight.reports);
      expect(net.save()).toEqual(await savedAfter(inBlocks(given), { ...options, epochs: 3 }));
    }
  });

  it("says where it is, and of how many steps once an epoch has told", async () => {
    const net = await create(OPTIONS);
    const seen: unknown[] = [];
    await net.run(inBlocks(), { epochs: 2, batch: 20, onStep: ({ loss: _, ...rest }) => void seen.push(rest) });
    expect(seen).toEqual([
      { epoch: 1, step: 1, steps: Number.NaN },
      { epoch: 1, step: 2, steps: Number.NaN },
      { epoch: 2, step: 1, steps: 2 },
      { epoch: 2, step: 2, steps: 2 },
    ]);
    expect(net.progress).toEqual({ epoch: 2, position: 0 });
  });

  it("waits for blocks, refusing another fit meanwhile, and ends at once where it is aborted or disposed of", async () => {
    const net = await create(OPTIONS);
    let closed = false;
    const stuck = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: async () => (closed = true) }),
    };
    const abort = new AbortController();
    const run = net.run(stuck as never, { signal: abort.signal });
    await expect(net.run(data)).rejects.toThrow(/^another fit\(\) of this network is under way/);
    abort.abort(new Error("enough"));
    await expect(run).rejects.toThrow(/^enough$/);
    expect(closed).toBe(true);
    expect(await net.run(data, { epochs: 1 })).toHaveLength(1);
    const other = await create(OPTIONS);
    const disposed = other.run(inBlocks());
    other.dispose();
    await expect(disposed).rejects.toThrow(/disposed/);
  });

  it("tells the iterator however it ends: by steps, a wrong block, an error of onStep", async () => {
    const ends: [FitOptions, RegExp | null][] = [
      [{ steps: 1 }, null],
      [{}, /^data\[1\]\.x must be/],
      [{ onStep: () => Promise.reject(new Error("from onStep")) }, /^from onStep/],
    ];
    for (const [options, message] of ends) {
      let closed = 0;
      const given = {
        *[Symbol.iterator]() {
          try {
            yield data;
            yield message ? { x: new Float32Array(3), y: [0] } : data;
          } finally {
            closed++;
          }
        },
      };
      const run = (await create(OPTIONS)).run(given, { batch: 8, shuffle: false, ...options });
      await (message ? expect(run).rejects.toThrow(message) : run);
      expect(closed).toBe(1);
    }
  });
});

describe("blocks that are wrong", () => {
  const once = (...blocks: unknown[]) => ({ [Symbol.iterator]: () => blocks[Symbol.iterator]() });
  const broken = async function* () {
    yield data;
    throw new Error("gone");
  };
  const cases: [string, () => unknown, RegExp, number?, FitOptions?][] = [
    [
      "an iterator",
      () => cut(data),
      /^data must be blocks that can be read anew in each epoch; got a Generator; give \{ \[Sym/,
    ],
    ["no block", () => [], /^data must be of 1 samples or more; got 0; give \{ \[Symbol\.asyncIterator\]/],
    ["no object", () => once(3), /^data\[0\] must be an object \{ x, y \}; got 3/],
    [
      "another width",
      () => once(data, { x: new Float32Array(4), y: [0] }),
      /^data\[1\]\.x must be one or more rows of 5; got/,
      4,
    ],
    ["an empty block", () => once({ x: new Float32Array(0), y: [] }), /^data\[0\]\.x must be one or more rows of 5/],
    ["a wrong label", () => once(data, { ...held, y: [...held.y.slice(1), 7] }), /^data\[1\]\.y\[10\] must be a cl/, 4],
    [
      "a number that is none",
      () => once({ x: Float32Array.of(0, 0, 0, 0, NaN), y: [0] }),
      /^data\[0\]\.x, row 0, column 4/,
    ],
    ["weights here and not there", () => once(data, { ...data, weights }), /^data\[1\] must be of labels, as data/, 4],
    ["a rejection", () => broken(), /^gone$/, 4, { epochs: 1 }],
    [
      "fewer than the epoch took",
      () => once(held),
      /^data must be of 16 samples or more; got 11; go on with the same/,
      2,
    ],
    [
      "validationSplit",
      () => [data],
      /^validationSplit must be left out where data comes in bl/,
      0,
      { validationSplit: 0.2 },
    ],
    ["a buffer for nothing", () => data, /^shuffleBuffer must be left out/, 0, { shuffleBuffer: 3 }],
    ["no buffer", () => [data], /^shuffleBuffer must be a whole number of at least 1/, 0, { shuffleBuffer: 0 }],
  ];
  it.each(cases)("are refused: %s", async (_, given, message, steps = 0, options = {}) => {
    const [net, twin] = [await create(OPTIONS), await create(OPTIONS)];
    const plain: FitOptions = { batch: 8, shuffle: "shuffleBuffer" in options };
    if (steps > 0) await twin.run([data], { ...plain, steps });
    if (steps === 2) await net.run([data], { ...plain, steps });
    await expect((async () => net.run(given() as Blocks, { ...plain, ...options }))()).rejects.toThrow(message);
    expect(net.save()).toEqual(twin.save());
    // It is as good as ever.
    await net.run(inBlocks(), { batch: 8, epochs: 1, restart: true });
  });

  it("are refused where an epoch has more or fewer samples than the one before it", async () => {
    for (const [second, got] of [
      [[data, held], 48],
      [[held], 11],
      [[], 0],
    ] as const) {
      const passes: (readonly DataSet[])[] = [[data], second];
      const net = await create(OPTIONS);
      const run = net.run({ [Symbol.iterator]: () => passes.shift()![Symbol.iterator]() } as Blocks);
      const remedy = got === 0 ? "give { [Symbol" : "go on with the same data, or begin a new epoch with restart: true";
      await expect(run).rejects.toThrow(`data must be of 37 samples in each epoch; got ${got}; ${remedy}`);
      expect(net.progress.epoch).toBe(1);
    }
  });
});

async function savedAfter(given: Blocks, options: FitOptions): Promise<Uint8Array> {
  const net = await create(OPTIONS);
  await net.run(given, options);
  return net.save();
}
