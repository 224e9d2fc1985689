// What many thinned networks' answers say, in words.
import type { MonteCarloResult } from "thinned";

export interface Doubt {
  /** Index of the likeliest class. */
  best: number;
  probability: number;
  /** Standard deviation of that probability over the thinned networks. */
  spread: number;
  /** e to the entropy: among how many equally likely classes one would be as undecided. 1 is no doubt at all. */
  choices: number;
  /** The part of the entropy that is the networks' disagreement (mutual information / entropy), 0 … 1. */
  disagreement: number;
  verdict: "sure" | "rather sure" | "unsure";
}

/** As undecided as between this many classes. */
const SURE = 1.25;
const RATHER_SURE = 2;

/** @param result of one row */
export function doubtOf({ mean, variance, entropy, mutualInformation }: MonteCarloResult): Doubt {
  const best = mean.indexOf(Math.max(...mean));
  const nats = entropy?.[0] ?? 0;
  const choices = Math.exp(nats);
  const verdict = choices < SURE ? "sure" : choices < RATHER_SURE ? "rather sure" : "unsure";
  return {
    best,
    probability: mean[best],
    spread: Math.sqrt(variance[best]),
    choices,
    disagreement: nats > 0 ? Math.min(1, (mutualInformation?.[0] ?? 0) / nats) : 0,
    verdict,
  };
}

/** `Sure: a 7`, and why. */
export function sayDoubt(doubt: Doubt, classes: readonly string[]): { headline: string; reason: string } {
  const { best, probability, spread, choices, disagreement, verdict } = doubt;
  const name = classes[best];
  const headline = { sure: `Sure: ${name}`, "rather sure": `Rather sure: ${name}`, unsure: `Unsure; perhaps ${name}` };
  const share = `${percent(probability)} ± ${percent(spread)}`;
  const width = `as undecided as between ${choices.toFixed(1)} classes`;
  const cause =
    verdict === "sure"
      ? "The thinned networks agree."
      : `${percent(disagreement)} of the doubt is the thinned networks' disagreement; the rest they share.`;
  return { headline: headline[verdict], reason: `${share}, ${width}. ${cause}` };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
