// The demonstration's experiment: one network on one small set of drawn digits, without dropout and with either kind of
// it. `thinned start` runs it once; scripts/tune-digits.mjs chose the settings below and repeats it for several seeds.

import type { Table } from "../../data/encode/table.js";
import { drawDigits } from "../../data/sources/digits.js";
import { Network } from "../../network.js";
import type { EpochReport, Scaling } from "../../types.js";

export interface Arm {
  name: string;
  scaling: Scaling;
  dropout: { input: number; hidden: number };
  learningRate: number;
  maxNorm: number;
  epochs: number;
}

/**
 * Learning rate, max-norm and epochs of every arm come from the same grid, by error on validation digits:
 * docs/digits.md.
 */
export const ARMS: readonly Arm[] = [
  {
    name: "no dropout",
    scaling: "inverted",
    dropout: { input: 0, hidden: 0 },
    learningRate: 0.1,
    maxNorm: 0,
    epochs: 40,
  },
  {
    name: "plain dropout",
    scaling: "standard",
    dropout: { input: 0.2, hidden: 0.5 },
    learningRate: 0.1,
    maxNorm: 0,
    epochs: 40,
  },
  {
    name: "inverted dropout",
    scaling: "inverted",
    dropout: { input: 0.2, hidden: 0.5 },
    learningRate: 0.05,
    maxNorm: 2,
    epochs: 30,
  },
];

export const HIDDEN = [512, 512];
export const TRAINING_DIGITS = 1000;
export const TEST_DIGITS = 4000;
const BATCH = 50;

export interface ArmProgress extends EpochReport {
  /** Errors in test mode, null in epochs in which nobody asked for them. */
  errors: { train: number; heldOut: number } | null;
}

/**
 * Trains one arm. Every so many epochs, and after the last one, it is tested on the training digits and the held-out
 * ones.
 */
export async function* trainArm(
  arm: Arm,
  seed: number,
  train: Table,
  heldOut: Table,
  every: number,
): AsyncGenerator<ArmProgress, void, void> {
  const { dropout, scaling, learningRate, maxNorm, epochs } = arm;
  const net = await Network.create({
    sizes: [train.features, ...HIDDEN, 10],
    dropout,
    scaling,
    optimizer: { type: "sgd", learningRate, momentum: 0.9, maxNorm },
    seed,
    threads: "auto",
  });
  const error = ({ x, y }: Table) => net.evaluate({ x, y }).error;
  try {
    for await (const report of net.fit({ x: train.x, y: train.y }, { epochs, batch: BATCH })) {
      const asked = report.epoch % every === 0 || report.epoch === epochs;
      yield { ...report, errors: asked ? { train: error(train), heldOut: error(heldOut) } : null };
    }
  } finally {
    net.dispose();
  }
}

/** The training digits of a seed. */
export function trainingDigits(seed: number): Table {
  return drawDigits({ samples: TRAINING_DIGITS, seed });
}

/** Digits to choose settings with: drawn like training digits, from a seed of their own. */
export function validationDigits(): Table {
  return drawDigits({ samples: TEST_DIGITS, seed: 1_000_000 });
}

/** Digits that nothing is chosen with. */
export function testDigits(): Table {
  return drawDigits({ samples: TEST_DIGITS, part: "test" });
}
