// Schedules: their values against PyTorch's, and what is refused. Saved, resumed and followed:
// test/calls/schedules.test.ts.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resolveOptions } from "../../src/config/network.js";
import { cosineOf, halfWave } from "../../src/config/schedules/half-wave.js";
import { afterLoss, type PlateauState } from "../../src/config/schedules/plateau.js";
import { resolveSchedule } from "../../src/config/schedules/resolve.js";
import { scheduledValue } from "../../src/config/schedules/value.js";
import type { PlateauSchedule, Schedule } from "../../src/types.js";

interface Fixture {
  cases: { schedule: Schedule; values: number[] }[];
  plateaus: { schedule: PlateauSchedule; losses: number[]; values: number[] }[];
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/schedules.json", import.meta.url), "utf8"));
const resolve = (schedule: Schedule) => resolveSchedule("s", schedule, (_, value) => value as number);

/** Double precision throughout on both sides; PyTorch multiplies step by step, which rounds a few hundred times. */
const TOLERANCE = 1e-12;

it.each(fixture.cases)("PyTorch's learning rates: $schedule.type $schedule.steps", ({ schedule, values }) => {
  const checked = resolve(schedule);
  values.forEach((value, step) => {
    expect(Math.abs(scheduledValue(checked, step) - value), `step ${step}`).toBeLessThan(TOLERANCE);
    const later = { ...checked, begin: 1000 } as Schedule;
    expect(scheduledValue(later, 1000 + step)).toBe(scheduledValue(checked, step));
    expect(scheduledValue(later, step), "before its beginning").toBe(scheduledValue(checked, 0));
  });
});

it.each(fixture.plateaus)(
  "PyTorch's ReduceLROnPlateau: patience $schedule.patience",
  ({ schedule, losses, values }) => {
    const checked = resolve(schedule) as PlateauSchedule;
    let state: PlateauState | null = null;
    losses.forEach((loss, epoch) => {
      expect(Math.abs(scheduledValue(checked, 7, state?.value) - values[epoch]), `epoch ${epoch}`).toBeLessThan(
        TOLERANCE,
      );
      state = JSON.parse(JSON.stringify(afterLoss(checked, state, loss)));
    });
    expect(new Set(values).size, "the losses must lower the rate").toBeGreaterThan(2);
  },
);

it("a loss that is no number is no better one", () => {
  const checked = resolve({ type: "plateau", from: 1, patience: 1, factor: 0.5 }) as PlateauSchedule;
  let state: PlateauState | null = null;
  for (let i = 0; i < 2; i++) state = afterLoss(checked, state, Number.NaN);
  expect(state).toEqual({ value: 0.5, best: null, bad: 0, cooling: 0 });
});

it("a loss below 0 is better by a share of its size, not by being there", () => {
  const checked = resolve({ type: "plateau", from: 1, patience: 9, threshold: 0.1 }) as PlateauSchedule;
  const losses = [-1, -1.05, -0.95, -1.2, -1.2];
  const bests: (number | null)[] = [];
  let state: PlateauState | null = null;
  for (const loss of losses) {
    state = afterLoss(checked, state, loss);
    bests.push(state.best);
  }
  expect(bests).toEqual([-1, -1, -1, -1.2, -1.2]);
});

it("a cosine of its own, right to 1e-15 and exact where it matters", () => {
  let worst = 0;
  for (let i = 0; i <= 4096; i++)
    worst = Math.max(worst, Math.abs(cosineOf(i / 4096) - Math.cos((Math.PI * i) / 4096)));
  expect(worst).toBeLessThan(1e-15);
  expect([cosineOf(0), cosineOf(0.5), cosineOf(1)]).toEqual([1, 0, -1]);
  expect([halfWave(0.1, 0.003, 0), halfWave(1, 0, 1), halfWave(1, 0, 0)]).toEqual([0.1, 0, 1]);
});

it("linear, constant, early and late are what they say, after their end too", () => {
  const at = (schedule: Schedule, ...steps: number[]) => steps.map((step) => scheduledValue(resolve(schedule), step));
  expect(at({ type: "linear", from: 1, steps: 4 }, 0, 1, 4, 9)).toEqual([1, 0.75, 0, 0]);
  expect(at({ type: "constant", value: 0.3 }, 0, 1e9)).toEqual([0.3, 0.3]);
  expect(at({ type: "early", value: 0.3, steps: 5 }, 0, 4, 5, 1e9)).toEqual([0.3, 0.3, 0, 0]);
  expect(at({ type: "late", value: 0.3, steps: 5 }, 0, 4, 5, 1e9)).toEqual([0, 0, 0.3, 0.3]);
  expect(at({ type: "one-cycle", peak: 1, steps: 1 }, 0, 1)).toEqual([4e-6, 4e-6]);
  expect(at({ type: "step", from: 1, every: 3, factor: 0 }, 2, 3)).toEqual([1, 0]);
});

describe("is refused, naming the key", () => {
  const create = (learningRate: unknown, dropout: unknown = 0.5) =>
    resolveOptions({ sizes: [2, 3, 2], dropout, optimizer: { type: "sgd", learningRate } } as never);
  it.each([
    [
      { type: "cosine", from: 0.1 },
      /^optimizer.learningRate.steps must be a whole number of at least 1; got undefined; it is the schedule's length in updates: epochs \* Math.ceil\(samples \/ batch\)$/,
    ],
    [
      { type: "cosin", from: 0.1, steps: 3 },
      /^optimizer.learningRate.type must be one of .*; got "cosin"; did you mean "cosine"\?/,
    ],
    [
      { type: "cosine", from: -1, steps: 3 },
      /^optimizer.learningRate.from must be a finite number of at least 0; got -1/,
    ],
    [{ type: "cosine", form: 1, steps: 3 }, /^optimizer.learningRate has no option "form"; did you mean "from"/],
    [{ type: "step", from: 1 }, /^optimizer.learningRate.every must be a whole number/],
    [{ type: "exponential", from: 1, factor: 2 }, /^optimizer.learningRate.factor must be a number from 0 to 1; got 2/],
    [{ type: "warm-up", steps: 5, to: { type: "linear", from: 1 } }, /^optimizer.learningRate.to.steps must be/],
    [{ type: "warm-up", steps: 5 }, /^optimizer.learningRate.to must be a finite number of at least 0; got undefined/],
    [
      { type: "one-cycle", peak: 1, steps: 5, warmUp: 1 },
      /^optimizer.learningRate.warmUp must be a number of at least 0 and below 1/,
    ],
  ])("%j", (learningRate, message) => {
    expect(() => create(learningRate)).toThrow(message);
  });

  it("as a rate: beyond 1, or waiting for plateaus", () => {
    expect(() => create(0.1, { type: "linear", from: 1.5, steps: 3 })).toThrow(
      /^dropout.from must be a number from 0 to 1; got 1.5; it is the probability/,
    );
    expect(() => create(0.1, { hidden: [{ type: "linear", from: 1 }] })).toThrow(/^dropout.hidden\[0\].steps must be/);
    expect(() => create(0.1, [0, { type: "plateau", from: 0.5 }])).toThrow(
      /^dropout\[1\] must be a function of the step alone; got "plateau"; only a learning rate/,
    );
    const momentum = { type: "linear", from: 0.5, to: 1, steps: 9 };
    expect(() => resolveOptions({ sizes: [2, 2], optimizer: { type: "sgd", momentum } } as never)).toThrow(
      /^optimizer.momentum.to must be a number of at least 0 and below 1; got 1/,
    );
  });
});
