// A saved network for the entry that only answers: what answering needs is checked, the rest of the file is not looked at. network.ts reads
// everything, and says more of what is wrong with it.

import { checkInteger, checkObject, describe, kindOf, wrongType } from "../../checks.js";
import { resolveLayerRates } from "../../config/dropout.js";
import { type NetworkConfig, resolveNetwork } from "../../config/network.js";
import { weightShape } from "../../memory/layout.js";
import type { Counters, Model } from "../../model/model.js";
import { writeParameters } from "../../model/weights.js";
import { LENGTH_BYTES, METADATA, SafetensorsError } from "../safetensors/format.js";

export interface TrainedNetwork {
  config: NetworkConfig;
  metadata: Record<string, string>;
  restore(model: Model): void;
}

type Saved = Record<string, unknown>;
/** What decides the answers. Defaults must not stand in for it: another version may have others. */
const SETTINGS = ["sizes", "activation", "dropout", "scaling", "loss", "seed", "maxBatch"];
const COUNTERS = ["step", "draws"] as const satisfies (keyof Counters)[];

/**
 * Reads a file that `save()` wrote.
 * @throws SafetensorsError, TypeError, RangeError naming what is wrong with it
 */
export function loadTrained(bytes: Uint8Array, maxBatch?: number): TrainedNetwork {
  if (kindOf(bytes) !== "Uint8Array") wrongType("bytes", "a Uint8Array that save() gave", bytes);
  const { header, data } = readHeader(bytes);
  const described = checkObject(METADATA, header[METADATA], "that of a thinned network") as Record<string, string>;
  const { format, version, config: settings, counters, firstLayer, ...metadata } = described;
  if (format !== "thinned" || version !== "1") {
    const got = `format ${describe(format)}, version ${describe(version)}`;
    throw new SafetensorsError(`the file must be a network of thinned, version 1; got ${got}`);
  }
  const saved = pick("config", settings, SETTINGS);
  const counted = pick("counters", counters, COUNTERS);
  for (const name of COUNTERS) checkInteger(name, counted[name], 0);
  const config = resolveNetwork({ ...saved, ...(maxBatch !== undefined && { maxBatch }) }, (sizes) =>
    resolveLayerRates(saved.dropout as number[], sizes),
  );
  const { sizes } = config;
  const layers = sizes.slice(1).map((out, l) => ({
    weight: readFloats(header, data, `layers.${l}.weight`, [out, sizes[l]]),
    bias: readFloats(header, data, `layers.${l}.bias`, [out]),
  }));
  return {
    config,
    metadata,
    restore(model) {
      // By which side the first weight is stored decides the order of sums.
      if (firstLayer === "output") model.shapes[0] = weightShape(sizes[0], sizes[1], firstLayer);
      layers.forEach((values, l) => {
        writeParameters(model, l, "parameters", values);
      });
      Object.assign(model.counters, counted);
    },
  };
}

function readHeader(bytes: Uint8Array): { header: Saved; data: Uint8Array } {
  let end = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) end = 256 * end + bytes[i];
  end += LENGTH_BYTES;
  const header = parse("not a safetensors file: its header", new TextDecoder().decode(bytes.slice(LENGTH_BYTES, end)));
  return { header, data: bytes.subarray(end) };
}

function parse(name: string, json: string): Saved {
  try {
    return checkObject(name, JSON.parse(json));
  } catch (cause) {
    throw new SafetensorsError(`${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** These of the settings that a text of JSON holds, every one of them. */
function pick(name: string, json: string, keys: readonly string[]): Saved {
  const object = parse(name, json);
  return Object.fromEntries(
    keys.map((key) => {
      if (object[key] === undefined) throw new SafetensorsError(`the file's ${name} has no ${key}`);
      return [key, object[key]];
    }),
  );
}

/** A copy of a tensor's values. */
function readFloats(header: Saved, data: Uint8Array, name: string, shape: number[]): Float32Array {
  const tensor = header[name] as { dtype: string; shape: number[]; data_offsets: number[] } | undefined;
  const [begin, end] = tensor?.data_offsets ?? [];
  const wanted = 4 * shape.reduce((product, size) => product * size);
  // Not slice: a Buffer's is no copy.
  const found = new Uint8Array(data.subarray(begin, end));
  if (tensor?.dtype !== "F32" || String(tensor.shape) !== String(shape) || found.length !== wanted) {
    throw new SafetensorsError(
      `the file must have F32 [${shape}] as ${name}; got ${describe(tensor)}, or too few bytes`,
    );
  }
  const values = new Float32Array(found.buffer);
  // A page waits for this, and a call for each of millions takes longer than all the rest of reading.
  let at = 0;
  while (values[at] - values[at] === 0) at++;
  if (at < values.length) throw new RangeError(`${name} must be finite; its element ${at} is ${values[at]}`);
  return values;
}
