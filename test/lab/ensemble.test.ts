// The exact ensemble against every thinned network computed from scratch, and against what theory says of it.
import { describe, expect, test } from "vitest";
import { Network, type NetworkOptions } from "../../src/index.js";
import { erf } from "../../src/lab/double.js";
import { exactEnsemble } from "../../src/lab/ensemble.js";
import { Philox, Stream } from "../../src/random/philox.js";
import type { Activation, Loss, Scaling } from "../../src/types.js";
import { activationOf } from "../reference/activation.js";
import { asMasks, everyState, logits } from "../reference/ensemble.js";
import { sigmoid, softmax } from "../reference/math.js";

const SIZES = [3, 5, 4, 3];

/** A network with weights large enough that its answers are far from linear in what is dropped. */
async function network(options: Omit<NetworkOptions, "sizes"> & { sizes?: number[] }): Promise<Network> {
  const net = await Network.create({ sizes: SIZES, seed: 5, ...options });
  const random = new Philox(11, Stream.data);
  const parameters = net.parameters();
  for (const values of Object.values(parameters)) for (const i of values.keys()) values[i] = 3 * random.uniform() - 1.5;
  net.setParameters(parameters);
  return net;
}

const X = Float32Array.of(0.5, -1.2, 0.8, 1.5, 0.3, -0.4);

function expectClose(name: string, got: ArrayLike<number>, wanted: number[], tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) {
    expect(Math.abs(got[i] - value), `${name}[${i}]: ${got[i]}, wanted ${value}`).toBeLessThan(tolerance);
  }
}

/** Both averages as they are defined. Logarithms are of probabilities that the weights keep away from 0. */
function byDefinition(net: Network, rates: number[]) {
  const { sizes, activation, scaling, loss } = net.config;
  const scale = rates.map((p) => (scaling === "inverted" && p < 1 ? 1 / (1 - p) : 1));
  const described = { sizes, parameters: net.parameters(), activation: activationOf(activation[0]).f, rates, scale };
  const arithmetic: number[] = [];
  const geometric: number[] = [];
  for (let s = 0; s < X.length; s += sizes[0]) {
    const all = [...everyState(sizes, rates)].map(({ kept, probability }) => {
      const z = logits(described, X.subarray(s, s + sizes[0]), kept);
      return { probability, p: loss === "mse" ? z : loss === "bce" ? z.map(sigmoid) : softmax(z) };
    });
    const mean = (of: (p: number) => number) =>
      all[0].p.map((_, k) => all.reduce((sum, { probability, p }) => sum + probability * of(p[k]), 0));
    arithmetic.push(...mean((p) => p));
    const yes = mean(Math.log).map(Math.exp);
    const no = loss === "bce" ? mean((p) => Math.log(1 - p)).map(Math.exp) : yes;
    const total = yes.reduce((a, b) => a + b, 0);
    geometric.push(...yes.map((g, k) => (loss === "bce" ? g / (g + no[k]) : g / total)));
  }
  return { arithmetic, geometric };
}

// Two double-precision sums of 2¹² terms, taken in different orders, agree to about 2¹²·2⁻⁵² = 1e-12 of terms near 1.
const ORDER = 1e-12;

describe.each<[string, number[]]>([
  ["every layer", [0.2, 0.5, 0.7]],
  ["the last hidden layer", [0, 0, 0.3]],
  ["the input", [0.4, 0, 0]],
  ["all of one layer", [0.3, 1, 0.5]],
  ["nothing", [0, 0, 0]],
])("with dropout of %s", (_, rates) => {
  test.each<[Scaling, Loss, Activation]>([
    ["standard", "cross-entropy", "relu"],
    ["inverted", "bce", "tanh"],
    ["folded", "mse", "leaky_relu"],
    ["inverted", "cross-entropy", "sigmoid"],
    ["standard", "bce", "gelu"],
    ["folded", "cross-entropy", "selu"],
  ])("%s, %s, %s: the walk is the enumeration", async (scaling, loss, activation) => {
    using net = await network({ dropout: rates, scaling, loss, activation });
    const got = exactEnsemble(net, X);
    const units = rates.reduce((sum, p, l) => sum + (p > 0 && p < 1 ? SIZES[l] : 0), 0);
    expect([got.units, got.states]).toEqual([units, 2 ** units]);
    const wanted = byDefinition(net, rates);
    expectClose("arithmetic", got.arithmetic, wanted.arithmetic, ORDER);
    if (loss === "mse") expect(got.geometric).toBe(null);
    else expectClose("geometric", got.geometric!, wanted.geometric, ORDER);
    // The kernels compute in single precision, with weights and sums up to about 10.
    expectClose("weight scaling", got.weightScaling, [...net.predict(X)], 1e-5);
  });
});

