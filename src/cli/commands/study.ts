// thinned study: the same network with and without dropout, in one report.
import { Command } from "commander";
import { count } from "../../checks.js";
import type { Data, Table } from "../../data/encode/table.js";
import { loadData } from "../../data/load.js";
import { learnFeatures } from "../../lab/features.js";
import { byRate, bySize, learningCurves, type StudySetup } from "../../lab/study.js";
import { permutation } from "../../random/philox.js";
import { checkReportPaths, writeReport } from "../../report/page.js";
import { plotting } from "../../report/plotting.js";
import { type StudyResult, sectionsOf, summaryLines } from "../../report/study.js";
import { catchInterrupt } from "../interrupt.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import { firstRows } from "../run/measure.js";
import { given, names, probability, real, UsageError, whole, widths } from "../usage.js";

interface Options {
  out: string;
  target?: string;
  ignore?: string[];
  samples: number;
  testRows: number;
  hidden: number[];
  dropout: number;
  inputDropout: number;
  lr: number;
  batch: number;
  steps: number;
  repeats: number;
  seed: number;
  quick?: boolean;
  json?: boolean;
}

const AFTER_HELP = `
Every run takes the same number of updates; learning rate (falling to zero along a line), momentum 0.9 and max-norm 3 are the
same with and without dropout (inverted scaling). Rates 0 to 0.8 are tried on the first --samples samples, sizes from 100 upwards on as many as there are.
Images also train an autoencoder with one hidden layer of 256 ReLU units, on up to 5,000 of them. The numbers go to a .json file beside --out.`;

const RATES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
/** What the autoencoder learns from, where there are so many. */
const IMAGES = 5000;
const SIZES = [100, 200, 500, 1000, 2000, 5000, 10_000];
/** What --quick changes, unless an option says otherwise: half a minute instead of minutes. */
const QUICK = { steps: 600, repeats: 1, testRows: 1000 };

export function studyCommand(): Command {
  return new Command("study")
    .description("train with and without dropout, and show what changes: one HTML report")
    .argument("[data]", "IDX directory, file.csv (classes), or digits", "digits")
    .option("--out <file>", "the report", "study.html")
    .option("--target <column>", "CSV: the column to predict (default: the last)")
    .option("--ignore <columns>", "CSV: columns that are not read, with commas between them", names)
    .option("--samples <n>", "training samples, 1,000 to 10,000 show most", whole(100, 1e6), 1000)
    .option("--test-rows <n>", "samples to test with at most", whole(1), 4000)
    .option("--hidden <widths>", "units per hidden layer", widths, [256, 256])
    .option("--dropout <p>", "hidden layers', of the arm with dropout", probability, 0.5)
    .option("--input-dropout <p>", "the inputs'", probability, 0.2)
    .option("--lr <rate>", "learning rate at the start", real(0), 0.05)
    .option("--batch <n>", "samples per step", whole(1, 1e6), 50)
    .option("--steps <n>", "updates of every run", whole(1), 3000)
    .option("--repeats <n>", "seeds that each rate and size is repeated with", whole(1, 100), 2)
    .option("--seed <n>", "the first seed", whole(0, 2 ** 40), 1)
    .option("--quick", "fewer updates, rates and sizes, and one seed")
    .option("--json", "one line of JSON instead of the summary")
    .addHelpText("after", AFTER_HELP)
    .action(study);
}

async function study(source: string, asked: Options, command: Command): Promise<void> {
  const options = asked.quick ? { ...asked, ...unless(given(command), QUICK) } : asked;
  const paths = checkReportPaths(options.out, [source]);
  const libraries = await plotting();
  const interrupt = catchInterrupt();
  try {
    const result = await measureAll(source, options, interrupt.signal);
    const { network, trainSamples, testSamples } = result;
    const lead = `${source}: a ${network} network, ${trainSamples.toLocaleString("en-US")} training and ${testSamples.toLocaleString("en-US")} test samples, ${options.steps.toLocaleString("en-US")} update${options.steps === 1 ? "" : "s"} per run, ${count(options.repeats, "seed")}.`;
    writeReport(paths, "What dropout changes", lead, sectionsOf(result, libraries), withoutImages(result));
    if (options.json) printJson(withoutImages(result));
    else
      for (const line of [...summaryLines(result), `Report: ${paths.html}, its numbers: ${paths.json}`])
        printLine(line);
  } catch (error) {
    const status = interrupt.status();
    if (status === null) throw error;
    process.stderr.write("thinned: stopped; no report was written\n");
    process.exitCode = status;
  } finally {
    interrupt.release();
  }
}

