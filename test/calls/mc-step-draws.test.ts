// Every draw's answers, their quantiles, and draws of one mask for all rows: equal to the bit to masks that are
// supplied one by one.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KeptDraws } from "../../src/calls/kept-draws.js";
import { Network as Trained } from "../../src/draws.js";
import type { MonteCarloOptions, Network, NetworkOptions } from "../../src/index.js";
import type { MaskOptions } from "../../src/types.js";
import { createStored, ORIENTATIONS } from "../support/layouts.js";
import { create, noise } from "../support/networks.js";

const SIZES = [40, 300, 200, 5];
const x = noise(37 * 40);
/** `[draws, batch, out]`: what the draws answer where each is a pass with its masks supplied. */
function oneByOne(net: Network, rows: Float32Array, draws: number[], shared: boolean): Float32Array {
  const batch = rows.length / net.config.sizes[0];
  return Float32Array.from(
    draws.flatMap((draw) => [...net.train_step(rows, null, { masks: net.masks({ draw, batch, shared }) }).out]),
  );
}

const KINDS: [string, NetworkOptions][] = [
  ["relu, hidden layers dropped", { sizes: SIZES }],
  ["the input dropped too", { sizes: SIZES, dropout: { input: 0.2, hidden: 0.5 }, scaling: "standard" }],
  ["from the second layer on, folded", { sizes: SIZES, dropout: [0, 0, 0.7], scaling: "folded", activation: "gelu" }],
  ["the first layer alone, smooth", { sizes: SIZES, dropout: [0, 0.8, 0], activation: ["sigmoid", "elu"] }],
  ["the input alone, shifted", { sizes: SIZES, dropout: [0.4, 0, 0], inputs: { shift: 0.25, scale: 3 } }],
  ["nothing but zeros", { sizes: SIZES, dropout: [0.1, 1, 0.5], activation: "sigmoid" }],
  ["small layers, where all units may be dropped", { sizes: [40, 3, 2, 5], dropout: 0.8, activation: "sigmoid" }],
  ["no dropout", { sizes: SIZES, dropout: 0 }],
  ["no zeros skipped", { sizes: SIZES, sparse: false }],
];

describe.each(ORIENTATIONS)("the first weight stored by %s:", (orientation) => {
  test.each(KINDS)("%s: every draw is the pass with its masks, to the bit", async (_, options) => {
    for (const build of ["simd", "relaxed"] as const) {
      const given = { ...options, loss: "mse", build, seed: 3, maxBatch: 80 } as const;
      const net = await createStored(given, orientation);
      for (const masks of ["shared", "independent"] as const) {
        const { outputs } = net.mc_step(x, { samples: 5, draw: 11, outputs: true, masks });
        expect(outputs, `${build}, ${masks}`).toEqual(oneByOne(net, x, [11, 12, 13, 14, 15], masks === "shared"));
      }
    }
  });
});

test.each(KINDS)("%s: threads, pieces and thinned/draws change no bit", async (_, options) => {
  const given = { ...options, loss: "mse", build: "simd", seed: 3 } as const;
  const net = await create({ ...given, maxBatch: 200 });
  const asked = { samples: 4, draw: 2, outputs: true, quantiles: [0.5], masks: "shared" } as const;
  const wanted = net.mc_step(x, asked);
  const pieces = await create({ ...given, maxBatch: 9 });
  expect(pieces.mc_step(x, asked)).toEqual(wanted);
  const threads = await create({ ...given, threads: 3 });
  expect(threads.mc_step(x, asked)).toEqual(wanted);
  using trained = await Trained.load(net.save());
  expect(trained.mc_step(x, asked)).toEqual(wanted);
  expect(await net.mc_step_async(x, asked)).toEqual(wanted);
});

test("a shared draw has the bits of sample 0 of the independent one, in every row", async () => {
  const net = await create({ sizes: SIZES, dropout: { input: 0.2, hidden: 0.5 }, maxBatch: 3 });
  const first = net.masks({ draw: 7, batch: 1 });
  expect(net.masks({ draw: 7, shared: true })).toEqual(first);
  const rows = net.masks({ draw: 7, shared: true, batch: 5 });
  for (const [l, mask] of rows.entries()) {
    const width = SIZES[l];
    for (let s = 0; s < 5; s++) expect(mask?.subarray(s * width, (s + 1) * width)).toEqual(first[l]);
  }
  const ask = (wrong: object) => () => net.masks(wrong as MaskOptions);
  expect(ask({ step: 0, batch: 2, shared: true })).toThrow(/^shared must be false for an update; got true; every row/);
  expect(ask({ draw: 0, shared: 1 })).toThrow(/^shared must be true or false; got 1$/);
});

