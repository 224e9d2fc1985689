// The option `optimizer`, every default filled in.

import {
  checkBoolean,
  checkFraction,
  checkKeys,
  checkMagnitude,
  checkObject,
  checkOneOf,
  wrongValue,
} from "../checks.js";
import type { AdamOptions, OptimizerOptions, RmspropOptions, Schedule, SgdOptions } from "../types.js";

/** Every number as it is in force. */
type Numbers<T> = { [K in keyof T]: T[K] extends number | Schedule ? number : T[K] };

export type OptimizerConfig =
  | Numbers<Required<SgdOptions>>
  | Numbers<Required<AdamOptions>>
  | Numbers<Required<RmspropOptions>>;

const ADAM = ["beta1", "beta2", "epsilon"];

/** What each has beside `SHARED_KEYS`. */
export const OWN_KEYS: Record<OptimizerConfig["type"], readonly string[]> = {
  sgd: ["momentum", "nesterov"],
  adam: ADAM,
  adamw: ADAM,
  rmsprop: ["alpha", "epsilon", "momentum"],
};

export const SHARED_KEYS = ["type", "learningRate", "weightDecay", "maxNorm", "clipNorm"];

export const OPTIMIZERS = ["sgd", "adam", "adamw", "rmsprop"] as const;

export function resolveOptimizer(optimizer: OptimizerOptions = { type: "sgd" }): OptimizerConfig {
  checkObject("optimizer", optimizer, `an object such as { type: "sgd", learningRate: 0.1 }`);
  const type = checkOneOf("optimizer.type", optimizer.type, OPTIMIZERS);
  for (const key of Object.keys(optimizer)) {
    const owners = OPTIMIZERS.filter((other) => OWN_KEYS[other].includes(key));
    if (owners.length === 0 || owners.includes(type)) continue;
    const named = owners
      .map((owner) => `"${owner}"`)
      .join(", ")
      .replace(/, ("\w+")$/, " and $1");
    throw new TypeError(`optimizer.${key} is an option of ${named}, not of "${type}"`);
  }
  checkKeys("optimizer", optimizer, [...SHARED_KEYS, ...OWN_KEYS[type]]);
  if (optimizer.type === "sgd") return resolveSgd(optimizer);
  return optimizer.type === "rmsprop" ? resolveRmsprop(optimizer) : resolveAdam(optimizer);
}

function resolveSgd(options: SgdOptions): Numbers<Required<SgdOptions>> {
  const { momentum = 0, nesterov = false } = options;
  const checked = checkFraction("optimizer.momentum", momentum);
  checkBoolean("optimizer.nesterov", nesterov);
  if (nesterov && momentum === 0) wrongValue("optimizer.momentum", "above 0 where nesterov is true", momentum);
  return { type: "sgd", ...resolveShared(options, 0.1, 0), momentum: checked, nesterov };
}

function resolveAdam(options: AdamOptions): Numbers<Required<AdamOptions>> {
  const { type, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    type,
    ...resolveShared(options, 0.001, type === "adamw" ? 0.01 : 0),
    beta1: checkFraction("optimizer.beta1", beta1),
    beta2: checkFraction("optimizer.beta2", beta2),
    epsilon: checkEpsilon(epsilon),
  };
}

function resolveRmsprop(options: RmspropOptions): Numbers<Required<RmspropOptions>> {
  const { alpha = 0.99, epsilon = 1e-8, momentum = 0 } = options;
  return {
    type: "rmsprop",
    ...resolveShared(options, 0.01, 0),
    alpha: checkFraction("optimizer.alpha", alpha),
    epsilon: checkEpsilon(epsilon),
    momentum: checkFraction("optimizer.momentum", momentum),
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
