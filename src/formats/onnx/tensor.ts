// A TensorProto as numbers: every element type that weights, shapes and labels come in; raw, typed or beside the file.
// Nothing is allocated before the bytes that a shape promises were seen.

import { describe } from "../../checks.js";
import { widenHalf } from "../half.js";
import { damaged, OnnxError } from "./error.js";
import type { TensorProto } from "./messages.js";
import { elements } from "./shape.js";
import { readText } from "./wire.js";

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
export const BOOL = 9;
export const FLOAT16 = 10;
export const DOUBLE = 11;
export const BFLOAT16 = 16;
const STRING = 8;
export const INT64 = 7;
const UINT64 = 13;
const VIEWS = {
  1: Float32Array,
  2: Uint8Array,
  3: Int8Array,
  4: Uint16Array,
  5: Int16Array,
  6: Int32Array,
  7: BigInt64Array,
  9: Uint8Array,
  10: Uint16Array,
  11: Float64Array,
  12: Uint32Array,
  13: BigUint64Array,
  16: Uint16Array,
} as const;

export const isFloat = (type: number): boolean =>
  type === FLOAT || type === DOUBLE || type === FLOAT16 || type === BFLOAT16;

/** @throws OnnxError where the bytes are not what the shape and the type call for */
export function readTensor(proto: TensorProto, externalData?: ExternalData): Constant {
  const { dims, data_type: type = 0 } = proto;
  const what = `tensor ${describe(proto.name ?? "")}`;
  const count = elements(dims);
  if (!Number.isSafeInteger(count) || dims.some((size) => size < 0)) damaged(`${what} has the shape [${dims}]`);
  if (type === STRING) {
    if (proto.string_data.length !== count) damaged(`${what} has ${proto.string_data.length} texts for [${dims}]`);
    const texts = proto.string_data.map((text) => readText(text, what));
    return { type, dims, values: new Float64Array(0), texts };
  }
  const View = VIEWS[type as keyof typeof VIEWS];
  if (!View) throw new OnnxError(`${what} has the element type ${type}; known ones are float, half, double and whole`);
  const bytes = proto.data_location === 1 ? external(proto, what, externalData) : proto.raw_data;
  if (!bytes) return { type, dims, values: typed(proto, type, count, what) };
  const size = count * View.BYTES_PER_ELEMENT;
  if (bytes.length !== size) damaged(`${what} takes ${size} bytes as [${dims}], but has ${bytes.length}`);
  const data = new View(new Uint8Array(bytes).buffer); // a copy: of its own alignment, and nobody else's
  if (type === FLOAT16 || type === BFLOAT16) return { type, dims, values: half(type, data as Uint16Array) };
  if (data instanceof Float32Array || data instanceof Float64Array) return { type, dims, values: data };
  return { type, dims, values: Float64Array.from(data as ArrayLike<number>, Number) };
}

/** Numbers in the field that goes with their type; halves come as their bits. */
function typed(proto: TensorProto, type: number, count: number, what: string): Float32Array | Float64Array {
  const field =
    type === FLOAT
      ? proto.float_data
      : type === DOUBLE
        ? proto.double_data
        : type === INT64
          ? proto.int64_data
          : type === UINT64 || type === 12
            ? proto.uint64_data
            : proto.int32_data;
  if (field.length !== count) damaged(`${what} has ${field.length} numbers for [${proto.dims}]`);
  if (type === FLOAT16 || type === BFLOAT16) return half(type, Uint16Array.from(field));
  return type === FLOAT ? Float32Array.from(field) : Float64Array.from(field);
}

const half = (type: number, bits: Uint16Array): Float32Array => widenHalf(type === FLOAT16 ? "F16" : "BF16", bits);

/** The part of a file beside the model that a tensor lies in. */
function external({ external_data }: TensorProto, what: string, files: ExternalData | undefined): Uint8Array {
  const entries = new Map(external_data.map(({ key = "", value = "" }) => [key, value]));
  const location = entries.get("location") ?? "";
  const file = fileAt(location, files);
  if (!file) {
    const remedy = `pass { externalData: { ${describe(location)}: bytes } }`;
    throw new OnnxError(`${what} lies in another file, ${describe(location)}; ${remedy}`);
  }
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length && Number.isInteger(offset + length))) {
    const place = `${length} bytes at ${offset} of ${describe(location)}`;
    damaged(`${what} lies in ${place}, which has ${file.length}`);
  }
  return file.subarray(offset, offset + length);
}

/** By its whole name, or by what follows the last slash of it. */
function fileAt(location: string, files: ExternalData | undefined): Uint8Array | undefined {
  if (!files || ArrayBuffer.isView(files)) return files as Uint8Array | undefined;
  const name = [location, location.slice(location.lastIndexOf("/") + 1)].find((key) => Object.hasOwn(files, key));
  return name === undefined ? undefined : (files as Record<string, Uint8Array>)[name];
}
