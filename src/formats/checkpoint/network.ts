// A network as a safetensors file, and back. docs/checkpoint.md states the format.

import { checkBoolean, checkKeys, checkObject, checkOneOf, DivergedError, describe } from "../../checks.js";
import { type CopyName, copiesOf, isBeside, remembers } from "../../config/copies.js";
import type { Config } from "../../config/network.js";
import type { Model } from "../../model/model.js";
import { orientFirst } from "../../model/orientation.js";
import { followSchedules } from "../../model/scheduled.js";
import { type ParameterSet, readParameters, writeParameters } from "../../model/weights.js";
import { presentBytes } from "../../runtime/read.js";
import type { Bytes, LoadOptions, ModelSource, SaveOptions } from "../../types.js";
import { nameForeign } from "../safetensors/foreign.js";
import { asBytes } from "../safetensors/reader.js";
import { type Tensor, writeSafetensors } from "../safetensors/writer.js";
import { narrowWeight, SAVED_TYPES } from "../weight-types.js";
import { parseConfig, serializeConfig } from "./config.js";
import {
  readClasses,
  readContents,
  readFirstLayer,
  readFloats,
  readInputs,
  readTemperature,
  readWeight,
  SCALE,
  VERSION,
} from "./contents.js";
import { readModelBytes } from "./receive.js";
import { readStanding, serializeCounters } from "./standing.js";

/** What a file holds, checked: ready to be written into a model with this configuration. */
export interface SavedNetwork {
  config: Config;
  metadata: Record<string, string>;
  restore(model: Model): void;
}

/** The network's tensors. Those of other names are somebody else's, such as the command line's best weights. */
const OWN_TENSORS = /^(layers|optimizer|input)\./;
const OWN_KEYS = ["format", "version", "config", "counters", "firstLayer", "classes", "temperature"];
/** In version 1 callers could use these names as well. */
const FREE_ONCE = /^(input\.|classes$|temperature$)/;

/** @throws DivergedError where a number is not finite: a file with it would be refused */
export function saveNetwork(model: Model, metadata: Record<string, string>, options: SaveOptions): Bytes {
  checkKeys("options", checkObject("options", options), ["optimizer", "dtype"]);
  const { optimizer = true, dtype = "F32" } = options;
  checkBoolean("optimizer", optimizer);
  checkOneOf("dtype", dtype, SAVED_TYPES);
  checkObject("metadata", metadata, "an object of texts");
  const taken = OWN_KEYS.find((key) => Object.hasOwn(metadata, key));
  if (taken) throw new TypeError(`metadata.${taken} is what the file says of itself; choose another name`);
  const { sizes, inputs, classes, temperature } = model.config;
  const tensors: Record<string, Tensor> = {};
  if (inputs) {
    tensors["input.shift"] = { dtype: "F64", shape: [sizes[0]], data: inputs.shift };
    tensors["input.scale"] = { dtype: "F32", shape: [sizes[0]], data: inputs.scale };
  }
  const sets = optimizer ? setsOf(model.config) : setsOf(model.config).slice(0, 1);
  for (const { prefix, name } of sets) {
    const set = placeOf(model, name)!;
    model.shapes.forEach(({ in: inputs, out }, l) => {
      const { weight, bias } = readParameters(model, l, set);
      const type = set === "parameters" ? dtype : "F32";
      Object.assign(tensors, narrowWeight(`${prefix}layers.${l}.weight`, checkSound(weight), [out, inputs], type));
      tensors[`${prefix}layers.${l}.bias`] = { dtype: "F32", shape: [out], data: checkSound(bias) };
    });
  }
  followSchedules(model);
  return writeSafetensors(tensors, {
    ...metadata,
    format: "thinned",
    version: VERSION,
    config: serializeConfig(model.config, model.counters.step),
    counters: serializeCounters(model),
    ...(temperature !== 1 && { temperature: JSON.stringify(temperature) }),
    ...(classes && { classes: JSON.stringify(classes) }),
    ...(model.layoutChosen && { firstLayer: model.shapes[0].orientation }),
  });
}

/** An update may leave the range of a float even if its loss did not. */
function checkSound(values: Float32Array): Float32Array {
  for (const value of values) {
    if (value - value === 0) continue;
    const remedy = "go back to the last checkpoint, and lower the learning rate";
    throw new DivergedError(`the network must be finite to be saved; the last update left ${value} in it; ${remedy}`);
  }
  return values;
}

