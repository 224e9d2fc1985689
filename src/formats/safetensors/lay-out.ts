// Tensors and texts as the bytes of a safetensors file: 8 bytes of header length (little-endian), a JSON header, then
// the tensors' bytes without holes. Tensors go to the file as they lie in memory. That takes a little-endian machine;
// all that run WebAssembly at speed are.

import { wrongValue } from "../../checks.js";
import type { Bytes } from "../../types.js";
import { LENGTH_BYTES, LONGEST_HEADER, METADATA, type Tensor } from "./format.js";

/** A cache line: where the data begins, so that no view of it is ever misaligned. */
const ALIGNMENT = 64;

/** The file's bytes, of tensors whose data is known to be what their type and shape say. */
export function layOut(tensors: Record<string, Tensor>, metadata: Record<string, string>): Bytes {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header[METADATA] = metadata;

  // Wide types first, so that every tensor starts at a multiple of its element's size.
  const entries = Object.entries(tensors);
  entries.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let size = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }

  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((LENGTH_BYTES + json.length) / ALIGNMENT) * ALIGNMENT;
  const headerLength = start - LENGTH_BYTES;
  if (headerLength > LONGEST_HEADER) wrongValue("the header", `at most ${LONGEST_HEADER} bytes`, headerLength);
  const bytes = new Uint8Array(start + size);
  new DataView(bytes.buffer).setUint32(0, headerLength, true);
  bytes.set(json, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + json.length, start);
  let end = start;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), end);
    end += data.byteLength;
  }
  return bytes;
}
