// The course of a run: epochs, Ctrl-C, patience, the checkpoint, the summary.
import { hasAverage, withAverage } from "../../calls/average.js";
import { getParameters } from "../../calls/parameters.js";
import { linearRate } from "../../config/learning-rate.js";
import type { Data, Table } from "../../data/encode/table.js";
import type { Network } from "../../network.js";
import { modelOf } from "../../network-state.js";
import { showLoss } from "../../report/numbers.js";
import type { Parameters } from "../../types.js";
import { catchInterrupt } from "../interrupt.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import { rowWeights } from "./class-weight.js";
import { printColumns } from "./column-report.js";
import { scheduleFor, waitsForPlateaus } from "./lr-schedule.js";
import { dataSet, firstRows, measure } from "./measure.js";
import { type Model, packModel } from "./model-file.js";
import type { ModelWriter } from "./model-writer.js";
import { logLine, type RunLog } from "./run-log.js";
import type { Run } from "./saved-run.js";
import { epochJson, epochLine, introduction, MEASURED_ROWS, printSummary, type Summary } from "./train-report.js";

export type ResumableModel = Model & { run: Run };

export interface Shown {
  json?: boolean;
  quiet?: boolean;
  /** A run that was stopped is written whole all the same: it is to go on. */
  lean?: boolean;
  /** How a run that was stopped goes on; by default with --resume. */
  continues?: string;
  record?: RunLog;
}

/**
 * Trains to the end of the run (or to Ctrl-C), writes the model and sums up. What a failure leaves whole is written all
 * the same.
 */
export async function trainAndReport(
  model: ResumableModel,
  data: Data,
  writer: ModelWriter,
  shown: Shown,
): Promise<void> {
  const { net, run } = model;
  const interrupt = catchInterrupt();
  if (!shown.json && !shown.quiet) {
    printLine(introduction(run.source, data, net.config.sizes, run.settings.optimizer));
    if (net.step === 0) printColumns(data, run.settings.target !== null);
  }
  const clock = performance.now();
  let samplesPerSecond: number;
  try {
    samplesPerSecond = await trainEpochs(model, data, interrupt.signal, writer, shown);
  } catch (error) {
    throw new Error(`${(error as Error).message}; ${rescueBest(model, writer)}`, { cause: error });
  }
  const seconds = (performance.now() - clock) / 1000;
  const status = interrupt.status();
  // The run is over: from here on, its best weights are its weights.
  if (status === null) putBestBack(model);
  writer.finish(packModel(model, shown.lean && status === null));
  interrupt.release();
  await shown.record?.draw();
  const out = writer.path;
  const summary = {
    ...summarise(model, data, status !== null && hasAverage(modelOf(net))),
    seconds,
    samplesPerSecond,
    interrupted: status !== null,
    out,
  };
  if (shown.json) printJson(summary);
  else printSummary(summary, run.settings.patience, shown.continues);
  if (status !== null) process.exitCode = status;
}

function putBestBack(model: ResumableModel): void {
  const { net } = model;
  if (!model.bestWeights && !hasAverage(modelOf(net))) return;
  // With more epochs the run may go on from its last weights, unless it has waited long enough.
  if (isExhausted(model)) model.run.stopped = true;
  else model.lastWeights = net.parameters();
  model.bestWeights ??= judgedWeights(net);
  net.setParameters(model.bestWeights);
  model.bestWeights = null;
}

/** Saves the best epoch of a run that has failed; says where it is, or what to do. */
function rescueBest(model: ResumableModel, writer: ModelWriter): string {
  const { best } = model.run;
  if (!model.bestWeights || !best)
    return "nothing new was saved; lower --lr, or add --patience 10, which keeps the best";
  putBestBack(model);
  // Its last weights are what failed.
  Object.assign(model, { lastWeights: null, run: { ...model.run, stopped: true } });
  writer.finish(packModel(model));
  return `${writer.path} has the weights of epoch ${best.epoch}, which were the best`;
}

/**
 * Trains to the end of the run, and puts its best weights back. Nothing is written. @throws the signal's reason where
 * it was aborted
 */
export async function trainFold(model: ResumableModel, data: Data, signal: AbortSignal, shown: Shown): Promise<void> {
  const silent: ModelWriter = { path: "", due: false, checkpoint() {}, finish() {} };
  await trainEpochs(model, data, signal, silent, shown);
  signal.throwIfAborted();
  putBestBack(model);
}

