// What every peer in JavaScript shares: it is told what to open and how long to run, in lines of JSON on its standard
// input, and answers in kind. peers/serve.py is the same in Python.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Seconds; losses are watched for so long at most, and a step runs for so long before it counts. */
const LEARNING = 6;
const WARM_UP = 0.5;
/** Steps whose losses are watched. */
const FEWEST = 12;
const MOST = 96;
/** Seconds that are timed together at least, so that the clock is fine enough. */
const WINDOW = 0.001;

/**
 * @typedef {object} Work
 * @property {() => number | Promise<number> | Float32Array | Promise<Float32Array>} step one batch: a loss, or outputs.
 *   Its work is done when it returns or resolves.
 * @property {() => void} [close]
 */

/**
 * @param {object} peer
 * @param {string} peer.about name and version
 * @param {(task: object, batches: Batches, rate: number) => Work | Promise<Work>} peer.open learns at the rate given
 */
export async function serve({ about, open }) {
  let work;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      if (request.open) {
        work?.close?.();
        const batches = readBatches(request.open);
        const answer = request.open.kind !== "infer" ? await watch(open, request.open, batches) : {};
        work = await open(request.open, batches, request.open.standingStill);
        const outputs = request.open.kind === "infer" ? { outputs: [...(await work.step())] } : {};
        await timesOf(work, WARM_UP);
        say({ about: work.about ?? about, ...answer, ...outputs });
      } else {
        say({ times: await timesOf(work, request.seconds) });
      }
    } catch (error) {
      say({ error: String(error?.stack ?? error) });
    }
  }
}

/**
 * @typedef {{ count: number, next(): { x: Float32Array, y: Uint8Array, i: number } }} Batches in turn, over and over
 */
function readBatches({ sizes, batch, x, y }) {
  const bytes = readFileSync(x);
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const labels = new Uint8Array(readFileSync(y));
  const count = labels.length / batch;
  let turn = 0;
  return {
    count,
    next() {
      const i = turn++ % count;
      const own = rows.subarray(i * batch * sizes[0], (i + 1) * batch * sizes[0]);
      return { x: own, y: labels.subarray(i * batch, (i + 1) * batch), i };
    },
  };
}

/** Losses at the beginning and at the end of a short training: a peer that does not learn does not do the work. */
async function watch(open, task, batches) {
  const work = await open(task, batches, task.rate);
  const losses = [];
  const begin = performance.now();
  while (losses.length < FEWEST || (losses.length < MOST && performance.now() - begin < 1000 * LEARNING)) {
    losses.push(await work.step());
  }
  work.close?.();
  const quarter = losses.length >> 2;
  return { losses: [mean(losses.slice(0, quarter)), mean(losses.slice(-quarter))], steps: losses.length };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Seconds per step, one or more of them, each the mean of a window. */
async function timesOf(work, seconds) {
  const times = [];
  const begin = performance.now();
  let now = begin;
  let count = 1;
  do {
    const from = now;
    for (let i = 0; i < count; i++) {
      const result = work.step();
      if (result instanceof Promise) await result;
    }
    now = performance.now();
    const period = (now - from) / 1000 / count;
    times.push(period);
    count = Math.max(1, Math.ceil(WINDOW / period));
  } while (now - begin < 1000 * seconds);
  return times;
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
