// thinned train: from data to a model file.
import { existsSync } from "node:fs";
import { Command } from "commander";
import { count } from "../../checks.js";
import { ACTIVATIONS } from "../../config/activation.js";
import { BUILDS, LOSSES } from "../../config/network.js";
import { OPTIMIZERS } from "../../config/optimizer.js";
import type { Data, DataOptions } from "../../data/encode/table.js";
import { loadData } from "../../data/load.js";
import { SCALINGS } from "../../dropout/scaling.js";
import { Network } from "../../network.js";
import { checkModelPath } from "../../node/files.js";
import { noteRevectorize } from "../output.js";
import { LR_SCHEDULES, waitsForPlateaus } from "../run/lr-schedule.js";
import { checkPacked, digestOf, packModel, readModel } from "../run/model-file.js";
import { openModelWriter } from "../run/model-writer.js";
import type { Run } from "../run/saved-run.js";
import {
  asUsage,
  checkResumed,
  completeSettings,
  networkOptions,
  PLAIN_MAX_NORM,
  type Settings,
  showDefault,
} from "../run/settings.js";
import { noteNames } from "../run/train-report.js";
import { type ResumableModel, trainAndReport } from "../run/train-run.js";
import {
  either,
  given,
  listOf,
  lrSchedule,
  names,
  oneOf,
  probabilities,
  probability,
  REVECTORIZE,
  real,
  threads,
  UsageError,
  whole,
  widths,
} from "../usage.js";

/** Options that say where and how the program works, and do not change what is learned. */
interface Surroundings {
  out?: string;
  test?: string;
  resume?: string;
  threads: number | "auto";
  revectorize?: boolean;
  build?: "simd" | "relaxed";
  checkpointEvery: number;
  json?: boolean;
  quiet?: boolean;
  lean?: boolean;
}

const SURROUNDINGS = [
  "out",
  "test",
  "resume",
  "threads",
  "build",
  "revectorize",
  "checkpointEvery",
  "json",
  "quiet",
  "lean",
];

const DEFAULT_OUT = "model.safetensors";

const AFTER_HELP = `
DATA is a directory of IDX files (MNIST's names, gzipped or not), a .csv file, or "digits".
A CSV has a first line of column names, cells separated by commas, semicolons or tabs, numbers in every column but the target's,
and no empty cells; --ignore leaves columns out. The task, where --task does not say it: text in most cells of the target means
classes, and so do whole numbers from 0 to 99 of which at most 20 differ; other numbers are regressed. Classes that hardly repeat
are refused.
p is everywhere the probability of dropping. Standardisation is fitted on the training rows alone.
The last line of --json sums the run up: epochs, seconds, samplesPerSecond; trainLoss and trainError of the first 10,000
training rows in test mode (dropout off, as the validation and test figures); testError, null without test data; bestEpoch,
null without --patience or a loss that is a number. Errors are fractions; for regression the root mean squared error in the
target's own units.
A linear learning rate belongs to its number of epochs: --resume with more of them goes on at the longer run's rate.
Once training has begun, Ctrl-C writes a checkpoint to --out and ends with status 130; --resume takes it up where it stopped, to the
bit. Before that, it ends the program and writes nothing. A closed terminal does the same (status 129). A run that is killed goes on
from the last checkpoint that --checkpoint-every wrote to --out.`;

