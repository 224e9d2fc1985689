// Networks that answer as one: averages and variances, the file, calibration, and what does not fit together.
import { beforeAll, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import { Philox } from "../../src/random/philox.js";
import { logLoss, batchBald as pure } from "../../src/scores/index.js";
import type { NetworkOptions } from "../../src/types.js";
import { batchBald, calibrate, Ensemble, rank, sets } from "../../src/uncertainty/index.js";

const random = new Philox(5, 3);
/** Three numbers a row; the class is that of a half or a quarter of the first two, one in six of another one. */
function draw(n: number) {
  const x = Float32Array.from({ length: 3 * n }, () => 2 * random.uniform() - 1);
  const y = Int32Array.from({ length: n }, (_, i) =>
    i % 6 === 5 ? i % 3 : x[3 * i] < 0 ? 0 : x[3 * i + 1] < 0 ? 1 : 2,
  );
  return { x, y };
}
const [seen, held, { x }] = [draw(200), draw(240), draw(20)];
const make = (seed: number, options: Partial<NetworkOptions> = {}) =>
  Network.create({ sizes: [3, 16, 3], seed, build: "simd", classes: ["a", "b", "c"], ...options });
let networks: Network[];
let ensemble: Ensemble<Network>;

beforeAll(async () => {
  networks = await Promise.all([1, 2, 3].map((seed) => make(seed)));
  for (const net of networks) for (let step = 0; step < 150; step++) net.train_step(seen.x, seen.y);
  ensemble = Ensemble.of(networks);
});

const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
const near = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6) => {
  expect(found.length).toBe(expected.length);
  Array.from(found).forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `${i}: ${value}, ${expected[i]}`).toBeLessThan(tolerance);
  });
};

test("predicts the mean of what the members predict", () => {
  const each = networks.map((net) => net.predict(x));
  near(
    ensemble.predict(x),
    Array.from(each[0], (_, i) => mean(each.map((values) => values[i]))),
  );
  expect(ensemble.classes).toEqual(["a", "b", "c"]);
});

describe("mc_step", () => {
  test("is of all draws of all members, by the law of total variance", () => {
    const samples = 40;
    const pooled = ensemble.mc_step(x, { samples, seed: 9, draw: 0 });
    const draws = networks.flatMap((net, m) =>
      Array.from({ length: samples }, (_, draw) => net.mc_step(x, { samples: 1, seed: 9 + m, draw }).mean),
    );
    const surprise = (p: number) => -p * Math.log(p);
    const moments = Array.from({ length: 60 }, (_, i) => {
      const values = draws.map((draw) => draw[i]);
      const average = mean(values);
      const groups = networks.map((_, m) => values.slice(m * samples, (m + 1) * samples));
      const spread = (of: number[]) => of.reduce((sum, value) => sum + (value - mean(of)) ** 2, 0);
      return {
        average,
        within: mean(groups.map((of) => spread(of) / (samples - 1))),
        across: spread(groups.map(mean)) / 3,
        values,
        total: spread(values) / values.length,
      };
    });
    near(
      pooled.mean,
      moments.map(({ average }) => average),
    );
    near(
      pooled.within,
      moments.map(({ within }) => within),
    );
    near(
      pooled.across,
      moments.map(({ across }) => across),
    );
    // The variance of all draws, where a member's is divided by samples and not by one less.
    near(
      pooled.variance.map((value, i) => value - pooled.within[i] / samples),
      moments.map(({ total }) => total),
    );
    for (let row = 0; row < 20; row++) {
      const own = moments.slice(3 * row, 3 * row + 3);
      const entropy = own.reduce((sum, { average }) => sum + surprise(average), 0);
      const conditional = own.reduce((sum, { values }) => sum + mean(values.map(surprise)), 0);
      expect(pooled.entropy![row]).toBeCloseTo(entropy, 5);
      expect(pooled.mutualInformation![row]).toBeCloseTo(entropy - conditional, 5);
    }
    expect(pooled.draws).toBe(120);
    const worst = Math.max(
      ...moments.map(({ values }) =>
        networks
          .map((_, m) => values.slice(m * samples, (m + 1) * samples))
          .reduce(
            (sum, of) => sum + of.reduce((s, value) => s + (value - mean(of)) ** 2, 0) / (samples - 1) / samples,
            0,
          ),
      ),
    );
    expect(pooled.standardError).toBeCloseTo(Math.sqrt(worst) / 3, 6);
  });

  test("numbers have no entropy, and unknown options are refused", async () => {
    const lines = await Promise.all([1, 2].map((seed) => make(seed, { loss: "mse", classes: null })));
    using two = Ensemble.of(lines);
    expect(two.mc_step(x, { samples: 5 })).toMatchObject({ entropy: null, mutualInformation: null, draws: 10 });
    expect(() => two.mc_step(x, { sampels: 5 } as object)).toThrow(
      /^options has no option "sampels"; did you mean "samples"\?/,
    );
  });
});

