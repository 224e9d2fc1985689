// thinned/infer beside the whole library: the same file, the same numbers to the bit, because both run the simd build's
// arithmetic.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import type { NetworkOptions } from "../../src/types.js";

const rows = (n: number, width: number) =>
  Float32Array.from({ length: n * width }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

const cases: [string, NetworkOptions][] = [
  ["relu", { sizes: [20, 70, 50, 3] }],
  ["one layer", { sizes: [7, 4] }],
  [
    "gelu, standard",
    { sizes: [9, 33, 4], activation: "gelu", scaling: "standard", dropout: { input: 0.2, hidden: 0.3 } },
  ],
  [
    "tanh, folded",
    { sizes: [9, 33, 18, 4], activation: "tanh", scaling: "folded", dropout: { input: 0.1, hidden: 0.6 } },
  ],
  ["selu, mse", { sizes: [5, 40, 2], activation: "selu", loss: "mse" }],
  ["leaky, bce", { sizes: [5, 40, 2], activation: "leaky_relu", loss: "bce" }],
  ["sigmoid", { sizes: [5, 40, 2], activation: "sigmoid" }],
  ["adam", { sizes: [5, 40, 2], optimizer: { type: "adamw" } }],
  ["momentum", { sizes: [5, 40, 2], optimizer: { type: "sgd", momentum: 0.9 } }],
  [
    "elu, tanh",
    { sizes: [5, 40, 30, 2], activation: ["elu", { type: "leaky_relu", slope: 0.3 }], output: "tanh", loss: "mse" },
  ],
  [
    "silu, mish",
    {
      sizes: [5, 40, 30, 20, 2],
      activation: ["silu", "mish", { type: "gelu", approximate: "tanh" }],
      output: "linear",
    },
  ],
  [
    "shifted and scaled",
    { sizes: [9, 40, 3], inputs: { shift: 0.1, scale: 3 }, classes: ["a", "b", "c"], dropout: { input: 0.3 } },
  ],
  ["wide enough to leave out zeros", { sizes: [300, 400, 400, 10], dropout: { input: 0.8, hidden: 0.8 } }],
];

test.each(cases)("%s: answers as the network that was saved", async (_, options) => {
  using net = await Network.create({ ...options, build: "simd", seed: 5, maxBatch: 16 });
  const [width, out] = [options.sizes[0], options.sizes.at(-1)!];
  const y =
    options.loss === "mse" || options.loss === "bce"
      ? rows(16, out).map(Math.abs)
      : Array.from({ length: 16 }, (_, i) => i % out);
  for (let step = 0; step < 3; step++) net.train_step(rows(16, width), y);
  net.metadata = { note: "kept" };
  using trained = await Trained.load(net.save());
  expect(trained.metadata).toEqual({ note: "kept" });
  for (const n of [1, 16, 19]) {
    const x = rows(n, width);
    expect(trained.test_step(x), `test_step of ${n} rows`).toEqual(net.test_step(x));
    expect(trained.predict(x), `predict of ${n} rows`).toEqual(net.predict(x));
    const draws = { samples: 5, draw: 3 };
    expect(trained.mc_step(x, draws), `mc_step of ${n} rows`).toEqual(net.mc_step(x, draws));
  }
  expect(net.config).toMatchObject(trained.config);
  expect(trained.config).toMatchObject({ sizes: options.sizes, seed: 5 });
  expect(trained.classes).toEqual(options.classes ?? null);
});

test("goes on with draws where the saved network stood", async () => {
  using net = await Network.create({ sizes: [9, 24, 3], build: "simd", seed: 5 });
  const x = rows(4, 9);
  net.mc_step(x, { samples: 3 });
  using trained = await Trained.load(net.save());
  expect(trained.mc_step(x, { samples: 2 })).toEqual(net.mc_step(x, { samples: 2 }));
});

test("keeps no memory for learning, and gives back what it has", async () => {
  const options: NetworkOptions = {
    sizes: [100, 500, 500, 10],
    optimizer: { type: "adam" },
    maxBatch: 1,
    build: "simd",
  };
  using net = await Network.create(options);
  const trained = await Trained.load(net.save());
  // Adam has four numbers for each weight, the gradient among them.
  expect(trained.runtime.memory).toBeLessThan(0.4 * net.runtime.memory);
  trained.dispose();
  trained.dispose();
  expect(() => trained.predict(rows(1, 100))).toThrow(/was disposed/);
});

test("takes its module from the caller, and refuses what it cannot read", async () => {
  using net = await Network.create({ sizes: [3, 4, 2], build: "simd" });
  const wasm = new Uint8Array(readFileSync(new URL("../../build/infer.wasm", import.meta.url)));
  using trained = await Trained.load(net.save(), { wasm, maxBatch: 2 });
  expect(trained.runtime).toMatchObject({ build: "simd", threads: 1, reason: "it was given as wasm" });
  expect(trained.predict(rows(5, 3))).toEqual(net.predict(rows(5, 3)));
  await expect(Network.create({ sizes: [3, 2], wasm })).rejects.toThrow(/got infer.wasm, which does not learn/);
  await expect(Trained.load(net.save(), { threads: 2 } as object)).rejects.toThrow(/no option "threads"/);
});

test("refuses what is no saved network, naming what is wrong", async () => {
  using net = await Network.create({ sizes: [3, 4, 2], build: "simd", optimizer: { type: "adam" } });
  const saved = net.save();
  const { tensors, metadata } = readSafetensors(saved);
  const changed = (parts: object, settings: object = {}, without = "") => {
    const config = JSON.stringify({ ...JSON.parse(metadata.config), ...settings });
    const kept = Object.entries(tensors).filter(([name]) => name !== without);
    return writeSafetensors(Object.fromEntries(kept), { ...metadata, config, ...parts });
  };
  const wrong: [Uint8Array, RegExp][] = [
    [new Uint8Array(3), /^not a safetensors file/],
    [new Uint8Array(9), /^not a safetensors file/],
    [new TextEncoder().encode("<!doctype html><title>404"), /^not a safetensors file/],
    [writeSafetensors(tensors), /got format undefined, version undefined$/],
    [changed({ format: "pt" }), /must be a network of thinned, version 1 or 2; got format "pt"/],
    [changed({ version: "3" }), /got format "thinned", version "3"/],
    [changed({}, { seed: undefined }), /^the file's config has no seed/],
    [changed({}, { activation: "rely" }), /^activation must be one of .* did you mean "relu"/],
    [changed({}, { activation: ["relu", "relu"] }), /^activation must be 1 activations \(one per hidden layer/],
    [changed({}, { output: undefined }), /^the file's config has no output/],
    [changed({ classes: "{}" }), /^classes must be 2 names, one per output; got an object/],
    [changed({ classes: "yes" }), /^the file's classes: not JSON$/],
    [changed({}, { dropout: [0.5] }), /^dropout must be 2 rates/],
    [changed({}, { dropout: null }), /^dropout must be 2 rates/],
    [changed({ config: "{" }), /^the file's config: not JSON$/],
    [changed({ config: "[]" }), /^the file's config must be an object; got \[\]$/],
    [changed({ counters: "" }), /^the file's counters: not JSON$/],
    [changed({ counters: "{}" }), /^the file's counters has no step/],
    [changed({}, {}, "layers.1.bias"), /^tensor "layers.1.bias" must be F32 \[2\]; got undefined$/],
    [changed({}, { sizes: [3, 5, 2] }), /^tensor "layers.0.weight" must be F32 \[5, 3\]; got/],
    [net.save({ optimizer: false }).slice(0, -4), /those before it end at/],
  ];
  for (const [bytes, message] of wrong) await expect(Trained.load(bytes), String(message)).rejects.toThrow(message);
  tensors["layers.0.weight"].data[7] = Number.NaN;
  await expect(Trained.load(changed({}))).rejects.toThrow(
    /^tensor "layers.0.weight" must be finite; its element 7 is NaN/,
  );
  await expect(Trained.load("model")).rejects.toThrow(/^the model could not be read from model: /);
  await expect(Trained.load(1 as never)).rejects.toThrow(/^the model must be the bytes of a file/);
});

test("refuses a word of millions of letters where a name belongs, without comparing it", async () => {
  using net = await Network.create({ sizes: [3, 4, 2], build: "simd" });
  const { tensors, metadata } = readSafetensors(net.save());
  const config = JSON.stringify({ ...JSON.parse(metadata.config), activation: "relu".repeat(5e6) });
  const bytes = writeSafetensors(tensors, { ...metadata, config });
  const message = /activation must be one of .*; got "relurelu[a-z]*\.\.\."$/;
  await expect(Trained.load(bytes)).rejects.toThrow(message);
  await expect(Network.load(bytes)).rejects.toThrow(message);
});

test("reads what readFileSync gives", async () => {
  using net = await Network.create({ sizes: [3, 4, 2], build: "simd", seed: 3 });
  using trained = await Trained.load(Buffer.from(net.save()));
  expect(trained.test_step(Float32Array.of(1, 2, 3))).toEqual(net.test_step(Float32Array.of(1, 2, 3)));
});
