import { describe, expect, it } from "vitest";
import { ACTIVATIONS } from "../../src/config/activation.js";
import type { Network } from "../../src/network.js";
import type { Loss, NetworkOptions, Parameters, Scaling, Targets } from "../../src/types.js";
import { createStored, ORIENTATIONS, sparseRows, storedBy } from "../support/layouts.js";
import { classes, create, expectClose, noise, rowsOf, snapshot } from "../support/networks.js";

const LOSSES: Loss[] = ["cross-entropy", "mse", "bce"];
const SCALINGS: Scaling[] = ["standard", "inverted", "folded"];
const BUILDS = ["simd", "relaxed"] as const;
const DEPTHS = [
  [9, 4],
  [20, 65, 3],
  [21, 50, 49, 5],
];

function targetsFor(loss: Loss, batch: number, out: number, salt: number): Targets {
  if (loss === "cross-entropy") return classes(batch, out, salt);
  return rowsOf(noise(batch * out, salt).map(Math.abs), out);
}

/** Takes a step and holds it against `gradients()`: W ← (1 − lr·decay)·W − lr·dW, b ← b − lr·db. */
function expectStep(net: Network, x: Float32Array, y: Targets, what: string): void {
  const { learningRate, config } = net;
  const { weightDecay = 0 } = config.optimizer;
  const before = net.parameters();
  const { loss, ...gradients } = net.gradients(x, y);
  const result = net.train_step(x, y);
  expectClose([result.loss], [loss], `${what}, loss`, 2e-5, 0.1);
  for (const [name, after] of Object.entries(net.parameters())) {
    const was = before[name];
    const decay = name.startsWith("W") ? weightDecay : 0;
    const taken = was.map((value, i) => (value - after[i]) / learningRate);
    const expected = gradients[name].map((g, i) => g + decay * was[i]);
    // The difference shows the weight's own rounding, 2⁻²³ of it, 1 / lr times as large: that is 2e-5 of what follows.
    const largest = was.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expectClose(taken, expected, `${what}, ${name}`, 2e-5, Math.max(1e-3, (0.01 * largest) / learningRate));
  }
}

