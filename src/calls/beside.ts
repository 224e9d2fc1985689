// What a step is to do beside its own gradients, and what has come of it: updates, sums of gradients, averages of weights.

import { averagingRate } from "../config/averaging.js";
import type { Model } from "../model/model.js";
import type { Learning } from "../model/pass.js";

/** @param weight what the batch's samples count together */
export function planUpdate({ config, counters, summed, averaged }: Model, weight: number): Omit<Learning, "labelled"> {
  const { accumulate = 1, average } = config;
  const next = counters.optimizerSteps + 1;
  if (accumulate === 1 && !average) return { update: next };
  const closes = summed.batches + 1 >= accumulate;
  const sum = accumulate > 1 ? { weight, before: summed.weight, closes } : undefined;
  if (!closes) return { update: 0, sum };
  return { update: next, sum, average: average && averagingRate(average, next, averaged) };
}

/** Counts a step that was taken. */
export function countUpdate(model: Model, { update, sum, average = 0 }: Omit<Learning, "labelled">): void {
  if (update > 0) model.counters.optimizerSteps++;
  if (average > 0) model.averaged++;
  if (!sum) return;
  const { batches } = model.summed;
  model.summed = sum.closes ? { batches: 0, weight: 0 } : { batches: batches + 1, weight: sum.before + sum.weight };
}
