// A safetensors file as typed arrays.

import { kindOf, wrongType } from "../../checks.js";
import { nameForeign } from "./foreign.js";
import { type Safetensors, type Tensor, VIEWS } from "./format.js";
import { type Part, readParts } from "./rules.js";

/**
 * Tensors and metadata of a file, read as strictly as the reference implementation does. The tensors are views of
 * `bytes` where the alignment permits, copies elsewhere. Both records have no prototype: a tensor may be called
 * `constructor`.
 * @throws SafetensorsError for anything else
 */
export function readSafetensors(bytes: Uint8Array | ArrayBufferLike): Safetensors {
  const { parts, metadata } = readParts(asBytes(bytes), nameForeign);
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const [name, part] of Object.entries(parts)) tensors[name] = viewOf(part);
  return { tensors, metadata: Object.assign(Object.create(null), metadata) };
}

export function asBytes(bytes: Uint8Array | ArrayBufferLike): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!["ArrayBuffer", "SharedArrayBuffer"].includes(kindOf(bytes))) {
    wrongType("a safetensors file", "a Uint8Array or an ArrayBuffer", bytes);
  }
  return new Uint8Array(bytes);
}

function viewOf({ dtype, shape, bytes }: Part): Tensor {
  const View = VIEWS[dtype];
  const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = aligned ? bytes : new Uint8Array(bytes);
  // The buffer may be a SharedArrayBuffer: views of both are the same to us.
  return { dtype, shape, data: new View(buffer as ArrayBuffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT) };
}
