// Training, loss by loss, against an independent implementation: test/fixtures/training_run.py.
import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import type { Activation, OptimizerOptions, Scaling } from "../../src/types.js";
import { create, expectClose } from "../support/networks.js";

interface Fixture {
  sizes: number[];
  rates: number[];
  batches: number[];
  runs: { name: string; scaling: Scaling; activation: Activation; optimizer: OptimizerOptions; losses: number[] }[];
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/training_run.json", import.meta.url), "utf8"));

/** The same numbers as in fixtures/training_run.py. */
function numbers(count: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => {
    const i = at + 1;
    return ((i * 40503 + salt * 30011 + ((i * i) % 65521) * 17) % 65536) / 32768 - 1;
  });
}

describe("a run that NumPy computed, loss by loss", () => {
  const { sizes, rates, batches, runs } = fixture;
  for (const build of ["simd", "relaxed"] as const) {
    it.each(runs)(`$name (${build})`, async ({ scaling, activation, optimizer, losses }) => {
      const net = await create({ sizes, dropout: rates, scaling, activation, optimizer, build, maxBatch: 4 });
      sizes.slice(1).forEach((out, l) => {
        const W = numbers(out * sizes[l], 20 + l).map((value) => value / 4);
        const b = numbers(out, 30 + l).map((value) => value / 8);
        net.setParameters({ [`W${l + 1}`]: W, [`b${l + 1}`]: b });
      });
      const actual = batches.map((batch, step) => {
        const masks = rates.map((p, l) =>
          Uint8Array.from(numbers(batch * sizes[l], 1000 + 10 * step + l), (value) => Number(value >= 2 * p - 1)),
        );
        const labels = Array.from({ length: batch }, (_, i) => ((step + i) * 7) % sizes[sizes.length - 1]);
        return net.train_step(numbers(batch * sizes[0], 100 + step), labels, { masks }).loss;
      });
      // Rounding of one step moves the next: ten steps of some 2⁻²⁰ each.
      expectClose(actual, losses, `${build}`, 1e-5);
    });
  }
});
