// What calibration leaves in a model file: the metadata entry `calibration`. Files come from anywhere, so every part is
// checked.

import {
  checkEach,
  checkInteger,
  checkKeys,
  checkNumber,
  checkObject,
  checkOneOf,
  wrongType,
  wrongValue,
} from "../checks.js";
import { parseJson } from "../formats/safetensors/json.js";
import { answerWidth } from "../gaussian.js";
import { checkShare } from "../scores/arguments.js";
import type { Answering } from "./answering.js";

/**
 * Sets by `lac` (smallest on average) or `aps` (grow with doubt, never empty). Intervals by `residual` (all as wide),
 * or by `deviation`: as wide as Monte-Carlo dropout's standard deviation says.
 */
export type CalibratedBy = "lac" | "aps" | "residual" | "deviation";

export interface Calibration {
  version: 1;
  by: CalibratedBy;
  /** Held-out rows that the thresholds are of. */
  rows: number;
  /** The network's, when it was calibrated. */
  temperature: number;
  /** Of `deviation`: draws and their seed; 0 otherwise. */
  samples: number;
  seed: number;
  /** For each coverage one threshold, or one per class. */
  thresholds: { coverage: number; threshold: number[] }[];
  /** What the network said of a row that everybody can make, to tell whether it is still the same. */
  probe: number[];
}

const METHODS = ["lac", "aps", "residual", "deviation"] as const;
const KEYS = ["version", "by", "rows", "temperature", "samples", "seed", "thresholds", "probe"];
const COMMAND = "thinned calibrate MODEL DATA --coverage 0.9";

/** @throws TypeError, RangeError where there is none, where it is damaged, or where the network has changed since */
export function readCalibration(net: Answering, methods: readonly CalibratedBy[]): Calibration {
  const text = net.metadata.calibration;
  if (text === undefined) {
    throw new TypeError(`the network was not calibrated; run \`${COMMAND}\`, or calibrate(net, { x, y })`);
  }
  const calibration = checkCalibration(parse(text), net.config);
  if (!methods.includes(calibration.by)) {
    const what = methods.includes("lac") ? "sets" : "intervals";
    wrongValue("net", `calibrated for ${what}, by ${methods.join(" or ")}`, calibration.by);
  }
  checkUnchanged(net, calibration);
  return calibration;
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new TypeError(`the file's calibration: ${(error as Error).message}`);
  }
}

function checkCalibration(value: unknown, config: Answering["config"]): Calibration {
  const outputs = config.sizes.at(-1)!;
  const name = "calibration";
  const record = checkObject(name, value, "an object") as unknown as Calibration;
  if (record.version !== 1) wrongValue(`${name}.version`, "1", record.version, `run \`${COMMAND}\` again`);
  checkKeys(name, record, KEYS);
  checkOneOf(`${name}.by`, record.by, METHODS);
  checkInteger(`${name}.rows`, record.rows, 1);
  checkNumber(`${name}.temperature`, record.temperature, 0);
  checkInteger(`${name}.samples`, record.samples, record.by === "deviation" ? 2 : 0);
  checkInteger(`${name}.seed`, record.seed, 0);
  const { thresholds, probe } = record;
  if (!Array.isArray(thresholds) || thresholds.length === 0) wrongType(`${name}.thresholds`, "a list", thresholds);
  thresholds.forEach((entry, i) => {
    const at = `${name}.thresholds[${i}]`;
    checkKeys(at, checkObject(at, entry, "an object"), ["coverage", "threshold"]);
    checkShare(`${at}.coverage`, entry.coverage);
    const count = Array.isArray(entry.threshold) && entry.threshold.length === outputs ? outputs : 1;
    checkEach(`${at}.threshold`, entry.threshold, count, "numbers", (part, item: number) => checkNumber(part, item, 0));
  });
  const probed = Math.min(outputs, PROBED) + (record.by === "deviation" ? answerWidth(config) : 0);
  checkEach(`${name}.probe`, probe, probed, "numbers", (part, item: number) => checkNumber(part, item));
  return record;
}

/** Logits that a probe keeps at most. */
const PROBED = 16;

/** The row j ↦ −1 … 1 in the units that the first layer reads, whatever the inputs are shifted and scaled by. */
function probeRow({ sizes, inputs }: Answering["config"]): Float32Array {
  return Float32Array.from({ length: sizes[0] }, (_, j) => {
    const value = (((7 * j) % 11) - 5) / 5;
    return inputs ? inputs.shift[j] + value / (inputs.scale[j] || 1) : value;
  });
}

/** The logits of the probe row and, where intervals rest on them, the deviations of its answers. */
export function probeOf(net: Answering, { by, samples, seed }: Pick<Calibration, "by" | "samples" | "seed">): number[] {
  const x = probeRow(net.config);
  const spread = by === "deviation" ? net.mc_step(x, { samples, seed, draw: 0 }).variance.map(Math.sqrt) : [];
  return [...net.test_step(x).subarray(0, PROBED), ...spread];
}

/** Builds round differently, far below this; what trains a network or rounds its weights changes more. */
const TOLERANCE = 1e-3;

function checkUnchanged(net: Answering, calibration: Calibration): void {
  const now = probeOf(net, calibration);
  const largest = now.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const same = calibration.probe.every((value, i) => Math.abs(value - now[i]) <= TOLERANCE * largest);
  if (same && calibration.temperature === net.config.temperature) return;
  const remedy = `its promise is void: run \`${COMMAND}\` again, or calibrate(net, { x, y })`;
  throw new RangeError(`the network has other weights, dropout or temperature than when it was calibrated; ${remedy}`);
}