/** Returns the samples per second of training alone. */
async function trainEpochs(
  model: ResumableModel,
  { train, validation }: Data,
  signal: AbortSignal,
  writer: ModelWriter,
  { json, quiet, record }: Shown,
): Promise<number> {
  const { net, encoding, run } = model;
  const { epochs, batch, patience } = run.settings;
  const left = epochs - net.progress.epoch;
  if (left <= 0 || isExhausted(model)) return 0;
  const progress = createProgress(!quiet && !json);
  const clock = performance.now();
  let samples = 0;
  let whole = { seconds: 0, samples: 0 };
  const stepsPerEpoch = Math.ceil(train.samples / batch);
  setRate(model, stepsPerEpoch);
  let learnedBy = net.learningRate;
  const weigh = (table: Table) => rowWeights(run.settings.classWeight, encoding, train, table);
  const [learned, weights] = [dataSet(net, encoding, train, weigh(train)), validation ? weigh(validation) : undefined];
  const watched =
    waitsForPlateaus(run.settings) && validation ? { validation: dataSet(net, encoding, validation, weights) } : {};
  try {
    const onStep = ({ epoch, step, steps, loss }: { epoch: number; step: number; steps: number; loss: number }) => {
      samples += Math.min(batch, train.samples - (step - 1) * batch);
      progress.update(`epoch ${epoch}/${epochs}`, step, steps, `loss ${showLoss(loss)}`);
      // After the last step the epoch is yet to be judged: below.
      if (step < steps && writer.due) writer.checkpoint(packModel(model));
    };
    for await (const report of net.fit(learned, { epochs: left, batch, signal, onStep, ...watched })) {
      setRate(model, stepsPerEpoch);
      whole = { seconds: whole.seconds + report.seconds, samples };
      const average = hasAverage(modelOf(net));
      const checked = validation && measure(net, encoding, validation, { weights, average });
      progress.clear();
      record?.add(logLine(report, checked, learnedBy));
      learnedBy = net.learningRate;
      if (json) printJson(epochJson(report, checked));
      else if (!quiet) printLine(epochLine(report, checked, epochs, encoding));
      if (patience && checked) keepBest(model, report.epoch, checked.loss);
      if (isExhausted(model)) break;
      if (writer.due) writer.checkpoint(packModel(model));
    }
  } catch (error) {
    if (error !== signal.reason) throw error;
  } finally {
    progress.clear();
  }
  return whole.seconds ? whole.samples / whole.seconds : (1000 * samples) / (performance.now() - clock);
}

/**
 * The learning rate of the epoch under way: a function of its number and of theirs, so that a run that was stopped goes
 * on as it would have.
 * Above 0 in the model that is saved, so that it can learn on.
 */
function setRate({ net, run }: ResumableModel, stepsPerEpoch: number): void {
  const { lr, lrSchedule, epochs } = run.settings;
  const byEpoch = lrSchedule === "linear" ? linearRate(lr, net.progress.epoch, epochs) : lr;
  net.learningRate = scheduleFor(run.settings, stepsPerEpoch) ?? byEpoch;
}

function keepBest(model: ResumableModel, epoch: number, loss: number): void {
  const { net, run } = model;
  // Every comparison with NaN is false: such a loss is never the best.
  if (!(loss < (run.best?.loss ?? Infinity))) return;
  run.best = { epoch, loss };
  model.bestWeights = judgedWeights(net);
}

/** The weights that are judged: their average, where one is kept. */
function judgedWeights(net: Network): Parameters {
  const inside = modelOf(net);
  const read = () => getParameters(inside, "parameters");
  return hasAverage(inside) ? withAverage(inside, read) : read();
}

/** So many epochs without a better one as --patience allows. */
function isExhausted({ net, run }: ResumableModel): boolean {
  const { patience } = run.settings;
  return patience !== null && net.progress.epoch - (run.best?.epoch ?? 0) >= patience;
}

function summarise(
  { net, encoding, run }: ResumableModel,
  { train, validation, test }: Data,
  average: boolean,
): Omit<Summary, "seconds" | "samplesPerSecond" | "interrupted" | "out"> {
  const measured = firstRows(train, MEASURED_ROWS);
  const weigh = (table: Table) => ({ average, weights: rowWeights(run.settings.classWeight, encoding, train, table) });
  const trainResult = measure(net, encoding, measured, weigh(measured));
  const validationResult = validation && measure(net, encoding, validation, weigh(validation));
  const testResult = test && measure(net, encoding, test, { average });
  return {
    epochs: net.progress.epoch,
    steps: net.step,
    trainLoss: trainResult.loss,
    trainError: trainResult.error,
    trainRowsMeasured: Math.min(train.samples, MEASURED_ROWS),
    validationLoss: validationResult?.loss ?? null,
    validationError: validationResult?.error ?? null,
    testLoss: testResult?.loss ?? null,
    testError: testResult?.error ?? null,
    task: encoding.task,
    target: encoding.target,
    classes: encoding.classes?.length ?? null,
    bestEpoch: run.best?.epoch ?? null,
    build: net.runtime.build,
    threads: net.runtime.threads,
    revectorized: net.runtime.revectorized,
    runtime: net.runtime.reason,
  };
}