describe("a fused step is gradient descent with the dense kernels' gradients", () => {
  it.each(ACTIVATIONS)(
    "%s, every loss, depth and scaling, stored by either side, all rates, dense and sparse rows",
    async (activation) => {
      let salt = 0;
      for (const loss of LOSSES) {
        for (const sizes of DEPTHS) {
          for (const firstLayer of ORIENTATIONS) {
            const build = BUILDS[salt++ % 2];
            const optimizer = { type: "sgd", learningRate: 0.5, weightDecay: 0.1 * (salt % 2) } as const;
            const net = await createStored(
              { sizes, activation, loss, optimizer, build, seed: 4, maxBatch: 8 },
              firstLayer,
            );
            const start = net.parameters();
            for (const scaling of SCALINGS) {
              net.dropout = 0;
              net.scaling = scaling;
              for (const p of [0, 0.2, 0.5, 1]) {
                net.dropout = { input: p / 2, hidden: p };
                const batch = [1, 3, 8, 5][salt++ % 4];
                const x = salt % 3 ? noise(batch * sizes[0], salt) : sparseRows(batch, sizes[0], salt);
                const what = `${activation} ${loss} ${sizes} by ${firstLayer} ${build} ${scaling} p ${p} batch ${batch}`;
                net.setParameters(start);
                expectStep(net, x, targetsFor(loss, batch, sizes[sizes.length - 1], salt), what);
              }
            }
            expect(storedBy(net)).toBe(firstLayer);
          }
        }
      }
    },
  );

  it.each(ORIENTATIONS)("batches around the tile and the block, first layer by %s", async (firstLayer) => {
    for (const build of BUILDS) {
      const sizes = [70, 130, 33, 10];
      const net = await createStored(
        { sizes, build, seed: 2, maxBatch: 4, dropout: { input: 0.2, hidden: 0.5 } },
        firstLayer,
      );
      for (const batch of [1, 2, 3, 4, 5, 127, 128, 129]) {
        expectStep(net, noise(batch * 70, batch), classes(batch, 10, batch), `${build}, batch ${batch}`);
      }
    }
  });

  it("units that are all active behind the last whole block, batch and memory full", async () => {
    for (const width of [129, 130, 131, 257]) {
      const options = { sizes: [width, 64, 2], seed: 1, maxBatch: 8 };
      const [sparse, dense] = [await create(options), await create({ ...options, sparse: false })];
      const last = width - (width % 128);
      const x = noise(8 * width, width).map((value, i) => (i % width < last && value < 0.5 ? 0 : value));
      expect(sparse.test_step(x), `${width} inputs`).toEqual(dense.test_step(x));
    }
  });

  it.each(ORIENTATIONS)(
    "decay reaches weights that nothing active reads or writes, first layer by %s",
    async (firstLayer) => {
      const optimizer = { type: "sgd", learningRate: 0.5, weightDecay: 1 } as const;
      const net = await createStored({ sizes: [20, 60, 40, 3], optimizer, dropout: { hidden: [0, 1] } }, firstLayer);
      const before = net.parameters();
      for (let step = 0; step < 3; step++) net.train_step(sparseRows(6, 20, step), [0, 1, 2, 0, 1, 2]);
      const after = net.parameters();
      // The second hidden layer is dropped: no gradient reaches any weight before the last bias.
      for (const name of ["W1", "W2", "W3"]) expect(after[name], name).toEqual(before[name].map((w) => w * 0.5 ** 3));
      for (const name of ["b1", "b2"]) expect(after[name], name).toEqual(before[name]);
      expect(after.b3).not.toEqual(before.b3);
    },
  );

  it.each(ORIENTATIONS)("max-norm follows the update, first layer by %s", async (firstLayer) => {
    const free = await createStored({ sizes: [20, 60, 30, 3], seed: 2, optimizer: { type: "sgd" } }, firstLayer);
    const optimizer = { type: "sgd", maxNorm: 1 } as const;
    const bound = await createStored({ sizes: [20, 60, 30, 3], seed: 2, optimizer }, firstLayer);
    const [x, y] = [noise(8 * 20), classes(8, 3)];
    free.train_step(x, y);
    bound.train_step(x, y);
    for (const [name, width] of [
      ["W1", 20],
      ["W2", 60],
      ["W3", 0],
    ] as const) {
      const loose = free.parameters()[name];
      const expected =
        width === 0
          ? loose
          : rowsOf(loose, width).flatMap((row) => {
              const norm = Math.hypot(...row);
              return row.map((w) => (norm > 1 ? w / norm : w));
            });
      // A sum of squares over a row and the division by its root: a few roundings of 6e-8.
      expectClose(bound.parameters()[name], Array.from(expected), name, 1e-6);
    }
  });
});

describe("training with zeros skipped and with everything multiplied", () => {
  const sizes = [40, 70, 50, 5];
  const cases: NetworkOptions[] = [
    { sizes, activation: "relu" },
    { sizes, activation: "tanh", dropout: { input: 0.2, hidden: 0.5 } },
    { sizes, activation: "gelu", optimizer: { type: "sgd", momentum: 0.9, learningRate: 0.05 } },
    { sizes, activation: "relu", optimizer: { type: "adam", learningRate: 0.005 }, scaling: "folded" },
    { sizes, activation: "selu", optimizer: { type: "sgd", clipNorm: 0.5, weightDecay: 0.01 }, scaling: "standard" },
  ];

  it.each(cases)("stay together for 30 steps: %o", async (options) => {
    for (const rows of [noise, (length: number, salt: number) => sparseRows(length / 40, 40, salt)]) {
      const [sparse, dense] = [
        await create({ ...options, seed: 5 }),
        await create({ ...options, seed: 5, sparse: false }),
      ];
      for (let step = 0; step < 30; step++) {
        const [x, y] = [rows(16 * 40, step), classes(16, 5, step)];
        const { loss } = sparse.train_step(x, y);
        // Differences of a few roundings (1e-7) in a step grow with the steps; a wrong term would be a thousand times
        // as large.
        expectClose([loss], [dense.train_step(x, y).loss], `loss of step ${step}`, 1e-4, 1);
      }
      expect(sparse.masks()).toEqual(dense.masks());
      const expected = dense.parameters();
      for (const [name, values] of Object.entries(sparse.parameters())) expectClose(values, expected[name], name, 1e-3);
    }
  });

  it("a copy goes on as its original was told to", async () => {
    const net = await create({ sizes, sparse: false });
    net.train_step(noise(16 * 40), classes(16, 5));
    const twin = net.clone();
    expect(twin.config).toEqual(net.config);
    for (const each of [net, twin]) for (let i = 0; i < 3; i++) each.train_step(noise(16 * 40, i), classes(16, 5));
    expect(twin.parameters()).toEqual(net.parameters());
    twin.dispose();
  });
});

