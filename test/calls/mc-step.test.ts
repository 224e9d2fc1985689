// mc_step against its definition: one masked pass after the other, with masks of the published function, averaged in
// double precision.
import { describe, expect, test } from "vitest";
import { countFlops } from "../../bench/profile.js";
import { monteCarlo } from "../../src/calls/mc-step.js";
import { drawDigits } from "../../src/data/sources/digits.js";
import { keepBit } from "../../src/dropout/mask.js";
import { Network, type NetworkOptions } from "../../src/index.js";
import { Philox, Stream } from "../../src/random/philox.js";
import type { Masks, MonteCarloResult } from "../../src/types.js";

function random(n: number, seed: number): Float32Array {
  const words = new Philox(seed, Stream.data);
  return Float32Array.from({ length: n }, () => 2 * words.uniform() - 1);
}

/** The masks of one draw, bit by bit. */
function masksOf(net: Network, batch: number, seed: number, draw: number): Masks {
  const { sizes } = net.config;
  return (net.dropout as number[]).map((p, layer) => {
    if (p === 0) return null;
    const [at, width] = [{ seed, stream: Stream.monteCarlo, layer, step: draw }, sizes[layer]];
    const bit = (_: unknown, i: number) => Number(keepBit(at, Math.floor(i / width), i % width, p));
    return Uint8Array.from({ length: batch * width }, bit);
  });
}

function answer(logits: ArrayLike<number>, out: number, loss: string): number[] {
  const answers: number[] = [];
  for (let s = 0; s < logits.length; s += out) {
    const z = Array.from({ length: out }, (_, j) => logits[s + j]);
    const most = Math.max(...z);
    const sum = z.reduce((total, value) => total + Math.exp(value - most), 0);
    for (const value of z) {
      if (loss === "cross-entropy") answers.push(Math.exp(value - most) / sum);
      else answers.push(loss === "bce" ? 1 / (1 + Math.exp(-value)) : value);
    }
  }
  return answers;
}

const entropy = (p: number[], loss: string) =>
  p.reduce(
    (sum, q) => sum - (q > 0 ? q * Math.log(q) : 0) - (loss === "bce" && q < 1 ? (1 - q) * Math.log(1 - q) : 0),
    0,
  );

/** Two passes over all draws: the textbook's mean and variance. */
function byDefinition(net: Network, x: Float32Array, seed: number, draws: number) {
  const { sizes, loss } = net.config;
  const out = sizes[sizes.length - 1];
  const batch = x.length / sizes[0];
  const all = Array.from({ length: draws }, (_, d) =>
    answer(net.train_step(x, null, { masks: masksOf(net, batch, seed, d) }).out, out, loss),
  );
  const mean = all[0].map((_, i) => all.reduce((sum, one) => sum + one[i], 0) / draws);
  const variance = mean.map((m, i) => all.reduce((sum, one) => sum + (one[i] - m) ** 2, 0) / (draws - 1));
  const row = (values: number[], s: number) => values.slice(s * out, (s + 1) * out);
  const doubt = Array.from({ length: batch }, (_, s) => entropy(row(mean, s), loss));
  const own = Array.from(
    { length: batch },
    (_, s) => all.reduce((sum, one) => sum + entropy(row(one, s), loss), 0) / draws,
  );
  return { mean, variance, entropy: doubt, mutualInformation: doubt.map((h, s) => h - own[s]) };
}

/**
 * Float32 passes of a few hundred multiply-adds are good to 1e-6; entropies add as many logarithms as there are
 * outputs.
 */
function expectClose(name: string, got: Float32Array, wanted: number[]): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => {
    const bound = 2e-6 + 1e-5 * Math.abs(wanted[i]);
    expect(Math.abs(value - wanted[i]), `${name}[${i}]: ${value}, by definition ${wanted[i]}`).toBeLessThan(bound);
  });
}

const NETWORKS: [string, NetworkOptions][] = [
  ["dropout everywhere", { sizes: [9, 20, 17, 4], dropout: { input: 0.2, hidden: 0.5 }, activation: "tanh" }],
  ["the last hidden layer alone", { sizes: [9, 20, 17, 4], dropout: [0, 0, 0.4], scaling: "standard" }],
  ["from the second layer on", { sizes: [9, 20, 130, 4], dropout: [0, 0.3, 0.6], loss: "bce", scaling: "folded" }],
  ["a regression", { sizes: [9, 20, 3], dropout: [0, 0.5], loss: "mse", activation: "gelu" }],
  ["no dropout at all", { sizes: [9, 20, 4], dropout: 0 }],
];

