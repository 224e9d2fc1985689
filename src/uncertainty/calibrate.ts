// Calibration of a whole network on rows that it was not trained on: its temperature, and the thresholds of its sets or
// intervals.

import { checkBoolean, checkInteger, checkKeys, checkObject, checkOneOf, wrongType, wrongValue } from "../checks.js";
import { answerWidth } from "../gaussian.js";
import { checkNumbers, checkShare, type Numbers } from "../scores/arguments.js";
import {
  classThresholds,
  conformalQuantile,
  intervalScores,
  rowsNeeded,
  type SetMethod,
  setScores,
} from "../scores/conformal.js";
import { type Adjustable, checkAnswering, pointsOf } from "./answering.js";
import { type CalibratedBy, type Calibration, probeOf } from "./record.js";
import { deviationsOf } from "./sets.js";
import { sharedTemperature } from "./temperature.js";

export interface HeldOut {
  /** `[n, in]`: rows that were not trained on, drawn like those to come. */
  x: Float32Array;
  /** Labels from 0, or numbers `[n]`. */
  y: Numbers;
}

export interface CalibrateOptions {
  /**
   * The share of truths that sets or intervals are to hold, between 0 and 1; or several, to choose from later. Default
   * 0.9.
   */
  coverage?: number | readonly number[];
  /** Default: `lac` for probabilities, `residual` for numbers. */
  by?: CalibratedBy;
  /** Sets that hold class by class: a threshold from each class's own rows. Default false. */
  perClass?: boolean;
  /** Fit the temperature first, on every other row; the thresholds are then of the rest. Default false: it stays. */
  temperature?: boolean;
  /** Draws for `deviation`. Default 50. */
  samples?: number;
  /** Of these draws. Default 0. */
  seed?: number;
}

/**
 * Calibrates a network, and notes it in `net.metadata.calibration`, so that `net.save()` keeps it for `sets` and
 * `intervals`. A network that is trained further has to be calibrated again.
 * @returns what was noted
 * @throws TypeError, RangeError naming what is wrong; RangeError with the number of rows that the coverage needs, where
 * there are fewer
 * @example
 * import { Network } from "thinned";
 * import { calibrate, sets } from "thinned/uncertainty";
 * const net = await Network.create({ sizes: [1, 16, 2], seed: 1 });
 * const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
 * calibrate(net, { x, y: Array.from(x, (value) => Number(value > 0)) }, { coverage: 0.9 });
 * const [{ set }] = sets(net, Float32Array.of(0.9)); // classes, one of them the truth nine times in ten
 */
export function calibrate(net: Adjustable, data: HeldOut, options: CalibrateOptions = {}): Calibration {
  checkAnswering(net);
  const known = ["coverage", "by", "perClass", "temperature", "samples", "seed"];
  checkKeys("options", checkObject("options", options), known);
  const { x, y } = checkObject("data", data, "an object { x, y }") as unknown as HeldOut;
  checkNumbers("y", y);
  const { output, sizes } = net.config;
  const classes = answerWidth(net.config);
  const asClasses = output === "softmax";
  if (output === "sigmoid") wrongValue("net", "one whose output is softmax or numbers", output);
  if (!asClasses && classes !== 1) wrongValue("net", "one with a single output, where it answers numbers", classes);
  const methods: CalibratedBy[] = asClasses ? ["lac", "aps"] : ["residual", "deviation"];
  const by = checkOneOf("by", options.by ?? methods[0], methods);
  const { coverage = 0.9, perClass = false, temperature = false, samples = 50, seed = 0 } = options;
  checkBoolean("perClass", perClass);
  checkBoolean("temperature", temperature);
  checkInteger("samples", samples, 2);
  checkInteger("seed", seed, 0);
  const coverages = typeof coverage === "object" ? [...coverage] : [coverage];
  if (coverages.length === 0) wrongValue("coverage", "a number between 0 and 1, or several", coverage);
  coverages.forEach((share) => {
    checkShare("coverage", share, "0.9 is nine times in ten");
  });
  if ((perClass || temperature) && !asClasses) {
    wrongValue(perClass ? "perClass" : "temperature", "false where a network answers numbers", true);
  }
  if (x?.length !== y.length * sizes[0]) {
    wrongType("x", `a Float32Array of rows of ${sizes[0]} for each of the ${y.length} in y`, x);
  }

  checkEnough(
    temperature ? Array.from(y).filter((_, row) => row % 2 === 1) : y,
    Math.max(...coverages),
    perClass ? classes : 0,
  );

  const former = net.temperature;
  try {
    const rest = temperature ? fitOnHalf(net, x, y) : { x, y };
    const draws = by === "deviation" ? { samples, seed } : { samples: 0, seed: 0 };
    const answers = pointsOf(net, net.predict(rest.x));
    const scores = asClasses
      ? setScores(answers, rest.y, by as SetMethod)
      : intervalScores(answers, rest.y, by === "deviation" ? spreadOf(net, rest.x, draws) : undefined);
    const thresholds = coverages.map((share) => ({
      coverage: share,
      threshold: perClass
        ? Array.from(classThresholds(scores, rest.y, classes, share))
        : [conformalQuantile(scores, share)],
    }));
    const calibration: Calibration = {
      ...{ version: 1, by, rows: rest.y.length, temperature: net.temperature, ...draws, thresholds },
      probe: probeOf(net, { by, ...draws }),
    };
    net.metadata = { ...net.metadata, calibration: JSON.stringify(calibration) };
    return calibration;
  } catch (error) {
    // A refused call changes nothing.
    net.temperature = former;
    throw error;
  }
}

/**
 * @throws RangeError with the number of rows that the largest coverage needs, where there are fewer (of one of the
 * classes)
 */
function checkEnough(y: Numbers, coverage: number, classes: number): void {
  const needed = rowsNeeded(coverage);
  const expected = `of ${needed} rows or more for a coverage of ${coverage}`;
  if (y.length < needed) wrongValue("y, as far as it calibrates,", expected, y, "hold more rows out, or promise less");
  for (let k = 0; k < classes; k++) {
    const own = Array.from(y).filter((label) => label === k);
    if (own.length < needed) wrongValue(`y of class ${k}`, expected, own, "hold more rows out, or leave perClass out");
  }
}

function spreadOf(net: Adjustable, x: Float32Array, draws: { samples: number; seed: number }): Float32Array {
  const variance = net.mc_step(x, { ...draws, draw: 0 }).variance;
  if (variance.every((value) => value === 0)) {
    wrongValue("by", '"residual" where no unit is dropped, as all draws agree', "deviation");
  }
  return deviationsOf(net, x, draws);
}

/** Sets the temperature by the even rows. @returns the odd ones, which know nothing of it */
function fitOnHalf(net: Adjustable, x: Float32Array, y: Numbers): HeldOut {
  const width = x.length / y.length;
  const half = (odd: 0 | 1): HeldOut => ({
    x: x.filter((_, i) => Math.floor(i / width) % 2 === odd),
    y: Array.from(y).filter((_, row) => row % 2 === odd),
  });
  const [even, rest] = [half(0), half(1)];
  if (rest.y.length === 0) wrongValue("y", "of two rows or more, where a temperature is fitted", y);
  net.temperature = sharedTemperature(
    (net.members ?? [net]).map((member) => member.test_step(even.x)),
    even.y,
  );
  return rest;
}
