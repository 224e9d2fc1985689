// The option `average`, every default filled in, and how much a new update counts in it.

import { checkFraction, checkInteger, checkKeys, checkObject, checkOneOf } from "../checks.js";
import type { Averaging } from "../types.js";

export type AveragingConfig =
  | Required<Extract<Averaging, { type: "ema" }>>
  | Required<Extract<Averaging, { type: "swa" }>>;

/** @returns undefined where nothing is averaged */
export function resolveAveraging(given: Averaging | null | undefined): AveragingConfig | undefined {
  if (given === undefined || given === null) return undefined;
  checkObject("average", given, 'an object such as { type: "ema", decay: 0.999 }, or null');
  const type = checkOneOf("average.type", given.type, ["ema", "swa"]);
  checkKeys("average", given, type === "ema" ? ["type", "decay"] : ["type", "start", "every"]);
  if (given.type === "ema") return { type: given.type, decay: checkFraction("average.decay", given.decay ?? 0.999) };
  const { start = 0, every = 1 } = given;
  return {
    type: given.type,
    start: checkInteger("average.start", start, 0),
    every: checkInteger("average.every", every, 1),
  };
}

/**
 * What the weights count in their average after an update: average += rate · (weights − average).
 * @param update its number, from 1
 * @param averaged updates that are in the average
 * @returns 0 where this one is not taken in; 1 where it is the first
 */
export function averagingRate(averaging: AveragingConfig, update: number, averaged: number): number {
  if (averaging.type === "ema") return averaged === 0 ? 1 : 1 - averaging.decay;
  const since = update - averaging.start;
  return since > 0 && (since - 1) % averaging.every === 0 ? 1 / (averaged + 1) : 0;
}
