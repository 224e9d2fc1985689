// The description of a run in a model file, looked at before a run goes on by it.
import {
  checkBoolean,
  checkFraction,
  checkInteger,
  checkMagnitude,
  checkNumber,
  checkObject,
  checkOneOf,
  wrongType,
  wrongValue,
} from "../../checks.js";
import { ACTIVATIONS } from "../../config/activation.js";
import { BUILDS, LOSSES } from "../../config/network.js";
import { OPTIMIZERS } from "../../config/optimizer.js";
import { SPLITS } from "../../data/split/split.js";
import { SCALINGS } from "../../dropout/scaling.js";
import { whyNoSchedule } from "./lr-schedule.js";
import type { Settings } from "./settings.js";

/** What `train --resume` needs besides the network. */
export interface Run {
  settings: Settings;
  /** DATA as it was written on the command line. */
  source: string;
  /** Tells the training rows from any others. */
  digest: string;
  /** The build that took the steps so far: another one would differ in last bits. */
  build: "simd" | "relaxed";
  /** The best epoch so far, of a run with --patience. */
  best: { epoch: number; loss: number } | null;
  /** --patience has ended the run and the best weights are in place. */
  stopped: boolean;
}

type Check = (name: string, value: unknown) => unknown;

const text: Check = (name, value) => typeof value === "string" || wrongType(name, "a text", value);
const rate: Check = (name, value) => checkNumber(name, value, 0, 1);
const whole =
  (min: number): Check =>
  (name, value) =>
    checkInteger(name, value, min);
const oneOf =
  (words: readonly string[]): Check =>
  (name, value) =>
    checkOneOf(name, value, words);
const orNull =
  (check: Check): Check =>
  (name, value) =>
    value === null || check(name, value);
const each =
  (check: Check): Check =>
  (name, value) => {
    if (!Array.isArray(value)) wrongType(name, "an array", value);
    value.forEach((item, i) => {
      check(`${name}[${i}]`, item);
    });
  };
const absentOr =
  (check: Check): Check =>
  (name, value) =>
    value === undefined || check(name, value);

const SETTINGS: Record<keyof Settings, Check> = {
  task: orNull(oneOf(["classify", "regress"])),
  target: orNull(text),
  // Files that are older than these options have no such entry.
  ignore: absentOr(orNull(each(text))),
  include: absentOr(orNull(each(text))),
  delimiter: absentOr(orNull(text)),
  decimal: absentOr(orNull(oneOf([".", ","]))),
  header: absentOr(checkBoolean),
  encoding: absentOr(orNull(text)),
  missing: absentOr(orNull(each(text))),
  val: checkFraction,
  samples: orNull(whole(2)),
  rawPixels: checkBoolean,
  seed: whole(0),
  splitSeed: orNull(whole(0)),
  split: oneOf(SPLITS),
  group: orNull(text),
  classWeight: (name, value) => {
    if (value === null || value === "balanced") return;
    for (const [key, weight] of Object.entries(checkObject(name, value))) checkMagnitude(`${name}.${key}`, weight);
  },
  labelSmoothing: rate,
  hidden: each(whole(1)),
  activation: (name, value) => (Array.isArray(value) ? each(oneOf(ACTIVATIONS)) : oneOf(ACTIVATIONS))(name, value),
  dropout: (name, value) => (Array.isArray(value) ? each(rate) : rate)(name, value),
  inputDropout: rate,
  scaling: oneOf(SCALINGS),
  loss: oneOf(LOSSES),
  optimizer: oneOf(OPTIMIZERS),
  lr: checkMagnitude,
  lrSchedule: (name, value) => {
    const expected = typeof value === "string" ? whyNoSchedule(value) : "a text";
    if (expected) wrongType(name, expected, value);
  },
  warmUp: whole(0),
  ema: orNull(checkFraction),
  accumulate: whole(1),
  freeze: each(whole(1)),
  momentum: checkFraction,
  nesterov: checkBoolean,
  weightDecay: checkMagnitude,
  maxNorm: checkMagnitude,
  clipNorm: checkMagnitude,
  batch: whole(1),
  epochs: whole(1),
  patience: orNull(whole(1)),
};

/** Settings that files have not which are older than their options, as they were then. */
const BEFORE: Partial<Settings> = {
  splitSeed: null,
  split: "random",
  group: null,
  classWeight: null,
  labelSmoothing: 0,
  warmUp: 0,
  ema: null,
  accumulate: 1,
  freeze: [],
};

/**
 * Checks every entry.
 * @throws TypeError, RangeError naming it
 */
export function checkRun(value: unknown): Run {
  const run = checkObject("run", value, "an object") as unknown as Run;
  const settings = checkObject("settings", run.settings, "an object");
  for (const [name, value] of Object.entries(BEFORE)) settings[name] ??= value;
  for (const [name, check] of Object.entries(SETTINGS)) check(name, settings[name]);
  for (const name of ["source", "digest"] as const) text(name, run[name]);
  checkOneOf("build", run.build, BUILDS);
  checkBoolean("stopped", run.stopped);
  if (run.best !== null) {
    const { epoch, loss } = checkObject("best", run.best, "null or an object");
    checkInteger("best.epoch", epoch, 1);
    checkNumber("best.loss", loss);
    if (run.settings.patience === null) wrongValue("best", "null in a run without patience", run.best);
  }
  return run;
}
