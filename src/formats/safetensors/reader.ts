// Reads safetensors files as strictly as the reference implementation: what is not exactly right is refused, saying what is wrong.

import { count, describe, kindOf, wrongType } from "../../checks.js";
import {
  DTYPES,
  type DType,
  LENGTH_BYTES,
  LONE_SURROGATE,
  LONGEST_HEADER,
  METADATA,
  type Safetensors,
  SafetensorsError,
  type Tensor,
  VIEWS,
} from "./format.js";
import { duplicateKey, nestsDeeper } from "./json.js";

const OPENING_BRACE = 0x7b;
/** Objects and arrays around each other in a header: three, and more in what readers of other versions may find. */
const DEEPEST = 8;

/** What people hand over by mistake, by its first bytes (Latin-1). */
const FOREIGN: [start: string, what: string][] = [
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["PK\x03\x04", "a zip archive (PyTorch's .pt files are some, NumPy's .npz files, too)"],
  ["\x1f\x8b", "gzip data"],
  ["\x80\x02", "a Python pickle"],
  ["\x80\x04", "a Python pickle"],
  ["\x93NUMPY", "a NumPy array"],
  ["\x89HDF", "an HDF5 file"],
  ["\x00\x00\x08", "an IDX file (data, not a model)"],
  ["\x00asm", "a WebAssembly module"],
  ["GGUF", "a GGUF model"],
  ["version https://git-lfs", "a Git LFS pointer: fetch the file it stands for"],
  ["<", "HTML or XML (a server's error page?)"],
  ["{", "JSON"],
  ["[", "JSON"],
];

/**
 * Tensors and metadata of a file; throws a `SafetensorsError` for anything else. The tensors are views of `bytes` where the
 * alignment permits, copies elsewhere. Both records have no prototype: a tensor may be called `constructor`.
 */
export function readSafetensors(bytes: Uint8Array | ArrayBufferLike): Safetensors {
  const file = asBytes(bytes);
  const start = LENGTH_BYTES + headerLength(file);
  const header = parseHeader(file.subarray(LENGTH_BYTES, start));

  let metadata: Record<string, string> = Object.create(null);
  const tensors: Record<string, Tensor> = Object.create(null);
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = readMetadata(value);
    else entries.push(readEntry(name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, file.length - start);
  for (const entry of entries) tensors[entry.name] = viewOf(file, start, entry);
  return { tensors, metadata };
}

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  /** Bytes of the data section. */
  begin: number;
  end: number;
}

function asBytes(bytes: Uint8Array | ArrayBufferLike): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!["ArrayBuffer", "SharedArrayBuffer"].includes(kindOf(bytes))) {
    wrongType("a safetensors file", "a Uint8Array or an ArrayBuffer", bytes);
  }
  return new Uint8Array(bytes);
}

function headerLength(file: Uint8Array): number {
  if (file.length < LENGTH_BYTES) refuse(file, `it has ${count(file.length, "byte")}, too few for a header`);
  const fields = new DataView(file.buffer, file.byteOffset, LENGTH_BYTES);
  const length = fields.getUint32(4, true) * 2 ** 32 + fields.getUint32(0, true);
  if (length > LONGEST_HEADER)
    refuse(file, `its header would have ${length} bytes, and ${LONGEST_HEADER} is the limit`);
  if (length < 2) refuse(file, `its header would have ${count(length, "byte")}, too few for {}`);
  const present = file.length - LENGTH_BYTES;
  if (present > 0 && file[LENGTH_BYTES] !== OPENING_BRACE) refuse(file, 'its header does not start with "{"');
  if (length > present) damaged(`truncated within the header: ${length} bytes are promised, ${present} are there`);
  return length;
}

/** For files that do not even start as they should: names what they look like, or else says why they were refused. */
function refuse(file: Uint8Array, why: string): never {
  const start = String.fromCharCode(...file.subarray(0, 32));
  const known = FOREIGN.find(([signature]) => start.startsWith(signature))?.[1] ?? (isText(start) ? TEXT : null);
  throw new SafetensorsError(`not a safetensors file${known ? `, but ${known}` : `: ${why}`}`);
}

