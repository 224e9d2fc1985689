// MNIST by the clock: what no table of kernels says. The same network with and without dropout: seconds of an epoch,
// and test error against the seconds of training that it took. `npm run bench:mnist -- FOLDER` with the four IDX files
// in FOLDER.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { printLine } from "#thinned/cli/output.js";
import { createProgress } from "#thinned/cli/progress.js";
import type { Data, Table } from "#thinned/data/encode/table.js";
import { loadData } from "#thinned/data/load.js";
import { Network, type OptimizerOptions } from "#thinned/index.js";
import { table } from "#thinned/report/numbers.js";
import { readHeader, showHeader } from "./engine.js";
import { drawClock, type Point } from "./mnist-picture.js";

const SIZES = [784, 1024, 1024, 10];
const BATCH = 128;
const RATE = 0.1;
/** As docs/mnist.md tells how it was chosen. */
const MOMENTUM: OptimizerOptions = { type: "sgd", learningRate: RATE, momentum: 0.9, maxNorm: 1 };
const PLAIN: OptimizerOptions = { type: "sgd", learningRate: RATE };
const DROPOUT = { input: 0.2, hidden: 0.5 };
const LEARNING = `pixels centred, batch ${BATCH}, momentum 0.9, max-norm 1, rate ${RATE} falling to 0`;

const program = new Command("bench:mnist")
  .argument("<folder>", "MNIST's IDX files")
  .option("--epochs <n>", "of each arm of the picture", Number, 20)
  .option("--threads <n>", "workers that share a step", Number, 2)
  .option("--seed <n>", "of weights, masks and order", Number, 1)
  .option("--out <folder>", "for the picture and the numbers", "out/mnist")
  .parse();
const [folder] = program.args;
const { epochs, threads, seed, out } = program.opts<{ epochs: number; threads: number; seed: number; out: string }>();

const header = await readHeader();
for (const line of showHeader(header)) printLine(line);
const ink = await loadData(folder);
const centred = await loadData(folder, { center: true });
const rows = [
  ["plain SGD", await secondsOfEpoch(ink, PLAIN)],
  ["momentum 0.9, max-norm 1", await secondsOfEpoch(ink, MOMENTUM)],
  ["momentum 0.9, max-norm 1, pixels centred", await secondsOfEpoch(centred, MOMENTUM)],
] as const;
printLine(
  `\nSeconds of an epoch, the second of two, ${SIZES.join("-")}, dropout 0.2 and 0.5, batch ${BATCH}, ${threads} threads\n`,
);
printLine(table([["optimizer", "seconds"], ...rows.map(([name, seconds]) => [name, seconds.toFixed(2)])]));

const points = [
  ...(await trainByTheClock("dropout 0.2 and 0.5", centred, DROPOUT)),
  ...(await trainByTheClock("no dropout", centred, { input: 0, hidden: 0 })),
];
printLine(`\nTest error against seconds of training, ${LEARNING}\n`);
const shown = points.filter(({ epoch }) => [1, 2, 5, 10, 15, epochs].includes(epoch));
printLine(
  table([
    ["", "epoch", "seconds", "test error"],
    ...shown.map(({ arm, epoch, seconds, error }) => [arm, `${epoch}`, seconds.toFixed(1), `${error.toFixed(2)} %`]),
  ]),
);
mkdirSync(out, { recursive: true });
writeFileSync(
  path.join(out, "clock.json"),
  `${JSON.stringify({ epochs: Object.fromEntries(rows), points }, null, 1)}\n`,
);
const { machine, engine, best } = header;
const picture = await drawClock(points, `MNIST by the clock: ${SIZES.join("-")} with and without dropout`, [
  `a dot is an epoch; ${LEARNING}`,
  `${machine.processor}, ${engine}, ${best} build, ${threads} thread${threads === 1 ? "" : "s"}`,
]);
writeFileSync(path.join(out, "clock.svg"), picture);
printLine(`\nwritten to ${out}`);

function open(optimizer: OptimizerOptions, dropout: { input: number; hidden: number }): Promise<Network> {
  return Network.create({ sizes: SIZES, dropout, optimizer, seed, threads, maxBatch: BATCH });
}

function dataSet({ x, y }: Table) {
  return { x, y: y as Int32Array };
}

async function secondsOfEpoch({ train }: Data, optimizer: OptimizerOptions): Promise<number> {
  const net = await open(optimizer, DROPOUT);
  let seconds = 0;
  for await (const report of net.fit(dataSet(train), { epochs: 2, batch: BATCH })) seconds = report.seconds;
  net.dispose();
  return seconds;
}

async function trainByTheClock(
  arm: string,
  { train, test }: Data,
  dropout: { input: number; hidden: number },
): Promise<Point[]> {
  const net = await open(MOMENTUM, dropout);
  const progress = createProgress(true);
  const points: Point[] = [];
  let seconds = 0;
  for await (const report of net.fit(dataSet(train), { epochs, batch: BATCH })) {
    seconds += report.seconds;
    const error = 100 * net.evaluate(dataSet(test!)).error!;
    points.push({ arm, epoch: report.epoch, seconds, error });
    progress.update(arm, report.epoch, epochs, `${error.toFixed(2)} %`);
    // As `thinned train` lets it fall.
    net.learningRate = RATE * (1 - Math.min(report.epoch, epochs - 1) / epochs);
  }
  progress.clear();
  net.dispose();
  return points;
}
