// Dates and times: how far along they lie, standardised, and where in the year, the week and the day, as points of a
// circle, so that midnight is near 11 p.m.
import type { Scaled } from "./number.js";

/** In milliseconds since 1970, UTC. */
export interface DateCode extends Scaled {
  kind: "date";
  /** Those in which the training rows differ; two inputs each, between the first one and that of missing cells. */
  parts: Part[];
}

const DAY = 86_400_000;
/**
 * Milliseconds. A year is the calendar's mean one, so that a date is at most a day or two off its place in the circle.
 */
export const PERIODS = { year: 365.2425 * DAY, week: 7 * DAY, day: DAY };
export type Part = keyof typeof PERIODS;

/** Where in the period a time lies, from 0 to 1. */
export function phaseOf(time: number, part: Part): number {
  const turns = time / PERIODS[part];
  return turns - Math.floor(turns);
}

/** Sine and cosine of the parts; 0 where the time is missing, which has no place in any circle. */
export function writeParts(parts: Part[], time: number, x: Float32Array, at: number): void {
  if (Number.isNaN(time)) return;
  parts.forEach((part, i) => {
    const phase = phaseOf(time, part);
    x[at + 2 * i] = sine(phase);
    x[at + 2 * i + 1] = sine(phase + 0.25);
  });
}

/**
 * sin(2πt) to 1e-8. Engines differ in the last bits of Math.sin, and the same data are to be the same inputs in all of
 * them. By symmetry the series runs from −π/2 to π/2.
 */
function sine(t: number): number {
  const turn = t - Math.round(t);
  const angle = 2 * Math.PI * (Math.abs(turn) > 0.25 ? Math.sign(turn) * 0.5 - turn : turn);
  let term = angle;
  let sum = 0;
  for (let k = 1; k < 14; k += 2) {
    sum += term;
    term *= (-angle * angle) / ((k + 1) * (k + 2));
  }
  return sum;
}
