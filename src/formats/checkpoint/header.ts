// The header of a model file, for readers that look at nothing else of it, and what can be told of a file that has not arrived whole.

import { checkObject } from "../../checks.js";
import { readBytes } from "../../runtime/read.js";
import type { ModelSource, ReadOptions } from "../../types.js";
import { LENGTH_BYTES, SafetensorsError } from "../safetensors/format.js";

export type Saved = Record<string, unknown>;

export interface Described {
  dtype: string;
  shape: number[];
  data_offsets: number[];
}

/** What begins so is no safetensors file. */
const TEXTS: Record<string, string> = { "<": "HTML", "{": "JSON", "[": "JSON" };

export function readHeader(bytes: Uint8Array): { header: Saved; data: Uint8Array } {
  // A server's page for what it has not, as a rule.
  const text = TEXTS[String.fromCharCode(bytes[0])];
  if (text) throw new SafetensorsError(`not a safetensors file, but ${text}; is its address right?`);
  const end = headerEnd(bytes);
  const json = new TextDecoder().decode(bytes.slice(LENGTH_BYTES, end));
  return { header: parse("not a safetensors file: its header", json), data: bytes.subarray(end) };
}

function headerEnd(bytes: Uint8Array): number {
  let end = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) end = 256 * end + bytes[i];
  return end + LENGTH_BYTES;
}

export function parse<T = Saved>(
  name: string,
  json: string,
  check: (name: string, value: unknown) => unknown = checkObject,
): T {
  try {
    return check(name, JSON.parse(json)) as T;
  } catch (cause) {
    throw new SafetensorsError(`${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The bytes of a model file that is still to come. Reading stops where its first bytes are those of something else. */
export function readModelBytes(source: ModelSource, options: ReadOptions): Promise<Uint8Array> {
  return readBytes("the model", "the bytes of a file, a URL, Response, Blob or stream", source, options, lengthOf);
}

/** How long the file is that begins so, by its header: null while that is on its way, 0 for what is no such file. */
function lengthOf(bytes: Uint8Array): number | null {
  try {
    const end = headerEnd(bytes);
    if (bytes[LENGTH_BYTES] === 0x7b && bytes.length < end) return null;
    const { header } = readHeader(bytes);
    return Object.values(header).reduce((most: number, tensor) => {
      return Math.max(most, end + ((tensor as Described).data_offsets?.[1] ?? 0));
    }, end);
  } catch {
    return bytes.length > LENGTH_BYTES ? 0 : null;
  }
}