const TEXT = "text, as a CSV file is";

/** A file's beginning in Latin-1. The first eight bytes of a safetensors file are a small number, and most of them 0. */
function isText(start: string): boolean {
  return start.length > LENGTH_BYTES && [...start].every((c) => c >= " " || "\t\n\r".includes(c));
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    // A copy, because browsers decode no shared memory.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    damaged("the header is not UTF-8");
  }
  let header: Record<string, unknown>;
  // A hundred megabytes of brackets would take gigabytes to parse.
  if (nestsDeeper(text, DEEPEST)) damaged(`the header nests more than ${DEEPEST} deep`);
  try {
    header = JSON.parse(text);
  } catch {
    damaged("the header is not JSON");
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) damaged(`the header has ${describe(twice)} twice`);
  return header; // an object, as it starts with {
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) damaged(`${METADATA} must be an object; got ${describe(value)}`);
  const metadata: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") damaged(`${METADATA} ${describe(key)} must be a string; got ${describe(text)}`);
    if (LONE_SURROGATE.test(key + text)) damaged(`${METADATA} ${describe(key)} is not well-formed Unicode`);
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(name: string, value: unknown): Entry {
  const what = `tensor ${describe(name)}`;
  if (LONE_SURROGATE.test(name)) damaged(`the name of ${what} is not well-formed Unicode`);
  if (!isRecord(value)) damaged(`${what} must be an object with dtype, shape and data_offsets; got ${describe(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(VIEWS, dtype)) {
    damaged(`${what} has the dtype ${describe(dtype)}; known ones: ${DTYPES.join(", ")}`);
  }
  if (!isSizes(shape)) damaged(`${what} has the shape ${describe(shape)}, not an array of whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    damaged(`${what} has the data_offsets ${describe(offsets)}, not [begin, end]`);
  }
  // One product after the other, so that an overflow is seen even where a later dimension is 0.
  let size = VIEWS[dtype as DType].BYTES_PER_ELEMENT;
  for (const length of shape) {
    size *= length;
    if (!Number.isSafeInteger(size)) damaged(`${what} has the shape ${describe(shape)}, too large for any file`);
  }
  const [begin, end] = offsets;
  if (end - begin !== size) {
    damaged(`${what} takes ${size} bytes as ${dtype} ${describe(shape)}, but its data_offsets say ${end - begin}`);
  }
  return { name, dtype: dtype as DType, shape, begin, end };
}

/** Tensor after tensor, the entries must cover the data exactly. */
function checkCoverage(entries: Entry[], size: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    const what = `tensor ${describe(name)}`;
    if (begin > covered) damaged(`bytes ${covered} to ${begin} of the data, before ${what}, belong to no tensor`);
    if (begin < covered) damaged(`${what} overlaps the one before it: it begins at ${begin}, that ends at ${covered}`);
    covered = end;
  }
  if (covered > size) damaged(`truncated: the tensors take ${covered} bytes, ${size} are there`);
  if (covered < size) damaged(`${count(size - covered, "byte")} after the last tensor`);
}

function viewOf(file: Uint8Array, start: number, { dtype, shape, begin, end }: Entry): Tensor {
  const View = VIEWS[dtype];
  const length = (end - begin) / View.BYTES_PER_ELEMENT;
  const offset = file.byteOffset + start + begin;
  const buffer = file.buffer as ArrayBuffer; // or a SharedArrayBuffer: views of both are the same to us
  if (offset % View.BYTES_PER_ELEMENT === 0) return { dtype, shape, data: new View(buffer, offset, length) };
  const copy = new Uint8Array(file.subarray(start + begin, start + end));
  return { dtype, shape, data: new View(copy.buffer, 0, length) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(what: string): never {
  throw new SafetensorsError(`damaged safetensors file: ${what}`);
}
