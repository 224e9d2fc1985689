// Srivastava et al. 2014, figures 8 to 11: what dropout does to hidden units, the rate, the number of samples, and
// averages of thinned networks against the scaled one. The papers draw curves; what can be said of them in a number is
// said.

import type { Table } from "#thinned/data/encode/table.js";
import { Network } from "#thinned/index.js";
import { ARMS, type Arm } from "#thinned/lab/arms.js";
import { averagedErrors } from "#thinned/lab/averaging.js";
import { learnFeatures } from "#thinned/lab/features.js";
import { errorsAtRate, errorsAtSize, type StudySetup, takeSteps } from "#thinned/lab/study.js";
import { permutation } from "#thinned/random/philox.js";
import { type Context, type Paper, pair, percent, type Row, type Sizes } from "./paper.js";

/** Momentum 0.9, max-norm 3 and a rate that falls to 0, as every study has. */
const setupOf = ({ sizes: { hidden, steps } }: Context): StudySetup => ({
  hidden,
  classes: 10,
  dropout: { input: 0.2, hidden: 0.5 },
  learningRate: 0.05,
  batch: 50,
  steps,
});

const sizes = { full: { hidden: [2048, 2048], steps: 20_000 }, quick: { hidden: [32], steps: 60 } };
const settings = ({ hidden, steps }: Sizes) =>
  `784-${hidden.join("-")}-10, ${thousands(steps)} updates of 50 samples, rate 0.05 falling to 0, momentum 0.9, max-norm 3`;
const thousands = (n: number) => n.toLocaleString("en");

export const sparsity: Paper = {
  title: "Hidden units of an autoencoder (Srivastava et al. 2014, figure 8)",
  settings: ({ steps }) => `784-256-784, relu, ${thousands(steps)} updates of 50 images, p = 0.5; on test images`,
  sizes: { full: { steps: 20_000 }, quick: { steps: 40 } },
  choosable: true,
  async run(context) {
    const { train, test } = await context.images(false);
    const units = 256;
    const { steps } = context.sizes;
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
    const arms = [
      { what: "no dropout", published: "about 2.0" },
      { what: "dropout", published: "about 0.7" },
    ] as const;
    for (const { what: arm, published } of context.chosen(arms, 2)) {
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
  settings,
  sizes,
  choosable: true,
  async run(context) {
    const { train, test } = await context.images(false);
    const rows: Row[] = [];
    const rates = [0, 0.2, 0.4, 0.5, 0.6, 0.8, 0.9].map((p) => ({ what: `p = ${p}`, p }));
    for (const { what, p } of context.chosen(rates, 2)) {
      const published = p >= 0.2 && p <= 0.6 ? "flat, the lowest" : "higher";
      rows.push(
        await repeat(context, what, published, (seed) =>
          errorsAtRate(pair(train), pair(test), { p, seed }, setupOf(context)),
        ),
      );
    }
    return rows;
  },
};

export const samples: Paper = {
  title: "The number of samples (Srivastava et al. 2014, figure 10)",
  settings,
  sizes,
  choosable: true,
  async run(context) {
    const { train, test } = await context.images(false);
    const all = shuffled(train);
    const rows: Row[] = [];
    const asked = [100, 500, 1000, 5000, 10_000, 50_000].flatMap((count) =>
      ARMS.map((arm) => ({ what: `${count} samples, ${arm}`, count, arm })),
    );
    for (const { what, count, arm } of context.chosen(asked, 4)) {
      const published = count === 100 ? "no gain" : "a gain that grows, then declines";
      const measured = (seed: number) =>
        errorsAtSize(pair(all), pair(test), { arm, samples: count, seed }, setupOf(context));
      rows.push(await repeat(context, what, published, measured));
    }
    return rows;
  },
};

export const montecarlo: Paper = {
  title: "Averages of thinned networks against weight scaling (Srivastava et al. 2014, figure 11)",
  settings: (asked) => `${settings(asked)}; 120 draws`,
  sizes,
  async run(context) {
    const { train, test } = await context.images(false);
    const draws = context.options.quick ? 6 : 120;
    const found = [];
    for (const seed of context.seeds)
      found.push(
        await context.once(`${draws} draws, falling rate, seed ${seed}`, () =>
          averages(context, train, test, seed, draws),
        ),
      );
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
    await takeSteps(net, pair(train), steps, steps, { batch, rate: learningRate });
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
