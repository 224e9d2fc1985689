// The exact average over every thinned network of a small network. The walk is in Gray-code order: each step drops or
// takes back a single unit, so most steps change one layer's sums by one run of weights.

import { checkCallback, checkNumber, wrongType, wrongValue } from "../checks.js";
import { foldScale, maskScale, testScale } from "../dropout/scaling.js";
import {
  addRow,
  affine,
  answer,
  answerInto,
  areProbabilities,
  type DoubleNetwork,
  type Readable,
  readNetwork,
} from "./double.js";
import { checkCount } from "./expectation.js";

export interface ExactEnsemble {
  /** Droppable units: those of layers with 0 < p < 1. */
  units: number;
  /** 2^units thinned networks. */
  states: number;
  /** `[batch, out]`: Σ P·answer. Answers are what `predict` gives. */
  arithmetic: Float64Array;
  /** `[batch, out]`: Π answer^P, normalised; null where answers are no probabilities. */
  geometric: Float64Array | null;
  /** `[batch, out]`: the answers of test_step, in double precision. */
  weightScaling: Float64Array;
}

/**
 * A step of the walk adds to the last step's sums, and so do its rounding errors. After this many steps all sums are
 * computed from scratch.
 */
const FRESH = 1024;

/**
 * Averages every thinned network, each weighed by its probability.
 * @param x rows, `[batch, in]`
 * @param onSample told how many rows are done, after each
 * @throws RangeError where more than 20 units can be dropped, with what they would cost
 * @example import { exactEnsemble, Network } from "thinned"; const net = await Network.create({ sizes: [2, 8, 2],
 * dropout: 0.5 }); const { arithmetic, weightScaling } = exactEnsemble(net, Float32Array.of(0, 1)); // [1, 2] each, of
 * 2⁸ thinned networks
 */
export function exactEnsemble(
  net: Readable,
  x: Float32Array,
  onSample: (done: number) => void = () => {},
): ExactEnsemble {
  if (typeof net?.parameters !== "function") wrongType("net", "a network", net);
  checkCallback("onSample", onSample);
  const network = readNetwork(net);
  const { layers, output } = network;
  if (output === "gaussian") {
    wrongValue(
      "output of net",
      "another than gaussian",
      output,
      'a network made with output: "linear" has both as numbers',
    );
  }
  const width = layers[0].in;
  const out = layers[layers.length - 1].out;
  if (!(x instanceof Float32Array)) wrongType("x", `a Float32Array of rows of ${width}`, x);
  if (x.length === 0 || x.length % width !== 0) wrongValue("x", `rows of ${width}`, x);
  for (const [i, value] of x.entries()) checkNumber(`x, row ${Math.floor(i / width)}, column ${i % width},`, value);
  const batch = x.length / width;
  const order = droppable(network);
  checkCount(order.length, "units", costOf(network, order, batch));

  const arithmetic = new Float64Array(batch * out);
  const geometric = areProbabilities(output) ? new Float64Array(batch * out) : null;
  const weightScaling = new Float64Array(batch * out);
  for (let s = 0; s < batch; s++) {
    const row = network.scaleRow(x.subarray(s * width, (s + 1) * width));
    const mean = average(network, row, order);
    arithmetic.set(mean.arithmetic, s * out);
    geometric?.set(mean.geometric, s * out);
    weightScaling.set(answer(scaledLogits(network, row), output), s * out);
    onSample(s + 1);
  }
  return { units: order.length, states: 2 ** order.length, arithmetic, geometric, weightScaling };
}

/** Both averages over every thinned network, for one sample. */
function average(network: DoubleNetwork, x: Float64Array, units: readonly Unit[]) {
  const { layers, output, rates } = network;
  const { out } = layers[layers.length - 1];
  const sum = new Float64Array(out);
  const logs = new Float64Array(out);
  const others = new Float64Array(out); // sigmoid: logarithms of 1 − p
  const p = new Float64Array(out);
  const log = new Float64Array(out);
  const walk = new Walk(network, x);
  const probability = probabilities(rates, layers);
  for (let state = 0; state < 2 ** units.length; state++) {
    if (state > 0) walk.flip(units[31 - Math.clz32(state & -state)]);
    if (state % FRESH === 0) walk.refresh(0);
    let weight = 1;
    for (let l = 0; l < layers.length; l++) weight *= probability[l][walk.count[l]];
    const z = walk.z[walk.z.length - 1];
    if (!areProbabilities(output)) {
      addRow(sum, weight, answer(z, output), 0);
      continue;
    }
    answerInto(p, log, z, output);
    for (let k = 0; k < out; k++) {
      sum[k] += weight * p[k];
      logs[k] += weight * log[k];
      others[k] += weight * (log[k] - z[k]); // log(1 − σ(z)) = log σ(z) − z
    }
  }
  if (output === "sigmoid") for (let k = 0; k < out; k++) logs[k] -= others[k];
  return { arithmetic: sum, geometric: answer(logs, output) };
}