export function trainCommand(): Command {
  return new Command("train")
    .description("train a network on DATA and save it")
    .argument("<data>", "IDX directory, file.csv, or digits")
    .option(
      "--out <file>",
      `where the model goes (default ${DEFAULT_OUT}, if there is none; with --resume, the resumed file)`,
    )
    .option("--resume <file>", "continue the run in this checkpoint; --epochs is then the new total")
    .option(
      "--task <task>",
      "classify or regress (default: as the target column looks, see below)",
      oneOf(["classify", "regress"]),
    )
    .option("--target <column>", "CSV: the column to predict (default: the last)")
    .option("--ignore <columns>", "CSV: columns that are not read, with commas between them", names)
    .option("--val <fraction>", "training rows split off for validation (default 0.1)", real(0, 1))
    .option("--test <data>", "test data: CSV or IDX directory (default: the data set's own, where it has some)")
    .option("--samples <n>", "digits: how many to draw for training and validation (default 1000)", whole(2, 1e6))
    .option("--raw-pixels", "images: do not subtract the training rows' mean image")
    .option("--seed <n>", "draws weights, masks, order and split (default 1)", whole(0))
    .option("--hidden <widths>", `units per hidden layer, or none (${showDefault("hidden")})`, widths)
    .option("--activation <name>", `${either(ACTIVATIONS)}, one or a list (default relu)`, listOf(ACTIVATIONS))
    .option("--dropout <p>", `hidden layers', one or a list (${showDefault("dropout")})`, probabilities)
    .option("--input-dropout <p>", `the inputs' (${showDefault("inputDropout")})`, probability)
    .option("--scaling <name>", `${either(SCALINGS)} (default inverted)`, oneOf(SCALINGS))
    .option("--loss <name>", "cross-entropy or bce; regression: mse (default: as the task)", oneOf(LOSSES))
    .option("--epochs <n>", `passes over the data (${showDefault("epochs")})`, whole(1))
    .option("--batch <n>", `samples per step (${showDefault("batch")})`, whole(1, 1e6))
    .option("--optimizer <name>", `${either(OPTIMIZERS)} (${showDefault("optimizer")})`, oneOf(OPTIMIZERS))
    .option("--lr <rate>", "learning rate (default sgd 0.1; adam and adamw 0.001)", real(0))
    .option(
      "--lr-schedule <name>",
      `${either(LR_SCHEDULES)} (default sgd linear, which falls to 0 over --epochs; adam and adamw constant)`,
      lrSchedule,
    )
    .option("--warm-up <epochs>", "the learning rate rises from 0 for so long first (default 0)", whole(0))
    .option("--momentum <mu>", "sgd (default 0.9)", real(0, 1))
    .option("--nesterov", "sgd: Nesterov's momentum")
    .option("--weight-decay <rate>", "default 0; adamw 0.01", real(0))
    .option(
      "--max-norm <c>",
      `bound of a hidden unit's incoming weights, 0 = none (${showDefault("maxNorm")}; IDX under standard or folded ${PLAIN_MAX_NORM})`,
      real(0),
    )
    .option("--clip-norm <c>", "bound of the norm of all gradients, 0 = none (default 0)", real(0))
    .option("--patience <epochs>", "stop after so many without a better validation loss; keep the best", whole(1))
    .option(
      "--checkpoint-every <seconds>",
      "how often a run writes what it has come to; 0 = only at its end",
      real(0),
      600,
    )
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--revectorize", REVECTORIZE)
    .option(
      "--build <name>",
      `force a build: ${either(BUILDS)} (default: the best; with --resume, the run's)`,
      oneOf(BUILDS),
    )
    .option("--lean", "write the model without what --resume needs: a half or a third of the bytes")
    .option("--json", "lines of JSON: one per epoch, the last one sums up")
    .option("--quiet", "no progress bar, and of the text only the end")
    .addHelpText("after", AFTER_HELP)
    .action((data: string, options: Surroundings & Partial<Settings>, command: Command) =>
      train(data, options, command),
    );
}

async function train(source: string, options: Surroundings & Partial<Settings>, command: Command): Promise<void> {
  const wanted = Object.fromEntries(
    [...given(command)]
      .filter((name) => !SURROUNDINGS.includes(name))
      .map((name) => [name, options[name as keyof Settings]]),
  ) as Partial<Settings>;
  const out = options.out ?? options.resume ?? DEFAULT_OUT;
  checkModelPath("--out", out);
  // Nobody has named this file: what it holds may be all that is left of an earlier run.
  const unnamed = out !== options.out && out !== options.resume;
  if (unnamed && existsSync(out))
    throw new UsageError(`${out} exists already; name another file with --out FILE, or delete it first`);
  const { model, data } = options.resume
    ? await resume(source, options.resume, wanted, options)
    : await begin(source, wanted, options);
  noteRevectorize(options.revectorize, model.net.runtime);
  try {
    checkSaves(model, source);
    await trainAndReport(model, data, openModelWriter(out, unnamed, options.checkpointEvery), options);
  } finally {
    model.net.dispose();
  }
}

/** Refuses names that no model file can hold, before the training whose result they would spoil. */
function checkSaves(model: ResumableModel, source: string): void {
  try {
    checkPacked(packModel(model));
  } catch (error) {
    const remedy = "shorten the names of columns and classes, or leave columns out with --ignore";
    throw new Error(`${source}: its model could not be saved: ${(error as Error).message}; ${remedy}`, {
      cause: error,
    });
  }
}

