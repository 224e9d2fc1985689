// Options are checked once, where they come in. After this file every setting is present, in range and of one form.

import {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkObject,
  checkOneOf,
  describe,
  wrongType,
  wrongValue,
} from "../checks.js";
import type { StepRate } from "../dropout/rates.js";
import { SCALINGS } from "../dropout/scaling.js";
import { checkPairs } from "../gaussian.js";
import { MOST_LAYERS } from "../random/philox.js";
import type { Activation, Loss, NetworkOptions, Output, Scaling } from "../types.js";
import { resolveActivations, resolveOutput } from "./activation.js";
import { type AveragingConfig, resolveAveraging } from "./averaging.js";
import { resolveDropout } from "./dropout-option.js";
import { resolveFrozen } from "./frozen.js";
import { type InputConfig, resolveClasses, resolveInputs } from "./inputs.js";
import { OPTIMIZERS, type OptimizerConfig, OWN_KEYS, resolveOptimizer, SHARED_KEYS } from "./optimizer.js";
import { type OptimizerSchedules, takeSchedules } from "./schedules/optimizer.js";
import { withScheduledRates } from "./schedules/rates.js";
import { resolveTemperature } from "./temperature.js";
import { checkLoss, checkSmoothing, refuseAliases } from "./training.js";

export const LOSSES = ["cross-entropy", "mse", "bce", "gaussian"] as const satisfies readonly Loss[];
export const BUILDS = ["simd", "relaxed"] as const;

/** What a network is and how it answers. Plain data, but for rates that are functions of the step. */
export interface NetworkConfig {
  /** Units per layer: input, hidden …, output. */
  sizes: number[];
  /** Per hidden layer: `sizes.length − 2` of them. */
  activation: Activation[];
  output: Output;
  /** Logits are divided by it where `output` makes probabilities of them; 1 otherwise. */
  temperature: number;
  /** null: rows are taken as they are. */
  inputs: InputConfig | null;
  classes: string[] | null;
  /** Per unit layer (0 is the input): `sizes.length − 1` of them. */
  rates: StepRate[];
  scaling: Scaling;
  loss: Loss;
  seed: number;
  maxBatch: number;
}

/** A network's settings with every default filled in. */
export interface Config extends NetworkConfig {
  optimizer: OptimizerConfig;
  /** What numbers of the optimizer follow; left out where they are constant. */
  schedules?: OptimizerSchedules;
  labelSmoothing: number;
  /** Left out where nothing is averaged. */
  average?: AveragingConfig;
  /** Batches that an update sums the gradients of; left out where it is one. */
  accumulate?: number;
  /** Numbers of the layers that steps leave as they are, as in `W1`; left out where there are none. */
  frozen?: number[];
  threads: number | "auto";
  sparse: boolean;
  revectorize: boolean;
  /** Undefined: the best one that the engine can run. */
  build: "simd" | "relaxed" | undefined;
}

/** What no file says: how the machine at hand is used. `wasm` is taken out before options come here. */
export const MACHINE_KEYS = ["threads", "build", "sparse", "revectorize", "wasm"];
const OPTION_KEYS = [
  "sizes",
  "activation",
  "output",
  "temperature",
  "inputs",
  "classes",
  "dropout",
  "scaling",
  "loss",
  "optimizer",
  "average",
  "accumulate",
  "frozen",
  "labelSmoothing",
  "seed",
  "maxBatch",
  ...MACHINE_KEYS,
];
/** Far beyond what a wasm memory holds; the memory's own limit is checked where the bytes are counted. */
const WIDEST_LAYER = 2 ** 24;
const MOST_THREADS = 256;

/** Fills in every default and refuses whatever is unknown or out of range, naming it. */
export function resolveOptions(options: NetworkOptions): Config {
  checkObject("options", options, "an object such as { sizes: [784, 1024, 10] }");
  for (const key of Object.keys(options)) {
    const owner = OPTIMIZERS.find((type) => OWN_KEYS[type].includes(key));
    if (owner || SHARED_KEYS.includes(key)) {
      const type = owner ?? "sgd";
      const option = `${key}: ${describe(options[key as keyof NetworkOptions])}`;
      throw new TypeError(
        `options has no option "${key}"; it belongs to the optimizer: optimizer: { type: "${type}", ${option} }`,
      );
    }
  }
  checkKeys("options", options, OPTION_KEYS);
  const { threads = 1, build, sparse = true, revectorize = false } = options;
  refuseAliases(options);
  const { optimizer, schedules } = takeSchedules(options.optimizer);
  const network = resolveNetwork(options, (sizes) => resolveDropout(withScheduledRates(options.dropout), sizes));
  checkLoss(network);
  const { sizes } = network;
  return {
    ...network,
    temperature: resolveTemperature(options.temperature, network.output),
    inputs: resolveInputs(options.inputs, sizes[0]),
    classes: resolveClasses(options.classes, sizes[sizes.length - 1]),
    optimizer: resolveOptimizer(optimizer),
    ...(schedules && { schedules }),
    ...resolveBeside(options),
    labelSmoothing: checkSmoothing(options.labelSmoothing, network.loss),
    threads: resolveThreads(threads),
    build: build === undefined ? undefined : checkOneOf("build", build, BUILDS),
    sparse: checkBoolean("sparse", sparse),
    revectorize: checkBoolean("revectorize", revectorize),
  };
}

/** What steps do beside learning, where they do: what is off is left out. */
function resolveBeside(options: NetworkOptions): Pick<Config, "average" | "accumulate" | "frozen"> {
  const average = resolveAveraging(options.average);
  const accumulate = checkInteger("accumulate", options.accumulate ?? 1, 1);
  const frozen = resolveFrozen(options.frozen ?? [], options.sizes.length - 1);
  return { ...(average && { average }), ...(accumulate > 1 && { accumulate }), ...(frozen.length > 0 && { frozen }) };
}

/** The options that say what a network is and how it answers, its dropout from `rates`; others are not looked at. */
export function resolveNetwork(
  options: Partial<NetworkOptions>,
  rates: (sizes: readonly number[]) => StepRate[],
): Omit<NetworkConfig, "temperature" | "inputs" | "classes"> {
  // Defaults stand in for what is missing, never for null or another wrong value.
  const { activation = "relu", scaling = "inverted", loss = "cross-entropy", seed = 0, maxBatch = 128 } = options;
  const sizes = resolveSizes(options.sizes);
  const trained = checkOneOf("loss", loss, LOSSES);
  const output = resolveOutput(options.output, trained);
  if (trained === "gaussian" || output === "gaussian") checkPairs(sizes);
  return {
    sizes,
    activation: resolveActivations(activation, sizes.length - 2),
    output,
    rates: rates(sizes),
    scaling: checkOneOf("scaling", scaling, SCALINGS),
    loss: trained,
    seed: checkInteger("seed", seed, 0),
    maxBatch: checkInteger("maxBatch", maxBatch, 1),
  };
}

/** The settings as a caller may keep and change them, rates by the name of their option. */
export function copySettings<T extends NetworkConfig>({
  rates,
  ...plain
}: T): Omit<T, "rates"> & { dropout: StepRate[] } {
  return { ...structuredClone(plain), dropout: [...rates] };
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