test("a test_step after shared draws is what it was before, whatever the scaling", async () => {
  for (const scaling of ["standard", "inverted", "folded"] as const) {
    const net = await create({ sizes: SIZES, scaling });
    const before = net.test_step(x);
    net.mc_step(x, { samples: 2, masks: "shared" });
    expect(net.test_step(x), scaling).toEqual(before);
  }
});

test("outputs and quantiles change nothing else of the result", async () => {
  const net = await create({ sizes: [40, 30, 4] });
  const plain = net.mc_step(x, { samples: 20, draw: 0 });
  expect(Object.keys(plain)).not.toContain("outputs");
  const { outputs, quantiles, ...rest } = net.mc_step(x, { samples: 20, draw: 0, outputs: true, quantiles: [0, 1] });
  expect(rest).toEqual(plain);
  expect(outputs).toHaveLength(20 * 37 * 4);
  const column = Array.from({ length: 20 }, (_, d) => outputs![d * 37 * 4 + 5]);
  expect([quantiles![5], quantiles![37 * 4 + 5]]).toEqual([Math.min(...column), Math.max(...column)]);
});

test("what a standard error stops early gives the draws that were made", async () => {
  const net = await create({ sizes: [40, 30, 4] });
  const { draws, outputs } = net.mc_step(x, { standardError: 1, outputs: true });
  expect([draws, outputs?.length]).toEqual([10, 10 * 37 * 4]);
});

const numpy = JSON.parse(readFileSync(new URL("../fixtures/quantiles.json", import.meta.url), "utf8"));

test.each(Object.keys(numpy.quantiles).map(Number))("quantiles of %i draws are NumPy's", (n) => {
  const { levels, quantiles } = numpy;
  const kept = new KeptDraws({ outputs: false, quantiles: levels }, n, 2);
  for (let i = 1; i <= n; i++) {
    const value = ((i * 40503) % 65536) / 65536 - 0.5;
    kept.add(Float32Array.of(value, i === n ? Number.NaN : value));
  }
  const result = kept.result().quantiles!;
  for (const [q, value] of quantiles[n].entries()) {
    // One rounding to single precision on each side.
    expect(Math.abs(result[2 * q] - value), `level ${levels[q]}`).toBeLessThanOrEqual(6e-8);
    expect(result[2 * q + 1]).toBe(Number.NaN);
  }
});

test("refuses what makes no sense, and draws that would not fit into memory, with the bytes", async () => {
  const net = await create({ sizes: [40, 30, 4] });
  const ask = (wrong: object) => () => net.mc_step(x, wrong as MonteCarloOptions);
  expect(ask({ outputs: 1 })).toThrow(/^outputs must be true or false; got 1$/);
  expect(ask({ quantiles: 0.5 })).toThrow(/^quantiles must be an array of one or more numbers .*; got 0.5$/);
  expect(ask({ quantiles: [] })).toThrow(/^quantiles must be an array of one or more numbers from 0 to 1/);
  expect(ask({ quantiles: [0.5, 95] })).toThrow(/^quantiles\[1\] must be a number from 0 to 1; got 95$/);
  expect(ask({ quantiles: [Number.NaN] })).toThrow(/^quantiles\[0\] must be/);
  expect(ask({ masks: "share" })).toThrow(/^masks must be one of "independent", "shared"; got "share"; did you mean/);
  for (const option of [{ outputs: true }, { quantiles: [0.5] }]) {
    expect(ask({ ...option, samples: 1e9 })).toThrow(
      /^samples must be so few .*; got 1000000000; they would take 592000000000 bytes: take fewer/,
    );
  }
  await expect(net.mc_step_async(x, { outputs: true, samples: 1e9 })).rejects.toThrow(/592000000000 bytes/);
  expect(net.mc_step(x, { samples: 2 })).toEqual(net.mc_step(x, { samples: 2, draw: 0 }));
});