interface Started {
  model: ResumableModel;
  data: Data;
}

async function begin(
  source: string,
  wanted: Partial<Settings>,
  { test, threads, build, revectorize }: Surroundings,
): Promise<Started> {
  const data = await load(source, { ...loadOptions({ val: 0.1, seed: 1, ...wanted }, test), asWritten: true });
  const { encoding, train, inputs } = data;
  noteNames(source, encoding);
  const settings = completeSettings(wanted, encoding.kind, encoding.task);
  checkPatience(settings);
  const net = await create({ ...networkOptions(settings, encoding), inputs, threads, build, revectorize });
  const run: Run = { settings, source, digest: digestOf(train), build: net.runtime.build, best: null, stopped: false };
  return { model: { net, encoding, run, bestWeights: null }, data };
}

async function resume(
  source: string,
  file: string,
  wanted: Partial<Settings>,
  { test, threads, build, revectorize }: Surroundings,
): Promise<Started> {
  const model = await readModel(file, { threads, build, revectorize }, true);
  const { run } = model;
  if (!run) throw new UsageError(`--resume ${file} must be a file that thinned train wrote; it holds no run`);
  if (run.stopped)
    throw new UsageError(`--resume ${file} cannot go on: --patience ended its run; start a new one without --patience`);
  checkResumed(wanted, run.settings, file);
  checkEpochs(model.net, wanted.epochs, file);
  // A file of version 1 has the standardisation in its encoding, and its rows are encoded by it.
  const { inputMean, inputScale } = model.encoding;
  const asWritten = model.net.config.inputs !== null || (inputMean === null && inputScale === null);
  const data = await load(source, { ...loadOptions(run.settings, test), asWritten });
  if (digestOf(data.train) !== run.digest)
    throw new UsageError(
      `${source} must hold the rows that ${file} was trained on (${run.source}); its training rows differ; pass the same data, or start a new run`,
    );
  const { epochs } = run.settings;
  run.settings.epochs = wanted.epochs ?? epochs;
  if (model.net.progress.epoch >= run.settings.epochs)
    process.stderr.write(
      `thinned: the run in ${file} has made its ${count(epochs, "epoch")}; --epochs ${2 * epochs} would go on\n`,
    );
  return { model: { ...model, run }, data };
}

function loadOptions(settings: Partial<Settings>, test: string | undefined): DataOptions {
  const { task, target, ignore, val, seed, samples, rawPixels } = settings;
  const center = !rawPixels;
  return {
    val,
    seed,
    test,
    center,
    task: task ?? undefined,
    target: target ?? undefined,
    ignore: ignore ?? undefined,
    samples: samples ?? undefined,
  };
}

function checkPatience(settings: Settings): void {
  const { patience, val, lrSchedule, warmUp, epochs } = settings;
  const needs = patience ? "--patience" : waitsForPlateaus(settings) ? `--lr-schedule ${lrSchedule}` : null;
  if (needs && !val) throw new UsageError(`${needs} needs validation rows, and --val is 0; give --val 0.1`);
  if (warmUp >= epochs) throw new UsageError(`--warm-up must be below --epochs, ${epochs}; got ${warmUp}`);
}

/** Fewer epochs than were made would end the run, and with --patience for good. */
function checkEpochs({ progress: { epoch, position } }: Network, wanted: number | undefined, file: string): void {
  const begun = epoch + (position > 0 ? 1 : 0);
  if (wanted !== undefined && wanted < begun)
    throw new UsageError(
      `--epochs must be at least ${begun}, which the run in ${file} has begun; got ${wanted}; it is the new total`,
    );
}

// Options that the parser cannot judge on their own are refused by the library: wrong usage too.
async function load(...args: Parameters<typeof loadData>): Promise<Data> {
  try {
    return await loadData(...args);
  } catch (error) {
    throw asUsage(error);
  }
}

async function create(options: Parameters<typeof Network.create>[0]): Promise<Network> {
  try {
    return await Network.create(options);
  } catch (error) {
    if (error instanceof RangeError && /bytes of memory/.test(error.message)) throw new UsageError(error.message);
    throw asUsage(error);
  }
}
