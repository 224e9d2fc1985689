// Who knows that it does not know? Accuracy, log likelihood and calibration on shifted digits, as Ovadia et al. 2019
// drew them.

import { existsSync } from "node:fs";
import path from "node:path";
import type { Table } from "#thinned/data/encode/table.js";
import { Network } from "#thinned/index.js";
import { writeWhole } from "#thinned/node/files.js";
import { meanAndError } from "#thinned/report/numbers.js";
import { calibrationError, logLoss } from "#thinned/scores/index.js";
import { calibrate, Ensemble } from "#thinned/uncertainty/index.js";
import { type Context, type Paper, pair } from "./paper.js";
import { SHIFTS } from "./shifted.js";

const [BATCH, RATE, DRAWS] = [128, 0.1, 10];

interface Measures {
  accuracy: number;
  likelihood: number;
  ece: number;
}

interface Arm {
  what: string;
  dropout: boolean;
  /** The temperature is fitted to training rows that were held back. */
  temperature?: boolean;
  draws?: number;
  /** All seeds' networks answer as one. */
  ensemble?: boolean;
}

const ARMS: readonly Arm[] = [
  { what: "no dropout", dropout: false },
  { what: "no dropout, temperature", dropout: false, temperature: true },
  { what: "dropout, scaled weights", dropout: true },
  { what: `dropout, ${DRAWS} draws`, dropout: true, draws: DRAWS },
  { what: "ensemble, no dropout", dropout: false, ensemble: true },
  { what: "ensemble, dropout, scaled weights", dropout: true, ensemble: true },
];

export const shifts: Paper = {
  title: "Shifted digits: accuracy, log likelihood, calibration error (Ovadia et al. 2019)",
  settings: ({ hidden, epochs }) =>
    `784-${hidden.join("-")}-10, dropout 0.2 and 0.5 where there is any, ${BATCH} a batch, ${epochs} epochs, rate ${RATE} falling to 0, momentum 0.9, max-norm 1; 5,000 training rows held back for the temperature; an ensemble is of all seeds`,
  sizes: { full: { hidden: [512, 512], epochs: 20 }, quick: { hidden: [32, 32], epochs: 2 } },
  async run(context) {
    const { train, test } = await context.images(false);
    const [learned, held] = heldBack(train, context.options.quick ? 50 : 5000);
    const chosen = context.options.quick ? SHIFTS.slice(0, 2) : SHIFTS;
    const shifted = chosen.map(({ what, of }) => ({ what, x: of(test.x, Math.sqrt(test.features)) }));
    const cells = [["", "", "accuracy", "log likelihood", "calibration error"]];
    const measured = new Map<Arm, Measures[][]>();
    for (const arm of ARMS) {
      const groups = arm.ensemble ? [context.seeds] : context.seeds.map((seed) => [seed]);
      const runs: Measures[][] = [];
      for (const seeds of groups) {
        const name = `${arm.what}, seeds ${seeds.join(" ")}`;
        runs.push(
          await context.once(name, () =>
            measureAll(context, arm, seeds, { learned, held }, shifted, test.y as Int32Array),
          ),
        );
      }
      measured.set(arm, runs);
    }
    for (const [at, { what }] of chosen.entries()) {
      for (const [arm, runs] of measured) {
        const of = (key: keyof Measures, digits: number, times = 1) => {
          const { mean, standardError } = meanAndError(runs.map((run) => times * run[at][key]));
          const error = runs.length > 1 ? ` ± ${standardError.toFixed(digits)}` : "";
          return `${mean.toFixed(digits).replace("-", "−")}${error}`;
        };
        cells.push([what, arm.what, of("accuracy", 2, 100), of("likelihood", 3), of("ece", 3)]);
      }
    }
    return cells;
  },
};

interface Rows {
  learned: Table;
  held: Table;
}

async function measureAll(
  context: Context,
  arm: Arm,
  seeds: readonly number[],
  rows: Rows,
  shifted: readonly { what: string; x: Float32Array }[],
  labels: Int32Array,
): Promise<Measures[]> {
  const networks: Network[] = [];
  for (const seed of seeds) networks.push(await keptNetwork(context, arm.dropout, seed, rows.learned));
  using answering = networks.length > 1 ? Ensemble.of(networks) : networks[0];
  if (arm.temperature) calibrate(networks[0], pair(rows.held), { coverage: 0.5, temperature: true });
  return shifted.map(({ x }) => {
    const probabilities = arm.draws
      ? answering.mc_step(x, { samples: context.options.quick ? 3 : arm.draws, seed: 1 }).mean
      : answering.predict(x);
    const classes = probabilities.length / labels.length;
    const right = labels.filter((label, row) => {
      const own = probabilities.subarray(row * classes, (row + 1) * classes);
      return own.indexOf(Math.max(...own)) === label;
    });
    return {
      accuracy: right.length / labels.length,
      likelihood: -logLoss(probabilities, labels),
      ece: calibrationError(probabilities, labels),
    };
  });
}

/** Several arms ask the same network: it is trained once, and lies in a file beside the results. */
async function keptNetwork(context: Context, dropout: boolean, seed: number, data: Table): Promise<Network> {
  const { hidden, epochs } = context.sizes;
  const name = ["shifts", dropout ? "dropout" : "plain", seed, ...hidden, epochs, data.samples].join("-");
  const file = path.join(path.dirname(context.file), `${name}.safetensors`);
  if (existsSync(file)) return Network.load(file);
  const net = await trained(context, dropout, seed, data);
  writeWhole(file, net.save({ optimizer: false }));
  return net;
}

async function trained(context: Context, dropout: boolean, seed: number, data: Table): Promise<Network> {
  const { hidden, epochs } = context.sizes;
  const mean = new Float64Array(data.features);
  data.x.forEach((ink, at) => {
    mean[at % data.features] += ink / data.samples;
  });
  const net = await Network.create({
    sizes: [data.features, ...hidden, 10],
    dropout: dropout ? { input: 0.2, hidden: 0.5 } : 0,
    inputs: { shift: mean, scale: mean.map(() => 1) },
    optimizer: {
      type: "sgd",
      learningRate: { type: "linear", from: RATE, steps: epochs * Math.ceil(data.samples / BATCH) },
      momentum: 0.9,
      maxNorm: 1,
    },
    seed,
    threads: context.options.threads,
    maxBatch: 1024,
  });
  await net.run(pair(data), { epochs, batch: BATCH });
  return net;
}

/** The last `count` rows stand aside. */
function heldBack({ samples, features, x, y }: Table, count: number): [Table, Table] {
  const cut = samples - count;
  const part = (from: number, to: number): Table => ({
    samples: to - from,
    features,
    x: x.subarray(from * features, to * features),
    y: y.subarray(from, to),
  });
  return [part(0, cut), part(cut, samples)];
}
