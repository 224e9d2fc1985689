// The demonstration's experiment: one network on one small set of drawn digits, without dropout and with either kind of it.
// `thinned start` runs it once; scripts/tune-digits.mjs chose the settings below and repeats it for several seeds.
import { drawDigits } from "../data/digits.js";
import type { Table } from "../data/table.js";
import { Network } from "../network.js";
import type { EpochReport, Scaling } from "../types.js";

export interface Arm {
  name: string;
  scaling: Scaling;
  dropout: { input: number; hidden: number };
  learningRate: number;
  maxNorm: number;
  epochs: number;
}

/** Learning rate, max-norm and epochs of every arm come from the same grid, by error on validation digits: docs/digits.md. */
export const ARMS: readonly Arm[] = [
  {
    name: "no dropout",
    scaling: "inverted",
    dropout: { input: 0, hidden: 0 },
    learningRate: 0.1,
    maxNorm: 3,
    epochs: 40,
  },
  {
    name: "plain dropout",
    scaling: "standard",
    dropout: { input: 0.2, hidden: 0.5 },
    learningRate: 0.3,
    maxNorm: 3,
    epochs: 40,
  },
  {
    name: "inverted dropout",
    scaling: "inverted",
    dropout: { input: 0.2, hidden: 0.5 },
    learningRate: 0.1,
    maxNorm: 3,
    epochs: 40,
  },
];

export const HIDDEN = [256, 256];
export const TRAINING_DIGITS = 1000;
export const TEST_DIGITS = 5000;
const BATCH = 50;

/** Training digits follow the seed; test and validation digits are the same for every seed, and drawn from seeds of their own. */
export const TEST_SEED = 1_000_001;
export const VALIDATION_SEED = 1_000_002;

export interface ArmEpoch extends EpochReport {
  trainError: number;
  heldOutError: number;
}

/** Trains one arm; after each epoch, its errors in test mode on the training digits and on the held-out ones. */
export async function* trainArm(
  arm: Arm,
  seed: number,
  train: Table,
  heldOut: Table,
  options: { threads?: number | "auto"; signal?: AbortSignal } = {},
): AsyncGenerator<ArmEpoch> {
  const net = await Network.create({
    sizes: [train.features, ...HIDDEN, 10],
    dropout: arm.dropout,
    scaling: arm.scaling,
    optimizer: { type: "sgd", learningRate: arm.learningRate, momentum: 0.9, maxNorm: arm.maxNorm },
    seed,
    maxBatch: 256,
    threads: options.threads ?? 1,
  });
  try {
    for await (const report of net.fit(
      { x: train.x, y: train.y },
      { epochs: arm.epochs, batch: BATCH, signal: options.signal },
    )) {
      yield {
        ...report,
        trainError: net.evaluate({ x: train.x, y: train.y }).error,
        heldOutError: net.evaluate({ x: heldOut.x, y: heldOut.y }).error,
      };
    }
  } finally {
    net.dispose();
  }
}

export function trainingDigits(seed: number): Table {
  return drawDigits({ samples: TRAINING_DIGITS, seed });
}

export function heldOutDigits(seed: number): Table {
  return drawDigits({ samples: TEST_DIGITS, seed });
}
