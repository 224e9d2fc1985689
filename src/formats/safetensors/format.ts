// What writing and reading safetensors files share: the element types, the limits, the error.

export const DTYPES = [
  "F64",
  "F32",
  "F16",
  "BF16",
  "I64",
  "U64",
  "I32",
  "U32",
  "I16",
  "U16",
  "I8",
  "U8",
  "BOOL",
] as const;

export type DType = (typeof DTYPES)[number];

/** How JavaScript holds each type; half floats come as their bits. */
export const VIEWS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** Bytes of one element. A type's name ends with its bits, but for BOOL, which takes a byte. */
export function bytesPerElement(dtype: DType): number {
  return Number(/\d+$/.exec(dtype) ?? 8) / 8;
}

export interface Tensor {
  dtype: DType;
  shape: number[];
  /** Row-major; the typed array that goes with `dtype`. */
  data:
    | Float64Array
    | Float32Array
    | BigInt64Array
    | BigUint64Array
    | Int32Array
    | Uint32Array
    | Int16Array
    | Uint16Array
    | Int8Array
    | Uint8Array;
}

export interface Safetensors {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

/** Bytes that are not a safetensors file, or a damaged one. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}

export const METADATA = "__metadata__";
export const LENGTH_BYTES = 8;
/** The limit of the reference implementation. */
export const LONGEST_HEADER = 100_000_000;
