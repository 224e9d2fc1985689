// The demonstration's experiment: one network on one small set of drawn digits with wrong labels among them, without
// dropout and with either kind of it.
// `thinned start` runs it for several seeds; scripts/tune-digits.mjs chose the learning rates below.

import { linearRate } from "../../config/learning-rate.js";
import type { Table } from "../../data/encode/table.js";
import { drawDigits } from "../../data/sources/digits.js";
import { Network } from "../../network.js";
import { Philox, Stream } from "../../random/philox.js";
import type { EpochReport } from "../../types.js";
import { convertSteps } from "./converted-steps.js";

export interface Arm {
  name: string;
  /** `standard` is plain dropout: the run of `inverted`, with converted weights and steps. */
  scaling: "inverted" | "standard";
  dropout: { input: number; hidden: number };
  learningRate: number;
}

/** Srivastava et al. (2014): one input in five, every second hidden unit. */
const DROPOUT = { input: 0.2, hidden: 0.5 };

/**
 * Each learning rate is the best of one grid for its arm, by error on validation digits: docs/digits.md. Everything
 * else is the same.
 */
export const ARMS = [
  { name: "no dropout", scaling: "inverted", dropout: { input: 0, hidden: 0 }, learningRate: 0.2 },
  { name: "inverted dropout", scaling: "inverted", dropout: DROPOUT, learningRate: 0.05 },
  { name: "plain dropout", scaling: "standard", dropout: DROPOUT, learningRate: 0.05 },
] as const satisfies readonly Arm[];

export const HIDDEN = [256, 256];
export const TRAINING_DIGITS = 1000;
export const TEST_DIGITS = 2000;
export const EPOCHS = 40;
/** Of the training labels, so many are drawn anew at random; one in ten of those happens to be right. */
export const DRAWN_LABELS = 0.2;
export const BATCH = 50;

export interface ArmProgress extends EpochReport {
  /** Errors in test mode, null in epochs in which nobody asked for them. */
  errors: { train: number; heldOut: number } | null;
}

/** A network at the start of an arm's run. Its seed draws the weights, the masks and the order of the samples. */
export async function openArm(arm: Arm, seed: number, features: number): Promise<Network> {
  const { dropout, learningRate } = arm;
  const sizes = [features, ...HIDDEN, 10];
  const net = await Network.create({ sizes, dropout, optimizer: { type: "sgd", learningRate, momentum: 0.9 }, seed });
  net.scaling = arm.scaling;
  return net;
}

/**
 * Trains one arm. Every so many epochs, and after the last one, it is tested on the training digits and the held-out
 * ones.
 */
export async function* trainArm(
  arm: Arm,
  net: Network,
  train: Table,
  heldOut: Table,
  { epochs, every = epochs }: { epochs: number; every?: number },
): AsyncGenerator<ArmProgress, void, void> {
  const error = ({ x, y }: Table) => net.evaluate({ x, y }).error;
  const steps = epochs * Math.ceil(train.samples / BATCH);
  const afterStep = arm.scaling === "standard" ? convertSteps(net) : () => {};
  const onStep = () => {
    afterStep();
    net.learningRate = linearRate(arm.learningRate, net.step, steps);
  };
  for await (const report of net.fit({ x: train.x, y: train.y }, { epochs, batch: BATCH, onStep })) {
    const asked = report.epoch % every === 0 || report.epoch === epochs;
    yield { ...report, errors: asked ? { train: error(train), heldOut: error(heldOut) } : null };
  }
}

/** The training digits of a seed, wrong labels among them. */
export function trainingDigits(seed: number): Table {
  const digits = drawDigits({ samples: TRAINING_DIGITS, seed });
  const random = new Philox(seed, Stream.data, 1);
  const y = digits.y.map((label) => {
    const [again, other] = [random.uniform() < DRAWN_LABELS, random.below(10)];
    return again ? other : label;
  });
  return { ...digits, y };
}

/** Digits to choose settings with: drawn like training digits, from a seed of their own, their labels right. */
export function validationDigits(): Table {
  return drawDigits({ samples: TEST_DIGITS, seed: 1_000_000 });
}

/** Digits that nothing is chosen with. */
export function testDigits(): Table {
  return drawDigits({ samples: TEST_DIGITS, part: "test" });
}
