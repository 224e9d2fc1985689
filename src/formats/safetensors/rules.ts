// All rules of safetensors files. What is not exactly right is refused with what is wrong. Every entry reads files by
// these rules.

import { describe, kindOf } from "../../checks.js";
import {
  bytesPerElement,
  DTYPES,
  type DType,
  LENGTH_BYTES,
  LONGEST_HEADER,
  METADATA,
  SafetensorsError,
} from "./format.js";
import { parseJson } from "./json.js";

const OPENING_BRACE = 0x7b;

export interface Part {
  dtype: DType;
  shape: number[];
  /** A view of the file, at whatever alignment. */
  bytes: Uint8Array;
}

/** A file in its parts. Those have no prototype: a tensor may be called `constructor`. */
export interface Parts {
  parts: Record<string, Part>;
  metadata: Record<string, string>;
}

interface Entry extends Omit<Part, "bytes"> {
  name: string;
  /** Bytes of the data section. */
  begin: number;
  end: number;
}

/**
 * Tensors and metadata of a file.
 * @param known names a file that starts otherwise, if its first bytes (Latin-1) tell what it is
 * @throws SafetensorsError for anything else
 */
export function readParts(file: Uint8Array, known?: (start: string) => string | undefined): Parts {
  const start = LENGTH_BYTES + headerLength(file, known);
  let metadata: Record<string, string> = {};
  const parts: Record<string, Part> = Object.create(null);
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(readHeader(file.subarray(LENGTH_BYTES, start)))) {
    if (name !== METADATA) entries.push(readEntry(name, value));
    else if (isTexts(value)) metadata = value;
    else damaged(`${METADATA} must be an object of texts; got ${describe(value)}`);
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  // Tensor after tensor, the entries must cover the data exactly.
  let covered = 0;
  const follows = (what: string, begin: number) => {
    if (begin !== covered) damaged(`${what} is at byte ${begin} of the data; those before it end at ${covered}`);
  };
  for (const { name, dtype, shape, begin, end } of entries) {
    follows(`tensor ${describe(name)}`, begin);
    parts[name] = { dtype, shape, bytes: file.subarray(start + begin, start + end) };
    covered = end;
  }
  follows("the file's end", file.length - start);
  return { parts, metadata };
}

function headerLength(file: Uint8Array, known?: (start: string) => string | undefined): number {
  let length = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) length = 256 * length + file[i];
  // A file that ends right after its length was cut.
  if (!(length >= 2 && length <= LONGEST_HEADER) || (file[LENGTH_BYTES] ?? OPENING_BRACE) !== OPENING_BRACE) {
    const begins = String.fromCharCode(...file.subarray(0, 32));
    const what = known?.(begins);
    const plain = `: ${file.length} bytes that begin with ${describe(begins)}`;
    throw new SafetensorsError(`not a safetensors file${what ? `, but ${what}` : plain}`);
  }
  const present = file.length - LENGTH_BYTES;
  if (length > present) damaged(`its header has ${length} bytes; ${present} are there`);
  return length;
}

function readHeader(bytes: Uint8Array): object {
  try {
    // A copy, because browsers decode no shared memory.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
    return parseJson(text, true) as object; // an object, as it starts with {
  } catch (error) {
    damaged(`its header: ${(error as Error).message}`);
  }
}

function readEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = Object(value);
  const sound =
    DTYPES.includes(dtype) &&
    isSizes(shape) &&
    isSizes(offsets) &&
    offsets.length === 2 &&
    offsets[1] - offsets[0] === bytesOf(dtype, shape);
  if (sound) return { name, dtype, shape, begin: offsets[0], end: offsets[1] };
  const expected = "a known dtype, a shape of whole numbers and data_offsets that span it";
  damaged(`tensor ${describe(name)} must have ${expected}; got ${describe([dtype, shape, offsets])}`);
}

/** NaN where a product on the way is too large, even if a later size is 0. */
function bytesOf(dtype: DType, shape: number[]): number {
  return shape.reduce(
    (bytes, size) => (bytes * size <= Number.MAX_SAFE_INTEGER ? bytes * size : Number.NaN),
    bytesPerElement(dtype),
  );
}

function isTexts(value: unknown): value is Record<string, string> {
  return kindOf(value) === "Object" && Object.values(value as object).every((text) => typeof text === "string");
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(what: string): never {
  throw new SafetensorsError(`damaged safetensors file: ${what}`);
}
