// Dropout rates that are schedules, as functions of the step: whatever reads a rate knows numbers and functions alone.

import { checkNumber, kindOf } from "../../checks.js";
import type { StepRate } from "../../dropout/rates.js";
import type { DropoutOption, Rate, Schedule } from "../../types.js";
import { isSchedule, refusePlateaus, resolveSchedule } from "./resolve.js";
import { scheduledValue } from "./value.js";

type ScheduledRate = ((step: number) => number) & { schedule: Schedule };

/** The option `dropout` with a function in place of every schedule. */
export function withScheduledRates(given: DropoutOption | undefined): DropoutOption | undefined {
  if (isSchedule(given)) return asFunction("dropout", given);
  if (Array.isArray(given)) return Array.from(given, (rate, l) => asFunction(`dropout[${l}]`, rate));
  if (kindOf(given) !== "Object") return given;
  const { input, hidden } = given as { input?: Rate; hidden?: Rate | Rate[] };
  return {
    ...(given as object),
    ...(isSchedule(input) && { input: asFunction("dropout.input", input) }),
    ...(Array.isArray(hidden)
      ? { hidden: Array.from(hidden, (rate, l) => asFunction(`dropout.hidden[${l}]`, rate)) }
      : isSchedule(hidden) && { hidden: asFunction("dropout.hidden", hidden) }),
  };
}

function asFunction(name: string, rate: Rate): Rate {
  if (!isSchedule(rate)) return rate;
  const check = (key: string, value: unknown) =>
    checkNumber(key, value, 0, 1, "it is the probability of dropping a unit");
  const schedule = refusePlateaus(name, resolveSchedule(name, rate, check));
  return Object.assign((step: number) => scheduledValue(schedule, step), { schedule });
}

/** The schedule that a rate was given as; undefined of a number or a caller's function. */
export function scheduleOf(rate: StepRate): Schedule | undefined {
  return (rate as Partial<ScheduledRate>).schedule;
}
