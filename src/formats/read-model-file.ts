// A model file as the parts that `writeModelFile` takes: for those who write the network in another format. What
// training needs is not looked at.

import { checkInteger, checkNumber, checkObject, checkOneOf, describe } from "../checks.js";
import { resolveClasses } from "../config/inputs.js";
import { SCALINGS } from "../dropout/scaling.js";
import { MOST_LAYERS } from "../random/philox.js";
import type { ActivationSetting, ModelParts } from "./model-file.js";
import { type DType, SafetensorsError, type Tensor } from "./safetensors/format.js";
import { parseJson } from "./safetensors/json.js";
import { readSafetensors } from "./safetensors/reader.js";
import { SAVED_TYPES, type Tensors, widenWeight } from "./weight-types.js";

/** The output where a file of version 1 does not name it. */
const OUTPUTS: Record<string, ModelParts["output"]> = { "cross-entropy": "softmax", bce: "sigmoid", mse: "linear" };

/**
 * The network in a model file, of version 1 or 2; its weights in float32 whatever they were saved as, in arrays of
 * their own.
 * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file
 */
export function readModelFile(bytes: Uint8Array | ArrayBuffer): Required<Pick<ModelParts, "scaling">> & ModelParts {
  const { tensors, metadata } = readSafetensors(bytes);
  const { format, version, config, counters: _, firstLayer: __, ...texts } = metadata;
  if (format !== "thinned" || (version !== "1" && version !== "2")) {
    const got = `format ${describe(format)}, version ${describe(version)}`;
    throw new SafetensorsError(`the file must be a network of thinned, version 1 or 2; got ${got}`);
  }
  // In version 1 the name belonged to whoever saved the file.
  const { classes, ...others } = texts;
  const named = version === "2" && classes !== undefined;
  const saved = checkObject("config", parse("config", config));
  const sizes = list("sizes", saved.sizes, undefined, (name, size) => checkInteger(name, size, 1));
  if (sizes.length < 2 || sizes.length > MOST_LAYERS) damaged("sizes", saved.sizes);
  const hidden = sizes.length - 2;
  const activation = version === "1" ? Array(hidden).fill(saved.activation) : saved.activation;
  return {
    sizes,
    layers: sizes.slice(1).map((out, l) => ({
      weight: readWeight(tensors, `layers.${l}.weight`, [out, sizes[l]]),
      bias: readFloats(tensors, `layers.${l}.bias`, [out]),
    })),
    activation: list("activation", activation, hidden, checkActivation),
    output: checkActivation("output", version === "1" ? OUTPUTS[String(saved.loss)] : saved.output),
    dropout: list("dropout", saved.dropout, hidden + 1, (name, rate) => checkNumber(name, rate, 0, 1)),
    scaling: checkOneOf("scaling", saved.scaling, SCALINGS),
    ...("input.shift" in tensors && {
      inputs: {
        shift: checkFinite("input.shift", readTensor(tensors, "input.shift", "F64", [sizes[0]]) as Float64Array),
        scale: readFloats(tensors, "input.scale", [sizes[0]]),
      },
    }),
    ...(named && { classes: resolveClasses(parse("classes", classes), sizes[hidden + 1])! }),
    metadata: named ? others : texts,
  };
}

/** A weight `[out, in]` in float32, whatever it was saved as. */
function readWeight(tensors: Tensors, name: string, shape: number[]): Float32Array {
  const dtype = SAVED_TYPES.find((type) => type === tensors[name]?.dtype) ?? "F32";
  if (dtype === "I8") readFloats(tensors, `${name}_scale`, [shape[0]]);
  readTensor(tensors, name, dtype, shape);
  return checkFinite(name, widenWeight(tensors[name], tensors[`${name}_scale`]));
}

function readFloats(tensors: Tensors, name: string, shape: number[]): Float32Array {
  return checkFinite(name, readTensor(tensors, name, "F32", shape) as Float32Array);
}

/** A copy of a tensor's elements. */
function readTensor(tensors: Tensors, name: string, dtype: DType, shape: number[]): Tensor["data"] {
  const tensor = tensors[name];
  if (tensor?.dtype === dtype && String(tensor.shape) === String(shape)) return tensor.data.slice();
  const got = tensor ? `${tensor.dtype} ${describe(tensor.shape)}` : "none";
  throw new SafetensorsError(`the file must have ${dtype} [${shape}] as ${name}; got ${got}`);
}

function checkFinite<T extends Float32Array | Float64Array>(name: string, values: T): T {
  let at = 0;
  while (values[at] - values[at] === 0) at++; // a call for each of millions would take longer than all the rest
  if (at < values.length) throw new RangeError(`${name} must be finite; its element ${at} is ${values[at]}`);
  return values;
}

function checkActivation(name: string, value: unknown): ActivationSetting {
  if (typeof value === "string") return value;
  const { type } = checkObject(name, value, "a name or an object with a type");
  if (typeof type !== "string") damaged(name, value);
  return value as ActivationSetting;
}

function list<T>(
  name: string,
  value: unknown,
  length: number | undefined,
  check: (name: string, item: unknown) => T,
): T[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) damaged(name, value);
  return value.map((item, i) => check(`${name}[${i}]`, item));
}

function parse(name: string, json: string): unknown {
  try {
    return parseJson(json);
  } catch (cause) {
    throw new SafetensorsError(`the file's ${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function damaged(name: string, value: unknown): never {
  throw new SafetensorsError(`the file's ${name} cannot be ${describe(value)}`);
}
