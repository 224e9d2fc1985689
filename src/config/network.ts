// Options checked once, where they come in: behind this file every setting is present, in range and of one form.

import {
  checkBoolean,
  checkFraction,
  checkInteger,
  checkKeys,
  checkMagnitude,
  checkNumber,
  checkObject,
  checkOneOf,
  kindOf,
  wrongType,
  wrongValue,
} from "../checks.js";
import { SCALINGS } from "../dropout/scaling.js";
import { MOST_LAYERS } from "../random/philox.js";
import type {
  Activation,
  AdamOptions,
  DropoutOption,
  Loss,
  NetworkOptions,
  OptimizerOptions,
  Rate,
  Scaling,
  SgdOptions,
} from "../types.js";

export const ACTIVATIONS = [
  "linear",
  "relu",
  "leaky_relu",
  "tanh",
  "sigmoid",
  "gelu",
  "selu",
] as const satisfies readonly Activation[];
export const LOSSES = ["cross-entropy", "mse", "bce"] as const satisfies readonly Loss[];
export const OPTIMIZERS = ["sgd", "adam", "adamw"] as const;
export const BUILDS = ["simd", "relaxed"] as const;

export type OptimizerConfig = Required<SgdOptions> | Required<AdamOptions>;

/** What a network is and how it answers. Plain data, but for rates that are functions of the step. */
export interface NetworkConfig {
  /** Units per layer: input, hidden …, output. */
  sizes: number[];
  activation: Activation;
  /** Per unit layer (0 is the input): `sizes.length − 1` of them. */
  rates: Rate[];
  scaling: Scaling;
  loss: Loss;
  seed: number;
  maxBatch: number;
}

/** A network's settings with every default filled in. */
export interface Config extends NetworkConfig {
  optimizer: OptimizerConfig;
  threads: number | "auto";
  sparse: boolean;
  revectorize: boolean;
  /** Undefined: the best one that the engine can run. */
  build: "simd" | "relaxed" | undefined;
}

const SHARED_KEYS = ["type", "learningRate", "weightDecay", "maxNorm", "clipNorm"];
const SGD_KEYS = ["momentum", "nesterov"];
const ADAM_KEYS = ["beta1", "beta2", "epsilon"];
const OPTION_KEYS = [
  "sizes",
  "activation",
  "dropout",
  "scaling",
  "loss",
  "optimizer",
  "seed",
  "maxBatch",
  "threads",
  "build",
  "sparse",
  "revectorize",
  // Taken out before anything comes here, and named in what is said of a misspelt option.
  "wasm",
];
/** Far beyond what a wasm memory holds; the memory's own limit is checked where the bytes are counted. */
const WIDEST_LAYER = 2 ** 24;
const MOST_THREADS = 256;

/** Fills in every default and refuses whatever is unknown or out of range, naming it. */
export function resolveOptions(options: NetworkOptions): Config {
  checkObject("options", options, "an object such as { sizes: [784, 1024, 10] }");
  for (const key of Object.keys(options)) {
    if ([...SHARED_KEYS, ...SGD_KEYS, ...ADAM_KEYS].includes(key)) {
      throw new TypeError(`options has no option "${key}"; it belongs to the optimizer: { optimizer: { ${key}: … } }`);
    }
  }
  checkKeys("options", options, OPTION_KEYS);
  const { optimizer, threads = 1, build, sparse = true, revectorize = false } = options;
  const network = resolveNetwork(options, (sizes) => resolveDropout(options.dropout, sizes));
  // Softmax of one output is 1, whatever the network says: it would learn nothing, at a loss of 0.
  if (network.loss === "cross-entropy" && network.sizes.at(-1) === 1) {
    const remedy = 'take loss: "bce" for yes or no, "mse" for a number';
    wrongValue("sizes", 'of two outputs or more for the loss "cross-entropy"', network.sizes, remedy);
  }
  return {
    ...network,
    optimizer: resolveOptimizer(optimizer),
    threads: resolveThreads(threads),
    build: build === undefined ? undefined : checkOneOf("build", build, BUILDS),
    sparse: checkBoolean("sparse", sparse),
    revectorize: checkBoolean("revectorize", revectorize),
  };
}

/** The options that say what a network is and how it answers, its dropout from `rates`; others are not looked at. */
export function resolveNetwork(
  options: Partial<NetworkOptions>,
  rates: (sizes: readonly number[]) => Rate[],
): NetworkConfig {
  // Defaults stand in for what is missing, never for null or another wrong value.
  const { activation = "relu", scaling = "inverted", loss = "cross-entropy", seed = 0, maxBatch = 128 } = options;
  const sizes = resolveSizes(options.sizes);
  return {
    sizes,
    activation: checkOneOf("activation", activation, ACTIVATIONS),
    rates: rates(sizes),
    scaling: checkOneOf("scaling", scaling, SCALINGS),
    loss: checkOneOf("loss", loss, LOSSES),
    seed: checkInteger("seed", seed, 0),
    maxBatch: checkInteger("maxBatch", maxBatch, 1),
  };
}

