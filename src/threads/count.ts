// How many workers share a network's passes.

import type { Config } from "../config/network.js";
import { processors, whyNoThreads } from "./spawn.js";

/**
 * `auto` takes one worker for this many multiply-adds of a dense training step. A step has about twenty barriers of
 * some microseconds each, and parts that one worker does alone.
 */
const WORTH_A_WORKER = 10e6;

/** How many, and why. */
export interface ThreadChoice {
  threads: number;
  why: string;
}

/** As many as were asked for; for `auto`, as many as there are processors and work for. One without shared memory. */
export function chooseThreads(config: Config, available = processors()): ThreadChoice {
  if (config.threads === 1) return { threads: 1, why: "one thread, as asked for" };
  const obstacle = whyNoThreads();
  if (obstacle) return { threads: 1, why: `one thread: ${obstacle}` };
  if (config.threads !== "auto") return { threads: config.threads, why: "as many threads as asked for" };
  const worth = Math.floor(multiplyAdds(config) / WORTH_A_WORKER);
  if (available === 1) return { threads: 1, why: "one thread: there is one processor" };
  if (worth < 2) return { threads: 1, why: "one thread: the network is too small to gain from more" };
  if (worth < available) return { threads: worth, why: `${worth} threads: there is no work for more` };
  return { threads: available, why: `a thread for each of ${available} processors` };
}

/** Of a dense training step: forward, backward to the input of every layer but the first, and the gradient. */
function multiplyAdds({ sizes, maxBatch }: Config): number {
  const weights = sizes.slice(1).map((out, l) => sizes[l] * out);
  return maxBatch * weights.reduce((sum, count, l) => sum + (l === 0 ? 2 : 3) * count, 0);
}