test.each<Activation>(["gelu", "selu"])("%s is the activation that the kernels compute", async (activation) => {
  using net = await network({ dropout: [0, 0, 0.5], activation, loss: "mse" });
  let mean = [0, 0, 0];
  for (const { kept, probability } of everyState(SIZES, [0, 0, 0.5])) {
    const { out } = net.train_step(X.subarray(0, 3), null, { masks: asMasks(kept).map((m, l) => (l < 2 ? null : m)) });
    mean = mean.map((sum, k) => sum + probability * out[k]);
  }
  expectClose("mean", exactEnsemble(net, X.subarray(0, 3)).arithmetic, mean, 1e-4);
});

describe("theory", () => {
  test.each<Scaling>(["standard", "inverted", "folded"])(
    "%s: a linear network's average is weight scaling",
    async (scaling) => {
      using net = await network({ dropout: [0.2, 0.5, 0.7], scaling, loss: "mse", activation: "linear" });
      const { arithmetic, weightScaling } = exactEnsemble(net, X);
      expectClose("mean", arithmetic, [...weightScaling], ORDER);
      using bent = await network({ dropout: [0.2, 0.5, 0.7], scaling, loss: "mse", activation: "relu" });
      const other = exactEnsemble(bent, X);
      expect(Math.max(...other.arithmetic.map((v, i) => Math.abs(v - other.weightScaling[i])))).toBeGreaterThan(0.01);
    },
  );

  // Baldi & Sadowski 2013: the normalised geometric mean of softmax (or logistic) outputs is that of the mean logits.
  test.each<[Loss, Scaling]>([
    ["cross-entropy", "standard"],
    ["cross-entropy", "inverted"],
    ["bce", "folded"],
    ["bce", "inverted"],
  ])(
    "%s, %s: the geometric mean is weight scaling where only what feeds the output is dropped",
    async (loss, scaling) => {
      using net = await network({ dropout: [0, 0, 0.6], scaling, loss });
      const last = exactEnsemble(net, X);
      expectClose("geometric", last.geometric!, [...last.weightScaling], ORDER);
      expect(Math.max(...last.arithmetic.map((v, i) => Math.abs(v - last.weightScaling[i])))).toBeGreaterThan(1e-3);
      using deep = await network({ dropout: [0, 0.5, 0], scaling, loss });
      const hidden = exactEnsemble(deep, X);
      expect(Math.max(...hidden.geometric!.map((v, i) => Math.abs(v - hidden.weightScaling[i])))).toBeGreaterThan(1e-3);
    },
  );

  test("Monte-Carlo draws close in on the exact mean", async () => {
    using net = await network({ dropout: [0.2, 0.5, 0.5] });
    const exact = exactEnsemble(net, X).arithmetic;
    const { mean, variance } = net.mc_step(X, { samples: 4000, seed: 2, draw: 0 });
    // Six means, each within 4 standard errors: wrong by chance once in 2600 seeds.
    mean.forEach((value, i) => {
      const error = Math.sqrt(variance[i] / 4000);
      expect(Math.abs(value - exact[i]), `${value} against ${exact[i]} ± ${error}`).toBeLessThan(4 * error);
    });
  });
});

