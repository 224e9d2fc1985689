// Epochs, which are passes over a whole data set: shuffled batches, reports, patience, abort.

import {
  checkBoolean,
  checkCallback,
  checkInteger,
  checkKeys,
  checkObject,
  checkSignal,
  isThenable,
  wrongType,
  wrongValue,
} from "../checks.js";
import { plateauOf } from "../config/schedules/plateau.js";
import { conversionFactor } from "../dropout/scaling.js";
import { type Model, ratesAt } from "../model/model.js";
import { noteLoss } from "../model/scheduled.js";
import { readParameters, writeParameters } from "../model/weights.js";
import { change } from "../model/whole.js";
import { permutation } from "../random/philox.js";
import type { DataSet, EpochReport, EpochReports, FitOptions, Scaling } from "../types.js";
import { type CheckedData, checkData, evaluate } from "./evaluate.js";
import { awaitable } from "./reports.js";
import { gatherTargets } from "./targets.js";
import { TimeSlice } from "./time-slice.js";
import { learn } from "./train-step.js";
import { totalWeight } from "./weights.js";

type CheckedOptions = FitOptions & { epochs: number; batch: number; restart: boolean };

/** What lasts from one epoch of a call to the next. */
interface Budget {
  /** Steps that the call may still take. */
  steps: number;
  /** One for all epochs. Each epoch may be shorter than a slice, and other work would never have its turn. */
  slice: TimeSlice;
}

function checkOptions({ config }: Model, options: FitOptions): CheckedOptions {
  const known = ["epochs", "batch", "steps", "validation", "patience", "restart", "signal", "onStep"];
  checkKeys("options", checkObject("options", options), known);
  const {
    epochs = 10,
    batch = config.maxBatch,
    steps,
    validation,
    patience,
    restart = false,
    signal,
    onStep,
  } = options;
  checkInteger("epochs", epochs, 1);
  checkInteger("batch", batch, 1);
  if (steps !== undefined) checkInteger("steps", steps, 1);
  if (patience !== undefined) {
    checkInteger("patience", patience, 1);
    if (!validation) wrongType("validation", "given where patience is: a data set to watch", validation);
  }
  if (plateauOf(config.schedules?.learningRate) && !validation)
    wrongType("validation", "given where the learning rate waits for plateaus: a data set to watch", validation);
  checkBoolean("restart", restart);
  checkSignal(signal);
  checkCallback("onStep", onStep);
  return { ...options, epochs, batch, restart };
}

/** See `Network.fit`. `live` gives the model, or throws where the network was disposed meanwhile. */
export function trainEpochs(live: () => Model, data: DataSet, options: FitOptions): EpochReports {
  const checked = checkData(live(), "data", data);
  const checkedOptions = checkOptions(live(), options);
  const { validation } = checkedOptions;
  const watched = validation === undefined ? null : checkData(live(), "validation", validation);
  return awaitable(runEpochs(live, checked, watched, checkedOptions));
}

async function* runEpochs(
  live: () => Model,
  checked: CheckedData,
  watched: CheckedData | null,
  checkedOptions: CheckedOptions,
): AsyncGenerator<EpochReport, void, void> {
  const { epochs, patience, restart } = checkedOptions;
  if (restart && !live().fitting) beginAnew(live());
  const best: Best = { loss: Infinity, epoch: live().counters.epoch, scaling: live().config.scaling, parameters: [] };

  const budget: Budget = { steps: checkedOptions.steps ?? Infinity, slice: new TimeSlice() };

  try {
    for (let run = 0; run < epochs; run++) {
      const begun = live().counters.position;
      const done = await trainOneEpoch(live, checked, checkedOptions, budget);
      if (!done) return;
      const { trainLoss, seconds } = done;
      const model = live();
      if (watched) checkStillThere("validation", watched.x, watched.samples * model.config.sizes[0]);
      const report: EpochReport = {
        epoch: model.counters.epoch,
        trainLoss,
        validation: watched ? evaluate(model, watched) : null,
        seconds,
        samplesPerSecond: seconds > 0 ? (checked.samples - begun) / seconds : 0,
      };
      if (report.validation) noteLoss(model, report.validation.loss);
      if (patience !== undefined && report.validation) {
        if (report.validation.loss < best.loss) {
          best.loss = report.validation.loss;
          best.epoch = report.epoch;
          best.scaling = model.config.scaling;
          best.parameters = model.shapes.map((_, l) => readParameters(model, l, "parameters"));
        }
        if (report.epoch - best.epoch >= patience || run === epochs - 1) {
          putBack(live, best);
          yield report;
          return;
        }
      }
      yield report;
    }
  } finally {
    // However it ends: by patience, an abort, a `break`, an error.
    putBack(live, best);
  }
}

