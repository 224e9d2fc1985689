import { describe, expect, it } from "vitest";
import type { Network } from "../../src/network.js";
import type { Masks, NetworkOptions, OptimizerOptions, Parameters } from "../../src/types.js";
import { classes, create, expectClose, noise } from "../support/networks.js";

describe("training after a change of the scaling strategy", () => {
  const options: NetworkOptions = { sizes: [8, 30, 20, 3], dropout: [0.2, 0.5, 0.25], seed: 2, activation: "tanh" };
  const rates = [0.2, 0.5, 0.25];
  const bound = 0.9;

  /** One step of SGD with momentum and max-norm by hand, each weight with settings of its own. */
  function step(net: Network, velocity: Parameters, gradients: Parameters, settings: { lr: number; c: number }[]) {
    const after = net.parameters();
    for (const [name, weight] of Object.entries(after)) {
      const l = Number(name.slice(1)) - 1;
      const { lr, c } = name.startsWith("W") ? settings[l] : { lr: settings[l].lr, c: 0 };
      const own = name.startsWith("W") ? lr : 0.1;
      velocity[name] ??= new Float32Array(weight.length);
      weight.forEach((w, i) => {
        velocity[name][i] = 0.9 * velocity[name][i] + gradients[name][i];
        weight[i] = w - own * velocity[name][i];
      });
      if (c === 0 || l === 2) continue;
      const width = [8, 30, 20][l];
      for (let at = 0; at < weight.length; at += width) {
        const unit = weight.subarray(at, at + width);
        const norm = Math.hypot(...unit);
        if (norm > c) for (let i = 0; i < width; i++) unit[i] *= c / norm;
      }
    }
    net.setParameters(after);
  }

  function run(net: Network, settings: { lr: number; c: number }[]): Float32Array {
    const velocity: Parameters = {};
    for (let i = 0; i < 12; i++) {
      const x = noise(6 * 8, i);
      const { loss: _, ...gradients } = net.gradients(x, classes(6, 3, i), { masks: masksOf(i) });
      step(net, velocity, gradients as Parameters, settings);
    }
    return net.test_step(noise(4 * 8, 99));
  }

  const masksOf = (i: number): Masks =>
    rates.map((p, l) => Uint8Array.from(noise(6 * options.sizes[l], 100 * i + l), (v) => Number((v + 1) / 2 >= p)));

  it("is the same run with lr·(1 − p)² and c·(1 − p) on the weights that read dropped layers, to rounding", async () => {
    const equal = rates.map(() => ({ lr: 0.1, c: bound }));
    const standard = await create({ ...options, scaling: "standard" });
    const inverted = standard.clone();
    inverted.scaling = "inverted";
    const wanted = run(standard, equal);
    expectClose(
      run(
        inverted,
        rates.map((p) => ({ lr: 0.1 * (1 - p) ** 2, c: bound * (1 - p) })),
      ),
      wanted,
      "converted",
    );
    inverted.scaling = "standard";
    for (const [name, values] of Object.entries(standard.parameters())) {
      expectClose(inverted.parameters()[name], values, name, 5e-5);
    }
    inverted.dispose();
  });

  it("by hand is what train_step does, where all weights have the same settings", async () => {
    const optimizer: OptimizerOptions = { type: "sgd", learningRate: 0.1, momentum: 0.9, maxNorm: bound };
    const net = await create({ ...options, optimizer });
    const byHand = await create(options);
    for (let i = 0; i < 12; i++) net.train_step(noise(6 * 8, i), classes(6, 3, i), { masks: masksOf(i) });
    const out = run(byHand, rates.map(() => ({ lr: 0.1, c: bound }))); // biome-ignore format: one call
    expectClose(out, net.test_step(noise(4 * 8, 99)), "test_step");
  });

  it("at equal settings is another run", async () => {
    for (const optimizer of [
      { type: "sgd", learningRate: 0.1 },
      { type: "sgd", learningRate: 0.1, maxNorm: bound },
    ] as OptimizerOptions[]) {
      const standard = await create({ ...options, scaling: "standard", optimizer });
      const inverted = standard.clone();
      inverted.scaling = "inverted";
      const x = noise(4 * 8, 99);
      expectClose(inverted.test_step(x), standard.test_step(x), "before", 1e-6);
      for (let i = 0; i < 12; i++) {
        for (const net of [standard, inverted]) net.train_step(noise(6 * 8, i), classes(6, 3, i));
      }
      const [a, b] = [standard.test_step(x), inverted.test_step(x)];
      const apart = Math.max(...a.map((value, i) => Math.abs(value - b[i])));
      expect(apart, "far beyond rounding").toBeGreaterThan(0.01);
      inverted.dispose();
    }
  });

  it("is the same run for standard and folded dropout, to the bit", async () => {
    const [standard, folded] = await Promise.all(
      (["standard", "folded"] as const).map((scaling) => create({ ...options, scaling })),
    );
    for (let i = 0; i < 5; i++) {
      const [a, b] = [standard, folded].map((net) => net.train_step(noise(6 * 8, i), classes(6, 3, i)));
      expect(b).toEqual(a);
      folded.test_step(noise(8));
    }
    expect(folded.parameters()).toEqual(standard.parameters());
  });
});
