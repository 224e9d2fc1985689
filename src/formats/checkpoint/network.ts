// A network as a safetensors file, and back. docs/checkpoint.md states the format.

import { checkBoolean, checkInteger, checkKeys, checkNumber, checkObject, DivergedError } from "../../checks.js";
import type { Config } from "../../config/network.js";
import type { Orientation } from "../../memory/layout.js";
import type { Counters, Model } from "../../model/model.js";
import { orientFirst } from "../../model/orientation.js";
import { type ParameterSet, readParameters, writeParameters } from "../../model/weights.js";
import { LAST_STEP } from "../../random/philox.js";
import type { Bytes, LoadOptions, SaveOptions } from "../../types.js";
import { readSafetensors, type Tensor, writeSafetensors } from "../safetensors/writer.js";
import { parseConfig, serializeConfig } from "./config.js";

/** What a file holds, checked: ready to be written into a model with this configuration. */
export interface SavedNetwork {
  config: Config;
  metadata: Record<string, string>;
  restore(model: Model): void;
}

/** The network's tensors; those of other names are somebody else's, as the command line's best weights are. */
const OWN_TENSORS = /^(layers|optimizer)\./;
const OWN_KEYS = ["format", "version", "config", "counters", "firstLayer"];
const COUNTERS = [
  "step",
  "optimizerSteps",
  "looks",
  "draws",
  "epoch",
  "position",
  "lossSum",
] as const satisfies (keyof Counters)[];

/** @throws DivergedError where a number is not finite: a file with it would be refused */
export function saveNetwork(model: Model, metadata: Record<string, string>, options: SaveOptions): Bytes {
  checkKeys("options", checkObject("options", options), ["optimizer"]);
  const { optimizer = true } = options;
  checkBoolean("optimizer", optimizer);
  checkObject("metadata", metadata, "an object of texts");
  const taken = OWN_KEYS.find((key) => Object.hasOwn(metadata, key));
  if (taken) throw new TypeError(`metadata.${taken} is what the file says of itself; choose another name`);
  const tensors: Record<string, Tensor> = {};
  const sets = optimizer ? stateNames(model.config) : stateNames(model.config).slice(0, 1);
  for (const { prefix, set } of sets) {
    model.shapes.forEach(({ in: inputs, out }, l) => {
      const { weight, bias } = readParameters(model, l, set);
      tensors[`${prefix}layers.${l}.weight`] = { dtype: "F32", shape: [out, inputs], data: checkSound(weight) };
      tensors[`${prefix}layers.${l}.bias`] = { dtype: "F32", shape: [out], data: checkSound(bias) };
    });
  }
  return writeSafetensors(tensors, {
    ...metadata,
    format: "thinned",
    version: "1",
    config: serializeConfig(model.config, model.counters.step),
    counters: JSON.stringify(model.counters),
    ...(model.layoutChosen && { firstLayer: model.shapes[0].orientation }),
  });
}

/** An update may leave the range of a float though its loss did not. */
function checkSound(values: Float32Array): Float32Array {
  for (const value of values) {
    if (value - value === 0) continue;
    const remedy = "go back to the last checkpoint, and lower the learning rate";
    throw new DivergedError(`the network must be finite to be saved; the last update left ${value} in it; ${remedy}`);
  }
  return values;
}

