// What the numbers say, in sentences that are true of them.
import { numericNames } from "#thinned/data/sources/csv.js";
import { type Source, sizesOf, testedOf } from "./data.js";
import type { Point, Standing } from "./duel.js";

export function percent(fraction: number): string {
  return `${(100 * shown(fraction)).toFixed(1)} %`;
}

/** To a tenth of a per cent, halves up: differences are taken of what stands on the page, so that they agree with it. */
function shown(fraction: number): number {
  return Math.round(1000 * fraction + 1e-9) / 1000;
}

function gapBetween({ seen, test }: Point): number {
  return shown(test) - shown(seen);
}

export function countEpochs(epochs: number): string {
  return `${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
}

/** What is learned from, how much of it at most, and what else it might have been. */
export function nameSource(source: Source): string {
  const [most, tested] = [sizesOf(source).at(-1)!, testedOf(source)].map((count) => count.toLocaleString("en-US"));
  const { columns, target } = source.draft;
  const numbers = numericNames([...(columns ?? []), target ?? ""]);
  const names = numbers.length > 0 ? " Its first line, numbers, was taken for column names." : "";
  return `Now: ${source.name}, ${most} samples to train on and ${tested} others to test.${names}`;
}

/** "3 epochs and 40 %, 68 steps". */
export function progressOf({ progress: { epoch, position }, step, data }: Standing): string {
  const within = position > 0 ? ` and ${Math.round((100 * position) / data.train.y.length)} %` : "";
  return `${countEpochs(epoch)}${within}, ${step.toLocaleString("en-US")} ${step === 1 ? "step" : "steps"}`;
}

/** Of the gap between a training and a test error. */
export function gapPoints(point: Point): string {
  return points(gapBetween(point));
}

export function points(difference: number): string {
  const rounded = Math.round(1000 * difference) / 10;
  return `${rounded.toFixed(1).replace("-", "−")} ${Math.abs(rounded) === 1 ? "point" : "points"}`;
}

/** "0.0 % of the samples it has seen, 9.1 % of new ones: a gap of 9.1 points". */
export function gapOf(point: Point): string {
  const { seen, test } = point;
  return `wrong on ${percent(seen)} of the samples it has seen and on ${percent(test)} of new ones: a gap of ${gapPoints(point)}`;
}

/** Which of the two does better on new samples, and by how much; nothing before both were measured. */
export function verdict(without: Point | undefined, dropout: Point | undefined, tested: number): string {
  if (!without || !dropout) return "";
  const gaps = Math.round(1000 * (gapBetween(without) - gapBetween(dropout))) / 1000;
  const errors = Math.round(1000 * (shown(without.test) - shown(dropout.test))) / 1000;
  const gap =
    gaps === 0
      ? "Both gaps are the same."
      : `Dropout's gap is ${points(Math.abs(gaps))} ${gaps > 0 ? "smaller" : "wider"}.`;
  if (errors === 0) return `${gap} On new samples both are equally often wrong.`;
  // Two standard errors of a difference of two such fractions, if they were independent: what one run cannot tell from chance.
  const variance = (error: number) => (error * (1 - error)) / tested;
  const doubt = 2 * Math.sqrt(variance(without.test) + variance(dropout.test));
  const chance = Math.abs(errors) > doubt ? "" : ` (${rate(tested)} test samples cannot tell that from chance)`;
  return `${gap} On new samples it is ${points(Math.abs(errors))} ${errors > 0 ? "better" : "worse"}${chance}.`;
}

/** How the speeds compare, as measured. */
export function speeds(without: number | null, dropout: number | null): string {
  if (!without || !dropout) return "";
  const ratio = dropout / without;
  if (Math.abs(ratio - 1) < 0.03) return "Both train at the same speed here.";
  const times = (ratio > 1 ? ratio : 1 / ratio).toFixed(2);
  return ratio > 1
    ? `It trains ${times} times as fast: what is dropped is not multiplied.`
    : `It trains ${times} times as slowly: such small layers gain nothing by skipping.`;
}

export function rate(samplesPerSecond: number | null): string {
  return samplesPerSecond === null ? "–" : Math.round(samplesPerSecond).toLocaleString("en-US");
}
