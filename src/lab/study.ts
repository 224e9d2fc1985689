// Experiments that train the same network with and without dropout: learning curves, the rate (Srivastava's figure 9),
// the size of the training set (figure 10). What differs between two runs is what the experiment asks about, and
// nothing else.

import { linearRate } from "../config/learning-rate.js";
import { Network } from "../network.js";
import type { DataSet } from "../types.js";

export interface StudySetup {
  /** Hidden layers. */
  hidden: number[];
  classes: number;
  /** Dropping probabilities of the arm with dropout. */
  dropout: { input: number; hidden: number };
  learningRate: number;
  batch: number;
  /** Updates of every run, however many samples there are. */
  steps: number;
  /** Each experiment is repeated with so many seeds. */
  seeds: number[];
  signal?: AbortSignal;
  /** Called before every experiment. */
  onRun?: (run: string) => void;
  /** Called as a training goes on, with the fraction of it that is done; 1 at its end. */
  onEpoch?: (fraction: number) => void;
}

export interface CurvePoint {
  arm: Arm;
  step: number;
  trainError: number;
  testError: number;
}

export interface Measured {
  /** Of each seed. */
  trainErrors: number[];
  testErrors: number[];
}

export type Arm = "no dropout" | "dropout";
export const ARMS: readonly Arm[] = ["no dropout", "dropout"];
const NOTHING = { input: 0, hidden: 0 };

/** Errors in test mode as training goes on, for the first seed; about `points` of them per arm. */
export async function learningCurves(train: DataSet, test: DataSet, setup: StudySetup, points = 25) {
  const curves: CurvePoint[] = [];
  for (const arm of ARMS) {
    const dropout = arm === "dropout" ? setup.dropout : NOTHING;
    const look = (net: Network) =>
      curves.push({
        arm,
        step: net.step,
        trainError: net.evaluate(train).error,
        testError: net.evaluate(test).error,
      });
    setup.onRun?.(`learning curve, ${arm}`);
    await trainNetwork(train, setup, dropout, setup.seeds[0], look, points);
  }
  return curves;
}

/** Errors for hidden layers that drop with p; the input drops nothing, so that one axis varies. */
export async function byRate(train: DataSet, test: DataSet, rates: readonly number[], setup: StudySetup) {
  const rows: ({ p: number } & Measured)[] = [];
  for (const p of rates) {
    setup.onRun?.(`p = ${p}`);
    rows.push({ p, ...(await repeat(train, test, setup, { input: 0, hidden: p })) });
  }
  return rows;
}

/** Errors of both arms for the first so many samples. */
export async function bySize(train: DataSet, test: DataSet, sizes: readonly number[], setup: StudySetup) {
  const features = train.x.length / train.y.length;
  const rows: ({ arm: Arm; samples: number } & Measured)[] = [];
  for (const samples of sizes) {
    const part = { x: train.x.subarray(0, samples * features), y: (train.y as Int32Array).subarray(0, samples) };
    for (const arm of ARMS) {
      const dropout = arm === "dropout" ? setup.dropout : NOTHING;
      setup.onRun?.(`${samples} samples, ${arm}`);
      rows.push({ arm, samples, ...(await repeat(part, test, setup, dropout)) });
    }
  }
  return rows;
}

async function repeat(
  train: DataSet,
  test: DataSet,
  setup: StudySetup,
  dropout: StudySetup["dropout"],
): Promise<Measured> {
  const trainErrors: number[] = [];
  const testErrors: number[] = [];
  for (const seed of setup.seeds) {
    await trainNetwork(train, setup, dropout, seed, (net) => {
      trainErrors.push(net.evaluate(train).error);
      testErrors.push(net.evaluate(test).error);
    });
  }
  return { trainErrors, testErrors };
}

/**
 * Trains for the setup's number of updates and looks at the network: at the end, or at so many updates on the way,
 * spread evenly.
 */
async function trainNetwork(
  data: DataSet,
  setup: StudySetup,
  dropout: StudySetup["dropout"],
  seed: number,
  look: (net: Network) => void,
  looks = 1,
): Promise<void> {
  const samples = data.y.length;
  const { steps, signal, onEpoch } = setup;
  const batch = Math.min(setup.batch, samples);
  const net = await Network.create({
    sizes: [data.x.length / samples, ...setup.hidden, setup.classes],
    dropout,
    optimizer: { type: "sgd", learningRate: setup.learningRate, momentum: 0.9, maxNorm: 3 },
    seed,
    maxBatch: Math.max(batch, 128),
  });
  try {
    for (let i = 1; i <= looks; i++) {
      const left = Math.round((i * steps) / looks) - net.step;
      if (left === 0) continue;
      await takeSteps(net, data, left, steps, { batch, rate: setup.learningRate, signal, onEpoch });
      look(net);
    }
  } finally {
    net.dispose();
  }
}

/**
 * Takes exactly `steps` of a training's `all` updates. It counts updates, not epochs, because an epoch may end with a
 * batch that is not full. Runs on more and on fewer samples would then differ in the number of updates as well. The
 * learning rate falls linearly to 0 at the last of `all`. With a constant rate the final weights would depend on the
 * masks that the last few steps happened to draw.
 */
export async function takeSteps(
  net: Network,
  data: DataSet,
  steps: number,
  all: number,
  { batch, rate, signal, onEpoch }: { batch: number; rate: number } & Pick<StudySetup, "signal" | "onEpoch">,
): Promise<void> {
  const onStep = () => {
    net.learningRate = linearRate(rate, net.step, all);
  };
  const epochs = Number.MAX_SAFE_INTEGER;
  for await (const _ of net.fit(data, { epochs, batch, steps, signal, onStep })) {
    if (net.step < all) onEpoch?.(net.step / all);
  }
  if (net.step === all) onEpoch?.(1);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
