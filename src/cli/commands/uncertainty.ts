// thinned uncertainty: what averaging thinned networks gains, and what their disagreement tells.
import { Command } from "commander";
import { entropyOf } from "../../calls/spread.js";
import { eventLoop } from "../../calls/time-slice.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { loadForModel } from "../../data/load.js";
import { averagedErrors, errorOf, rotated } from "../../lab/averaging.js";
import { Philox, Stream } from "../../random/philox.js";
import { table } from "../../report/numbers.js";
import { checkReportPaths, writeReport } from "../../report/page.js";
import { plotting } from "../../report/plotting.js";
import { type Reliability, reliabilityTable } from "../../report/reliability.js";
import { averagedTable, type Doubt, doubtTable, sectionsOf, type UncertaintyResult } from "../../report/uncertainty.js";
import { coverageTable, type NumbersResult, numbersSections, numbersTable } from "../../report/uncertainty-numbers.js";
import { calibrationError, logLoss, reliability } from "../../scores/index.js";
import type { MonteCarloAsyncOptions, Output } from "../../types.js";
import { catchInterrupt } from "../interrupt.js";
import { noteRevectorize, printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import { type AnyNetwork, describeNetwork, drawTogether, takingTurns } from "../run/any-network.js";
import { doubtOfNumbers } from "../run/doubt-of-numbers.js";
import { readAnswerer } from "../run/ensemble.js";
import { firstRows } from "../run/measure.js";
import { addReadOptions, type ReadingOptions, readingFor } from "../run/read-options.js";
import { given, REVECTORIZE, threads, UsageError, whole } from "../usage.js";

interface Options extends ReadingOptions {
  out: string;
  draws: number;
  rows: number;
  seed: number;
  threads: number | "auto";
  revectorize?: boolean;
  quick?: boolean;
  json?: boolean;
}

const AFTER_HELP = `
Test error of the average of k = 1 … --draws thinned networks, against weight scaling (Srivastava et al. 2014, figure 11), for
as many disjoint groups of k as the draws make; entropy and mutual information of clean and, for images, of noisy and rotated
samples; how honest probabilities are; the error that is left when the most doubtful samples are set aside. Of a regression: how often intervals hold the truth,
by promise and by width, and rows made strange. The numbers go to a .json file beside --out.`;

export function uncertaintyCommand(): Command {
  return addReadOptions(
    new Command("uncertainty")
      .description("Monte-Carlo averaging against weight scaling, and what disagreement tells: one HTML report")
      .argument("<model>", "file that thinned train wrote, of a network or an ensemble")
      .argument("<data>", "labelled samples: IDX directory, a file with a table, or digits"),
  )
    .option("--out <file>", "the report", "uncertainty.html")
    .option("--draws <k>", "thinned networks", whole(1, 10_000), 100)
    .option("--rows <n>", "samples at most", whole(1), 10_000)
    .option("--seed <n>", "of the masks", whole(0), 0)
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--revectorize", REVECTORIZE)
    .option("--quick", "20 draws of 1,000 samples")
    .option("--json", "one line of JSON instead of the table")
    .addHelpText("after", AFTER_HELP)
    .action(uncertainty);
}

async function uncertainty(model: string, source: string, asked: Options, command: Command): Promise<void> {
  const named = given(command);
  const options = { ...asked };
  if (asked.quick && !named.has("draws")) options.draws = 20;
  if (asked.quick && !named.has("rows")) options.rows = 1000;
  const paths = checkReportPaths(options.out, [model, source]);
  const libraries = await plotting();
  const { revectorize } = options;
  const { net, encoding, run, runtime } = await readAnswerer(model, { threads: options.threads, revectorize });
  noteRevectorize(revectorize, runtime);
  const interrupt = catchInterrupt();
  const progress = createProgress(!options.json);
  try {
    const data = firstRows(await loadForModel(source, encoding, true, readingFor(options, run)), options.rows);
    const { draws, seed } = options;
    const step = async (label: string, draw: number) => {
      progress.update(label, draw, draws, "draws");
      await eventLoop();
      interrupt.signal.throwIfAborted();
    };
    const onDraw = (draw: number) => step("averaging", draw);
    const lead = `${model} on ${data.samples.toLocaleString("en-US")} samples of ${source}: ${describeNetwork(net)}, ${draws} draws.`;
    const title = "What thinned networks say together";
    if (!encoding.classes) {
      if (encoding.outputs > 1)
        throw new UsageError(`${model} predicts ${encoding.outputs} numbers; give a model of one`);
      checkMemory(data.samples, draws);
      const found = await doubtOfNumbers(net, encoding, data, { draws, seed, onDraw: step });
      progress.clear();
      const target = encoding.target ?? "the target";
      const result: NumbersResult = { model, data: source, target, rows: data.samples, draws, seed, ...found };
      writeReport(paths, title, lead, numbersSections(result, libraries), result);
      print(result, [numbersTable(result), coverageTable(result)], paths, options.json);
      return;
    }
    const { averaged, mean } = await averagedErrors(takingTurns(net), data.x, data.y, { draws, seed, onDraw });
    const weightScalingError = errorOf(net.predict(data.x), data.y, encoding.outputs);
    const honest = net.config.output === "softmax" ? reliabilityOf(net, data, mean) : [];
    const certain = errorsOfTheCertain(mean, data.y, encoding.outputs, net.config.output);
    const { doubt, examples } = await measureDoubt(net, encoding, data, options, (samples) => ({
      signal: interrupt.signal,
      onDraw: (told) => progress.update(samples, told.draws, draws, "draws"),
    }));
    progress.clear();
    const result: UncertaintyResult = {
      model,
      data: source,
      rows: data.samples,
      draws,
      seed,
      weightScalingError,
      averaged,
      doubt,
      reliability: honest,
      certain,
    };
    const pictures = { shape: encoding.imageShape, examples };
    writeReport(paths, title, lead, sectionsOf(result, pictures, libraries), result);
    const honesty = honest.length > 0 ? [reliabilityTable(honest)] : [];
    print(result, [averagedTable(result), ...honesty, doubtTable(result)], paths, options.json);
  } catch (error) {
    const status = interrupt.status();
    if (status === null) throw error;
    process.stderr.write("thinned: stopped; no report was written\n");
    process.exitCode = status;
  } finally {
    progress.clear();
    interrupt.release();
    net.dispose();
  }
}

function print(result: object, tables: string[][][], paths: { html: string; json: string }, json?: boolean): void {
  if (json) printJson(result);
  else {
    printLine(tables.map(table).join("\n\n"));
    printLine(`\nReport: ${paths.html}, its numbers: ${paths.json}`);
  }
}

/** Every draw of every row is kept. */
function checkMemory(rows: number, draws: number): void {
  const most = 2e7;
  if (rows * draws <= most) return;
  const remedy = `--rows ${Math.floor(most / draws)}`;
  throw new UsageError(
    `${draws} draws of ${rows} rows take ${8 * rows * draws} bytes; give ${remedy} or fewer --draws`,
  );
}

function reliabilityOf(net: AnyNetwork, { x, y }: Table, mean: Float64Array): Reliability[] {
  const answers = [
    { name: "Monte-Carlo", probabilities: mean },
    { name: "weight scaling", probabilities: net.predict(x) },
  ];
  return answers.map(({ name, probabilities }) => ({
    name,
    bins: reliability(probabilities, y, { bins: 10, by: "count" }),
    calibrationError: calibrationError(probabilities, y),
    logLoss: logLoss(probabilities, y),
  }));
}

/** Three kinds of samples at --draws each: as many rows as tell means apart are enough. */
const DOUBT_ROWS = 1000;
const EXAMPLES = 12;

/** Clean samples, and, of images, noisy and (where they are square) rotated ones. */
async function measureDoubt(
  net: AnyNetwork,
  encoding: Encoding,
  data: Table,
  { draws, seed }: Options,
  watch: (samples: string) => Pick<MonteCarloAsyncOptions, "signal" | "onDraw">,
): Promise<{ doubt: Doubt[]; examples: Float32Array[] }> {
  const { outputs, features, imageShape, inputMean } = encoding;
  const { x, y } = firstRows(data, DOUBT_ROWS);
  const kinds: [string, Float32Array][] = [["clean", x]];
  const examples: Float32Array[] = [];
  if (imageShape) {
    // It is the image that gets noisy or turned, not its difference from the mean image.
    const mean = inputMean ?? new Array<number>(features).fill(0);
    const ink = x.map((value, i) => value + mean[i % features]);
    const noise = new Philox(seed, Stream.data, 2);
    const changed: [string, Float32Array][] = [
      ["noisy", ink.map((value) => Math.min(1, Math.max(0, value + 1.2 * (noise.uniform() - 0.5))))],
    ];
    if (imageShape[0] === imageShape[1]) changed.push(["a quarter turn", rotated(ink, imageShape[0])]);
    for (const [images, pixels] of changed) kinds.push([images, pixels.map((value, i) => value - mean[i % features])]);
    for (const pixels of [ink, ...changed.map(([, of]) => of)]) examples.push(pixels.slice(0, EXAMPLES * features));
  }
  const doubt: Doubt[] = [];
  for (const [images, rows] of kinds) {
    const asked = { samples: draws, seed, ...watch(`${images} samples`) };
    const { mean, entropy, mutualInformation } = await drawTogether(net, rows, asked);
    doubt.push({
      images,
      rows: y.length,
      error: errorOf(mean, y, outputs),
      entropy: average(entropy as Float32Array),
      mutualInformation: average(mutualInformation as Float32Array),
      mutualInformations: Array.from(mutualInformation as Float32Array, (value) => Number(value.toFixed(5))),
    });
  }
  return { doubt, examples };
}

/** Errors that are left when the samples with the largest entropy of the mean were set aside. */
function errorsOfTheCertain(mean: Float64Array, labels: ArrayLike<number>, out: number, output: Output) {
  const rows = Array.from({ length: labels.length }, (_, row) => ({
    entropy: entropyOf(mean, row, out, output),
    wrong: errorOf(mean.subarray(row * out, (row + 1) * out), [labels[row]], out),
  })).sort((a, b) => a.entropy - b.entropy);
  return [1, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5].map((kept) => ({
    kept,
    error: average(rows.slice(0, Math.ceil(kept * rows.length)).map(({ wrong }) => wrong)),
  }));
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
