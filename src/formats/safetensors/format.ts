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
