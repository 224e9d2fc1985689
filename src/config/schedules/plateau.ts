// A learning rate that waits for plateaus of the validation loss: what it has come to, and what one more loss makes of
// it.

import type { PlateauSchedule, Schedule } from "../../types.js";

/** Plain data, saved with the network. */
export interface PlateauState {
  /** The learning rate. */
  value: number;
  /** The lowest loss so far; null before there was one. */
  best: number | null;
  /** Epochs in a row without a better one. */
  bad: number;
  /** Epochs to come that are not counted. */
  cooling: number;
}

/** The plateaus that a schedule waits for, at once or after its warm-up. */
export function plateauOf(schedule: Schedule | undefined): PlateauSchedule | undefined {
  if (schedule?.type === "warm-up" && typeof schedule.to !== "number") return plateauOf(schedule.to);
  return schedule?.type === "plateau" ? schedule : undefined;
}

/** As PyTorch's ReduceLROnPlateau counts. */
export function afterLoss(schedule: PlateauSchedule, before: PlateauState | null, loss: number): PlateauState {
  const { from, factor, patience, threshold, cooldown, to } = schedule as Required<PlateauSchedule>;
  const { value, best, bad, cooling } = before ?? { value: from, best: null, bad: 0, cooling: 0 };
  // A log likelihood may make losses below 0, where a share of the best is on its other side.
  const better = loss < (best === null ? Infinity : best * (1 - threshold * Math.sign(best)));
  const state = {
    value,
    best: better ? loss : best,
    bad: better || cooling > 0 ? 0 : bad + 1,
    cooling: Math.max(0, cooling - 1),
  };
  if (state.bad <= patience) return state;
  return { ...state, value: Math.max(value * factor, to), bad: 0, cooling: cooldown };
}
