// What finished networks tell when units are taken away, and when thinned ones vote.
import type { Removal } from "../lab/removal.js";
import { mean, percent } from "./compare.js";

/** Three units in ten. */
const SHARE = 0.3;

export function sayRemoval(removals: readonly Removal[], p: number, trained: boolean): string {
  if (!trained) return "Train the two networks above first; then units are taken out of both.";
  const [whole, part] = [0, SHARE].map((share) => removals.find((removal) => removal.share === share)!);
  const told = [0, 1].map((arm) => {
    const [before, after] = [whole, part].map(({ test }) => mean(test[arm]));
    return { before, after, more: after - before };
  });
  const [without, dropout] = told;
  const figures = (arm: typeof without) => `from ${percent(arm.before)} to ${percent(arm.after)} wrong answers`;
  if (p === 0) return `At p = 0 both are the same network. With three in ten units gone it goes ${figures(without)}.`;
  const both = `With three in ten units gone, the network without dropout goes ${figures(without)}, the one with dropout ${figures(dropout)}.`;
  if (dropout.more < without.more / 2) return `${both} Its units have learned to do without each other.`;
  return `${both} Here one leans about as much as the other.`;
}

/** @param votes probability of the diamond, by thinned network */
export function sayVotes(votes: readonly number[], whole: number, p: number): string {
  if (p === 0) return "At p = 0 nothing is dropped: all thinned networks are the whole one.";
  const diamonds = votes.filter((vote) => vote > 0.5).length;
  const [more, name] = diamonds > votes.length / 2 ? [diamonds, "diamond"] : [votes.length - diamonds, "disc"];
  const answer = whole > 0.5 ? "diamond" : "disc";
  const tie = 2 * diamonds === votes.length;
  const said = tie
    ? "They are divided, five to five"
    : more === votes.length
      ? `All ten say ${name}`
      : `${WORDS[more]} of ten say ${name}`;
  return `${said}. The whole network, one answer in place of ten, says ${answer} (${(100 * Math.max(whole, 1 - whole)).toFixed(0)} %).`;
}

const WORDS = ["None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