/** A unit that can be dropped: unit layer, place in it. */
interface Unit {
  layer: number;
  unit: number;
}

/**
 * The last layer's units come first. A Gray code flips its first place at every second step, its second at every
 * fourth, … A flip costs all layers after the unit's own, and the fewest come after the last.
 */
function droppable({ layers, rates }: DoubleNetwork): Unit[] {
  return rates
    .flatMap((p, layer) =>
      p > 0 && p < 1 ? Array.from({ length: layers[layer].in }, (_, unit) => ({ layer, unit })) : [],
    )
    .reverse();
}

/** Per unit layer and number of kept units: the probability of one such choice. */
function probabilities(rates: readonly number[], layers: readonly { in: number }[]): Float64Array[] {
  return rates.map((p, l) => {
    const n = layers[l].in;
    const power = (base: number, exponent: number) =>
      Array<number>(exponent)
        .fill(base)
        .reduce((a, b) => a * b, 1);
    if (p === 0 || p === 1) return new Float64Array(n + 1).fill(1);
    return Float64Array.from({ length: n + 1 }, (_, kept) => power(1 - p, kept) * power(p, n - kept));
  });
}

/** One thinned network after another, for one sample. */
class Walk {
  /** Per unit layer: units after activation, before mask and scale. */
  readonly h: Float64Array[];
  /** Per weight layer: sums and bias. */
  readonly z: Float64Array[];
  readonly kept: Uint8Array[];
  /** Kept units per layer. */
  readonly count: number[];
  readonly #network: DoubleNetwork;
  readonly #scale: number[];

  constructor(network: DoubleNetwork, x: Float64Array) {
    const { layers, rates, scaling } = network;
    this.#network = network;
    this.#scale = rates.map((p) => (p === 0 ? 1 : maskScale(scaling, p)));
    this.h = layers.map((layer, l) => (l === 0 ? x : new Float64Array(layer.in)));
    this.z = layers.map((layer) => new Float64Array(layer.out));
    this.kept = layers.map((layer, l) => new Uint8Array(layer.in).fill(rates[l] === 1 ? 0 : 1));
    this.count = this.kept.map((bits) => bits.reduce((sum, bit) => sum + bit, 0));
  }

  flip({ layer, unit }: Unit): void {
    const keep = 1 - this.kept[layer][unit];
    this.kept[layer][unit] = keep;
    this.count[layer] += 2 * keep - 1;
    const change = (2 * keep - 1) * this.#scale[layer] * this.h[layer][unit];
    if (change === 0) return;
    const { weight, out } = this.#network.layers[layer];
    addRow(this.z[layer], change, weight, unit * out);
    this.#activate(layer + 1);
    this.refresh(layer + 1);
  }

  /** Computes everything after unit layer `from` anew. */
  refresh(from: number): void {
    const { layers } = this.#network;
    for (let l = from; l < layers.length; l++) {
      affine(this.z[l], this.h[l], layers[l], this.#scale[l], this.kept[l]);
      this.#activate(l + 1);
    }
  }

  #activate(layer: number): void {
    if (layer === this.h.length) return;
    const f = this.#network.activations[layer - 1];
    for (let k = 0; k < this.h[layer].length; k++) this.h[layer][k] = f(this.z[layer - 1][k]);
  }
}

/** test_step's logits. */
function scaledLogits({ layers, rates, scaling, activations }: DoubleNetwork, x: Float64Array): Float64Array {
  let h = x;
  let z = x;
  layers.forEach((layer, l) => {
    const scale = testScale(scaling, rates[l]) * foldScale(scaling, rates[l]);
    z = new Float64Array(layer.out);
    affine(z, h, layer, scale);
    h = l < activations.length ? z.map(activations[l]) : z;
  });
  return z;
}

/** What enumerating would take, as words for a refusal: the Gray code changes place i in one of 2^(i+1) steps. */
function costOf({ layers }: DoubleNetwork, order: readonly Unit[], batch: number): string {
  const behind = (layer: number) => layers.slice(layer + 1).reduce((sum, l) => sum + l.in * l.out, layers[layer].out);
  const each = order.reduce((sum, { layer }, i) => sum + behind(layer) / 2 ** (i + 1), 0);
  const total = batch * 2 ** order.length * each;
  return ` for each of ${batch} sample${batch === 1 ? "" : "s"}, some ${total.toExponential(0)} multiply-adds`;
}
