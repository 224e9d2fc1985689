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
import type { AdamOptions, OptimizerOptions, Schedule, SgdOptions } from "../types.js";

/** Every number as it is in force. */
type Numbers<T> = { [K in keyof T]: T[K] extends number | Schedule ? number : T[K] };

export type OptimizerConfig = Numbers<Required<SgdOptions>> | Numbers<Required<AdamOptions>>;

export const SGD_KEYS = ["momentum", "nesterov"];

export const ADAM_KEYS = ["beta1", "beta2", "epsilon"];

export const SHARED_KEYS = ["type", "learningRate", "weightDecay", "maxNorm", "clipNorm"];

export const OPTIMIZERS = ["sgd", "adam", "adamw"] as const;

export function resolveOptimizer(optimizer: OptimizerOptions = { type: "sgd" }): OptimizerConfig {
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
