// A network's settings as JSON. What belongs to the machine (threads, build) is not saved; loading chooses it anew.

import { checkBoolean, checkKeys, checkObject, wrongType, wrongValue } from "../../checks.js";
import { type Config, MACHINE_KEYS, resolveOptions } from "../../config/network.js";
import type { OptimizerSchedules } from "../../config/schedules/optimizer.js";
import { scheduleOf } from "../../config/schedules/rates.js";
import { rateAt } from "../../dropout/rates.js";
import type { LoadOptions, NetworkOptions, OptimizerOptions, Rate, Schedule } from "../../types.js";
import { readSettings, VERSION } from "./contents.js";

const SAVED_KEYS = [
  "sizes",
  "activation",
  "output",
  "dropout",
  "scaling",
  "loss",
  "optimizer",
  "seed",
  "maxBatch",
] as const;

/** Left out where they are off, so that earlier readers open the file. */
const ON_DEMAND = ["labelSmoothing", "average", "accumulate", "frozen"];

/**
 * The settings as JSON. A rate that is a function is saved as the number it returns for `step`, the next one to be
 * taken; `rateFunctions` tells readers of the file that there was one.
 */
export function serializeConfig(config: Config, step: number): string {
  const { sizes, activation, output, rates, scaling, loss, optimizer, labelSmoothing, seed, maxBatch } = config;
  const { average, accumulate = 1, frozen = [] } = config;
  const schedules = schedulesOf(config);
  const dropout = rates.map((rate, layer) => rateAt(rate, step, layer));
  const rateFunctions = rates.some((rate) => typeof rate === "function" && !scheduleOf(rate));
  return JSON.stringify({
    sizes,
    activation,
    output,
    dropout,
    scaling,
    loss,
    optimizer,
    seed,
    maxBatch,
    rateFunctions,
    ...(schedules && { schedules }),
    ...(labelSmoothing > 0 && { labelSmoothing }),
    ...(average && { average }),
    ...(accumulate > 1 && { accumulate }),
    ...(frozen.length > 0 && { frozen }),
  });
}

interface SavedSchedules extends OptimizerSchedules {
  /** One per layer's input; null of a rate that has none. */
  dropout?: (Schedule | null)[];
}

function schedulesOf({ rates, schedules }: Config): SavedSchedules | undefined {
  const dropout = rates.map((rate) => scheduleOf(rate) ?? null);
  const all = { ...schedules, ...(dropout.some((schedule) => schedule) && { dropout }) };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** The options with the schedules in place of the numbers that they had come to. */
function putBack(options: NetworkOptions, given: unknown): NetworkOptions {
  const schedules = checkObject("schedules", given, "an object") as SavedSchedules;
  checkKeys("schedules", schedules, ["learningRate", "momentum", "dropout"]);
  const { dropout = [], ...optimizer } = schedules;
  const rates = options.dropout as Rate[];
  if (!Array.isArray(dropout) || dropout.length > rates.length) wrongType("schedules.dropout", "one per rate", dropout);
  const scheduled = {
    ...options,
    dropout: rates.map((rate, l) => dropout[l] ?? rate),
    optimizer: { ...options.optimizer, ...optimizer } as OptimizerOptions,
  };
  // No default may stand in for what the file does not say.
  if (JSON.stringify(schedulesOf(resolveOptions(scheduled))) !== JSON.stringify(schedules))
    wrongValue("schedules", "as save() writes them, every key there", schedules);
  return scheduled;
}

/**
 * The settings that `serializeConfig` wrote, or version 1, checked as if a caller had typed them, with `options` in
 * place of what was saved.
 */
export function parseConfig(json: string, options: LoadOptions = {}, version = VERSION): Config {
  const saved = readSaved(readSettings({ config: json, version }, SAVED_KEYS));
  checkKeys("options", options, ["dropout", "optimizer", "maxBatch", ...MACHINE_KEYS]);
  const { dropout = saved.dropout, maxBatch = saved.maxBatch, optimizer = saved.optimizer, ...machine } = options;
  return resolveOptions({ ...saved, dropout, maxBatch, optimizer, ...machine });
}

function readSaved(object: Record<string, unknown>): NetworkOptions {
  try {
    const { rateFunctions, schedules, ...settings } = object;
    checkKeys("config", settings, [...SAVED_KEYS, ...ON_DEMAND]);
    checkBoolean("rateFunctions", rateFunctions);
    const options = settings as unknown as NetworkOptions;
    const resolved = resolveOptions(options);
    // No default may stand in for what the file does not say, because a later version may have another default.
    const saved = options.optimizer as object;
    for (const key of Object.keys(resolved.optimizer)) {
      if (!Object.hasOwn(saved, key)) throw new TypeError(`optimizer.${key} is missing`);
    }
    return schedules === undefined ? options : putBack(options, schedules);
  } catch (error) {
    const Kind = error instanceof RangeError ? RangeError : TypeError;
    throw new Kind(`the checkpoint's config is not one of a network: ${(error as Error).message}`, { cause: error });
  }
}
