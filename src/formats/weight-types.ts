// A weight of a model file in the types that it may be saved in.

import { wrongValue } from "../checks.js";
import type { SavedType } from "../types.js";
import { LARGEST_F16, narrowBF16, narrowBytes, narrowF16 } from "./narrow.js";
import type { Tensor } from "./safetensors/format.js";
import { widenBytes, widenHalf } from "./widen.js";

export const SAVED_TYPES = ["F32", "F16", "BF16", "I8"] as const satisfies readonly SavedType[];

export type Tensors = Record<string, Tensor>;

/**
 * The tensors that hold a weight `[out, in]`: one, and for I8 `NAME_scale` `[out]` beside it.
 * @throws RangeError where a number is beyond the type
 */
export function narrowWeight(
  name: string,
  weight: Float32Array,
  shape: [out: number, inputs: number],
  dtype: SavedType,
): Tensors {
  if (dtype === "F32") return { [name]: { dtype, shape, data: weight } };
  if (dtype === "I8") {
    const { bytes, scales } = narrowBytes(weight, shape[1]);
    return {
      [name]: { dtype, shape, data: bytes },
      [`${name}_scale`]: { dtype: "F32", shape: [shape[0]], data: scales },
    };
  }
  const data = dtype === "F16" ? narrowF16(weight) : narrowBF16(weight);
  const at = widenHalf(dtype, data).findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const remedy = dtype === "F16" ? 'dtype: "BF16" has the range of float32' : 'save it as "F32"';
    wrongValue("dtype", `one that holds ${weight[at]}; F16 ends at ${LARGEST_F16}`, dtype, remedy);
  }
  return { [name]: { dtype, shape, data } };
}

/** The floats of a weight, in an array of their own. `scale` is looked at for I8, and is F32 `[out]` then. */
export function widenWeight({ dtype, data }: Tensor, scale: Tensor | undefined): Float32Array {
  if (dtype === "F16" || dtype === "BF16") return widenHalf(dtype, data as Uint16Array);
  if (dtype === "I8") return widenBytes(data as Int8Array, scale!.data as Float32Array);
  return (data as Float32Array).slice();
}
