// The table of Gal & Ghahramani (2016): regression with Monte-Carlo dropout on UCI sets, by their protocol as their
// program has it (github.com/yaringal/DropoutUncertaintyExps): 50 hidden units, dropout in front of both weights, Adam
// at 0.001, batches of 128, 40 × 100 epochs, weight decay l²(1 − p)/(Nτ) with l = 0.01; τ and p by the log likelihood
// of the last fifth of the training rows; then trained on all of them, and 10,000 draws. Initial weights are drawn
// after Glorot & Bengio (2010), as Keras draws them. `npm run bench:uci -- FOLDER` with NAME/data/ in it. Every split
// is written down when it is done; a run that was ended goes on behind it.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { printLine } from "#thinned/cli/output.js";
import { Network } from "#thinned/index.js";
import { table } from "#thinned/report/numbers.js";
import { drawsLogLikelihood } from "#thinned/scores/index.js";
import { momentsOf, type Rows, readSet, splitOf, type UciSet, validationOf } from "./uci-data.js";

const HIDDEN = 50;
const BATCH = 128;
const LENGTH_SCALE = 0.01;
const SPLITS = 20;
/** Mean and standard error over the splits, from that repository for 40 × 100 epochs. */
const PUBLISHED: Record<string, { rmse: string; likelihood: string }> = {
  concrete: { rmse: "4.82 ± 0.16", likelihood: "−2.93 ± 0.02" },
  energy: { rmse: "0.54 ± 0.06", likelihood: "−1.21 ± 0.01" },
  "power-plant": { rmse: "4.01 ± 0.04", likelihood: "−2.80 ± 0.01" },
  yacht: { rmse: "0.67 ± 0.05", likelihood: "−1.25 ± 0.01" },
};

interface Score {
  /** Of the mean of all draws, and of the network without dropout, in the target's own units. */
  rmse: number;
  plainRmse: number;
  likelihood: number;
}

interface Split extends Score {
  split: number;
  tau: number;
  rate: number;
  seconds: number;
}

const program = new Command("bench:uci")
  .argument("<folder>", "with NAME/data/ in it, as the repository of Gal & Ghahramani keeps them")
  .option("--sets <names>", "which, with commas between them", "yacht,energy,concrete,power-plant")
  .option("--splits <n>", `of the ${SPLITS}, from the first`, Number, SPLITS)
  .option("--epochs <n>", "of each training", Number, 4000)
  .option("--draws <n>", "thinned networks that are averaged", Number, 10_000)
  .option("--seed <n>", "of weights, masks and order", Number, 1)
  .option("--out <folder>", "for the numbers of every split", "out/uci")
  .parse();
const [folder] = program.args;
const settings = program.opts<{
  sets: string;
  splits: number;
  epochs: number;
  draws: number;
  seed: number;
  out: string;
}>();

