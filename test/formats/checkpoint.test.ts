import { afterEach, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
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
  test("missing, surplus, misshapen and poisoned tensors, foreign and damaged metadata", async () => {
    const network = await create({ optimizer: { type: "adam" } });
    train(network, 0, 1);
    const bytes = network.save();
    type Parts = ReturnType<typeof readSafetensors>;
    const changed = (change: (parts: Parts) => void): Uint8Array => {
      const parts = readSafetensors(bytes.slice());
      change(parts);
      return writeSafetensors(parts.tensors, parts.metadata);
    };
    const counters = (change: object) =>
      changed(({ metadata }) => {
        metadata.counters = JSON.stringify({ ...JSON.parse(metadata.counters), ...change });
      });
    const wrong: [Uint8Array, RegExp][] = [
      [
        changed(({ tensors }) => delete tensors["layers.1.bias"]),
        /tensor "layers.1.bias" must be F32 \[7\]; got undefined/,
      ],
      [
        changed(({ tensors }) => delete tensors["optimizer.v.layers.2.weight"]),
        /tensor "optimizer.v.layers.2.weight" must be F32 \[3, 7\]; got undefined/,
      ],
      [
        changed(({ tensors }) => {
          tensors["layers.3.bias"] = tensors["layers.2.bias"];
        }),
        /a tensor "layers.3.bias" that its settings do not call for/,
      ],
      [
        changed(({ tensors }) => tensors["layers.0.weight"].shape.reverse()),
        /must be F32 \[19, 5\]; got \["F32", \[5, 19\]\]/,
      ],
      [
        changed(({ tensors }) => tensors["layers.0.weight"].data.fill(Number.NaN as never, 4, 5)),
        /finite; its element 4 is NaN/,
      ],
      [
        changed(({ metadata }) => delete metadata.format),
        /must be a network of thinned, version 1; got format undefined, version "1"/,
      ],
      [
        changed(({ metadata }) => {
          metadata.version = "2";
        }),
        /version 1; got format "thinned", version "2"/,
      ],
      [changed(({ metadata }) => delete metadata.config), /the file's config: not JSON$/],
      [changed(({ metadata }) => delete metadata.counters), /the file's counters: not JSON$/],
      [counters({ step: -1 }), /counter step must be a whole number from 0 to 281474976710655; got -1/],
      [counters({ step: 1e300 }), /counter step must be a whole number from 0 to 281474976710655; got 1e\+300/],
      [counters({ optimizerSteps: undefined }), /the file's counters has no optimizerSteps$/],
      [counters({ lossSum: null }), /counter lossSum must be a finite number; got null/],
    ];
    for (const [file, message] of wrong) await expect(load(file)).rejects.toThrow(message);
    await expect(load(bytes)).resolves.toBeInstanceOf(Network);
  });
});
