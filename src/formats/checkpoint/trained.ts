// A saved network for the entry that only answers: what answering needs is checked, the rest of the file is not looked at. network.ts reads
// everything, and says more of what is wrong with it.

import { checkInteger, checkObject, describe, kindOf, wrongType } from "../../checks.js";
import { resolveLayerRates } from "../../config/dropout.js";
import { type InputConfig, resolveClasses } from "../../config/inputs.js";
import { type NetworkConfig, resolveNetwork } from "../../config/network.js";
import { weightShape } from "../../memory/layout.js";
import type { Counters, Model } from "../../model/model.js";
import { writeParameters } from "../../model/weights.js";
import { METADATA, SafetensorsError } from "../safetensors/format.js";
import { widenBytes, widenHalf } from "../widen.js";
import { type Described, parse, readHeader, type Saved } from "./header.js";
import { isKnown, modernise } from "./version.js";

export interface TrainedNetwork {
  config: NetworkConfig;
  metadata: Record<string, string>;
  restore(model: Model): void;
}

/** What decides the answers. Defaults must not stand in for it: another version may have others. */
const SETTINGS = ["sizes", "activation", "output", "dropout", "scaling", "loss", "seed", "maxBatch"];
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
  if (format !== "thinned" || !isKnown(version)) {
    const got = `format ${describe(format)}, version ${describe(version)}`;
    throw new SafetensorsError(`the file must be a network of thinned, version 1 or 2; got ${got}`);
  }
  const saved = need("config", modernise(parse("config", settings), version), SETTINGS);
  const counted = need("counters", parse("counters", counters), COUNTERS);
  for (const name of COUNTERS) checkInteger(name, counted[name], 0);
  const network = resolveNetwork({ ...saved, ...(maxBatch !== undefined && { maxBatch }) }, (sizes) =>
    resolveLayerRates(saved.dropout as number[], sizes),
  );
  const { sizes } = network;
  const config: NetworkConfig = {
    ...network,
    inputs: readInputs(header, data, sizes[0]),
    // In version 1 the name belonged to whoever saved the file.
    classes: version === "1" ? null : takeClasses(metadata, sizes[sizes.length - 1]),
  };
  const layers = sizes.slice(1).map((out, l) => ({
    weight: readWeight(header, data, `layers.${l}.weight`, [out, sizes[l]]),
    bias: readNumbers(header, data, `layers.${l}.bias`, [out]),
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
      Object.assign(model.counters, { step: counted.step, draws: counted.draws });
    },
  };
}

/** The same settings, where they have every one of these. */
function need(name: string, object: Saved, keys: readonly string[]): Saved {
  for (const key of keys) {
    if (object[key] === undefined) throw new SafetensorsError(`the file's ${name} has no ${key}`);
  }
  return object;
}

/** The names of `out` outputs, where the file has them: out of its texts. */
function takeClasses(metadata: Record<string, string>, out: number): string[] | null {
  const { classes = "null" } = metadata;
  delete metadata.classes;
  return parse("classes", classes, (_, names) => resolveClasses(names, out));
}

/** How inputs are shifted and scaled, where the file has tensors that say so. */
function readInputs(header: Saved, data: Uint8Array, width: number): InputConfig | null {
  if (!header["input.shift"]) return null;
  const shift = readNumbers(header, data, "input.shift", [width], "F64");
  return { shift, scale: readNumbers(header, data, "input.scale", [width]) };
}

/** A weight `[out, in]`, widened where it was saved in fewer bits. */
function readWeight(header: Saved, data: Uint8Array, name: string, shape: number[]): Float32Array {
  const { dtype } = (header[name] ?? {}) as { dtype: keyof typeof BYTES };
  const bytes = () => readBytes(header, data, name, shape, dtype);
  if (dtype === "F16" || dtype === "BF16") return checkFinite(name, widenHalf(dtype, new Uint16Array(bytes())));
  if (dtype !== "I8") return readNumbers(header, data, name, shape);
  const scales = readNumbers(header, data, `${name}_scale`, [shape[0]]);
  return checkFinite(name, widenBytes(new Int8Array(bytes()), scales));
}

/** A copy of a tensor's values. */
function readNumbers(header: Saved, data: Uint8Array, name: string, shape: number[], dtype: "F64"): Float64Array;
function readNumbers(header: Saved, data: Uint8Array, name: string, shape: number[]): Float32Array;
function readNumbers(
  header: Saved,
  data: Uint8Array,
  name: string,
  shape: number[],
  dtype: "F32" | "F64" = "F32",
): Float32Array | Float64Array {
  const Numbers = dtype === "F32" ? Float32Array : Float64Array;
  return checkFinite(name, new Numbers(readBytes(header, data, name, shape, dtype)));
}

/** What an element of each type takes. */
const BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I8: 1 };

/** A copy of a tensor's bytes. */
function readBytes(
  header: Saved,
  data: Uint8Array,
  name: string,
  shape: number[],
  dtype: keyof typeof BYTES,
): ArrayBuffer {
  const tensor = header[name] as Described | undefined;
  const [begin, end] = tensor?.data_offsets ?? [];
  const wanted = BYTES[dtype] * shape.reduce((product, size) => product * size);
  // Not slice: a Buffer's is no copy.
  const found = new Uint8Array(data.subarray(begin, end));
  if (tensor?.dtype !== dtype || String(tensor.shape) !== String(shape) || found.length !== wanted) {
    throw new SafetensorsError(
      `the file must have ${dtype} [${shape}] as ${name}; got ${describe(tensor)}, or too few bytes`,
    );
  }
  return found.buffer;
}

function checkFinite<T extends Float32Array | Float64Array>(name: string, values: T): T {
  // A page waits for this, and a call for each of millions takes longer than all the rest of reading.
  let at = 0;
  while (values[at] - values[at] === 0) at++;
  if (at < values.length) throw new RangeError(`${name} must be finite; its element ${at} is ${values[at]}`);
  return values;
}