describe.each(NETWORKS)("%s", (_, options) => {
  test.each([1, 3, 16, 40])("in a memory for %i rows", async (maxBatch) => {
    using net = await Network.create({ ...options, seed: 3, maxBatch });
    const x = random(7 * 9, 1);
    const got = net.mc_step(x, { samples: 12, seed: 5, draw: 0 });
    // The reference itself may cut and count as it likes: supplied masks move no counter of draws.
    const wanted = byDefinition(net, x, 5, 12);
    expectClose("mean", got.mean, wanted.mean);
    expectClose("variance", got.variance, wanted.variance);
    expect(got.draws).toBe(12);
    const largest = Math.max(...wanted.variance);
    expect(got.standardError).toBeCloseTo(Math.sqrt(largest / 12), 5);
    if (options.loss === "mse") expect([got.entropy, got.mutualInformation]).toEqual([null, null]);
    else {
      expectClose("entropy", got.entropy!, wanted.entropy);
      expectClose("mutual information", got.mutualInformation!, wanted.mutualInformation);
    }
  });
});

const options: NetworkOptions = { sizes: [9, 24, 24, 4], dropout: [0, 0.5, 0.5], seed: 2 };
const x = random(5 * 9, 8);

test("how many rows memory has room for changes no bit", async () => {
  const results: MonteCarloResult[] = [];
  for (const maxBatch of [1, 4, 5, 11, 128]) {
    using net = await Network.create({ ...options, maxBatch });
    results.push(net.mc_step(x, { samples: 13, seed: 9, draw: 2 }));
  }
  for (const result of results) expect(result).toEqual(results[0]);
});

// 9·24 + 24·24 + 24·4 = 888 multiply-adds a row: how many of them each of ten draws repeats, by what is dropped first,
// and how many come once.
test.each([
  ["the input", [0.5, 0, 0], [888, 0]],
  ["the first hidden layer", [0, 0.5, 0], [672, 216]],
  ["the last hidden layer", [0, 0, 0.5], [96, 792]],
])("what lies before %s, where dropout begins, is computed once", async (_, dropout, [repeated, once]) => {
  const count = await countFlops({ ...options, dropout, sparse: false, maxBatch: 5, build: "simd" }, (model) => {
    monteCarlo(model, x, { samples: 10, draw: 0 });
  });
  expect(count / 2 / 5).toBe(10 * repeated + once);
});

test("draws go on where the last call stopped, and numbered ones move no counter", async () => {
  using net = await Network.create(options);
  using twin = await Network.create(options);
  const [first, second] = [net.mc_step(x, { samples: 4 }), net.mc_step(x, { samples: 4 })];
  expect(second.mean).not.toEqual(first.mean);
  expect(twin.mc_step(x, { samples: 4, draw: 4 })).toEqual(second);
  expect(twin.mc_step(x, { samples: 4 })).toEqual(first);
  expect(twin.mc_step(x, { samples: 4, seed: 1, draw: 0 }).mean).not.toEqual(first.mean);
});

test("draws from 2³² on have masks of their own, as their definition says", async () => {
  using net = await Network.create({ ...options, loss: "mse", dropout: [0.2, 0.5, 0.5] });
  for (const draw of [2 ** 32 - 1, 2 ** 32, 2 ** 47 + 3]) {
    const { out } = net.train_step(x, null, { masks: masksOf(net, 5, 2, draw) });
    expect(net.mc_step(x, { samples: 1, draw }).mean, `draw ${draw}`).toEqual(out);
  }
});