test("a long walk does not drift: 2^16 states of sums up to 1000", async () => {
  using net = await Network.create({ sizes: [16, 2], dropout: [0.5], scaling: "standard", loss: "mse" });
  const W1 = Float32Array.from({ length: 32 }, (_, i) => 1000 / (i + 3));
  net.setParameters({ W1 });
  const x = new Float32Array(16).fill(1);
  const { arithmetic, weightScaling } = exactEnsemble(net, x);
  for (const [k, mean] of arithmetic.entries()) expect(Math.abs(mean / weightScaling[k] - 1)).toBeLessThan(1e-12);
});

test("a unit of 1e11 that comes and goes leaves nothing behind, because sums are made anew now and then", async () => {
  using net = await Network.create({ sizes: [16, 2], dropout: [0.5], scaling: "standard", loss: "bce" });
  // With the last input, which flips most often, every answer is 0; without it, what its rounding did to the others
  // would be seen.
  const random = new Philox(1, Stream.data);
  const W1 = Float32Array.from({ length: 32 }, (_, i) => (i % 16 === 15 ? -1e11 : (2 * random.uniform() - 1) / 3));
  net.setParameters({ W1 });
  const { arithmetic } = exactEnsemble(net, new Float32Array(16).fill(1));
  const worst = [0, 1].map((k) => {
    let wanted = 0;
    for (let state = 0; state < 2 ** 15; state++) {
      let z = 0;
      for (let j = 0; j < 15; j++) if ((state >> j) & 1) z += W1[16 * k + j];
      wanted += sigmoid(z) / 2 ** 16;
    }
    return Math.abs(arithmetic[k] - wanted);
  });
  // 4e-5 as it is; 2.5e-3 where the walk is never begun anew; the bound is halfway, in decades.
  expect(Math.max(...worst), worst.join()).toBeLessThan(3e-4);
});

test("rates that change with the step are those of the coming one", async () => {
  using net = await network({ dropout: [0, 0, (step) => (step === 0 ? 0.2 : 0.6)], scaling: "standard" });
  const first = exactEnsemble(net, X).arithmetic;
  net.learningRate = 0;
  net.train_step(X, [0, 1]);
  const second = exactEnsemble(net, X).arithmetic;
  net.dropout = [0, 0, 0.6];
  expect(exactEnsemble(net, X).arithmetic).toEqual(second);
  expect(second).not.toEqual(first);
});

describe("refuses", () => {
  test("more than 20 units, with their number and what they would cost", async () => {
    using net = await Network.create({ sizes: [4, 21, 3], dropout: [0, 0.5] });
    expect(() => exactEnsemble(net, new Float32Array(8))).toThrow(
      /20 droppable units at most; got 21, which make 2,097,152 states for each of 2 samples, some 1e\+7 multiply-adds/,
    );
    using large = await Network.create({ sizes: [784, 2000, 10], dropout: 0.5 });
    expect(() => exactEnsemble(large, new Float32Array(784))).toThrow(/got 2000, which make 2\^2000 states/);
  });

  test("rows of another width, and numbers that are none", async () => {
    using net = await network({});
    expect(() => exactEnsemble(net, new Float32Array(4))).toThrow(/x must be rows of 3.*got Float32Array\(4\)/);
    expect(() => exactEnsemble(net, [1, 2, 3] as never)).toThrow(
      /^x must be a Float32Array of rows of 3; got \[1, 2, 3\]$/,
    );
    expect(() => exactEnsemble(null as never, new Float32Array(3))).toThrow(/^net must be a network; got null$/);
    expect(() => exactEnsemble(net, new Float32Array(3), 5 as never)).toThrow(/^onSample must be a function; got 5$/);
    expect(() => exactEnsemble(net, Float32Array.of(1, 2, Number.NaN))).toThrow(/x, row 0, column 2, must be a finite/);
  });
});

test("erf agrees with its tables", () => {
  // Abramowitz & Stegun, table 7.1.
  const table: [number, number][] = [
    [0, 0],
    [0.5, 0.5204998778],
    [1, 0.8427007929],
    [-2, -0.995322265],
    [3.5, 0.999999257],
    [7, 1],
  ];
  for (const [x, value] of table) expect(Math.abs(erf(x) - value)).toBeLessThan(1e-9);
});
