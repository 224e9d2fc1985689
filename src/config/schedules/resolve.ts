// Schedules as callers write them: every key checked, every default filled in.

import { checkFraction, checkInteger, checkKeys, checkNumber, checkOneOf, kindOf, wrongValue } from "../../checks.js";
import type { Schedule } from "../../types.js";
import { plateauOf } from "./plateau.js";

/** Checks a value that the schedule comes to, by the rules of what it is a schedule of. */
export type CheckValue = (name: string, value: unknown) => number;

interface Key {
  check(name: string, value: unknown, checkValue: CheckValue): unknown;
  /** Left out: the key has to be there. */
  standard?: unknown;
}

const value: Key = { check: (name, given, checkValue) => checkValue(name, given) };
const zero: Key = { ...value, standard: 0 };
const LENGTH = "it is the schedule's length in updates: epochs * Math.ceil(samples / batch)";
const steps: Key = { check: (name, given) => checkInteger(name, given, 1, undefined, LENGTH) };
const whole = (standard: number): Key => ({ check: (name, given) => checkInteger(name, given, 0), standard });
const factor: Key = { check: (name, given) => checkNumber(name, given, 0, 1) };
const begin = whole(0);
const tenth: Key = { ...factor, standard: 0.1 };

const ramp = { from: value, to: zero, steps, begin };
const phase = { value, steps, begin };
/** In this order they are checked, and defaults may be functions of what came before. */
const KEYS: Record<Schedule["type"], Record<string, Key>> = {
  constant: { value, begin },
  linear: ramp,
  cosine: ramp,
  step: { from: value, every: steps, factor: tenth, begin },
  exponential: { from: value, factor, begin },
  "warm-up": { from: zero, steps, to: { check: checkEnd }, begin },
  "one-cycle": {
    peak: value,
    steps,
    warmUp: { check: checkFraction, standard: 0.3 },
    from: { ...value, standard: ({ peak }: { peak: number }) => peak / 25 },
    to: { ...value, standard: ({ from }: { from: number }) => from / 1e4 },
    begin,
  },
  plateau: {
    from: value,
    factor: tenth,
    patience: whole(10),
    threshold: { check: checkFraction, standard: 1e-4 },
    cooldown: whole(0),
    to: zero,
  },
  early: phase,
  late: phase,
};
const TYPES = Object.keys(KEYS) as Schedule["type"][];

function checkEnd(name: string, given: unknown, checkValue: CheckValue): unknown {
  return isSchedule(given) ? resolveSchedule(name, given, checkValue) : checkValue(name, given);
}

/** Is this a schedule, by its looks, and not one of the numbers, functions and objects that may stand in its place? */
export function isSchedule(given: unknown): given is Schedule {
  return kindOf(given) === "Object" && Object.hasOwn(given as object, "type");
}

/**
 * A copy with every default filled in.
 * @throws TypeError, RangeError naming the key
 */
export function resolveSchedule(name: string, given: Schedule, checkValue: CheckValue): Schedule {
  const type = checkOneOf(`${name}.type`, given.type, TYPES);
  const { [type]: known } = KEYS;
  checkKeys(name, given, ["type", ...Object.keys(known)]);
  const filled: Record<string, unknown> = { type };
  for (const [key, { check, standard }] of Object.entries(known)) {
    const { [key as "type"]: asked = typeof standard === "function" ? standard(filled) : standard } = given;
    filled[key] = check(`${name}.${key}`, asked, checkValue);
  }
  return filled as unknown as Schedule;
}

/** @throws RangeError where it waits for plateaus, which only a learning rate may */
export function refusePlateaus(name: string, schedule: Schedule): Schedule {
  if (plateauOf(schedule))
    wrongValue(name, "a function of the step alone", "plateau", "only a learning rate may wait for plateaus");
  return schedule;
}
