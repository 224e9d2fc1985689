// A model file that is still to come: how long it will be, by its header, and whether it is one at all, by its first
// bytes.

import { readBytes } from "../../runtime/read.js";
import type { ModelSource, ReadOptions } from "../../types.js";
import { LENGTH_BYTES } from "../safetensors/format.js";

const OPENING_BRACE = 0x7b;

/**
 * Reading stops where the first bytes are those of something else, or where there are more of them than the header
 * says.
 */
export function readModelBytes(source: ModelSource, options: ReadOptions): Promise<Uint8Array> {
  return readBytes("the model", "the bytes of a file, a URL, Response, Blob or stream", source, options, lengthOf);
}

/** How long the file is that begins so: null while its header is on its way, 0 for what is no such file. */
function lengthOf(bytes: Uint8Array): number | null {
  if (bytes.length <= LENGTH_BYTES) return null;
  if (bytes[LENGTH_BYTES] !== OPENING_BRACE) return 0;
  let end = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) end = 256 * end + bytes[i];
  end += LENGTH_BYTES;
  if (bytes.length < end) return null;
  try {
    const header: Record<string, { data_offsets?: number[] }> = JSON.parse(
      new TextDecoder().decode(bytes.slice(LENGTH_BYTES, end)),
    );
    let length = 0;
    for (const { data_offsets } of Object.values(header)) length = Math.max(length, data_offsets?.[1] ?? 0);
    return end + length;
  } catch {
    return 0;
  }
}
