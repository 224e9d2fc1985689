// A study as data: its runs, its shards, and what came of them put together.
import { expect, test } from "vitest";
import { gather, nameOf, planStudy, shardOf } from "../../src/lab/plan.js";

test("a plan names every training once, and its shards share them out", () => {
  const plan = planStudy({ rates: [0, 0.5], sizes: [60], seeds: [1, 2], features: true });
  expect(plan.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  expect(plan.map(nameOf)).toEqual([
    "learning curve, no dropout",
    "learning curve, dropout",
    "p = 0, seed 1",
    "p = 0, seed 2",
    "p = 0.5, seed 1",
    "p = 0.5, seed 2",
    "60 samples, no dropout, seed 1",
    "60 samples, no dropout, seed 2",
    "60 samples, dropout, seed 1",
    "60 samples, dropout, seed 2",
    "autoencoder, no dropout",
    "autoencoder, dropout",
  ]);
  expect(planStudy({ rates: [], sizes: [], seeds: [1], features: false }).length).toBe(2);
  const shards = [1, 2, 3, 4, 5].map((index) => shardOf(plan, index, 5));
  expect(shards.map((runs) => runs.map(({ number }) => number))).toEqual([
    [1, 6, 11],
    [2, 7, 12],
    [3, 8],
    [4, 9],
    [5, 10],
  ]);
});

test("what came of the runs is put together in the plan's order, whatever order it came in", () => {
  const plan = planStudy({ rates: [0, 0.5], sizes: [60], seeds: [1, 2], features: false });
  const outcomes = plan.map((run) => {
    const errors = { trainError: run.number / 100, testError: run.number / 10 };
    return [run.number, run.of === "curve" ? [{ arm: run.arm, step: 7, ...errors }] : errors] as const;
  });
  const found = gather(plan, new Map(outcomes.toReversed()));
  expect(found).toEqual({
    curves: [
      { arm: "no dropout", step: 7, trainError: 0.01, testError: 0.1 },
      { arm: "dropout", step: 7, trainError: 0.02, testError: 0.2 },
    ],
    rates: [
      { p: 0, trainErrors: [0.03, 0.04], testErrors: [0.3, 0.4] },
      { p: 0.5, trainErrors: [0.05, 0.06], testErrors: [0.5, 0.6] },
    ],
    sizes: [
      { arm: "no dropout", samples: 60, trainErrors: [0.07, 0.08], testErrors: [0.7, 0.8] },
      { arm: "dropout", samples: 60, trainErrors: [0.09, 0.1], testErrors: [0.9, 1] },
    ],
    features: null,
  });
});
