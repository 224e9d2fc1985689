// Epochs over data that comes in blocks. They are shuffled on their way and cut into batches; steps are those of an
// epoch over arrays.

import { wrongValue } from "../checks.js";
import type { Model } from "../model/model.js";
import { Philox, Stream } from "../random/philox.js";
import type { Blocks } from "../types.js";
import { AGAIN, readBlocks } from "./blocks.js";
import { type Budget, checkFree, type Epoch, endEpoch, takeStep } from "./epoch.js";
import type { CheckedOptions } from "./fit-options.js";
import type { Rows } from "./rows.js";
import { copySamples, grown, roomFor, type Samples, ShuffleBuffer, samplesOf } from "./shuffle-buffer.js";
import type { CheckedTargets } from "./targets.js";

/** What was read in an epoch so far. */
interface Pass {
  samples: number;
  weight: number;
  /** The samples that it has to come to; 0 where nobody knows. */
  readonly expected: number;
}

/** Runs an epoch each time that it is called. How many samples the data has is known once the first one is over. */
export function blockEpochs(
  live: () => Model,
  data: Blocks,
  options: CheckedOptions,
): (budget: Budget) => Promise<Epoch | null> {
  const { batch, signal, onStep } = options;
  let samples = 0;
  return async (budget) => {
    const model = live();
    checkFree(model);
    const { turns } = budget;
    const { counters } = model;
    const expected = samples || model.epochSamples;
    const pass: Pass = { samples: 0, weight: 0, expected };
    const steps = Math.ceil(expected / batch) || Number.NaN;
    let seconds = 0;
    model.fitting = turns;
    try {
      for await (const { rows, targets } of cut(shuffled(live, data, options, pass), batch, counters.position)) {
        turns.begin();
        live();
        signal?.throwIfAborted();
        if (budget.steps === 0) return null;
        budget.steps--;
        const started = performance.now();
        const { loss } = takeStep(model, rows, targets, expected);
        seconds += (performance.now() - started) / 1000;
        const progress = { epoch: counters.epoch + 1, step: Math.ceil(counters.position / batch), steps, loss };
        const waiting = turns.tell(onStep && (() => onStep(progress)));
        turns.end();
        await waiting;
      }
    } finally {
      turns.end();
      model.fitting = null;
    }
    live();
    samples = pass.samples;
    return endEpoch(model, samples, pass.weight || 1, seconds);
  };
}

/** An epoch's samples from its first one on, in its order, in pieces. */
async function* shuffled(
  live: () => Model,
  data: Blocks,
  { shuffle, shuffleBuffer, signal }: CheckedOptions,
  pass: Pass,
): AsyncGenerator<Samples> {
  const { config, counters } = live();
  const random = new Philox(config.seed, Stream.shuffle, 0, counters.epoch);
  const buffer = new ShuffleBuffer(shuffle ? shuffleBuffer : 0, random);
  let i = 0;
  for await (const block of readBlocks(live, data, signal)) {
    pass.samples += block.samples;
    // One after the other, as the weights of arrays are added.
    const { weights } = block.targets;
    for (let s = 0; s < block.samples; s++) pass.weight += weights?.[s] ?? 1;
    checkLength(pass, counters.position, false);
    yield buffer.exchange(samplesOf(block), `data[${i++}]`);
  }
  checkLength(pass, counters.position, true);
  yield buffer.rest();
}

/**
 * @param over all of them were read
 * @throws RangeError where epochs are not over equally many samples, or not over those that one has taken already
 */
function checkLength({ samples, expected }: Pass, position: number, over: boolean): void {
  const least = expected || position || 1;
  if (over ? samples >= least : !expected || samples <= expected) return;
  const remedy = samples === 0 ? AGAIN : "go on with the same data, or begin a new epoch with restart: true";
  wrongValue("data", `of ${least} samples${expected ? " in each epoch" : " or more"}`, samples, remedy);
}

/** Batches of the samples behind the first `skip`. What one is in is overwritten by the next. */
async function* cut(
  pieces: AsyncIterable<Samples>,
  batch: number,
  skip: number,
): AsyncGenerator<{ rows: Rows; targets: CheckedTargets }> {
  let room: Samples | null = null;
  let filled = 0;
  for await (const piece of pieces) {
    let s = Math.min(skip, piece.samples);
    skip -= s;
    while (s < piece.samples) {
      const count = Math.min(batch - filled, piece.samples - s);
      room = grown(room ?? roomFor(0, piece), filled + count);
      copySamples(piece, s, room, filled, count);
      s += count;
      filled += count;
      if (filled === batch) {
        yield batchOf(room, filled);
        filled = 0;
      }
    }
  }
  if (room && filled > 0) yield batchOf(room, filled);
}

function batchOf({ parts }: Samples, batch: number): { rows: Rows; targets: CheckedTargets } {
  const [y, x, weights] = parts.map(({ values, width }) => values.subarray(0, batch * width));
  const targets = { [y instanceof Int32Array ? "labels" : "rows"]: y, weights } as CheckedTargets;
  return { rows: { x: x as Float32Array, batch }, targets };
}
