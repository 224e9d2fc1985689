// A tensor as the readers of both formats give it: looked at by shape first, and read where it is needed.

import type { DType, Tensor } from "../safetensors/format.js";
import { widenHalf } from "../widen.js";

export interface NamedTensor {
  dtype: DType;
  shape: number[];
  /** A copy, row-major. F64 keeps its precision. */
  read(): Float32Array | Float64Array;
}

/** By key, in the order of the file. */
export type StateDict = Map<string, NamedTensor>;

/** The numbers of a tensor, a copy. Of an F16 that is not finite comes a number from 65536 on. */
export function floatsOf({ dtype, data }: Pick<Tensor, "dtype" | "data">): Float32Array | Float64Array {
  if (dtype === "F16" || dtype === "BF16") return widenHalf(dtype, data as Uint16Array);
  if (dtype === "F64") return new Float64Array(data as Float64Array);
  return Float32Array.from(data as ArrayLike<number>, Number);
}
