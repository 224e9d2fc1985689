// thinned start, which `npm start` runs: what dropout does to a network that has too few samples, in half a minute.
import { dirname } from "node:path";
import { Command } from "commander";
import { checkWritable, makeFolder, writeWhole } from "../../node/files.js";
import { drawCurves, type Point } from "../../report/curves.js";
import { showError, showSeconds, table } from "../../report/numbers.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import {
  ARMS,
  HIDDEN,
  TEST_DIGITS,
  TRAINING_DIGITS,
  testDigits,
  trainArm,
  trainingDigits,
} from "../run/digits-study.js";
import { whole } from "../usage.js";

/** Epochs from one point of a curve to the next. */
const EVERY = 2;
/** Fewer epochs than these have a point each. */
const FEW = 10;

const DEFAULT_OUT = "out/learning-curves.svg";

interface Options {
  out: string;
  seed: number;
  epochs?: number;
  json?: boolean;
}

interface Result {
  arm: string;
  trainError: number;
  testError: number;
  gap: number;
  epochs: number;
  seconds: number;
}

export function startCommand(): Command {
  return new Command("start")
    .description("the demonstration: the same network with and without dropout on drawn digits")
    .option("--out <file>", "where the learning curves go", DEFAULT_OUT)
    .option("--seed <n>", "draws the training digits, weights, masks and order", whole(0), 1)
    .option("--epochs <n>", "stop every arm after so many, for a first look", whole(1))
    .option("--json", "lines of JSON: one per arm")
    .action(start);
}

async function start({ out, seed, epochs = Infinity, json }: Options): Promise<void> {
  // What nobody has named nobody has made.
  if (out === DEFAULT_OUT) makeFolder("--out", dirname(out));
  checkWritable("--out", out);
  const train = trainingDigits(seed);
  const test = testDigits();
  const network = [train.features, ...HIDDEN, 10].join("-");
  if (!json)
    printLine(
      `A ${network} network learns digits from ${format(TRAINING_DIGITS)} samples; ${format(TEST_DIGITS)} others test it.\n`,
    );
  const progress = createProgress(!json);
  const points: Point[] = [];
  const results: Result[] = [];
  for (const chosen of ARMS) {
    const arm = { ...chosen, epochs: Math.min(chosen.epochs, epochs) };
    let seconds = 0;
    let last = { train: 1, heldOut: 1 };
    for await (const { epoch, seconds: more, errors } of trainArm(
      arm,
      seed,
      train,
      test,
      arm.epochs < FEW ? 1 : EVERY,
    )) {
      seconds += more;
      if (errors) {
        last = errors;
        points.push({ arm: arm.name, set: "training error", epoch, error: errors.train });
        points.push({ arm: arm.name, set: "test error", epoch, error: errors.heldOut });
      }
      progress.update(arm.name.padEnd(16), epoch, arm.epochs, `test error ${showError(last.heldOut, "classify")}`);
    }
    progress.clear();
    const { train: trainError, heldOut: testError } = last;
    const result = { arm: arm.name, trainError, testError, gap: testError - trainError, epochs: arm.epochs, seconds };
    results.push(result);
    if (json) printJson(result);
  }
  if (!json) printResults(results);
  const svg = await drawCurves(points, `${format(TRAINING_DIGITS)} training digits, network ${network}`);
  writeWhole(out, svg);
  if (!json) printLine(`Learning curves: ${out}`);
}

function printResults(results: Result[]): void {
  const head = ["", "training error", "test error", "gap", "epochs", "training time"];
  const rows = results.map(({ arm, trainError, testError, gap, epochs, seconds }) => [
    arm,
    ...[trainError, testError, gap].map((error) => showError(error, "classify")),
    String(epochs),
    showSeconds(seconds),
  ]);
  printLine(`${table([head, ...rows])}\n\nThat is one seed; docs/digits.md has five, and how each arm was tuned.`);
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
