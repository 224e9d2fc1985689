// A TensorProto as numbers: every element type that weights, shapes and labels come in; raw, typed or beside the file.
// Nothing is allocated before the bytes that a shape promises were seen.

import { describe } from "../../checks.js";
import { widenHalf } from "../widen.js";
import { damaged, OnnxError } from "./error.js";
import { allBytes, int, ints, type Message, messages, packed, text, texts } from "./proto.js";
import { elements } from "./shape.js";

/** A tensor whose numbers do not depend on the input. */
export interface Constant {
  /** Of onnx.proto: what integer arithmetic and casts need to know. */
  type: number;
  dims: number[];
  values: Float32Array | Float64Array;
  /** Of strings, in place of values. */
  texts?: string[];
}

/** Files that belong to a model by their names, or the only one there is. */
export type ExternalData = Uint8Array | Readonly<Record<string, Uint8Array>>;

export const FLOAT = 1;
export const INT64 = 7;
const STRING = 8;
export const BOOL = 9;
export const FLOAT16 = 10;
const DOUBLE = 11;
export const BFLOAT16 = 16;

/**
 * How the elements of each type lie in bytes, and the field that has them where they do not: float_data, int32_data, …
 */
const TYPES = {
  1: [Float32Array, 4],
  2: [Uint8Array, 5],
  3: [Int8Array, 5],
  4: [Uint16Array, 5],
  5: [Int16Array, 5],
  6: [Int32Array, 5],
  7: [BigInt64Array, 7],
  9: [Uint8Array, 5],
  10: [Uint16Array, 5],
  11: [Float64Array, 10],
  12: [Uint32Array, 11],
  13: [BigUint64Array, 11],
  16: [Uint16Array, 5],
} as const;

export const isFloat = (type: number): boolean => [FLOAT, DOUBLE, FLOAT16, BFLOAT16].includes(type);

/** @throws OnnxError where the bytes are not what the shape and the type call for */
export function readTensor(proto: Message, files?: ExternalData): Constant {
  const type = int(proto, 2) ?? 0;
  const dims = ints(proto, 1);
  const what = `tensor ${describe(text(proto, 8))}`;
  const count = elements(dims);
  const check = (found: number, wanted: number): void => {
    if (found !== wanted) damaged(`${what} [${dims}] of the type ${type} takes ${wanted}, but has ${found}`);
  };
  if (!Number.isSafeInteger(count) || dims.some((size) => size < 0)) damaged(`${what} has the shape [${dims}]`);
  if (type === STRING) {
    const labels = texts(proto, 6);
    check(labels.length, count);
    return { type, dims, values: new Float64Array(), texts: labels };
  }
  const [View, field] = TYPES[type as 1] ?? damaged(`${what} has the element type ${type}`);
  const raw = int(proto, 14) === 1 ? external(proto, what, files) : allBytes(proto, 9).at(-1);
  if (!raw && type !== FLOAT && type !== DOUBLE) {
    const numbers = ints(proto, field);
    check(numbers.length, count);
    return { type, dims, values: valuesOf(type, numbers) };
  }
  const bytes = raw ?? packed(proto, field);
  check(bytes.length, count * View.BYTES_PER_ELEMENT);
  return { type, dims, values: valuesOf(type, new View(new Uint8Array(bytes).buffer)) }; // a copy, of its own alignment
}

function valuesOf(type: number, data: ArrayLike<number | bigint>): Float32Array | Float64Array {
  if (type === FLOAT16 || type === BFLOAT16)
    return widenHalf(type === FLOAT16 ? "F16" : "BF16", Uint16Array.from(data as number[]));
  return data instanceof Float32Array ? data : Float64Array.from(data as number[], Number);
}

/** The part of a file beside the model that a tensor lies in. */
function external(proto: Message, what: string, files: ExternalData | undefined): Uint8Array {
  const entries = new Map(messages(proto, 13).map((entry) => [text(entry, 1), text(entry, 2)]));
  const location = entries.get("location") ?? "";
  const names = [location, location.slice(location.lastIndexOf("/") + 1)];
  const file =
    files instanceof Uint8Array
      ? files
      : names.flatMap((name) => (files && Object.hasOwn(files, name) ? files[name] : []))[0];
  if (!file)
    throw new OnnxError(`${what} lies in another file: pass { externalData: { ${describe(location)}: bytes } }`);
  const offset = Number(entries.get("offset") ?? 0);
  const end = offset + Number(entries.get("length") ?? file.length - offset);
  if (!(offset >= 0 && end >= offset && end <= file.length))
    damaged(`${what} lies at ${offset} to ${end} of ${file.length} bytes`);
  return file.subarray(offset, end);
}