/** Every form of the dropout option as one rate per unit layer. `net.dropout = …` comes here, too. */
export function resolveDropout(dropout: DropoutOption = { input: 0, hidden: 0.5 }, sizes: readonly number[]): Rate[] {
  const hiddenLayers = sizes.length - 2;
  if (Array.isArray(dropout)) return resolveLayerRates(dropout, sizes);
  if (typeof dropout !== "object" || kindOf(dropout) !== "Object") {
    const rate = checkRate("dropout", dropout, "a number from 0 to 1, a function of the step, an array or an object");
    return [0, ...Array<Rate>(hiddenLayers).fill(rate)];
  }
  checkKeys("dropout", dropout, ["input", "hidden"]);
  const { input = 0, hidden = 0.5 } = dropout;
  const rates = Array.isArray(hidden)
    ? resolveRates("dropout.hidden", hidden, hiddenLayers, "one per hidden layer, sizes.length − 2")
    : Array<Rate>(hiddenLayers).fill(checkRate("dropout.hidden", hidden));
  return [checkRate("dropout.input", input), ...rates];
}

/** Rates that are listed, one for each layer's input. */
export function resolveLayerRates(dropout: Rate[], sizes: readonly number[]): Rate[] {
  return resolveRates("dropout", dropout, sizes.length - 1, "one per layer's input, sizes.length − 1");
}

function resolveRates(name: string, rates: Rate[], count: number, why: string): Rate[] {
  if (!Array.isArray(rates) || rates.length !== count) wrongValue(name, `${count} rates (${why})`, rates);
  return Array.from(rates, (rate, i) => checkRate(`${name}[${i}]`, rate));
}

function checkRate(name: string, rate: unknown, expected = "a number from 0 to 1 or a function of the step"): Rate {
  if (typeof rate === "function") return rate as Rate;
  if (typeof rate !== "number") wrongType(name, expected, rate);
  return checkNumber(name, rate, 0, 1, "it is the probability of dropping a unit");
}

function resolveSizes(sizes: unknown): number[] {
  const expected = "an array of units per layer, such as [784, 1024, 10]";
  if (!Array.isArray(sizes)) wrongType("sizes", expected, sizes);
  if (sizes.length < 2) wrongValue("sizes", `${expected}, two or more`, sizes);
  if (sizes.length > MOST_LAYERS) wrongValue("sizes", `an array of at most ${MOST_LAYERS}`, sizes);
  return Array.from(sizes, (size, i) => checkInteger(`sizes[${i}]`, size, 1, WIDEST_LAYER));
}

function resolveThreads(threads: unknown): number | "auto" {
  if (threads === "auto") return threads;
  if (typeof threads !== "number") wrongType("threads", `a whole number or "auto"`, threads);
  return checkInteger("threads", threads, 1, MOST_THREADS, `"auto" chooses for this machine`);
}

function resolveOptimizer(optimizer: OptimizerOptions = { type: "sgd" }): OptimizerConfig {
  checkObject("optimizer", optimizer, `an object such as { type: "sgd", learningRate: 0.1 }`);
  const type = checkOneOf("optimizer.type", optimizer.type, OPTIMIZERS);
  const [own, others, owner] =
    type === "sgd" ? [SGD_KEYS, ADAM_KEYS, '"adam" and "adamw"'] : [ADAM_KEYS, SGD_KEYS, '"sgd"'];
  for (const key of Object.keys(optimizer)) {
    if (others.includes(key)) throw new TypeError(`optimizer.${key} is an option of ${owner}, not of "${type}"`);
  }
  checkKeys("optimizer", optimizer, [...SHARED_KEYS, ...own]);
  return optimizer.type === "sgd" ? resolveSgd(optimizer) : resolveAdam(optimizer);
}

function resolveSgd(options: SgdOptions): Required<SgdOptions> {
  const { momentum = 0, nesterov = false } = options;
  checkFraction("optimizer.momentum", momentum);
  checkBoolean("optimizer.nesterov", nesterov);
  if (nesterov && momentum === 0) wrongValue("optimizer.momentum", "above 0 where nesterov is true", momentum);
  return { type: "sgd", ...resolveShared(options, 0.1, 0), momentum, nesterov };
}

function resolveAdam(options: AdamOptions): Required<AdamOptions> {
  const { type, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    type,
    ...resolveShared(options, 0.001, type === "adamw" ? 0.01 : 0),
    beta1: checkFraction("optimizer.beta1", beta1),
    beta2: checkFraction("optimizer.beta2", beta2),
    epsilon: checkEpsilon(epsilon),
  };
}

/** Above 0 in float32 too: it keeps 0 / 0 out of the update of a weight that never had a gradient. */
function checkEpsilon(epsilon: unknown): number {
  const checked = checkMagnitude("optimizer.epsilon", epsilon);
  if (Math.fround(checked) === 0) wrongValue("optimizer.epsilon", "above 0 in float32", epsilon);
  return checked;
}

function resolveShared(options: OptimizerOptions, defaultRate: number, defaultDecay: number) {
  const { learningRate = defaultRate, weightDecay = defaultDecay, maxNorm = 0, clipNorm = 0 } = options;
  return {
    learningRate: checkMagnitude("optimizer.learningRate", learningRate),
    weightDecay: checkMagnitude("optimizer.weightDecay", weightDecay),
    maxNorm: checkMagnitude("optimizer.maxNorm", maxNorm),
    clipNorm: checkMagnitude("optimizer.clipNorm", clipNorm),
  };
}
