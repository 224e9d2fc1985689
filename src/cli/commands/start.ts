// thinned start, which `npm start` runs: what dropout does to a network that has few samples and some wrong labels,
// in half a minute.
import { dirname } from "node:path";
import { Command } from "commander";
import type { Table } from "../../data/encode/table.js";
import type { Network } from "../../network.js";
import { checkWritable, makeFolder, writeWhole } from "../../node/files.js";
import { drawCurves } from "../../report/curves.js";
import { meanAndError, type Spread, table } from "../../report/numbers.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import {
  ARMS,
  EPOCHS,
  HIDDEN,
  openArm,
  TRAINING_DIGITS,
  testDigits,
  trainArm,
  trainingDigits,
} from "../run/digits-study.js";
import { differenceOfRuns, differenceOfScalings, scribble, stepTimes, surestRow, votes } from "../run/start-facts.js";
import { whole } from "../usage.js";

/** Epochs from one point of a curve to the next. */
const EVERY = 2;
/** Fewer epochs than these have a point each. */
const FEW = 10;

const DEFAULT_OUT = "out/learning-curves.svg";

interface Options {
  out: string;
  seed: number;
  seeds: number;
  epochs: number;
  json?: boolean;
}

interface Errors {
  train: number;
  heldOut: number;
}

/** Of one arm: the errors of every seed, by epoch. */
type Curves = Map<number, Errors[]>;

export function startCommand(): Command {
  return new Command("start")
    .description("the demonstration: the same network with and without dropout on drawn digits")
    .option("--out <file>", "where the learning curves go", DEFAULT_OUT)
    .option("--seed <n>", "the first seed; each draws training digits, weights, masks and order", whole(0), 1)
    .option("--seeds <n>", "how many seeds", whole(2, 100), 5)
    .option("--epochs <n>", "stop every arm after so many, for a first look", whole(1), EPOCHS)
    .option("--json", "lines of JSON: one per arm, then the comparison")
    .action(start);
}

async function start({ out, seed, seeds, epochs, json }: Options): Promise<void> {
  // What nobody has named nobody has made.
  if (out === DEFAULT_OUT) makeFolder("--out", dirname(out));
  checkWritable("--out", out);
  const test = testDigits();
  const network = [test.features, ...HIDDEN, 10].join("-");
  const format = (count: number) => count.toLocaleString("en-US");
  if (!json) {
    printLine(
      `A ${network} network learns digits from ${format(TRAINING_DIGITS)} samples; one label in five is drawn at random.`,
    );
    printLine(
      `${format(test.samples)} other digits test it. Everything is the same in all arms but dropout and the learning rate, which`,
    );
    printLine(`is each arm's best of one grid. Mean ± standard error of ${seeds} seeds:\n`);
  }
  const progress = createProgress(!json);
  const curves: Curves[] = ARMS.map(() => new Map());
  const nets: Network[] = [];
  for (let s = 0; s < seeds; s++) {
    const train = trainingDigits(seed + s);
    for (const [i, arm] of ARMS.entries()) {
      const net = await openArm(arm, seed + s, train.features);
      for await (const { epoch, errors } of trainArm(arm, net, train, test, {
        epochs,
        every: epochs < FEW ? 1 : EVERY,
      })) {
        if (errors) curves[i].set(epoch, [...(curves[i].get(epoch) ?? []), errors]);
        progress.update(`seed ${seed + s}, ${arm.name}`.padEnd(26), epoch, epochs, "");
      }
      if (s === 0) nets.push(net);
      else net.dispose();
    }
  }
  progress.clear();
  const last = curves.map((curve) => curve.get(epochs) as Errors[]);
  const gain = meanAndError(last[0].map(({ heldOut }, s) => heldOut - last[1][s].heldOut));
  if (json) for (const [i, { name }] of ARMS.entries()) printJson({ arm: name, epochs, errors: last[i] });
  else printErrors(last, gain);
  const facts = await findFacts(nets[1], seed, test);
  if (json) printJson({ gain, ...facts });
  else printFacts(facts);
  for (const net of nets) net.dispose();

  const svg = await drawCurves(
    points(curves),
    `${format(TRAINING_DIGITS)} digits, one label in five random, ${network}, ${seeds} seeds`,
  );
  writeWhole(out, svg);
  if (!json) printLine(`Learning curves: ${out}. Next: npx thinned demo, the same in a page that you can play with.`);
}

const points = (curves: readonly Curves[]) =>
  ARMS.flatMap(({ name: arm }, i) =>
    [...curves[i]].flatMap(([epoch, errors]) => [
      { arm, set: "training error" as const, epoch, ...meanAndError(errors.map(({ train }) => train)) },
      { arm, set: "test error" as const, epoch, ...meanAndError(errors.map(({ heldOut }) => heldOut)) },
    ]),
  );

const percent = ({ mean, standardError }: Spread) =>
  `${(100 * mean).toFixed(2)} ± ${(100 * standardError).toFixed(2)} %`;

function printErrors(last: readonly Errors[][], gain: Spread): void {
  const rows = last.map((errors, i) => [
    ARMS[i].name,
    percent(meanAndError(errors.map(({ train }) => train))),
    percent(meanAndError(errors.map(({ heldOut }) => heldOut))),
  ]);
  printLine(table([["", "wrong in training", "wrong in testing"], ...rows]));
  const { mean, standardError } = gain;
  const sure = `${(mean / standardError).toFixed(0)} standard errors of that difference`;
  printLine(
    `\nWithout dropout the network learns the wrong labels by heart. Dropout takes ${(100 * mean).toFixed(1)} points off the`,
  );
  printLine(`test error, seed by seed: ${sure}.`);
}

/** Everything that is said besides; `net` is trained. */
async function findFacts(net: Network, seed: number, test: Table) {
  const train = trainingDigits(seed);
  const [without, withDropout] = await stepTimes(seed, train);
  const surest = surestRow(net.predict(test.x), 10);
  const picture = test.x.subarray(surest * test.features, (surest + 1) * test.features);
  return {
    runs: await differenceOfRuns(seed, train, test),
    scalings: differenceOfScalings(net, test),
    stepMilliseconds: { without, with: withDropout },
    clear: { is: test.y[surest], ...votes(net, picture) },
    scribble: votes(net, scribble(test)),
  };
}

function printFacts({
  runs,
  scalings,
  stepMilliseconds,
  clear,
  scribble,
}: Awaited<ReturnType<typeof findFacts>>): void {
  const ms = (value: number) => `${value.toPrecision(2)} ms`;
  const ratio = stepMilliseconds.with / stepMilliseconds.without;
  printLine(
    "\nPlain and inverted dropout are one thing. With the same masks and converted steps, both runs answer the same",
  );
  printLine(
    `after an epoch: no probability differs by more than ${runs.toExponential(0)}. One trained network answers the same under all`,
  );
  printLine(`three scalings: ${scalings.toExponential(0)}.`);
  printLine(
    `A step takes ${ms(stepMilliseconds.without)} without dropout and ${ms(stepMilliseconds.with)} with it: ${ratio.toFixed(2)} times as long.`,
  );
  printLine(
    `Doubt: ${clear.agreeing} of ${clear.draws} thinned networks agree on the ${clear.is} that the network is surest of; on a scribble, ${scribble.agreeing}.\n`,
  );
}
