// Srivastava et al. 2014, figures 8 to 11: what dropout does to hidden units, the rate, the number of samples, and
// averages of thinned networks against the scaled one. The papers draw curves; what can be said of them in a number is
// said.

import type { Table } from "#thinned/data/encode/table.js";
import { Network } from "#thinned/index.js";
import { ARMS, type Arm } from "#thinned/lab/arms.js";
import { averagedErrors } from "#thinned/lab/averaging.js";
import { learnFeatures } from "#thinned/lab/features.js";
import { errorsAtRate, errorsAtSize, type StudySetup } from "#thinned/lab/study.js";
import { permutation } from "#thinned/random/philox.js";
import { type Context, type Paper, pair, percent, type Row } from "./paper.js";

/** Momentum 0.9, max-norm 3 and a rate that falls to 0, as every study has. */
const setupOf = ({ options }: Context): StudySetup => ({
  hidden: options.quick ? [32] : [2048, 2048],
  classes: 10,
  dropout: { input: 0.2, hidden: 0.5 },
  learningRate: 0.05,
  batch: 50,
  steps: options.quick ? 60 : 20_000,
});

const SETTINGS = "784-2048-2048-10, 20,000 updates of 50 samples, rate 0.05 falling to 0, momentum 0.9, max-norm 3";

export const sparsity: Paper = {
  title: "Hidden units of an autoencoder (Srivastava et al. 2014, figure 8)",
  settings: "784-256-784, relu, 20,000 updates of 50 images, p = 0.5; on test images",
  async run(context) {
    const { train, test } = await context.images(false);
    const units = 256;
    const steps = context.options.quick ? 40 : 20_000;
    const of = (arm: Arm, seed: number) =>
      context.once(`${arm}, seed ${seed}`, async () => {
        const { x } = firstRows(test, 1000);
        const { mean, sparsity: zeros } = await learnFeatures(
          train.x,
          x,
          train.features,
          { arm, seed },
          { units, steps },
        );
        return { mean, zeros };
      });
    const rows: Row[] = [];
    for (const [arm, published] of [
      ["no dropout", "about 2.0"],
      ["dropout", "about 0.7"],
    ] as const) {
      const found = [];
      for (const seed of context.seeds) found.push(await of(arm, seed));
      rows.push({
        what: `mean activation, ${arm}`,
        published,
        ours: found.map(({ mean }) => mean),
        show: (value) => value.toFixed(2),
      });
      rows.push({
        what: `units at zero, ${arm}`,
        published: "more with dropout",
        ours: found.map(({ zeros }) => zeros),
        show: percent,
      });
    }
    return rows;
  },
};

export const rate: Paper = {
  title: "The rate (Srivastava et al. 2014, figure 9a; p here is that of dropping)",
  settings: SETTINGS,
  async run(context) {
    const { train, test } = await context.images(false);
    const rows: Row[] = [];
    for (const p of context.options.quick ? [0, 0.5] : [0, 0.2, 0.4, 0.5, 0.6, 0.8, 0.9]) {
      const published = p >= 0.2 && p <= 0.6 ? "flat, the lowest" : "higher";
      rows.push(
        await repeat(context, `p = ${p}`, published, (seed) =>
          errorsAtRate(pair(train), pair(test), { p, seed }, setupOf(context)),
        ),
      );
    }
    return rows;
  },
};

export const samples: Paper = {
  title: "The number of samples (Srivastava et al. 2014, figure 10)",
  settings: SETTINGS,
  async run(context) {
    const { train, test } = await context.images(false);
    const all = shuffled(train);
    const rows: Row[] = [];
    for (const count of context.options.quick ? [100, 500] : [100, 500, 1000, 5000, 10_000, 50_000]) {
      for (const arm of ARMS) {
        const published = count === 100 ? "no gain" : "a gain that grows, then declines";
        const measured = (seed: number) =>
          errorsAtSize(pair(all), pair(test), { arm, samples: count, seed }, setupOf(context));
        rows.push(await repeat(context, `${count} samples, ${arm}`, published, measured));
      }
    }
    return rows;
  },
};

export const montecarlo: Paper = {
  title: "Averages of thinned networks against weight scaling (Srivastava et al. 2014, figure 11)",
  settings: `${SETTINGS}; 120 draws`,
  async run(context) {
    const { train, test } = await context.images(false);
    const draws = context.options.quick ? 6 : 120;
    const found = [];
    for (const seed of context.seeds)
      found.push(await context.once(`${draws} draws, seed ${seed}`, () => averages(context, train, test, seed, draws)));
    const rows: Row[] = [
      { what: "weight scaling", published: "as 50 networks", ours: found.map(({ scaled }) => scaled), show: percent },
    ];
    for (const [i, { k }] of found[0].averaged.entries()) {
      rows.push({
        what: `${k} networks`,
        published: k >= 50 ? "no worse than weight scaling" : "",
        ours: found.map(({ averaged }) => averaged[i].error),
        show: percent,
      });
    }
    return rows;
  },
};

async function averages(context: Context, train: Table, test: Table, seed: number, draws: number) {
  const { hidden, dropout, learningRate, batch, steps } = setupOf(context);
  const net = await Network.create({
    sizes: [train.features, ...hidden, 10],
    dropout,
    optimizer: { type: "sgd", learningRate, momentum: 0.9, maxNorm: 3 },
    seed,
    threads: context.options.threads,
  });
  try {
    for await (const _ of net.fit(pair(train), { epochs: Number.MAX_SAFE_INTEGER, batch, steps }));
    const { averaged } = await averagedErrors(net, test.x, test.y, { draws, seed });
    return { scaled: net.evaluate(pair(test)).error, averaged };
  } finally {
    net.dispose();
  }
}

async function repeat(
  context: Context,
  what: string,
  published: string,
  run: (seed: number) => Promise<{ testError: number }>,
): Promise<Row> {
  const ours: number[] = [];
  for (const seed of context.seeds) {
    const { testError } = await context.once(`${what}, seed ${seed}`, () => run(seed));
    ours.push(testError);
  }
  return { what, published, ours, show: percent };
}

function firstRows({ features, x, y }: Table, samples: number): Table {
  return { samples, features, x: x.subarray(0, samples * features), y: y.subarray(0, samples) };
}

/** In one order for all: the first so many of a file may be of one kind. */
function shuffled({ samples, features, x, y }: Table): Table {
  const mixed = { samples, features, x: new Float32Array(x.length), y: y.slice() };
  permutation(samples, 0, 0).forEach((from, to) => {
    mixed.x.set(x.subarray(from * features, (from + 1) * features), to * features);
    mixed.y[to] = y[from];
  });
  return mixed;
}
