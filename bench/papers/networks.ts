// Test errors of networks on MNIST: Srivastava et al. 2014, table 2, and the dropout arm of Wan et al. 2013.

import { linearRate } from "#thinned/config/learning-rate.js";
import { Network, type NetworkOptions } from "#thinned/index.js";
import { type Context, type Paper, pair, percent, type Row } from "./paper.js";

interface Arm {
  what: string;
  published: string;
  hidden: number[];
  activation?: NetworkOptions["activation"];
  dropout: { input: number; hidden: number };
  maxNorm?: number;
  learningRate?: number;
}

const DROPOUT = { input: 0.2, hidden: 0.5 };
const NONE = { input: 0, hidden: 0 };

/** As docs/mnist.md tells how they were chosen, on training rows alone. */
const SETTINGS = { learningRate: 0.1, momentum: 0.9, batch: 128 };

const sizes = { full: { epochs: 100 }, quick: { epochs: 2 } };

export const table2: Paper = {
  title: "MNIST, permutation invariant (Srivastava et al. 2014, table 2)",
  settings: ({ epochs }) =>
    `pixels centred, batches of ${SETTINGS.batch}, momentum 0.9, rate ${SETTINGS.learningRate} falling to 0 (logistic 0.5), ${epochs} epochs of all training rows; inputs dropped with 0.2, units with 0.5; max-norm 1 where it says so`,
  sizes,
  choosable: true,
  run: (context) =>
    measure(context, [
      {
        what: "logistic, 2 × 800, no dropout",
        published: "1.60 %",
        hidden: [800, 800],
        activation: "sigmoid",
        dropout: NONE,
        learningRate: 0.5,
      },
      {
        what: "logistic, 3 × 1024, dropout",
        published: "1.35 %",
        hidden: [1024, 1024, 1024],
        activation: "sigmoid",
        dropout: DROPOUT,
        learningRate: 0.5,
      },
      { what: "relu, 3 × 1024, dropout", published: "1.25 %", hidden: [1024, 1024, 1024], dropout: DROPOUT },
      {
        what: "relu, 3 × 1024, dropout, max-norm",
        published: "1.06 %",
        hidden: [1024, 1024, 1024],
        dropout: DROPOUT,
        maxNorm: 1,
      },
      {
        what: "relu, 3 × 2048, dropout, max-norm",
        published: "1.04 %",
        hidden: [2048, 2048, 2048],
        dropout: DROPOUT,
        maxNorm: 1,
      },
      {
        what: "relu, 2 × 4096, dropout, max-norm",
        published: "1.01 %",
        hidden: [4096, 4096],
        dropout: DROPOUT,
        maxNorm: 1,
      },
      {
        what: "relu, 2 × 8192, dropout, max-norm",
        published: "0.95 %",
        hidden: [8192, 8192],
        dropout: DROPOUT,
        maxNorm: 1,
      },
    ]),
};

export const wan: Paper = {
  title: "MNIST, 800-800, no augmentation (Wan et al. 2013, table 2), the arms with and without dropout",
  settings: ({ epochs }) =>
    `pixels centred, relu, batches of ${SETTINGS.batch}, momentum 0.9, rate ${SETTINGS.learningRate} falling to 0, ${epochs} epochs; units dropped with 0.5`,
  sizes,
  choosable: true,
  run: (context) =>
    measure(context, [
      { what: "no dropout", published: "1.62 ± 0.04 %", hidden: [800, 800], dropout: NONE },
      { what: "dropout", published: "1.28 ± 0.04 %", hidden: [800, 800], dropout: { input: 0, hidden: 0.5 } },
    ]),
};

async function measure(context: Context, arms: readonly Arm[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const arm of context.chosen(arms, 2)) {
    const ours: number[] = [];
    for (const seed of context.seeds)
      ours.push(await context.once(`${arm.what}, seed ${seed}`, () => testError(context, arm, seed)));
    rows.push({ what: arm.what, published: arm.published, ours, show: percent });
  }
  return rows;
}

async function testError(context: Context, arm: Arm, seed: number): Promise<number> {
  const { epochs } = context.sizes;
  const { train, test } = await context.images(true);
  const { hidden, activation, dropout, maxNorm = 0, learningRate = SETTINGS.learningRate } = arm;
  const { momentum, batch } = SETTINGS;
  const net = await Network.create({
    sizes: [train.features, ...hidden, 10],
    activation,
    dropout,
    optimizer: { type: "sgd", learningRate, momentum, maxNorm },
    seed,
    maxBatch: batch,
    threads: context.options.threads,
  });
  try {
    for await (const { epoch } of net.fit(pair(train), { epochs, batch })) {
      net.learningRate = linearRate(learningRate, epoch, epochs);
    }
    return net.evaluate(pair(test)).error;
  } finally {
    net.dispose();
  }
}