/** As `loadNetwork`, also from what is still to come. Bytes that are there have been read when this returns. */
export async function receiveNetwork(source: ModelSource, options: LoadOptions): Promise<SavedNetwork> {
  const { signal, onProgress, ...settings } = checkObject("options", options) as typeof options;
  return loadNetwork(presentBytes(source) ?? (await readModelBytes(source, { signal, onProgress })), settings);
}

/** Reads and checks a whole file before anything is created from it. */
export function loadNetwork(bytes: Uint8Array, options: LoadOptions): SavedNetwork {
  checkObject("options", options);
  const contents = readContents(asBytes(bytes), nameForeign);
  const { parts, metadata } = contents;
  const settings = parseConfig(metadata.config, options, metadata.version);
  const [width, out] = [settings.sizes[0], settings.sizes[settings.sizes.length - 1]];
  const config = {
    ...settings,
    temperature: readTemperature(metadata, settings.output),
    inputs: readInputs(contents, width),
    classes: readClasses(metadata, out),
  };
  const { counters, others } = readStanding(metadata);
  const firstLayer = readFirstLayer(metadata);
  // What the file has is what its own optimizer keeps, whichever it is to go on with.
  const own = options.optimizer === undefined ? settings : parseConfig(metadata.config, {}, metadata.version);
  const all = setsOf(own);
  const withCopies = all.slice(1).some(({ prefix }) => `${prefix}layers.0.weight` in parts);
  const sets = withCopies ? all : all.slice(0, 1);
  const goesOn = remembers(own) === remembers(settings) && sets.length === all.length;
  if (!goesOn) Object.assign(counters, { optimizerSteps: 0 });
  if (sets.length < all.length) Object.assign(others, { averaged: 0, summed: { batches: 0, weight: 0 } });
  if (own !== settings) others.plateau = null;
  const values: Record<string, Float32Array> = {};
  const isFree = (name: string) => metadata.version === "1" && FREE_ONCE.test(name);
  const known = new Set(config.inputs ? ["input.shift", "input.scale"] : []);
  for (const { prefix } of sets) {
    for (let l = 0; l + 1 < config.sizes.length; l++) {
      const [inputs, out] = [config.sizes[l], config.sizes[l + 1]];
      const [weight, bias] = ["weight", "bias"].map((part) => `${prefix}layers.${l}.${part}`);
      // What the optimizer keeps is always in full.
      values[weight] = (prefix === "" ? readWeight : readFloats)(parts, weight, [out, inputs]);
      values[bias] = readFloats(parts, bias, [out]);
      if (prefix === "" && parts[weight].dtype === "I8") known.add(weight + SCALE);
      known.add(weight).add(bias);
    }
  }
  for (const name of Object.keys(parts)) {
    if (OWN_TENSORS.test(name) && !known.has(name) && !isFree(name))
      throw new TypeError(`the file has a tensor ${describe(name)} that its settings do not call for`);
  }
  return {
    config,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !OWN_KEYS.includes(key) || isFree(key))),
    restore(model) {
      if (firstLayer !== undefined) {
        orientFirst(model, firstLayer);
        model.layoutChosen = true;
      }
      for (const { prefix, name } of sets) {
        const set = placeOf(model, name);
        if (!set || (name && !goesOn && !isBeside(name))) continue;
        for (let l = 0; l + 1 < config.sizes.length; l++) {
          const layer = `${prefix}layers.${l}`;
          writeParameters(model, l, set, { weight: values[`${layer}.weight`], bias: values[`${layer}.bias`] });
        }
      }
      Object.assign(model.counters, counters);
      Object.assign(model, others);
    },
  };
}

/** One of the sets of parameters that a file has. */
interface SavedSet {
  prefix: string;
  /** Of what is kept beside the weights; left out for the weights themselves. */
  name?: CopyName;
}

/** The weights first. */
const setsOf = (config: Config): SavedSet[] => [
  { prefix: "" },
  ...copiesOf(config).map((name) => ({ prefix: `optimizer.${name}.`, name })),
];

/** Where a set lies; undefined where the model has no room for it, as one that never learns. */
function placeOf({ copies }: Model, name?: CopyName): ParameterSet | undefined {
  if (!name) return "parameters";
  const state = copies.indexOf(name);
  return state < 0 ? undefined : { state };
}