/** The next epoch begins with its first sample. */
function beginAnew(model: Model): void {
  Object.assign(model.counters, { position: 0, lossSum: 0 });
  model.epochSamples = 0;
}

/** Between two steps the caller may have given an array away, to a worker for example. */
function checkStillThere(name: string, x: Float32Array, length: number): void {
  if (x.length !== length) wrongValue(`${name}.x`, `of ${length} numbers until the end`, x);
}

/** The best weights so far by their loss on the validation data, and the scaling that they are for. */
interface Best {
  loss: number;
  epoch: number;
  scaling: Scaling;
  parameters: ReturnType<typeof readParameters>[];
}

/** Once: what the caller does to the weights when it has the last report stays. */
function putBack(live: () => Model, best: Best): void {
  const { scaling } = best;
  const parameters = best.parameters.splice(0);
  if (parameters.length === 0) return;
  let model: Model;
  try {
    model = live();
  } catch {
    // Disposed of, or not whole: every call says so.
    return;
  }
  const rates = ratesAt(model, model.counters.step);
  // Between two reports the caller may have switched to another scaling.
  const factors = rates.map((p, l) => conversionFactor(scaling, model.config.scaling, p, l));
  change(model, () => {
    parameters.forEach(({ weight, bias }, l) => {
      writeParameters(model, l, "parameters", { weight: weight.map((w) => factors[l] * w), bias });
    });
  });
}

/** An epoch is over one data set from its first sample to its last. */
function checkSamples({ counters, epochSamples }: Model, samples: number): void {
  const { position } = counters;
  if (position === 0 || samples === epochSamples || (epochSamples === 0 && position <= samples)) return;
  const expected =
    epochSamples > 0
      ? `of ${epochSamples} samples, as those that the epoch under way began with`
      : `of ${position} samples or more, which the epoch under way has taken so far`;
  wrongValue("data", expected, samples, "go on with the same data, or begin a new epoch with restart: true");
}

/**
 * Trains from where the counters stand to the end of that epoch. Null if the call's steps run out before.
 * @throws Error where another `fit` of the network is in the middle of an epoch
 */
async function trainOneEpoch(
  live: () => Model,
  { x, targets, samples, weight }: CheckedData,
  { batch, signal, onStep }: CheckedOptions,
  budget: Budget,
): Promise<{ trainLoss: number; seconds: number } | null> {
  const model = live();
  const { config, counters } = model;
  const width = config.sizes[0];
  const out = config.sizes[config.sizes.length - 1];
  if (model.fitting) {
    const remedy = "wait for it, abort it, or, where it was broken off, go on with a clone()";
    throw new Error(`another fit() of this network is under way: ${remedy}`);
  }
  checkSamples(model, samples);
  const order = permutation(samples, config.seed, counters.epoch);
  const steps = Math.ceil(samples / batch);
  const gathered = new Float32Array(Math.min(batch, samples) * width);
  let seconds = 0;
  model.fitting = true;
  try {
    while (counters.position < samples) {
      signal?.throwIfAborted();
      checkStillThere("data", x, samples * width);
      if (budget.steps === 0) return null;
      budget.steps--;
      const started = performance.now();
      const from = counters.position;
      const to = Math.min(from + batch, samples);
      const rows = gathered.subarray(0, (to - from) * width);
      for (let s = from; s < to; s++) {
        rows.set(x.subarray(order[s] * width, (order[s] + 1) * width), (s - from) * width);
      }
      const gatheredTargets = gatherTargets(targets, order, from, to, out);
      const { loss } = learn(model, { x: rows, batch: to - from }, gatheredTargets, undefined, {
        count(loss) {
          counters.position = to;
          model.epochSamples = samples;
          counters.lossSum += loss * totalWeight(gatheredTargets, to - from);
        },
        leave() {
          model.fitting = false;
        },
      });
      seconds += (performance.now() - started) / 1000;
      const told = onStep?.({ epoch: counters.epoch + 1, step: Math.ceil(to / batch), steps, loss });
      if (isThenable(told)) await told;
      if (budget.slice.isOver) await budget.slice.renew();
      live();
    }
  } finally {
    model.fitting = false;
  }
  const trainLoss = counters.lossSum / weight;
  counters.epoch++;
  beginAnew(model);
  return { trainLoss, seconds };
}
