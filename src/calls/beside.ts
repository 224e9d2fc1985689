// What a step is to do beside its own gradients, and what has come of it: updates, sums of gradients, averages of
// weights.

import { averagingRate } from "../config/averaging.js";
import type { Model } from "../model/model.js";
import type { Learning } from "../model/pass.js";

/** @param weight what the batch's samples count together */
export function planUpdate(model: Model, labelled: boolean, weight: number): Learning {
  const { config, summed, averaged } = model;
  const { accumulate = 1, average } = config;
  const update = model.counters.optimizerSteps + 1;
  if (accumulate === 1 && !average) return { labelled, update };
  const closes = summed.batches + 1 >= accumulate;
  const sum = accumulate > 1 ? { weight, before: summed.weight, closes } : undefined;
  if (!closes) return { labelled, update: 0, sum };
  return { labelled, update, sum, average: average && averagingRate(average, update, averaged) };
}

/** Counts a step that was taken. */
export function countUpdate(model: Model, { update, sum, average = 0 }: Learning): void {
  if (update > 0) model.counters.optimizerSteps++;
  if (average > 0) model.averaged++;
  if (!sum) return;
  const { batches } = model.summed;
  model.summed = sum.closes ? { batches: 0, weight: 0 } : { batches: batches + 1, weight: sum.before + sum.weight };
}