describe("a step that fails", () => {
  it("settles nothing: the first layer's layout is chosen by the first batch that is learned", async () => {
    const options: NetworkOptions = { sizes: [30, 50, 4], seed: 3, dropout: 0.5 };
    const [net, untried] = [await create(options), await create(options)];
    const before = snapshot(net);
    // Dense, so that the layout would be by output.
    const bad = noise(8 * 30);
    bad[17] = Number.NaN;
    expect(() => net.train_step(bad, classes(8, 4))).toThrow(
      /nothing was changed|^x, row \d, column \d+, must be a finite number/,
    );
    expect(() =>
      net.train_step(
        noise(8 * 30).map((v) => v * 3e38),
        classes(8, 4),
      ),
    ).toThrow(/nothing was changed|^x, row \d, column \d+, must be a finite number/);
    expect(snapshot(net)).toEqual(before);
    for (const each of [net, untried]) each.train_step(sparseRows(8, 30), classes(8, 4));
    expect(storedBy(net)).toBe("input");
    expect(Buffer.compare(net.save(), untried.save())).toBe(0);
  });

  it.each(ORIENTATIONS)("leaves a network whose first layer is stored by %s as it was", async (firstLayer) => {
    for (const activation of ["relu", "tanh"] as const) {
      const net = await createStored({ sizes: [30, 50, 40, 4], activation, seed: 3 }, firstLayer);
      net.train_step(noise(8 * 30), classes(8, 4));
      const before = snapshot(net);
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 3e38]) {
        const bad = noise(8 * 30, 2);
        bad.fill(value, 3 * 30, 4 * 30);
        // Relu and tanh can hide 3e38 from the loss; what is hidden does no harm.
        if (value === 3e38 && activation === "tanh") continue;
        expect(() => net.train_step(bad, classes(8, 4)), `${value}`).toThrow(
          /nothing was changed|^x, row \d, column \d+, must be a finite number/,
        );
        expect(snapshot(net)).toEqual(before);
      }
      // What the failed step left behind in memory reaches nothing.
      const twin = net.clone();
      for (const each of [net, twin]) each.train_step(noise(8 * 30, 4), classes(8, 4));
      expect(net.parameters()).toEqual(twin.parameters());
      const finite = (values: Parameters) => Object.values(values).every((array) => array.every(Number.isFinite));
      expect(finite(net.parameters())).toBe(true);
      twin.dispose();
    }
  });
});

it("memory stays as it is, step after step", async () => {
  const net = await create({ sizes: [60, 70, 50, 5], maxBatch: 32 });
  const { memory } = net.runtime;
  for (let step = 0; step < 60; step++) {
    const batch = 1 + ((7 * step) % 32);
    net.train_step(step % 2 ? noise(batch * 60, step) : sparseRows(batch, 60, step), classes(batch, 5, step));
    net.test_step(noise(3 * 60));
    net.mc_step(noise(2 * 60), { samples: 3 });
  }
  expect(net.runtime.memory).toBe(memory);
});
