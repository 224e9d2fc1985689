// thinned train: from data to a model file.
import { existsSync } from "node:fs";
import { Command } from "commander";
import { count } from "../../checks.js";
import type { Data, DataOptions } from "../../data/encode/table.js";
import { loadData } from "../../data/load.js";
import { Network } from "../../network.js";
import { checkModelPath, checkSpares, checkWritable } from "../../node/files.js";
import { noteRevectorize } from "../output.js";
import { rowWeights } from "../run/class-weight.js";
import { noteReading } from "../run/column-report.js";
import { trainMembers } from "../run/ensemble.js";
import { trainFolds } from "../run/folds.js";
import { waitsForPlateaus } from "../run/lr-schedule.js";
import { checkPacked, digestOf, packModel, readModel } from "../run/model-file.js";
import { openModelWriter } from "../run/model-writer.js";
import { readingOf } from "../run/read-options.js";
import { openLog } from "../run/run-log.js";
import type { Run } from "../run/saved-run.js";
import { asUsage, checkResumed, completeSettings, networkOptions, type Settings } from "../run/settings.js";
import { addTrainOptions, SURROUNDINGS, type Surroundings } from "../run/train-options.js";
import { noteNames } from "../run/train-report.js";
import { type ResumableModel, trainAndReport } from "../run/train-run.js";
import { seedsFrom, trainSeeds } from "../run/train-seeds.js";
import { flag, given, UsageError } from "../usage.js";

/** Without --out. */
const DEFAULT_OUT = "model.safetensors";

export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a network on DATA and save it")
    .argument("<data>", "IDX directory, a file with a table, or digits");
  return addTrainOptions(command, DEFAULT_OUT).action(train);
}

async function train(source: string, options: Surroundings & Partial<Settings>, command: Command): Promise<void> {
  const { seeds, folds } = options;
  if (seeds !== undefined) return trainManySeeds(seeds, options, command);
  const wanted = wantedSettings(options, command);
  if (folds !== undefined) {
    refuseBesideFolds(options, source);
    const start = async (index: number) => begin(source, wanted, options, { fold: { index, of: folds } });
    return trainFolds(source, folds, start, options);
  }
  if (options.predictions !== undefined)
    throw new UsageError("--predictions is of rows that were held out, by --folds; add --folds 5, or use predict");
  const out = options.out ?? options.resume ?? DEFAULT_OUT;
  checkModelPath("--out", out);
  // Nobody has named this file: what it holds may be all that is left of an earlier run.
  const unnamed = out !== options.out && out !== options.resume;
  if (unnamed && existsSync(out))
    throw new UsageError(`${out} exists already; name another file with --out FILE, or delete it first`);
  if (options.members !== undefined) {
    if (options.resume !== undefined)
      throw new UsageError("--members goes on by itself where it was stopped; drop --resume");
    const started = async (member: number) => {
      const one = await begin(source, wanted, options, { member });
      checkSaves(one.model, source);
      return one;
    };
    return trainMembers(options.members, started, openModelWriter(out, unnamed, 0), options);
  }
  const { model, data } = options.resume
    ? await resume(source, options.resume, wanted, options)
    : await begin(source, wanted, options);
  noteRevectorize(options.revectorize, model.net.runtime);
  try {
    checkSaves(model, source);
    const record = openLog(options, options.resume ? model.net.progress.epoch : null);
    const writer = openModelWriter(out, unnamed, options.checkpointEvery);
    await trainAndReport(model, data, writer, { ...options, record });
  } finally {
    model.net.dispose();
  }
}

/** What was asked for of what is learned. */
function wantedSettings(options: object, command: Command): Partial<Settings> {
  const asked = [...given(command)].filter((name) => !SURROUNDINGS.includes(name));
  const { val, ...wanted }: Record<string, unknown> = Object.fromEntries(
    asked.map((name) => [name, options[name as keyof typeof options]]),
  );
  if (wanted.patience === 0) wanted.patience = null;
  if (typeof val === "object") Object.assign(wanted, { val: (val as { last: number }).last, split: "last" });
  else if (val !== undefined) wanted.val = val;
  return wanted;
}

function refuseBesideFolds({ out, resume, test, lean, members, predictions }: Surroundings, source: string): void {
  const refused = Object.entries({ out, resume, test, lean, members }).filter(([, value]) => value !== undefined);
  if (refused.length > 0) {
    const names = refused.map(([name]) => flag(name)).join(", ");
    throw new UsageError(`--folds trains networks to measure them, and saves none; leave out ${names}`);
  }
  if (predictions === undefined) return;
  checkWritable("--predictions", predictions);
  checkSpares("--predictions", predictions, [source]);
}

/** Each seed's run in a process of its own, with the options that were given. */
async function trainManySeeds(text: string, options: Surroundings, command: Command): Promise<void> {
  const seeds = seedsFrom(text);
  const clash = ["seed", "resume", "folds", "members", "log", "picture"].filter((name) => given(command).has(name));
  if (clash.length) throw new UsageError(`--seeds begins a run of each seed; drop ${clash.map(flag).join(" and ")}`);
  const { out = DEFAULT_OUT, json, quiet } = options;
  const threads = given(command).has("threads") && options.threads !== "auto" ? options.threads : 1;
  await trainSeeds(seeds, process.argv.slice(3), { out, threads: threads as number, json, quiet });
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
  { fold, member = 0 }: { fold?: DataOptions["fold"]; member?: number } = {},
): Promise<Started> {
  const data = await load(source, { ...loadOptions({ val: 0.1, seed: 1, ...wanted }, test), fold, asWritten: true });
  const { encoding, train, inputs } = data;
  if (!fold?.index && member === 0) {
    if (wanted.header !== false) noteNames(source, encoding);
    noteReading(source, data);
  }
  const settings = completeSettings(wanted, encoding.kind, encoding.task, train.samples);
  checkPatience(settings);
  rowWeights(settings.classWeight, encoding, train, train);
  const { seed, ...others } = networkOptions(settings, encoding);
  const net = await create({ ...others, seed: (seed ?? 0) + member, inputs, threads, build, revectorize });
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
    throw new UsageError(
      `--resume ${file} cannot go on: --patience ended its run; start a new one with --patience none`,
    );
  checkResumed(wanted, run.settings, file);
  checkEpochs(model.net, wanted.epochs, file);
  // A file of version 1 has the mean image in its encoding, and its rows are encoded by it.
  const { inputMean, inputScale } = model.encoding;
  const asWritten = model.net.config.inputs !== null || (inputMean === null && inputScale === null);
  const data = await load(source, { ...loadOptions(run.settings, test), asWritten, as: model.encoding });
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
  const { task, target, ignore, include, group, val, split, seed, splitSeed, samples, rawPixels } = settings;
  const center = !rawPixels;
  return {
    val,
    split,
    seed,
    splitSeed: splitSeed ?? undefined,
    test,
    center,
    task: task ?? undefined,
    target: target ?? undefined,
    ignore: ignore ?? undefined,
    include: include ?? undefined,
    read: readingOf(settings),
    group: group ?? undefined,
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

// Options that the parser cannot judge on their own are refused by the library. That is wrong usage as well.
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