describe("the file", () => {
  test("is one, and opens in both entries with the same answers", async () => {
    ensemble.metadata = { note: "three of them" };
    const bytes = ensemble.save();
    using again = await Ensemble.load(bytes, Network, { build: "simd" });
    using small = await Ensemble.load(bytes, Trained);
    for (const copy of [again, small]) {
      expect(copy.predict(x)).toEqual(ensemble.predict(x));
      expect(copy.mc_step(x, { draw: 0 })).toEqual(ensemble.mc_step(x, { draw: 0 }));
      expect(copy.metadata).toEqual({ note: "three of them" });
    }
    expect(again.save()).toEqual(bytes);
    expect(() => small.save()).toThrow(/^member 0 must be a network of thinned, which can be saved/);
    await expect(Network.load(bytes)).rejects.toThrow(/format "thinned-ensemble"/);
    await expect(Ensemble.load(networks[0].save(), Network)).rejects.toThrow(
      /got format "thinned", version "2"; a single network is for Network.load$/,
    );
  });

  type File = ReturnType<typeof readSafetensors>;
  test.each<[string, (file: File) => void, RegExp]>([
    ["version 2", ({ metadata }) => (metadata.version = "2"), /version 1; got format "thinned-ensemble", version "2"/],
    ["no count", ({ metadata }) => delete metadata.members, /^the file's members must be a whole number/],
    ["a count of words", ({ metadata }) => (metadata.members = "1e1"), /^the file's members must be/],
    [
      "a million",
      ({ metadata }) => (metadata.members = "1000000"),
      /^the file's members must be a whole number from 2 to 1000/,
    ],
    [
      "a member less",
      ({ metadata }) => (metadata.members = "2"),
      /^the file has a tensor "members.2.layers.0.weight", and 2 members$/,
    ],
    ["a member more", ({ metadata }) => (metadata.members = "4"), /^the file's members.3: /],
    [
      "no description",
      ({ metadata }) => (metadata["members.1"] = "3"),
      /^the file's members.1 must be an object of texts/,
    ],
    ["numbers in it", ({ metadata }) => (metadata["members.1"] = '{"a":1}'), /^metadata "a" must be a string/],
    ["a lost tensor", ({ tensors }) => delete tensors["members.1.layers.0.bias"], /^member 1: .*layers.0.bias/],
    [
      "a tensor more",
      ({ tensors }) => (tensors["members.2.layers.9.bias"] = tensors["members.2.layers.0.bias"]),
      /^member 2: .*layers.9.bias/,
    ],
  ])("%s is refused", async (name, damage, message) => {
    const file = readSafetensors(ensemble.save());
    damage(file);
    const bytes = writeSafetensors({ ...file.tensors }, { ...file.metadata });
    await expect(Ensemble.load(bytes, Network)).rejects.toThrow(message);
    // The small entry looks for no tensors that it does not need.
    if (name !== "a tensor more") await expect(Ensemble.load(bytes, Trained)).rejects.toThrow(message);
  });
});

test("is calibrated as a network is: one temperature, the likeliest for their average, and sets that travel", async () => {
  using twin = Ensemble.of(networks.map((net) => net.clone()));
  for (const member of twin.members) {
    const { W2, b2 } = member.parameters();
    member.setParameters({ W2: W2.map((w) => 9 * w), b2: b2.map((b) => 9 * b) });
  }
  const { temperature } = calibrate(twin, held, { temperature: true, coverage: 0.8 });
  expect(twin.members.map((member) => member.temperature)).toEqual([temperature, temperature, temperature]);
  using small = await Ensemble.load(twin.save(), Trained);
  expect(sets(small, x)).toEqual(sets(twin, x));
  // No temperature on a grid around it is likelier on the rows that it was fitted on.
  const even = { x: held.x.filter((_, i) => i % 6 < 3), y: held.y.filter((_, i) => i % 2 === 0) };
  const lossAt = (t: number) => {
    twin.temperature = t;
    return logLoss(twin.predict(even.x), even.y);
  };
  const best = lossAt(temperature);
  for (const factor of [0.5, 0.8, 0.95, 1.05, 1.25, 2]) expect(lossAt(factor * temperature)).toBeGreaterThan(best);
  expect(() => {
    small.temperature = 2;
  }).toThrow(/^member 0 must be a network of thinned, whose temperature can be set/);
});

test("refuses members that do not fit the first, each by its place", async () => {
  const [one] = networks;
  expect(() => Ensemble.of(one as never)).toThrow(
    /^members must be an array of networks, two or more; got a Network$|^members must be an array/,
  );
  expect(() => Ensemble.of([one])).toThrow(/^members must be an array of networks, two or more/);
  expect(() => Ensemble.of([one, one])).toThrow(
    /^members\[1\] must be another network than those before it; got "members\[0\] again"/,
  );
  expect(() => Ensemble.of([one, make(4) as never])).toThrow(/^members\[1\] must be a network; got a Promise; await/);
  for (const [options, message] of [
    [{ sizes: [4, 3] }, /^inputs of members\[1\] must be as of the first, 3; got 4$/],
    [{ sizes: [3, 4], classes: null }, /^outputs of members\[1\] must be as of the first, 3; got 4$/],
    [{ loss: "bce" }, /^output of members\[1\] must be as of the first, "softmax"; got "sigmoid"$/],
    [{ classes: ["a", "b", "d"] }, /^classes of members\[1\] must be as of the first/],
    [{ temperature: 2 }, /^temperature of members\[1\] must be as of the first, 1; got 2$/],
  ] as const) {
    using other = await make(5, options as Partial<NetworkOptions>);
    expect(() => Ensemble.of([one, other])).toThrow(message);
  }
});

describe("BatchBALD", () => {
  const options = { samples: 30, seed: 4, draw: 0, outputs: true, masks: "shared" } as const;

  test("is that of draws with shared masks, of a network and of all members' draws", () => {
    const alone = networks[0].mc_step(x, options).outputs!;
    const ofNetwork = pure({ values: alone, samples: 30, out: 3 }, 4);
    expect(batchBald(networks[0], x, { count: 4, samples: 30, seed: 4 })).toEqual(ofNetwork);
    const each = networks.flatMap((net, m) => [...net.mc_step(x, { ...options, seed: 4 + m }).outputs!]);
    expect(ensemble.mc_step(x, options).outputs).toEqual(Float32Array.from(each));
    expect(batchBald(ensemble, x, { count: 4, samples: 30, seed: 4 })).toEqual(
      pure({ values: each, samples: 90, out: 3 }, 4),
    );
  });

  test("refuses more rows than it can count, and what has no draws", async () => {
    expect(() => batchBald(networks[0], x, { count: 11 })).toThrow(
      /^count must be a whole number from 1 to 10; got 11$/,
    );
    using small = await Trained.load(networks[0].save());
    expect(() => batchBald(small, x)).toThrow(/^options has no option "outputs"/);
    using yes = await make(1, { loss: "bce", classes: null });
    expect(() => batchBald(yes, x)).toThrow(/^net must be one whose output is softmax; got "sigmoid"$/);
  });
});

describe("rank", () => {
  test.each(["entropy", "bald", "variance"] as const)("by %s, of a network and of an ensemble", (by) => {
    for (const net of [networks[0], ensemble]) {
      const { entropy, mutualInformation, variance } = net.mc_step(x, { samples: 30, seed: 4, draw: 0 });
      const score = {
        entropy: entropy!,
        bald: mutualInformation!,
        variance: Float64Array.from(
          { length: 20 },
          (_, i) => variance[3 * i] + variance[3 * i + 1] + variance[3 * i + 2],
        ),
      }[by];
      const chosen = rank(net, x, { by, count: 7, samples: 30, seed: 4 });
      expect(new Set(chosen).size).toBe(7);
      const values = chosen.map((row) => score[row]);
      expect(values).toEqual([...values].sort((a, b) => b - a));
      const left = Array.from(score).filter((_, row) => !chosen.includes(row));
      expect(Math.max(...left)).toBeLessThanOrEqual(Math.min(...values));
    }
  });

  test("refuses what it cannot count", async () => {
    expect(() => rank(networks[0], x, { count: 21 })).toThrow(/^count must be a whole number from 1 to 20; got 21$/);
    expect(() => rank(networks[0], x, { by: "luck" } as object)).toThrow(/^by must be one of/);
    using line = await make(1, { loss: "mse", classes: null });
    expect(() => rank(line, x, { by: "bald" })).toThrow(
      /^by must be "variance" where a network answers numbers; got "bald"$/,
    );
    expect(rank(line, x, { count: 20 }).length).toBe(20);
  });
});