async function measureAll(source: string, options: Options, signal: AbortSignal): Promise<StudyResult> {
  const { quick, seed, repeats, samples, hidden, json } = options;
  const data = await loadStudyData(source, options);
  const { encoding } = data;
  const all = shuffled(data.train, seed);
  const train = firstRows(all, samples);
  const test = firstRows(data.test, options.testRows);
  const rates = quick ? RATES.filter((_, i) => i % 2 === 0) : RATES;
  const sizes = SIZES.filter((n) => n <= all.samples && (!quick || [100, 500, 1000].includes(n)));
  const trainings = 2 + repeats * (rates.length + 2 * sizes.length) + (encoding.imageShape ? 2 : 0);
  const progress = createProgress(!json);
  let done = 0;
  let current = "";
  const show = (fraction: number) => progress.update("study", done + fraction, trainings, current);
  const setup: StudySetup = {
    hidden,
    classes: encoding.outputs,
    dropout: { input: options.inputDropout, hidden: options.dropout },
    learningRate: options.lr,
    batch: options.batch,
    steps: options.steps,
    seeds: Array.from({ length: repeats }, (_, i) => seed + i),
    signal,
    onRun: (run) => {
      current = run;
      show(0);
    },
    onEpoch: (fraction) => {
      show(fraction);
      if (fraction === 1) done++;
    },
  };
  if (!json) printLine(`${source}: ${trainings} trainings of ${count(options.steps, "update")} each\n`);
  try {
    const curves = await learningCurves(pair(train), pair(test), setup);
    const rateRows = await byRate(pair(train), pair(test), rates, setup);
    const sizeRows = await bySize(pair(all), pair(test), sizes, setup);
    const images = firstRows(all, Math.max(samples, IMAGES));
    const features =
      encoding.imageShape &&
      (await learnFeatures(images.x, firstRows(test, 1000).x, train.features, { ...setup, units: 256 }));
    return {
      source,
      network: [train.features, ...hidden, encoding.outputs].join("-"),
      trainSamples: train.samples,
      testSamples: test.samples,
      settings: { ...options, out: undefined },
      imageShape: encoding.imageShape,
      curves,
      rates: rateRows,
      sizes: sizeRows,
      features,
    };
  } finally {
    progress.clear();
  }
}

async function loadStudyData(source: string, options: Options): Promise<Data & { test: Table }> {
  const { samples, seed, target, ignore } = options;
  const most = Math.max(samples, 2000);
  const columns = { target, ignore };
  const data = await loadData(source, { seed, val: 0, ...columns, ...(source === "digits" && { samples: most }) });
  if (data.encoding.task !== "classify")
    throw new UsageError(`${source} has numbers to predict; a study compares errors of classes: choose such data`);
  if (data.test) return data as Data & { test: Table };
  const split = await loadData(source, { seed, val: 0.3, ...columns });
  return { ...split, test: split.validation as Table };
}

/** In an order drawn from the seed: the first so many samples of a file that is sorted would be one class. */
function shuffled(table: Table, seed: number): Table {
  const { samples, features } = table;
  const x = new Float32Array(table.x.length);
  const y = table.y.slice();
  permutation(samples, seed, 0).forEach((from, to) => {
    x.set(table.x.subarray(from * features, (from + 1) * features), to * features);
    y[to] = table.y[from];
  });
  return { samples, features, x, y };
}

function pair({ x, y }: Table) {
  return { x, y };
}

function unless<T extends object>(named: Set<string>, defaults: T): Partial<T> {
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !named.has(name))) as Partial<T>;
}

function withoutImages(result: StudyResult): object {
  return { ...result, features: result.features?.map(({ weights: _, ...numbers }) => numbers) ?? null };
}
