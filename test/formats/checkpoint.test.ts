import { afterEach, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network as Trained } from "../../src/infer.js";
import { Network } from "../../src/network.js";
import type { NetworkOptions, OptimizerOptions } from "../../src/types.js";

const opened: Network[] = [];
afterEach(() => {
  for (const network of opened.splice(0)) network.dispose();
});

async function create(options: Partial<NetworkOptions> = {}): Promise<Network> {
  const network = await Network.create({
    sizes: [5, 19, 7, 3],
    seed: 11,
    maxBatch: 8,
    dropout: [0.2, 0.5, 0.3],
    ...options,
  });
  opened.push(network);
  return network;
}

async function load(bytes: Uint8Array, options?: Parameters<typeof Network.load>[1]): Promise<Network> {
  const network = await Network.load(bytes, options);
  opened.push(network);
  return network;
}

/** Any data will do, as long as it is the same in every run. */
const x = Float32Array.from({ length: 20 * 5 }, (_, i) => ((i * 37) % 101) / 50 - 1);
const labels = Array.from({ length: 20 }, (_, i) => (i * 7) % 3);

function train(network: Network, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const row = (i % 3) * 4;
    network.train_step(x.subarray(row * 5, (row + 8) * 5), labels.slice(row, row + 8));
  }
}

const OPTIMIZERS: OptimizerOptions[] = [
  { type: "sgd", learningRate: 0.1, maxNorm: 1 },
  { type: "sgd", learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3 },
  { type: "adam", learningRate: 0.01, clipNorm: 1 },
  { type: "adamw", learningRate: 0.01 },
];

describe("stopping and going on equals not stopping, to the bit", () => {
  test.each(OPTIMIZERS)("%o", async (optimizer) => {
    for (const scaling of ["standard", "inverted", "folded"] as const) {
      const straight = await create({ optimizer, scaling });
      train(straight, 0, 6);
      const stopped = await create({ optimizer, scaling });
      train(stopped, 0, 3);
      const resumed = await load(stopped.save());
      expect(resumed.save(), "loading and saving changes no byte").toEqual(stopped.save());
      train(resumed, 3, 6);
      expect(resumed.parameters()).toEqual(straight.parameters());
      expect(resumed.test_step(x)).toEqual(straight.test_step(x));
      expect(resumed.train_step(x).out, "masks of looking go on, too").toEqual(straight.train_step(x).out);
      expect(resumed.mc_step(x, { samples: 3 })).toEqual(straight.mc_step(x, { samples: 3 }));
      expect(resumed.save()).toEqual(straight.save());
    }
  });

  test("in the middle of a pass of fit", async () => {
    const reports = async (network: Network, signal?: AbortSignal, stopAt?: () => void) => {
      const losses: number[] = [];
      const onStep = ({ epoch, step }: { epoch: number; step: number }) => {
        if (epoch === 2 && step === 2) stopAt?.();
      };
      for await (const report of network.fit(
        { x, y: labels },
        { epochs: 3 - network.progress.epoch, batch: 8, signal, onStep },
      )) {
        losses.push(report.trainLoss);
      }
      return losses;
    };
    const straight = await create();
    const expected = await reports(straight);
    const stopped = await create();
    const controller = new AbortController();
    await expect(reports(stopped, controller.signal, () => controller.abort())).rejects.toThrow();
    const resumed = await load(stopped.save());
    expect(resumed.step).toBe(5);
    expect(await reports(resumed)).toEqual(expected.slice(1));
    expect(resumed.save()).toEqual(straight.save());
  });
});

describe("weights alone", () => {
  test.each(OPTIMIZERS)("go on with a fresh optimizer: %o", async (optimizer) => {
    const dropout = 0;
    const old = await create({ optimizer, dropout });
    train(old, 0, 50);
    const loaded = await load(old.save({ optimizer: false }));
    const fresh = await create({ optimizer, dropout });
    fresh.setParameters(old.parameters());
    train(loaded, 0, 3);
    train(fresh, 0, 3);
    expect(loaded.parameters()).toEqual(fresh.parameters());
    expect([loaded.step, fresh.step]).toEqual([53, 3]);
  });
});

