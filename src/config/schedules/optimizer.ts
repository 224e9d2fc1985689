// The optimizer's numbers that are schedules, apart from the optimizer: whatever computes knows numbers alone.

import { checkFraction, checkMagnitude } from "../../checks.js";
import type { OptimizerOptions, Schedule } from "../../types.js";
import { isSchedule, refusePlateaus, resolveSchedule } from "./resolve.js";
import { scheduledValue } from "./value.js";

/** What the optimizer's numbers follow; one that is not here is constant. */
export interface OptimizerSchedules {
  learningRate?: Schedule;
  momentum?: Schedule;
}

/** @throws TypeError, RangeError naming the key */
export const resolveRateSchedule = (name: string, given: Schedule): Schedule =>
  resolveSchedule(name, given, checkMagnitude);

/** @throws TypeError, RangeError naming the key */
export const resolveMomentumSchedule = (name: string, given: Schedule): Schedule =>
  refusePlateaus(name, resolveSchedule(name, given, checkFraction));

/** The optimizer with the first value in place of every schedule, and the schedules; undefined where there are none. */
export function takeSchedules<T>(given: T): { optimizer: T; schedules: OptimizerSchedules | undefined } {
  const schedules: OptimizerSchedules = {};
  const { learningRate, momentum } = { ...given } as OptimizerOptions & { momentum?: unknown };
  if (isSchedule(learningRate)) schedules.learningRate = resolveRateSchedule("optimizer.learningRate", learningRate);
  if (isSchedule(momentum)) schedules.momentum = resolveMomentumSchedule("optimizer.momentum", momentum);
  const first = Object.entries(schedules).map(([key, schedule]) => [key, scheduledValue(schedule, 0)]);
  if (first.length === 0) return { optimizer: given, schedules: undefined };
  return { optimizer: { ...given, ...Object.fromEntries(first) }, schedules };
}
