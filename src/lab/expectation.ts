// What dropout does to a single neuron, z = Σ wᵢ·xᵢ, each input dropped with probability p. Every state, its sum, and
// estimates of it.

import { checkInteger, checkNumber, wrongType, wrongValue } from "../checks.js";
import { threshold } from "../dropout/mask.js";
import { foldScale, maskScale, testScale } from "../dropout/scaling.js";
import { Philox, Stream } from "../random/philox.js";
import type { Scaling } from "../types.js";

/** 2²⁰ states are a second's work and a table of a million rows; each further unit doubles both. */
const MOST_UNITS = 20;

/** A variance squares z, and squares stay below 2¹⁰²⁴. */
const LARGEST = 1e150;

/** A neuron whose inputs are dropped: checked, one entry per input. */
export interface Neuron {
  weights: readonly number[];
  inputs: readonly number[];
  /** Probability of dropping each input. */
  p: readonly number[];
  scaling: Scaling;
}

export interface State {
  /** Per input: 1 = kept. */
  kept: number[];
  probability: number;
  z: number;
}

export interface Expectation {
  states: number;
  /** Σ probability, which is 1 but for rounding. */
  probability: number;
  /** Σ probability·z: the expectation by enumeration. */
  enumerated: number;
  /** What test_step computes instead: Σ (1−p)·w·x, or Σ w·x for inverted dropout. */
  scaled: number;
  /** Of z over the states. */
  standardDeviation: number;
}

export interface Estimate {
  draws: number;
  mean: number;
  /** Of the mean; null for one draw, which does not tell it. */
  standardError: number | null;
  /** mean ± 1.96 standard errors: holds the expectation 95 times in 100. */
  interval: [number, number] | null;
}

/**
 * Checks a neuron. `p` is one probability of dropping for all inputs, or one for each.
 * @throws TypeError, RangeError naming what is wrong
 */
export function checkNeuron(
  weights: readonly number[],
  inputs: readonly number[],
  p: number | readonly number[],
  scaling: Scaling = "standard",
): Neuron {
  for (const [name, values] of Object.entries({ weights, inputs })) {
    if (!Array.isArray(values)) wrongType(name, "an array of numbers", values);
    if (values.length === 0) wrongValue(name, "one number or more", values);
    for (const [i, value] of values.entries()) checkNumber(`${name}[${i}]`, value);
  }
  if (weights.length !== inputs.length) {
    throw new RangeError(
      `weights and inputs must be equally many; got ${weights.length} weights and ${inputs.length} inputs; each input has one weight`,
    );
  }
  const rates = Array.isArray(p) ? [...p] : weights.map(() => p as number);
  if (rates.length !== weights.length) {
    throw new RangeError(`p must be one number or one for each of the ${weights.length} inputs; got ${rates.length}`);
  }
  for (const [i, rate] of rates.entries()) checkNumber(Array.isArray(p) ? `p[${i}]` : "p", rate, 0, 1);
  const neuron: Neuron = { weights, inputs, p: rates, scaling };
  const largest = scales(neuron).reduce((sum, scale, i) => sum + Math.abs(scale * weights[i] * inputs[i]), 0);
  if (!(largest <= LARGEST)) {
    throw new RangeError(
      `weights times inputs must add up to ${LARGEST} at most, or their squares overflow; got ${largest}; make them smaller`,
    );
  }
  return neuron;
}

/** Every state, from all inputs kept to all dropped: input i is dropped in state s where bit n−1−i of s is set. */
export function* states(neuron: Neuron): Generator<State, void, void> {
  const { weights, inputs, p } = neuron;
  checkCount(weights.length, "inputs");
  const scale = scales(neuron);
  const n = weights.length;
  for (let s = 0; s < 2 ** n; s++) {
    const kept = weights.map((_, i) => 1 - ((s >>> (n - 1 - i)) & 1));
    const probability = kept.reduce((product, keep, i) => product * (keep ? 1 - p[i] : p[i]), 1);
    const z = kept.reduce((sum, keep, i) => (keep ? sum + scale[i] * weights[i] * inputs[i] : sum), 0);
    yield { kept, probability, z };
  }
}

/** Sums over every state, and what weight scaling makes of them. */
export function expectation(neuron: Neuron): Expectation {
  const { weights, inputs, p, scaling } = neuron;
  let [count, probability, enumerated, squares] = [0, 0, 0, 0];
  for (const state of states(neuron)) {
    count++;
    probability += state.probability;
    enumerated += state.probability * state.z;
    squares += state.probability * state.z ** 2;
  }
  const scaled = weights.reduce(
    (sum, w, i) => sum + testScale(scaling, p[i]) * foldScale(scaling, p[i]) * w * inputs[i],
    0,
  );
  const standardDeviation = Math.sqrt(Math.max(0, squares - enumerated ** 2));
  return { states: count, probability, enumerated, scaled, standardDeviation };
}

/** The mean of z over random states, told after 10, 100, 1000, … draws and at the end. */
export function estimates(neuron: Neuron, draws: number, seed: number): Estimate[] {
  checkInteger("draws", draws, 1);
  const { weights, inputs, p } = neuron;
  const scale = scales(neuron);
  const kept = weights.map((w, i) => scale[i] * w * inputs[i]);
  const bounds = p.map(threshold);
  const random = new Philox(seed, Stream.monteCarlo);
  const told: Estimate[] = [];
  let [mean, squares, next] = [0, 0, 10];
  for (let d = 1; d <= draws; d++) {
    let z = 0;
    for (let i = 0; i < kept.length; i++) if (random.next() >= bounds[i]) z += kept[i];
    const delta = z - mean;
    mean += delta / d;
    squares += delta * (z - mean);
    if (d !== next && d !== draws) continue;
    if (d === next) next *= 10;
    told.push(estimate(d, mean, squares));
  }
  return told;
}

function estimate(draws: number, mean: number, squares: number): Estimate {
  if (draws === 1) return { draws, mean, standardError: null, interval: null };
  const standardError = Math.sqrt(squares / (draws - 1) / draws);
  return { draws, mean, standardError, interval: [mean - 1.96 * standardError, mean + 1.96 * standardError] };
}

function scales({ p, scaling }: Neuron): number[] {
  return p.map((rate) => (rate === 0 ? 1 : maskScale(scaling, rate)));
}

/** Refuses to enumerate more than anybody would wait for, and says how much it would be. */
export function checkCount(units: number, what: string, cost = ""): void {
  if (units <= MOST_UNITS) return;
  const count = units <= 53 ? (2 ** units).toLocaleString("en-US") : `2^${units}`;
  throw new RangeError(
    `exact enumeration takes ${MOST_UNITS} droppable ${what} at most; got ${units}, which make ${count} states${cost}; drop fewer, or estimate with Monte-Carlo draws`,
  );
}
