// thinned start, which `npm start` runs: what dropout does to a network that has too few samples, in half a minute.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { drawCurves, type Point } from "./curves.js";
import {
  ARMS,
  HIDDEN,
  heldOutDigits,
  TEST_DIGITS,
  TEST_SEED,
  TRAINING_DIGITS,
  trainArm,
  trainingDigits,
} from "./digits-study.js";
import { checkWritable, writeWhole } from "./files.js";
import { printJson, printLine, showError, showSeconds, table } from "./output.js";
import { createProgress } from "./progress.js";
import { whole } from "./usage.js";

interface Options {
  out: string;
  seed: number;
  json?: boolean;
}

interface Result {
  arm: string;
  trainError: number;
  testError: number;
  gap: number;
  seconds: number;
}

export function startCommand(): Command {
  return new Command("start")
    .description("the demonstration: the same network with and without dropout on drawn digits")
    .option("--out <file>", "where the learning curves go", "out/learning-curves.svg")
    .option("--seed <n>", "draws the training digits, weights, masks and order", whole(0), 1)
    .option("--json", "lines of JSON: one per arm")
    .action(start);
}

async function start({ out, seed, json }: Options): Promise<void> {
  mkdirSync(dirname(out), { recursive: true });
  checkWritable("--out", out);
  const train = trainingDigits(seed);
  const test = heldOutDigits(TEST_SEED);
  const network = [train.features, ...HIDDEN, 10].join("-");
  if (!json)
    printLine(
      `A ${network} network learns digits from ${format(TRAINING_DIGITS)} samples; ${format(TEST_DIGITS)} others test it.\n`,
    );
  const progress = createProgress(!json);
  const points: Point[] = [];
  const results: Result[] = [];
  for (const arm of ARMS) {
    let seconds = 0;
    let last = { trainError: 1, heldOutError: 1 };
    for await (const report of trainArm(arm, seed, train, test)) {
      const { epoch, trainError, heldOutError } = report;
      seconds += report.seconds;
      last = report;
      points.push({ arm: arm.name, set: "training error", epoch, error: trainError });
      points.push({ arm: arm.name, set: "test error", epoch, error: heldOutError });
      progress.update(arm.name.padEnd(16), epoch, arm.epochs, `test error ${showError(heldOutError, "classify")}`);
    }
    progress.clear();
    const { trainError, heldOutError: testError } = last;
    const result = { arm: arm.name, trainError, testError, gap: testError - trainError, seconds };
    results.push(result);
    if (json) printJson(result);
  }
  if (!json) printResults(results);
  const svg = await drawCurves(points, `${format(TRAINING_DIGITS)} training digits, network ${network}`);
  if (svg) writeWhole(out, svg);
  if (!json)
    printLine(
      svg ? `Learning curves: ${out}` : "No picture of the curves: install @observablehq/plot and linkedom to get one.",
    );
}

function printResults(results: Result[]): void {
  const head = ["", "training error", "test error", "gap", "training time"];
  const rows = results.map(({ arm, trainError, testError, gap, seconds }) => [
    arm,
    ...[trainError, testError, gap].map((error) => showError(error, "classify")),
    showSeconds(seconds),
  ]);
  printLine(`${table([head, ...rows])}\n`);
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
