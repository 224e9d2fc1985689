// What a model file says of a network, for writing it in another form: docs/checkpoint.md. Only what answers is read,
// and the file's own words are believed where a wrong one shows.

import { checkObject, describe } from "../../checks.js";
import type { Scaling } from "../../types.js";
import type { ActivationSetting, ModelParts } from "../model-file.js";
import { LENGTH_BYTES, METADATA, SafetensorsError } from "../safetensors/format.js";
import { widenHalf } from "../widen.js";

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] } | undefined>;
type Numbers = Float32Array | Float64Array;

/** @throws SafetensorsError where the bytes are not those of a model file */
export function readModelFile(bytes: Uint8Array): ModelParts & { scaling: Scaling } {
  let start = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) start = 256 * start + bytes[i];
  start += LENGTH_BYTES;
  const text = new TextDecoder().decode(new Uint8Array(bytes.subarray(LENGTH_BYTES, start)));
  const header = parse("its header", text) as Header;
  const data = bytes.subarray(start);
  const { format, version, config, classes, temperature } = checkObject(
    METADATA,
    header[METADATA],
    "that of a thinned network",
  );
  if (format !== "thinned" || (version !== "1" && version !== "2")) {
    refuse(`it must be of the format "thinned", version 1 or 2; got ${describe(format)}, version ${describe(version)}`);
  }
  const { sizes, activation, output, dropout, scaling, loss } = parse("its config", config) as Record<string, unknown>;
  const widths = list(sizes, "sizes") as number[];
  const layers = widths.slice(1).map((out, l) => ({
    weight: weightOf(header, data, `layers.${l}.weight`, [out, widths[l]]),
    bias: floats(header, data, `layers.${l}.bias`, [out]) as Float32Array,
  }));
  const answers = loss === "cross-entropy" ? "softmax" : loss === "bce" ? "sigmoid" : "linear";
  const hidden = widths.length - 2;
  return {
    sizes: widths,
    layers,
    activation: Array.isArray(activation) ? activation : Array(hidden).fill(activation as ActivationSetting),
    output: (output as ActivationSetting) ?? answers,
    dropout: list(dropout, "dropout") as number[],
    scaling: scaling as Scaling,
    ...(header["input.shift"] && {
      inputs: {
        shift: Float64Array.from(floats(header, data, "input.shift", [widths[0]])),
        scale: floats(header, data, "input.scale", [widths[0]]) as Float32Array,
      },
    }),
    ...(version === "2" && temperature !== undefined && { temperature: Number(temperature) }),
    ...(classes !== undefined && { classes: list(parse("its classes", classes), "classes") as string[] }),
  };
}

function parse(what: string, json: unknown): unknown {
  try {
    return JSON.parse(json as string);
  } catch {
    return refuse(`${what} is not JSON`);
  }
}

const list = (value: unknown, name: string): unknown[] =>
  Array.isArray(value) ? value : refuse(`its ${name} must be a list; got ${describe(value)}`);

/** A weight of any precision, in single. Of bytes there is a scale for every row. */
function weightOf(header: Header, data: Uint8Array, name: string, shape: number[]): Float32Array {
  const weight = floats(header, data, name, shape) as Float32Array;
  if (header[name]?.dtype !== "I8") return weight;
  const scale = floats(header, data, `${name}_scale`, shape.slice(0, 1));
  return weight.map((value, i) => value * scale[Math.floor(i / shape[1])]);
}

function floats(header: Header, data: Uint8Array, name: string, shape: number[]): Numbers {
  const { dtype = "", shape: found, data_offsets: [begin, end] = [0, 0] } = header[name] ?? {};
  // Not slice: a Buffer's is no copy.
  const bytes = new Uint8Array(data.subarray(begin, end));
  const width = { F64: 8, F32: 4, F16: 2, BF16: 2, I8: 1 }[dtype] ?? 0;
  const count = shape.reduce((product, size) => product * size, 1);
  if (String(found) !== String(shape) || bytes.length !== width * count) {
    refuse(`it must have [${shape}] as ${name}; got ${describe(header[name])}, or too few bytes`);
  }
  if (dtype === "F64") return new Float64Array(bytes.buffer);
  if (dtype === "F32") return new Float32Array(bytes.buffer);
  if (dtype === "I8") return Float32Array.from(new Int8Array(bytes.buffer));
  return widenHalf(dtype as "F16" | "BF16", new Uint16Array(bytes.buffer));
}

function refuse(why: string): never {
  throw new SafetensorsError(`not the model file of a network: ${why}`);
}
