// Tensors and files to try safetensors with, sound and damaged.
import { expect } from "vitest";
import { type DType, readSafetensors, SafetensorsError, type Tensor } from "../../src/formats/safetensors/writer.js";

/** A seeded generator (xorshift32), so that a failure can be met again. */
export function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

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
};
const DTYPES = Object.keys(VIEWS) as DType[];

/** Random bits of a random type and shape, NaNs with payloads and empty tensors included. */
export function randomTensor(random: (below: number) => number): Tensor {
  const dtype = DTYPES[random(DTYPES.length)];
  const shape = Array.from({ length: random(4) }, () => random(6));
  const View = VIEWS[dtype];
  const bytes = Uint8Array.from({ length: shape.reduce((a, b) => a * b, View.BYTES_PER_ELEMENT) }, () => random(256));
  return { dtype, shape, data: new View(bytes.buffer) };
}

export function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A file with any header, right or wrong. */
export function file(header: string | object, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
}

export const f32 = (shape: number[], offsets: number[]) => ({ dtype: "F32", shape, data_offsets: offsets });
export const refusal = (bytes: Uint8Array) => {
  try {
    readSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError);
    return (error as Error).message;
  }
  return "read without complaint";
};
