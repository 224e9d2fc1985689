// MNIST by the clock: what no table of kernels says. The same network with and without dropout: seconds of an epoch, and test error against
// the seconds of training that it took. `npm run bench:mnist -- FOLDER` with the four IDX files in FOLDER.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { loadLibraries } from "#thinned/cli/curves.js";
import { printLine, table } from "#thinned/cli/output.js";
import { createProgress } from "#thinned/cli/progress.js";
import { loadData } from "#thinned/data/load.js";
import type { Data, Table } from "#thinned/data/table.js";
import { Network, type OptimizerOptions } from "#thinned/index.js";
import { describe, showHeader } from "./engine.js";

interface Point {
  arm: string;
  epoch: number;
  /** Of training alone, since the beginning. */
  seconds: number;
  /** Per cent of the test digits. */
  error: number;
}

const SIZES = [784, 1024, 1024, 10];
const BATCH = 128;
const RATE = 0.1;
const MOMENTUM: OptimizerOptions = { type: "sgd", learningRate: RATE, momentum: 0.9, maxNorm: 3 };
const PLAIN: OptimizerOptions = { type: "sgd", learningRate: RATE };
const DROPOUT = { input: 0.2, hidden: 0.5 };

const program = new Command("bench:mnist")
  .argument("<folder>", "MNIST's IDX files")
  .option("--epochs <n>", "of each arm of the picture", Number, 20)
  .option("--threads <n>", "workers that share a step", Number, 2)
  .option("--seed <n>", "of weights, masks and order", Number, 1)
  .option("--out <folder>", "for the picture and the numbers", "out/mnist")
  .parse();
const [folder] = program.args;
const { epochs, threads, seed, out } = program.opts<{ epochs: number; threads: number; seed: number; out: string }>();

for (const line of showHeader(await describe())) printLine(line);
const ink = await loadData(folder);
const centred = await loadData(folder, { center: true });
const rows = [
  ["plain SGD", await secondsOfEpoch(ink, PLAIN)],
  ["momentum 0.9, max-norm 3", await secondsOfEpoch(ink, MOMENTUM)],
  ["momentum 0.9, max-norm 3, pixels centred", await secondsOfEpoch(centred, MOMENTUM)],
] as const;
printLine(
  `\nSeconds of an epoch, the second of two, ${SIZES.join("-")}, dropout 0.2 and 0.5, batch ${BATCH}, ${threads} threads\n`,
);
printLine(table([["optimizer", "seconds"], ...rows.map(([name, seconds]) => [name, seconds.toFixed(2)])]));

const points = [
  ...(await trainByTheClock("dropout 0.2 and 0.5", centred, DROPOUT)),
  ...(await trainByTheClock("no dropout", centred, { input: 0, hidden: 0 })),
];
printLine(`\nTest error against seconds of training, pixels centred, momentum 0.9, rate ${RATE} falling to 0\n`);
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
const picture = await draw(points);
if (picture) writeFileSync(path.join(out, "clock.svg"), picture);
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
    net.learningRate = RATE * (1 - report.epoch / (epochs + 1));
  }
  progress.clear();
  net.dispose();
  return points;
}

/** Null where the plotting library is not installed. */
async function draw(points: readonly Point[]): Promise<string | null> {
  const libraries = await loadLibraries();
  if (!libraries) return null;
  const { Plot, document } = libraries;
  const svg = Plot.plot({
    document,
    width: 760,
    height: 420,
    marginLeft: 56,
    marginBottom: 48,
    marginRight: 24,
    style: { background: "white", color: "black", fontFamily: "sans-serif", fontSize: "13px" },
    x: { label: "seconds of training", labelArrow: "none", labelAnchor: "center" },
    y: {
      label: "test error, per cent",
      labelArrow: "none",
      labelAnchor: "center",
      grid: true,
      domain: [1, 3],
      clamp: true,
    },
    color: { domain: ["no dropout", "dropout 0.2 and 0.5"], range: ["#555555", "#D98200"], legend: false },
    marks: [
      Plot.frame({ stroke: "#bbbbbb" }),
      Plot.line(points, { x: "seconds", y: "error", stroke: "arm", marker: "dot", strokeWidth: 2 }),
      Plot.text(
        points,
        Plot.selectLast({ x: "seconds", y: "error", z: "arm", text: "arm", fill: "arm", dy: -14, textAnchor: "end" }),
      ),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${svg.outerHTML}\n`;
}
