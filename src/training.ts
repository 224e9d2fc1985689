// Passes over a data set: shuffled batches, reports, patience, abort.

import { checkInteger, checkKeys, checkObject, wrongType, wrongValue } from "./checks.js";
import { type Model, readParameters, writeParameters } from "./model.js";
import * as passes from "./passes.js";
import { permutation } from "./random.js";
import { checkTargets, gatherTargets, type Wanted } from "./targets.js";
import type { DataSet, EpochReport, Evaluation, FitOptions } from "./types.js";

export interface Progress {
  epoch: number;
  position: number;
}

/** A data set whose every number was looked at. */
interface CheckedData {
  x: Float32Array;
  wanted: Wanted;
  samples: number;
}

const FIT_KEYS = ["epochs", "batch", "validation", "patience", "signal", "onStep"];

/** See `Network.fit`. `live` gives the model, or throws where the network was disposed meanwhile. */
export async function* trainEpochs(
  live: () => Model,
  data: DataSet,
  options: FitOptions,
  onMasks: (last: passes.LastMasks) => void,
): AsyncGenerator<EpochReport, void, void> {
  const { config } = live();
  checkKeys("options", checkObject("options", options), FIT_KEYS);
  const { epochs = 10, batch = config.maxBatch, validation, patience, signal, onStep } = options;
  checkInteger("epochs", epochs, 1);
  checkInteger("batch", batch, 1);
  if (patience !== undefined) {
    checkInteger("patience", patience, 1);
    if (!validation) wrongType("validation", "given where patience is: a data set to watch", validation);
  }
  const checked = checkData(live(), "data", data);
  if (validation) checkData(live(), "validation", validation);
  const best = { loss: Infinity, epoch: 0, parameters: [] as ReturnType<typeof readParameters>[] };

  for (let pass = 0; pass < epochs; pass++) {
    const before = live().counters.position;
    const seconds = await trainOnePass(live, checked, batch, signal, onMasks, onStep);
    const model = live();
    const { counters, shapes } = model;
    const report: EpochReport = {
      epoch: counters.epoch,
      trainLoss: counters.lossSum / checked.samples,
      validation: validation ? evaluate(model, validation) : null,
      seconds,
      samplesPerSecond: (checked.samples - before) / seconds,
    };
    counters.lossSum = 0;
    if (patience !== undefined && report.validation) {
      if (report.validation.loss < best.loss) {
        best.loss = report.validation.loss;
        best.epoch = report.epoch;
        best.parameters = shapes.map((_, l) => readParameters(model, l, "parameters"));
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

/** Finishes the pass that the counters stand in. Returns its seconds; gives the event loop a turn now and then. */
async function trainOnePass(
  live: () => Model,
  { x, wanted, samples }: CheckedData,
  batch: number,
  signal: AbortSignal | undefined,
  onMasks: (last: passes.LastMasks) => void,
  onStep: FitOptions["onStep"],
): Promise<number> {
  const { sizes, seed } = live().config;
  const width = sizes[0];
  const out = sizes[sizes.length - 1];
  if (live().counters.position >= samples) {
    wrongValue("data", `more than ${live().counters.position} samples, which the pass under way has taken already`, x);
  }
  const order = permutation(samples, seed, live().counters.epoch);
  const steps = Math.ceil(samples / batch);
  let seconds = 0;
  let turn = performance.now();
  while (live().counters.position < samples) {
    signal?.throwIfAborted();
    const model = live();
    const { counters, arena } = model;
    const from = counters.position;
    const to = Math.min(from + batch, samples);
    const started = performance.now();
    arena.ensure({ batch: to - from });
    const rows = arena.floats(arena.plan.x, (to - from) * width);
    for (let s = from; s < to; s++) {
      rows.set(x.subarray(order[s] * width, (order[s] + 1) * width), (s - from) * width);
    }
    const { loss, last } = passes.learn(model, rows, gatherTargets(wanted, order, from, to, out));
    onMasks(last);
    counters.position = to;
    counters.lossSum += loss * (to - from);
    const now = performance.now();
    seconds += (now - started) / 1000;
    onStep?.({ epoch: counters.epoch + 1, step: Math.ceil(to / batch), steps, loss });
    if (now - turn > 12) {
      await eventLoop();
      turn = performance.now();
    }
  }
  const { counters } = live();
  counters.epoch++;
  counters.position = 0;
  return seconds;
}

/** See `Network.evaluate`. */
export function evaluate(model: Model, data: DataSet): Evaluation {
  const { x, wanted, samples } = checkData(model, "data", data);
  const { sizes, loss: kind } = model.config;
  const width = sizes[sizes.length - 1];
  let loss = 0;
  let wrong = 0;
  passes.test(model, x, (from, batch) => {
    const mean = passes.pieceLoss(model, wanted, from, batch);
    loss += mean * batch;
    if (kind !== "mse") wrong += countErrors(passes.readLogits(model, batch), wanted, from, width, kind);
  });
  loss /= samples;
  if (kind === "mse") return { loss, error: Math.sqrt(loss) };
  return { loss, error: wrong / (kind === "bce" ? samples * width : samples) };
}

/** Samples whose largest logit is not the label's (cross-entropy), or outputs on the wrong side of ½ (bce). */
function countErrors(
  logits: Float32Array,
  wanted: Wanted,
  from: number,
  width: number,
  kind: "cross-entropy" | "bce",
): number {
  let wrong = 0;
  if (kind === "bce") {
    const { rows } = wanted as { rows: Float32Array };
    logits.forEach((logit, i) => {
      if (logit > 0 !== rows[from * width + i] > 0.5) wrong++;
    });
    return wrong;
  }
  for (let s = 0; s < logits.length / width; s++) {
    const answer = largest(logits, s * width, width);
    const label = "labels" in wanted ? wanted.labels[from + s] : largest(wanted.rows, (from + s) * width, width);
    if (answer !== label) wrong++;
  }
  return wrong;
}

function largest(values: Float32Array, start: number, width: number): number {
  let at = 0;
  for (let j = 1; j < width; j++) if (values[start + j] > values[start + at]) at = j;
  return at;
}

function checkData(model: Model, name: string, data: DataSet): CheckedData {
  checkKeys(name, checkObject(name, data, "an object { x, y }"), ["x", "y"]);
  const samples = passes.batchOf(model, data.x);
  const at = data.x.findIndex((value) => value - value !== 0);
  if (at >= 0) {
    const width = model.config.sizes[0];
    wrongValue(`${name}.x, row ${Math.floor(at / width)}, column ${at % width},`, "a finite number", data.x[at]);
  }
  return { x: data.x, wanted: checkTargets(model, data.y, samples), samples };
}

/** Lets everything else that waits for this thread run: input, abort signals, rendering. */
function eventLoop(): Promise<void> {
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
