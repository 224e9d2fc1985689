// Experiments that train the same network with and without dropout: learning curves, the rate (Srivastava's figure 9),
// the size of the training set (figure 10). What differs between two runs is what the experiment asks about, and
// nothing else.

import { linearRate } from "../config/learning-rate.js";
import { Network } from "../network.js";
import type { DataSet, NetworkOptions } from "../types.js";
import type { Arm } from "./arms.js";

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
  /** Default: the best that the engine runs, which need not compute what another machine's does. */
  build?: NetworkOptions["build"];
  signal?: AbortSignal;
  /** Called as a training goes on, with the fraction of it that is done; 1 at its end. */
  onEpoch?: (fraction: number) => void;
}

export interface Errors {
  trainError: number;
  testError: number;
}

export interface CurvePoint extends Errors {
  arm: Arm;
  step: number;
}

const NOTHING = { input: 0, hidden: 0 };

/** Errors in test mode as training goes on; about `points` of them. */
export async function learningCurve(
  train: DataSet,
  test: DataSet,
  { arm, seed }: { arm: Arm; seed: number },
  setup: StudySetup,
  points = 25,
): Promise<CurvePoint[]> {
  const curve: CurvePoint[] = [];
  const look = (net: Network) => curve.push({ arm, step: net.step, ...errorsOf(net, train, test) });
  await trainNetwork(train, setup, arm === "dropout" ? setup.dropout : NOTHING, seed, look, points);
  return curve;
}

/** Errors for hidden layers that drop with p; the input drops nothing, so that one axis varies. */
export function errorsAtRate(
  train: DataSet,
  test: DataSet,
  { p, seed }: { p: number; seed: number },
  setup: StudySetup,
): Promise<Errors> {
  return errorsAtEnd(train, test, { input: 0, hidden: p }, seed, setup);
}

/** Errors of an arm that learns from the first so many samples. */
export function errorsAtSize(
  train: DataSet,
  test: DataSet,
  { arm, samples, seed }: { arm: Arm; samples: number; seed: number },
  setup: StudySetup,
): Promise<Errors> {
  const features = train.x.length / train.y.length;
  const part = { x: train.x.subarray(0, samples * features), y: (train.y as Int32Array).subarray(0, samples) };
  return errorsAtEnd(part, test, arm === "dropout" ? setup.dropout : NOTHING, seed, setup);
}

async function errorsAtEnd(
  train: DataSet,
  test: DataSet,
  dropout: StudySetup["dropout"],
  seed: number,
  setup: StudySetup,
): Promise<Errors> {
  let errors: Errors = { trainError: Number.NaN, testError: Number.NaN };
  await trainNetwork(train, setup, dropout, seed, (net) => {
    errors = errorsOf(net, train, test);
  });
  return errors;
}

function errorsOf(net: Network, train: DataSet, test: DataSet): Errors {
  return { trainError: net.evaluate(train).error, testError: net.evaluate(test).error };
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
    build: setup.build,
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
