import { describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/network.js";
import type { Masks, NetworkOptions, OptimizerOptions, Scaling } from "../../src/types.js";
import { classes, create, expectClose, noise, snapshot } from "../support/networks.js";

const SCALINGS: Scaling[] = ["standard", "inverted", "folded"];
const SWITCHES = SCALINGS.flatMap((from) => SCALINGS.filter((to) => to !== from).map((to) => [from, to] as const));
const RATES = [0.2, 0.5, 0.3];
const OPTIONS: NetworkOptions = { sizes: [9, 40, 21, 3], dropout: RATES, seed: 7, maxBatch: 8, activation: "gelu" };

/**
 * What multiplies the weights that read layer l on the way from one strategy to another, from the table in design.md.
 */
function factor(from: Scaling, to: Scaling, p: number): number {
  if ((from === "inverted") === (to === "inverted")) return 1;
  return to === "inverted" ? 1 - p : 1 / (1 - p);
}

function trained(network: Network, steps: number): Network {
  for (let i = 0; i < steps; i++) network.train_step(noise(8 * 9, i), classes(8, 3, i));
  return network;
}

/** The optimizer's tensors of a network. */
function stateOf(network: Network): Record<string, Float32Array> {
  const { tensors } = readSafetensors(network.save());
  const entries = Object.entries(tensors).filter(([name]) => name.startsWith("optimizer."));
  return Object.fromEntries(entries.map(([name, { data }]) => [name, data as Float32Array]));
}

describe.each(SWITCHES)("from %s to %s", (from, to) => {
  it("masked and test outputs stay as they are, and the weights are the table's", async () => {
    const net = trained(await create({ ...OPTIONS, scaling: from }), 3);
    const x = noise(5 * 9, 50);
    const test = net.test_step(x);
    const { out } = net.train_step(x);
    const masks = net.masks();
    const before = net.parameters();
    net.scaling = to;
    expect(net.scaling).toBe(to);
    expect(net.config.scaling).toBe(to);
    expectClose(net.test_step(x), test, "test_step", 1e-6);
    expectClose(net.train_step(x, null, { masks }).out, out, "train_step", 1e-6);
    for (const [name, after] of Object.entries(net.parameters())) {
      const by = name.startsWith("W") ? factor(from, to, RATES[Number(name.slice(1)) - 1]) : 1;
      expectClose(
        after,
        before[name].map((weight) => weight * by),
        name,
        2 ** -23,
      );
    }
  });

  it("and back: the same weights to rounding", async () => {
    const net = trained(await create({ ...OPTIONS, scaling: from }), 3);
    const before = net.parameters();
    net.scaling = to;
    net.scaling = from;
    for (const [name, after] of Object.entries(net.parameters())) expectClose(after, before[name], name, 2 ** -22);
  });

  it.each<OptimizerOptions>([
    { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    { type: "adam", learningRate: 0.01 },
  ])("the optimizer's state follows the gradients: $type", async (optimizer) => {
    const net = trained(await create({ ...OPTIONS, scaling: from, optimizer }), 3);
    const x = noise(4 * 9, 51);
    const y = classes(4, 3);
    const gradients = net.gradients(x, y);
    const before = stateOf(net);
    net.scaling = to;
    const converted = net.gradients(x, y);
    const after = stateOf(net);
    for (let l = 0; l < 3; l++) {
      const by = 1 / factor(from, to, RATES[l]);
      const wanted = gradients[`W${l + 1}`].map((g) => g * by);
      expectClose(converted[`W${l + 1}`], wanted, `gradient of W${l + 1}`, 1e-5);
      expectClose(converted[`b${l + 1}`], gradients[`b${l + 1}`], `gradient of b${l + 1}`, 1e-5);
    }
    for (const [name, state] of Object.entries(before)) {
      const by = 1 / factor(from, to, RATES[Number(/layers\.(\d)/.exec(name)![1])]);
      const power = name.endsWith("bias") ? 0 : name.startsWith("optimizer.v.") ? 2 : 1;
      expectClose(
        after[name],
        state.map((value) => value * by ** power),
        name,
        2 ** -22,
      );
    }
  });
});

describe("the expectation over all masks is test_step", () => {
  it.each(SCALINGS)("%s, a linear network, every state with its probability", async (scaling) => {
    // p = ½ hides a scale of p in place of 1 − p.
    for (const p of [0.2, 0.5, 0.7]) {
      for (const sizes of [
        [6, 2],
        [3, 6, 2],
      ]) {
        const layer = sizes.length - 2;
        const dropout = sizes.slice(1).map((_, l) => (l === layer ? p : 0));
        const net = await create({ sizes, activation: "linear", scaling, dropout, seed: 3 });
        const x = noise(sizes[0]);
        const expected = [0, 0];
        for (let state = 0; state < 64; state++) {
          const keep = Uint8Array.from({ length: 6 }, (_, i) => (state >> i) & 1);
          const kept = keep.reduce((sum, bit) => sum + bit, 0);
          const probability = (1 - p) ** kept * p ** (6 - kept);
          const masks: Masks = dropout.map((_, l) => (l === layer ? keep : null));
          net.train_step(x, null, { masks }).out.forEach((z, j) => {
            expected[j] += probability * z;
          });
        }
        expectClose(net.test_step(x), expected, `${scaling}, p ${p}, ${sizes}`, 1e-6);
      }
    }
  });
});

describe("the folded copy", () => {
  it("is made again when weights or rates have changed, and is what standard dropout computes", async () => {
    const schedule = (step: number) => 0.1 + step / 10;
    const dropout = { input: 0.2, hidden: [schedule, 0.3] };
    const [folded, standard] = await Promise.all(
      (["folded", "standard"] as const).map((scaling) => create({ ...OPTIONS, scaling, dropout })),
    );
    const x = noise(3 * 9, 4);
    const agree = (what: string) => {
      expectClose(folded.test_step(x), standard.test_step(x), what, 1e-6);
      expect(folded.parameters(), what).toEqual(standard.parameters());
    };
    agree("at first");
    for (const net of [folded, standard]) trained(net, 2);
    agree("after steps, which change a rate, too");
    for (const net of [folded, standard]) net.setParameters({ W2: noise(21 * 40, 9) });
    agree("after setParameters");
    for (const net of [folded, standard]) net.dropout = 0.7;
    agree("after a change of the rates");
    for (const net of [folded, standard]) net.learningRate = 0.3;
    for (const net of [folded, standard]) trained(net, 1);
    agree("after another step");
    folded.input(64);
    agree("after the memory was rearranged");
  });

  it("is made again when conversions have changed the weights, though the rates are what they were", async () => {
    const net = await create({ ...OPTIONS, scaling: "folded", dropout: 0.5 });
    const x = noise(4 * 9);
    net.test_step(x);
    net.scaling = "inverted";
    net.dropout = 0.2;
    net.scaling = "folded";
    net.dropout = 0.5;
    using loaded = await Network.load(net.save());
    expect(net.test_step(x)).toEqual(loaded.test_step(x));
  });

  it("is counted in the memory, and saved nowhere", async () => {
    const sizes = [300, 400, 10];
    const standard = await create({ sizes, scaling: "standard" });
    const folded = await create({ sizes, scaling: "folded" });
    const bytes = 4 * (300 * 400 + 400 * 16);
    expect(folded.runtime.memory - standard.runtime.memory).toBeGreaterThan(bytes - 65536);
    const { memory } = standard.runtime;
    const x = noise(600);
    const before = standard.test_step(x);
    standard.scaling = "folded";
    expect(standard.runtime.memory - memory).toBeGreaterThan(bytes - 65536);
    expectClose(standard.test_step(x), before, "test_step", 1e-6);
    const names = Object.keys(readSafetensors(folded.save()).tensors);
    expect(names.sort()).toEqual(["layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight"]);
    folded.test_step(x);
    const again = await Network.load(folded.save());
    expect(again.test_step(x)).toEqual(folded.test_step(x));
    again.dispose();
  });
});

describe("p = 1", () => {
  it("refuses a conversion, naming the layer, and changes nothing", async () => {
    for (const [from, to] of SWITCHES) {
      const converts = (from === "inverted") !== (to === "inverted");
      for (const [dropout, layer] of [
        [[0.5, 1, 0.5], "layer 1"],
        [[1, 0.2, 0.5], "layer 0 (the input)"],
      ] as const) {
        const net = trained(await create({ ...OPTIONS, dropout: [...dropout], scaling: from }), 1);
        const before = snapshot(net);
        const change = () => {
          net.scaling = to;
        };
        if (converts) {
          expect(change).toThrow(`dropout of ${layer} must be below 1 to change scaling from "${from}" to "${to}"`);
          expect(snapshot(net)).toEqual(before);
        } else {
          expect(change).not.toThrow();
        }
        net.scaling = net.config.scaling;
      }
    }
  });
});
