// Which activation is this? A function is known by its values, so that it may come in whatever pieces an exporter
// wrote: GELU as Div-Erf-Add-Mul-Mul, ReLU as Max with 0, sigmoid as 1 / (1 + exp(−x)).

import type { ActivationSetting } from "../model-file.js";
import { elu, gelu, mish, SELU, sigmoid, silu, tanhGelu } from "./elementwise.js";

/** A function that is `scale` times one of ours. */
export interface Recognised {
  setting: ActivationSetting;
  scale: number;
}

const SIZES = [
  1e-3, 0.01, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 88, 100, 300, 1e3, 1e5, 1e9,
];
/** Where functions are compared: both signs, near the origin and as far as a float32 network gets. */
export const POINTS: readonly number[] = [0, ...SIZES, ...SIZES.map((size) => -size)];
/**
 * Constants that were rounded to float32 differ by 6e-8 each; the nearest two activations of ours, the kinds of GELU,
 * by 5e-4.
 */
const TOLERANCE = 1e-6;
/** Where every one of them has come to 1, x, or a multiple of it. */
const FAR = 100;

type Candidate = { setting: ActivationSetting; f: (x: number) => number };

/** Those with a parameter take it from how the function falls on the left. */
function candidates(left: (x: number) => number): Candidate[] {
  const slope = shortest(-left(-1));
  const alpha = shortest(-left(-FAR));
  return [
    { setting: "linear", f: (x) => x },
    { setting: "relu", f: (x) => Math.max(x, 0) },
    { setting: "tanh", f: Math.tanh },
    { setting: "sigmoid", f: sigmoid },
    { setting: "silu", f: silu },
    { setting: "mish", f: mish },
    { setting: "gelu", f: gelu },
    { setting: { type: "gelu", approximate: "tanh" }, f: tanhGelu },
    { setting: "selu", f: (x) => SELU.gamma * elu(x, SELU.alpha) },
    { setting: leakyRelu(slope), f: (x) => (x < 0 ? slope * x : x) },
    { setting: alpha === 1 ? "elu" : { type: "elu", alpha }, f: (x) => elu(x, alpha) },
  ];
}

const leakyRelu = (slope: number): ActivationSetting => (slope === 0.01 ? "leaky_relu" : { type: "leaky_relu", slope });

/** @param values of the function at `POINTS` */
export function recognise(values: readonly number[]): Recognised | undefined {
  const at = (x: number) => values[POINTS.indexOf(x)];
  if (values.length !== POINTS.length || !values.every(Number.isFinite)) return undefined;
  for (const { setting, f } of candidates((x) => (at(x) * FAR) / at(FAR))) {
    const scale = shortest(at(FAR) / f(FAR));
    if (scale === 0 || !Number.isFinite(scale)) continue;
    const near = (x: number, i: number) =>
      Math.abs(values[i] / scale - f(x)) <= TOLERANCE * Math.max(Math.abs(f(x)), Math.min(1, Math.abs(x)));
    if (POINTS.every(near)) return { setting, scale };
  }
  return undefined;
}

/**
 * The number with the fewest digits that is the same in float32: 0.01 where a file, holding float32, says
 * 0.009999999776482582.
 */
export function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return Math.fround(value);
}
