// Passes over a data set: shuffled batches, reports, patience, abort.

import {
  checkBoolean,
  checkCallback,
  checkInteger,
  checkKeys,
  checkObject,
  checkSignal,
  wrongType,
  wrongValue,
} from "./checks.js";
import { type CheckedData, checkData, evaluate } from "./evaluation.js";
import { type Model, readParameters, writeParameters } from "./model.js";
import * as passes from "./passes.js";
import { permutation } from "./random.js";
import { gatherTargets } from "./targets.js";
import type { DataSet, EpochReport, FitOptions } from "./types.js";

type CheckedOptions = FitOptions & { epochs: number; batch: number; restart: boolean };

/** What lasts from one pass of a call to the next. */
interface Budget {
  /** Steps that it may still take. */
  steps: number;
  /** When the event loop had its last turn: passes may be shorter than it is to wait. */
  turn: number;
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
  checkBoolean("restart", restart);
  checkSignal(signal);
  checkCallback("onStep", onStep);
  return { ...options, epochs, batch, restart };
}

/** See `Network.fit`. `live` gives the model, or throws where the network was disposed meanwhile. */
export function trainEpochs(
  live: () => Model,
  data: DataSet,
  options: FitOptions,
): AsyncGenerator<EpochReport, void, void> {
  const checked = checkData(live(), "data", data);
  const checkedOptions = checkOptions(live(), options);
  const { validation } = checkedOptions;
  const watched = validation === undefined ? null : checkData(live(), "validation", validation);
  return passesOver(live, checked, watched, checkedOptions);
}

async function* passesOver(
  live: () => Model,
  checked: CheckedData,
  watched: CheckedData | null,
  checkedOptions: CheckedOptions,
): AsyncGenerator<EpochReport, void, void> {
  const { epochs, patience, restart } = checkedOptions;
  if (restart && !live().fitting) Object.assign(live().counters, { position: 0, lossSum: 0 });
  const best = {
    loss: Infinity,
    epoch: live().counters.epoch,
    parameters: [] as ReturnType<typeof readParameters>[],
  };

  const budget: Budget = { steps: checkedOptions.steps ?? Infinity, turn: performance.now() };

  for (let pass = 0; pass < epochs; pass++) {
    const before = live().counters.position;
    const done = await trainOnePass(live, checked, checkedOptions, budget);
    if (!done) return;
    const { trainLoss, seconds } = done;
    const model = live();
    const report: EpochReport = {
      epoch: model.counters.epoch,
      trainLoss,
      validation: watched ? evaluate(model, watched) : null,
      seconds,
      samplesPerSecond: seconds > 0 ? (checked.samples - before) / seconds : 0,
    };
    if (patience !== undefined && report.validation) {
      if (report.validation.loss < best.loss) {
        best.loss = report.validation.loss;
        best.epoch = report.epoch;
        best.parameters = model.shapes.map((_, l) => readParameters(model, l, "parameters"));
      }
      if (report.epoch - best.epoch >= patience || pass === epochs - 1) {
        best.parameters.forEach((values, l) => {
          writeParameters(model, l, "parameters", values);
        });
        yield report;
        return;
      }
    }
    yield report;
  }
}

/** Finishes the pass that the counters stand in; null where the steps ran out before. Gives the event loop a turn now and then; one pass at a time can be under way. */
async function trainOnePass(
  live: () => Model,
  { x, targets, samples }: CheckedData,
  { batch, signal, onStep }: CheckedOptions,
  budget: Budget,
): Promise<{ trainLoss: number; seconds: number } | null> {
  const model = live();
  const { config, counters } = model;
  const width = config.sizes[0];
  const out = config.sizes[config.sizes.length - 1];
  if (model.fitting) throw new Error("another fit() of this network is under way: wait for it, or abort it");
  if (counters.position > samples) {
    const taken = `of ${counters.position} samples or more, which the pass under way has taken so far`;
    wrongValue("data", taken, samples, "go on with the same data, or begin a new pass with restart: true");
  }
  const order = permutation(samples, config.seed, counters.epoch);
  const steps = Math.ceil(samples / batch);
  const gathered = new Float32Array(Math.min(batch, samples) * width);
  let seconds = 0;
  model.fitting = true;
  try {
    while (counters.position < samples) {
      signal?.throwIfAborted();
      if (x.length !== samples * width) wrongValue("data.x", `of ${samples * width} numbers until the end`, x);
      if (budget.steps === 0) return null;
      budget.steps--;
      const started = performance.now();
      const from = counters.position;
      const to = Math.min(from + batch, samples);
      const rows = gathered.subarray(0, (to - from) * width);
      for (let s = from; s < to; s++) {
        rows.set(x.subarray(order[s] * width, (order[s] + 1) * width), (s - from) * width);
      }
      const { loss } = passes.learn(model, rows, gatherTargets(targets, order, from, to, out));
      counters.position = to;
      counters.lossSum += loss * (to - from);
      const now = performance.now();
      seconds += (now - started) / 1000;
      onStep?.({ epoch: counters.epoch + 1, step: Math.ceil(to / batch), steps, loss });
      // Of a frame's 16.7 ms at 60 Hz, the rest is left for input and rendering.
      if (now - budget.turn > 12) {
        await eventLoop();
        budget.turn = performance.now();
      }
      live();
    }
  } finally {
    model.fitting = false;
  }
  const trainLoss = counters.lossSum / samples;
  counters.epoch++;
  counters.position = 0;
  counters.lossSum = 0;
  return { trainLoss, seconds };
}

/** Lets everything else that waits for this thread run: input, abort signals, rendering. */
export function eventLoop(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