describe("a file that does not fit its settings is refused", () => {
  type Parts = ReturnType<typeof readSafetensors>;
  const counters =
    (change: object) =>
    ({ metadata }: Parts): void => {
      metadata.counters = JSON.stringify({ ...JSON.parse(metadata.counters), ...change });
    };
  const written = async (change: (parts: Parts) => void): Promise<Uint8Array> => {
    const network = await create({ optimizer: { type: "adam" } });
    train(network, 0, 1);
    const parts = readSafetensors(network.save());
    change(parts);
    return writeSafetensors(parts.tensors, parts.metadata);
  };

  test("but not where nothing was changed", async () => {
    await expect(load(await written(() => {}))).resolves.toBeInstanceOf(Network);
  });

  const cases: [string, (parts: Parts) => void, RegExp][] = [
    [
      "a bias is missing",
      ({ tensors }) => delete tensors["layers.1.bias"],
      /tensor "layers.1.bias" must be F32 \[7\]; got undefined/,
    ],
    [
      "one of Adam's tensors is missing",
      ({ tensors }) => delete tensors["optimizer.v.layers.2.weight"],
      /tensor "optimizer.v.layers.2.weight" must be F32 \[3, 7\]; got undefined/,
    ],
    [
      "a tensor too many",
      ({ tensors }) => {
        tensors["layers.3.bias"] = tensors["layers.2.bias"];
      },
      /a tensor "layers.3.bias" that its settings do not call for/,
    ],
    [
      "another shape",
      ({ tensors }) => tensors["layers.0.weight"].shape.reverse(),
      /must be F32 \[19, 5\]; got \["F32", \[5, 19\]\]/,
    ],
    [
      "a weight that is no number",
      ({ tensors }) => tensors["layers.0.weight"].data.fill(Number.NaN as never, 4, 5),
      /finite; its element 4 is NaN/,
    ],
    [
      "no format",
      ({ metadata }) => delete metadata.format,
      /must be a network of thinned, version 1 or 2; got format undefined, version "2"/,
    ],
    [
      "a later version",
      ({ metadata }) => {
        metadata.version = "3";
      },
      /version 1 or 2; got format "thinned", version "3"/,
    ],
    ["no config", ({ metadata }) => delete metadata.config, /the file's config: not JSON$/],
    ["no counters", ({ metadata }) => delete metadata.counters, /the file's counters: not JSON$/],
    ["a step below 0", counters({ step: -1 }), /counter step must be a whole number from 0 to 281474976710655; got -1/],
    ["a step beyond all", counters({ step: 1e300 }), /counter step must be a whole number from 0 to \d+; got 1e\+300/],
    ["a counter is missing", counters({ optimizerSteps: undefined }), /the file's counters has no optimizerSteps$/],
    ["a sum that is none", counters({ lossSum: null }), /counter lossSum must be a finite number; got null/],
  ];
  test.each(cases)("%s", async (_, change, message) => {
    await expect(load(await written(change))).rejects.toThrow(message);
  });
});

describe("version 1 still opens", () => {
  const former = (bytes: Uint8Array, more: Record<string, string> = {}): Uint8Array => {
    const { tensors, metadata } = readSafetensors(bytes);
    const { output: _, activation, ...config } = JSON.parse(metadata.config);
    const text = JSON.stringify({ ...config, activation: activation[0] });
    return writeSafetensors(tensors, { ...metadata, version: "1", config: text, ...more });
  };

  test.each(["cross-entropy", "bce", "mse"] as const)("%s: the same answers, and the same file again", async (loss) => {
    const network = await create({ loss, activation: "leaky_relu", optimizer: { type: "adam" }, build: "simd" });
    network.train_step(
      x,
      Float32Array.from({ length: 60 }, (_, i) => (i % 3) / 3),
    );
    const bytes = former(network.save());
    const loaded = await load(bytes, { build: "simd" });
    expect(loaded.config).toEqual(network.config);
    expect(loaded.predict(x)).toEqual(network.predict(x));
    expect(loaded.mc_step(x, { samples: 3, draw: 0 })).toEqual(network.mc_step(x, { samples: 3, draw: 0 }));
    expect(loaded.save()).toEqual(network.save());
    using trained = await Trained.load(bytes);
    expect(trained.predict(x)).toEqual(network.predict(x));
  });

  test("what its owner called classes or input.… was no business of the file's", async () => {
    const network = await create();
    const { tensors, metadata } = readSafetensors(former(network.save(), { classes: "mine" }));
    const mine = { "input.shift": { dtype: "F32" as const, shape: [1], data: Float32Array.of(1) } };
    const bytes = writeSafetensors({ ...tensors, ...mine }, metadata);
    expect((await load(bytes)).metadata).toEqual({ classes: "mine" });
    expect((await load(bytes)).classes).toBeNull();
    using trained = await Trained.load(bytes);
    expect([trained.classes, trained.config.inputs, trained.metadata.classes]).toEqual([null, null, "mine"]);
  });
});

describe("inputs and classes in a file", () => {
  const inputs = { shift: [1e4 + 1e-9, 0, 1, 2, 3], scale: [1, 2, 3, 0.1, 0.2] };

  test("come back exactly", async () => {
    const network = await create({ inputs, classes: ["a", "b", "c"] });
    const { tensors, metadata } = readSafetensors(network.save());
    expect(tensors["input.shift"]).toEqual({ dtype: "F64", shape: [5], data: Float64Array.from(inputs.shift) });
    expect(tensors["input.scale"]).toEqual({ dtype: "F32", shape: [5], data: Float32Array.from(inputs.scale) });
    expect(metadata.classes).toBe('["a","b","c"]');
    const loaded = await load(network.save());
    expect(loaded.config).toEqual(network.config);
    expect(loaded.metadata).toEqual({});
    expect(loaded.save()).toEqual(network.save());
  });

  test("are refused where they do not fit", async () => {
    const network = await create({ inputs, classes: ["a", "b", "c"] });
    type Parts = ReturnType<typeof readSafetensors>;
    const changed = (change: (parts: Parts) => void): Uint8Array => {
      const parts = readSafetensors(network.save());
      change(parts);
      return writeSafetensors(parts.tensors, parts.metadata);
    };
    const F32 = (...values: number[]) => ({
      dtype: "F32" as const,
      shape: [values.length],
      data: Float32Array.from(values),
    });
    const wrong: [(parts: Parts) => void, RegExp][] = [
      [({ tensors }) => delete tensors["input.scale"], /^tensor "input.scale" must be F32 \[5\]; got undefined$/],
      [({ tensors }) => delete tensors["input.shift"], /^tensor "input.shift" must be F64 \[5\]; got undefined$/],
      [
        ({ tensors }) => (tensors["input.shift"] = F32(1, 2, 3, 4, 5)),
        /^tensor "input.shift" must be F64 \[5\]; got \["F32", \[5\]\]$/,
      ],
      [
        ({ tensors }) => (tensors["input.scale"] = F32(1, 2)),
        /^tensor "input.scale" must be F32 \[5\]; got \["F32", \[2\]\]$/,
      ],
      [
        ({ tensors }) => tensors["input.shift"].data.fill(Number.NaN as never),
        /^tensor "input.shift" must be finite; its element 0 is NaN$/,
      ],
      [({ tensors }) => (tensors["input.mean"] = F32(1)), /a tensor "input.mean" that its settings do not call for/],
      [({ metadata }) => (metadata.classes = "a, b, c"), /^the file's classes: not JSON$/],
      [({ metadata }) => (metadata.classes = '["a"]'), /^classes must be 3 names/],
      [({ metadata }) => (metadata.classes = "[1, 2, 3]"), /^classes\[0\] must be a text; got 1$/],
    ];
    for (const [change, message] of wrong) await expect(load(changed(change)), String(change)).rejects.toThrow(message);
    network.metadata.classes = "[]";
    expect(() => network.save()).toThrow(/^metadata.classes is what the file says of itself/);
  });
});