/** Reads and checks a whole file before anything is created from it. */
export function loadNetwork(bytes: Uint8Array, options: LoadOptions): SavedNetwork {
  checkObject("options", options);
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format !== "thinned") {
    throw new TypeError(
      'the file is a safetensors file, but not one of a thinned network: its metadata has no format "thinned"',
    );
  }
  if (metadata.version !== "1") {
    throw new TypeError(
      `the file's version is ${metadata.version}; this release reads version 1: load it with a newer one`,
    );
  }
  const config = parseConfig(metadata.config, options);
  const counters = parseCounters(metadata.counters);
  const firstLayer = parseFirstLayer(metadata.firstLayer);
  const names = stateNames(config);
  const withState = names.slice(1).some(({ prefix }) => `${prefix}layers.0.weight` in tensors);
  const sets = withState ? names : names.slice(0, 1);
  if (sets.length < names.length) counters.optimizerSteps = 0;
  const expected = new Set<string>();
  for (const { prefix } of sets) {
    for (let l = 0; l + 1 < config.sizes.length; l++) {
      const [inputs, out] = [config.sizes[l], config.sizes[l + 1]];
      checkTensor(tensors, `${prefix}layers.${l}.weight`, [out, inputs], expected);
      checkTensor(tensors, `${prefix}layers.${l}.bias`, [out], expected);
    }
  }
  for (const name of Object.keys(tensors)) {
    if (OWN_TENSORS.test(name) && !expected.has(name))
      throw new TypeError(`the file has a tensor ${JSON.stringify(name)} that its settings do not call for`);
  }
  return {
    config,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !OWN_KEYS.includes(key))),
    restore(model) {
      if (firstLayer !== undefined) {
        orientFirst(model, firstLayer);
        model.layoutChosen = true;
      }
      // A model that never learns has no room for what an optimizer keeps.
      for (const { prefix, set } of sets.slice(0, stateNames(model.config).length)) {
        for (let l = 0; l + 1 < config.sizes.length; l++) {
          const weight = tensors[`${prefix}layers.${l}.weight`].data as Float32Array;
          const bias = tensors[`${prefix}layers.${l}.bias`].data as Float32Array;
          writeParameters(model, l, set, { weight, bias });
        }
      }
      Object.assign(model.counters, counters);
    },
  };
}

/** The sets of parameters that a file has, the weights first. */
function stateNames({ optimizer }: Config): { prefix: string; set: ParameterSet }[] {
  const names =
    optimizer.type !== "sgd" ? ["optimizer.m.", "optimizer.v."] : optimizer.momentum > 0 ? ["optimizer.momentum."] : [];
  return [
    { prefix: "", set: "parameters" },
    ...names.map((prefix, state): { prefix: string; set: ParameterSet } => ({ prefix, set: { state } })),
  ];
}

function checkTensor(tensors: Record<string, Tensor>, name: string, shape: number[], expected: Set<string>): void {
  const tensor = tensors[name];
  const wanted = `F32 [${shape.join(", ")}]`;
  if (!tensor) throw new TypeError(`the file has no tensor ${JSON.stringify(name)}; its settings call for ${wanted}`);
  if (tensor.dtype !== "F32" || tensor.shape.join() !== shape.join()) {
    throw new TypeError(
      `tensor ${JSON.stringify(name)} must be ${wanted}; got ${tensor.dtype} [${tensor.shape.join(", ")}]`,
    );
  }
  // A copy: the caller may use its buffer for something else while the network is being opened.
  const data = (tensor.data as Float32Array).slice();
  tensor.data = data;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`tensor ${JSON.stringify(name)} must be finite; its element ${at} is ${data[at]}`);
  expected.add(name);
}

/** By which side the first weight is stored: it decides the order of sums, and so the last bits of what comes. */
function parseFirstLayer(text: string | undefined): Orientation | undefined {
  if (text === undefined || text === "input" || text === "output") return text;
  throw new TypeError(`the file's firstLayer must be "input" or "output"; got ${JSON.stringify(text)}`);
}

function parseCounters(json: string | undefined): Counters {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json ?? "");
  } catch {
    throw new TypeError("the file's counters are not JSON");
  }
  const object = checkObject("counters", parsed);
  for (const name of COUNTERS) {
    const value = object[name];
    if (name === "lossSum") checkNumber("the file's counter lossSum", value);
    else checkInteger(`the file's counter ${name}`, value, 0, LAST_STEP);
  }
  return Object.fromEntries(COUNTERS.map((name) => [name, object[name]])) as unknown as Counters;
}