test("a row that is no number has no entropy either: nobody can tell how much doubt there is", async () => {
  // A network astray: the sums of the first row overflow, with both signs, and those of the others, which are 0, do
  // not.
  using net = await Network.create({ ...options, dropout: 0 });
  const [W1, W2, W3] = [24 * 9, 24 * 24, 4 * 24].map((length) => new Float32Array(length).fill(3e38));
  net.setParameters({ W1, W2: W2.map((w, i) => (i % 2 ? w : -w)), W3 });
  const first = new Float32Array(x.length).fill(1, 0, 9);
  const { mean, entropy, mutualInformation } = net.mc_step(first, { samples: 3 });
  expect([mean[0], entropy?.[0], mutualInformation?.[0]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(entropy?.[1]).toBeGreaterThan(0);
});

test("one sample has no variance, and its disagreement is none", async () => {
  using net = await Network.create(options);
  const { variance, mutualInformation, standardError } = net.mc_step(x, { samples: 1 });
  expect([...variance, ...mutualInformation!].every((value) => value === 0)).toBe(true);
  expect(standardError).toBe(Infinity);
});

test("networks that are all alike do not disagree, and rounding takes that nowhere below 0", async () => {
  using net = await Network.create({ sizes: [9, 20, 4], dropout: 0, seed: 3 });
  const { mutualInformation } = net.mc_step(random(200 * 9, 1), { samples: 7 });
  expect(Math.min(...mutualInformation!)).toBe(0);
});

test("a view of the network's own input is as good as an array", async () => {
  using net = await Network.create(options);
  const wanted = net.mc_step(x, { samples: 3, draw: 0 });
  const view = net.input(5);
  view.set(x);
  expect(net.mc_step(view, { samples: 3, draw: 0 })).toEqual(wanted);
});

describe("a target for the standard error", () => {
  test("stops at the first draw that meets it, however draws were batched", async () => {
    using net = await Network.create(options);
    const target = net.mc_step(x, { samples: 60, draw: 0 }).standardError;
    const met = net.mc_step(x, { standardError: target, draw: 0 });
    expect(met.standardError).toBeLessThanOrEqual(target);
    expect(met.draws).toBeLessThanOrEqual(60);
    expect(net.mc_step(x, { samples: met.draws, draw: 0 })).toEqual(met);
    expect(net.mc_step(x, { samples: met.draws - 1, draw: 0 }).standardError).toBeGreaterThan(target);
    using small = await Network.create({ ...options, maxBatch: 2 });
    expect(small.mc_step(x, { standardError: target, draw: 0 })).toEqual(met);
  });

  test("is not taken as met by the first few, and not waited for beyond `samples`", async () => {
    using net = await Network.create(options);
    expect(net.mc_step(x, { standardError: 1e9 }).draws).toBe(10);
    expect(net.mc_step(x, { standardError: 1e9, samples: 6 }).draws).toBe(6);
    expect(net.mc_step(x, { standardError: 1e-9, samples: 33 }).draws).toBe(33);
    // 10 + 6 + 33 draws were made and counted.
    const next = net.mc_step(x, { samples: 2 });
    expect(net.mc_step(x, { samples: 2, draw: 49 })).toEqual(next);
  });
});

test("refuses what makes no sense", async () => {
  using net = await Network.create(options);
  expect(() => net.mc_step(x, { samples: 0 })).toThrow(/samples must be a whole number from 1 to \d+; got 0/);
  expect(() => net.mc_step(x, { samples: 1e15 })).toThrow(
    /^samples must be a whole number from 1 to 281474976710656; got 1000000000000000$/,
  );
  expect(() => net.mc_step(x, { samples: 2.5 })).toThrow(/samples/);
  const draw = 2 ** 48 - 1;
  expect(() => net.mc_step(x, { samples: 2, draw })).toThrow(/^draw must be .* from 0 to 281474976710654; got/);
  expect(net.mc_step(x, { samples: 2, draw: draw - 1 }).draws).toBe(2);
  expect(() => net.mc_step(x, { standardError: -1 })).toThrow(/standardError must be/);
  expect(() => net.mc_step(x, { standardError: Number.NaN })).toThrow(/standardError/);
  expect(() => net.mc_step(x, { signal: AbortSignal.abort() } as object)).toThrow(/no option "signal"/);
  expect(() => net.mc_step(x.subarray(1))).toThrow(/rows of 9/);
  await expect(net.mc_step_async(x, { signal: {} as AbortSignal })).rejects.toThrow(/signal must be an AbortSignal/);
  await expect(net.mc_step_async(x, { onDraw: 5 as never })).rejects.toThrow(/^onDraw must be a function; got 5$/);
  expect(net.mc_step(x, { samples: 2 })).toEqual(net.mc_step(x, { samples: 2, draw: 0 }));
});

// Digits that are hard to read make the thinned networks disagree. Means over 200 digits; five seeds gave ratios of 2.9
// to 3.5, and the bound is two thirds of the least. A network that disagreed about everything alike would give 1.
test("noisy and rotated digits have more mutual information than clean ones", async () => {
  const train = drawDigits({ samples: 1000, seed: 11, difficulty: 0.2 });
  using net = await Network.create({
    sizes: [400, 64, 10],
    dropout: { input: 0.1, hidden: 0.5 },
    optimizer: { type: "adam", learningRate: 0.002 },
    seed: 1,
  });
  for await (const _ of net.fit({ x: train.x, y: train.y }, { epochs: 12, batch: 50 }));
  const clean = drawDigits({ samples: 200, seed: 1, part: "test", difficulty: 0.2 }).x;
  const noise = new Philox(6, Stream.data);
  const noisy = clean.map((ink) => Math.min(1, Math.max(0, ink + 1.2 * (noise.uniform() - 0.5))));
  // A quarter turn: pixel (row, column) comes from (column, 19 − row).
  const rotated = clean.map((_, i) => {
    const [row, column] = [Math.floor((i % 400) / 20), i % 20];
    return clean[400 * Math.floor(i / 400) + 20 * column + 19 - row];
  });
  const disagreement = (images: Float32Array) => {
    const { mutualInformation } = net.mc_step(images, { samples: 40, seed: 1, draw: 0 });
    return mutualInformation!.reduce((sum, value) => sum + value, 0) / mutualInformation!.length;
  };
  const [low, ...high] = [clean, noisy, rotated].map(disagreement);
  for (const value of high) expect(value / low, `${value} against ${low}`).toBeGreaterThan(2);
});