mkdirSync(settings.out, { recursive: true });
const rows = [["set", "splits", "RMSE", "published", "log likelihood", "published"]];
for (const name of settings.sets.split(",")) {
  const done = await runSet(name);
  const of = (key: "rmse" | "likelihood") => {
    const values = done.map((split) => split[key]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return `${mean.toFixed(2).replace("-", "−")} ± ${Math.sqrt(variance / values.length).toFixed(2)}`;
  };
  const { rmse, likelihood } = PUBLISHED[name] ?? { rmse: "", likelihood: "" };
  rows.push([name, String(done.length), of("rmse"), rmse, of("likelihood"), likelihood]);
}
printLine(`\n${table(rows)}`);

/** The splits of a set: those that a file has already, and the others, each written as soon as it is there. */
async function runSet(name: string): Promise<Split[]> {
  const { splits, epochs, draws, seed, out } = settings;
  const file = path.join(out, `${name}.json`);
  const protocol = { epochs, draws, seed };
  const saved = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { protocol, splits: [] };
  if (JSON.stringify(saved.protocol) !== JSON.stringify(protocol)) {
    throw new Error(`${file} is of ${JSON.stringify(saved.protocol)}; give another --out, or the same options`);
  }
  const done: Split[] = saved.splits;
  const set = readSet(folder, name);
  for (let split = 0; split < splits; split++) {
    if (done.some((one) => one.split === split)) continue;
    const one = await runSplit(name, set, split);
    done.push(one);
    writeFileSync(file, `${JSON.stringify({ protocol, splits: done }, null, 1)}\n`);
    const { rmse, likelihood, tau, rate, seconds } = one;
    printLine(
      `${name} ${split}: RMSE ${rmse.toFixed(3)}, log likelihood ${likelihood.toFixed(3)} (τ ${tau}, p ${rate}; ${seconds.toFixed(0)} s)`,
    );
  }
  return done.filter(({ split }) => split < splits);
}

async function runSplit(name: string, set: UciSet, split: number): Promise<Split> {
  const start = performance.now();
  const { train, test } = splitOf(folder, name, set, split);
  const parts = validationOf(train);
  let best = { likelihood: -Infinity, tau: 0, rate: 0 };
  for (const rate of set.rates) {
    for (const tau of set.taus) {
      const { likelihood } = await scoreOf(parts.train, parts.validation, tau, rate);
      if (likelihood > best.likelihood) best = { likelihood, tau, rate };
    }
  }
  const { tau, rate } = best;
  const score = await scoreOf(train, test, tau, rate);
  return { split, ...score, tau, rate, seconds: (performance.now() - start) / 1000 };
}

/** A network trained on the one rows and tested on the others. */
async function scoreOf(train: Rows, test: Rows, tau: number, rate: number): Promise<Score> {
  const { epochs, seed } = settings;
  const width = train.x.length / train.y.length;
  const [inputs, target] = [momentsOf(train.x, width), momentsOf(train.y, 1)];
  const [mean, deviation] = [target.mean[0], target.deviation[0]];
  using net = await Network.create({
    sizes: [width, HIDDEN, 1],
    inputs: { shift: inputs.mean, scale: inputs.deviation.map((value) => 1 / value) },
    dropout: [rate, rate],
    loss: "mse",
    seed,
    maxBatch: 1024,
    optimizer: { type: "adam", weightDecay: (LENGTH_SCALE ** 2 * (1 - rate)) / (train.y.length * tau) },
  });
  // Thinned draws the first layer's from ±√(6 / in), Keras from ±√(6 / (in + out)); the last layer's are alike.
  const { W1 } = net.parameters();
  net.setParameters({ W1: W1.map((weight) => weight * Math.sqrt(width / (width + HIDDEN))) });
  const y = train.y.map((value) => (value - mean) / deviation);
  await net.fit({ x: train.x, y }, { epochs, batch: BATCH });
  const own = (outputs: Float32Array) => outputs.map((value) => value * deviation + mean);
  const draws = own(drawsOf(net, test.x, test.y.length));
  const n = test.y.length;
  const averages = new Float64Array(n);
  draws.forEach((value, at) => {
    averages[at % n] += (value * n) / draws.length;
  });
  return {
    rmse: rootMeanSquare(averages, test.y),
    plainRmse: rootMeanSquare(own(net.predict(test.x)), test.y),
    likelihood: drawsLogLikelihood(draws, test.y, tau),
  };
}

/** `[draws, n]`: the rows many times over in one batch have masks of their own each time. */
function drawsOf(net: Network, x: Float32Array, n: number): Float32Array {
  const { draws } = settings;
  const copies = Math.max(1, Math.min(draws, Math.floor(1024 / n)));
  const batch = Float32Array.from({ length: copies * x.length }, (_, i) => x[i % x.length]);
  const answers = new Float32Array(draws * n);
  for (let at = 0, draw = 0; at < answers.length; at += copies * n, draw++) {
    const { mean } = net.mc_step(batch, { samples: 1, draw });
    answers.set(mean.subarray(0, Math.min(mean.length, answers.length - at)), at);
  }
  return answers;
}

function rootMeanSquare(answers: Float32Array | Float64Array, y: Float32Array): number {
  return Math.sqrt(y.reduce((sum, value, i) => sum + (value - answers[i]) ** 2, 0) / y.length);
}
