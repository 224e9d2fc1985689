// Timing: benny runs the cases, in short rounds, each in another order, and what it sampled is merged.

import benny from "benny";
import { permutation } from "#thinned/random/philox.js";
import type { Case } from "./suite.js";

/** How long to look. Times are in seconds. */
export interface Pace {
  /** A case runs for this long before it counts: until then it is the engine's baseline compiler that is measured. */
  warmUp: number;
  /** Operations are timed together until they take this long, so that the clock is fine enough. */
  window: number;
  /**
   * As many windows make a case's turn in a round as take this long on a machine with nothing else to do; one at least.
   */
  turn: number;
  /** Rounds go on until a suite has had this long (times its weight)… */
  suite: number;
  /** … and at least so many of them, unless the run is late. */
  rounds: number;
  /**
   * A run takes this long at most on a machine that is not far too busy: suites that would end later make do with one
   * round.
   */
  run: number;
}

export const FULL_PACE: Pace = { warmUp: 0.1, window: 0.001, turn: 0.01, suite: 20, rounds: 3, run: 250 };
export const QUICK_PACE: Pace = { warmUp: 0.01, window: 0.001, turn: 0.004, suite: 1.5, rounds: 2, run: 25 };

/**
 * Seconds per operation, case by case, as often as they were sampled.
 * @param seconds how long to look
 * @param end the time, as `performance.now()` tells it, after which no round begins but the first
 */
export async function timeCases(
  name: string,
  cases: readonly Case[],
  pace: Pace,
  seconds: number,
  end = Infinity,
  onRound: (fraction: number) => void = () => {},
): Promise<number[][]> {
  const timings: number[][] = cases.map(() => []);
  const periods = cases.map((each) => warmUp(each, performance.now() < end ? pace.warmUp : 0));
  const begin = performance.now();
  for (let round = 0, elapsed = 0; round < pace.rounds || elapsed < seconds; round++) {
    if (round > 0 && performance.now() >= end) break;
    const order = [...permutation(cases.length, 1, round)];
    const turns = order.map((i) => turnOf(cases[i], periods[i], pace));
    const results = await runRound(name, turns, pace.window);
    // Not by push(...results): a round of a fast case can hold more samples than a call takes arguments.
    results.forEach((samples, i) => {
      timings[order[i]] = timings[order[i]].concat(samples);
    });
    elapsed = (performance.now() - begin) / 1000;
    onRound(Math.min(1, elapsed / seconds, (round + 1) / pace.rounds));
  }
  return timings;
}

interface Turn {
  run(): void;
  /** Windows. */
  samples: number;
  /** Operations in a window, to begin with: benny takes more where the window would be too short. */
  count: number;
}

function turnOf({ run }: Case, period: number, { window, turn }: Pace): Turn {
  const count = Math.max(1, Math.ceil(window / period));
  return { run, count, samples: Math.max(1, Math.floor(turn / (count * period))) };
}

/**
 * Runs a case until it is warm. Seconds that an operation took at best: on a busy machine another process has the rest.
 */
function warmUp({ run }: Case, seconds: number): number {
  const begin = performance.now();
  let period = Infinity;
  for (let elapsed = 0; elapsed < seconds || period === Infinity; ) {
    const from = performance.now();
    run();
    const now = performance.now();
    period = Math.min(period, Math.max((now - from) / 1000, 1e-9));
    elapsed = (now - begin) / 1000;
  }
  return period;
}

/** One benny suite. A sample is the mean of a window. */
async function runRound(name: string, turns: readonly Turn[], window: number): Promise<number[][]> {
  const failures: unknown[] = [];
  const entries = turns.map(({ run, samples, count }, i) => {
    // benny goes on after a case that threw, and says nothing.
    const guarded = () => {
      try {
        run();
      } catch (error) {
        failures.push(error);
      }
    };
    return benny.add(String(i), guarded, { minSamples: samples, initCount: count });
  });
  // benny stops when it has the samples and the time is over: no time at all, so that a busy machine gives as many
  // samples.
  const settings = benny.configure({ cases: { minTime: window, maxTime: 0 } });
  const { results } = await quietly(() => benny.suite(name, settings, ...entries));
  if (failures.length > 0) throw failures[0];
  return results.map(({ details }) => details.sampleResults);
}

/** benny announces every suite on the console, and a round is a suite. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = () => {};
  try {
    return await work();
  } finally {
    console.log = log;
  }
}
