// What a race's times say, in sentences. Rounds are compared one by one, because what slows the machine down for a
// while slows a whole round.
import { quantile } from "../../bench/statistics.js";
import { type Call, DRAWS, ENTRANTS, STRATEGIES, type Strategy } from "../lab/race-entrants.js";

/** By round, then by entrant in the order of `ENTRANTS`: milliseconds per call. */
export type Times = readonly (readonly number[])[];

export interface Comparison {
  /** Median over the rounds of a's time divided by b's. */
  ratio: number;
  /** Rounds in which a took less than b. */
  less: number;
  rounds: number;
  /** So many rounds say the same that chance alone would do it once in a hundred races, and by more than 1 %. */
  clear: boolean;
}

export function compare(times: Times, a: [Call, Strategy], b: [Call, Strategy]): Comparison {
  const [i, j] = [indexOf(...a), indexOf(...b)];
  const ratios = Float64Array.from(times, (round) => round[i] / round[j]).sort();
  const ratio = quantile(ratios, 0.5);
  const less = ratios.filter((value) => value < 1).length;
  const clear = Math.abs(ratio - 1) > 0.01 && byChance(less, ratios.length) < BY_CHANCE;
  return { ratio, less, rounds: ratios.length, clear };
}

/** Five comparisons are made of a race: one race in twenty may say something that is not so. */
const BY_CHANCE = 0.01;

/** The sign test: how probable so many of `rounds` fair coins are on one side, or more. */
function byChance(heads: number, rounds: number): number {
  let tail = 0;
  for (let k = Math.max(heads, rounds - heads), p = 2 * 0.5 ** rounds; k <= rounds; k++) {
    // The number of ways to choose k of them, as a product that stays small.
    let ways = p;
    for (let i = 1; i <= k; i++) ways *= (rounds - k + i) / i;
    tail += ways;
  }
  return Math.min(1, tail);
}

/** One sentence about each question that the race answers. */
export function sayTimes(times: Times): string[] {
  const training = compare(times, ["train_step", "inverted"], ["train_step", "none"]);
  const draws = compare(times, ["mc_step", "inverted"], ["test_step", "inverted"]);
  return [
    `Training with inverted dropout ${sayComparison(training, "without")}${why(training)}.`,
    saySame("train_step", "Between the scalings, a training step", times),
    saySame("test_step", "A test step", times),
    `Monte-Carlo dropout with k = ${DRAWS} costs ${draws.ratio.toFixed(1)} test steps.`,
  ];
}

function sayComparison({ ratio, less, rounds, clear }: Comparison, other: string): string {
  if (!clear) return `takes as long as ${other}, as far as can be told from ${rounds} rounds`;
  const agreeing = ratio < 1 ? less : rounds - less;
  const times = ratio < 1 ? `${(1 / ratio).toFixed(2)} times as fast as` : `${ratio.toFixed(2)} times as slow as`;
  return `is ${times} ${other} (${agreeing} of ${rounds} rounds agree)`;
}

function why({ ratio, clear }: Comparison): string {
  if (!clear) return "";
  return ratio < 1
    ? ": the products skip what is dropped"
    : ": at this size the masks cost more than skipping what is dropped saves";
}

/** Names who differs from inverted dropout, the default. */
function saySame(call: Call, subject: string, times: Times): string {
  const others = STRATEGIES.filter((strategy) => strategy !== "none" && strategy !== "inverted");
  const differing = others
    .map((strategy) => ({ strategy, ...compare(times, [call, strategy], [call, "inverted"]) }))
    .filter(({ clear }) => clear);
  if (differing.length === 0) return `${subject} takes the same time under all three, as far as can be told.`;
  const said = differing.map(({ strategy, ratio }) => {
    const by = Math.abs(100 * (ratio - 1)).toFixed(0);
    return `${by} % ${ratio < 1 ? "less" : "more"} under ${strategy}`;
  });
  return `${subject} takes ${said.join(" and ")} than under inverted.`;
}

export function indexOf(call: Call, strategy: Strategy): number {
  return ENTRANTS.findIndex((entrant) => entrant.call === call && entrant.strategy === strategy);
}
