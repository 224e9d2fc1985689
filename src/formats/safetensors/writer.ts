// The safetensors file format: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without holes.
// Tensors go to the file as they lie in memory, which takes a little-endian machine, as all that run WebAssembly at speed are.

import { checkInteger, checkOneOf, describe, wrongType, wrongValue } from "../../checks.js";
import { DTYPES, LENGTH_BYTES, LONGEST_HEADER, METADATA, type Tensor, VIEWS } from "./format.js";
import { LONE_SURROGATE } from "./json.js";

export { type DType, type Safetensors, SafetensorsError, type Tensor } from "./format.js";
export { readSafetensors } from "./reader.js";

/** A cache line: where the data begins, so that no view of it is ever misaligned. */
const ALIGNMENT = 64;

/** The file's bytes: equal tensors and metadata, given in the same order, give equal bytes. */
export function writeSafetensors(tensors: Record<string, Tensor>, metadata: Record<string, string> = {}): Uint8Array {
  const header: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(metadata)) checkText(`metadata ${describe(key)}`, key, value);
  if (Object.keys(metadata).length > 0) header[METADATA] = metadata;

  // Wide types first, so that every tensor starts at a multiple of its element's size.
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) checkTensor(name, tensor);
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

function checkTensor(name: string, { dtype, shape, data }: Tensor): void {
  const what = `tensor ${describe(name)}`;
  if (name === METADATA) throw new TypeError(`no tensor can be called ${METADATA}: the header keeps that name`);
  checkText(what, name);
  const View = VIEWS[checkOneOf(`dtype of ${what}`, dtype, DTYPES)];
  if (!(data instanceof View)) wrongType(`data of ${what}`, `of type ${View.name}, as its dtype is ${dtype}`, data);
  if (!Array.isArray(shape)) wrongType(`shape of ${what}`, "an array of whole numbers", shape);
  const count = shape.reduce((product, size, i) => product * checkInteger(`shape[${i}] of ${what}`, size, 0), 1);
  if (count !== data.length) wrongValue(`data of ${what}`, `${count} elements for [${shape.join(", ")}]`, data);
}

/** Strings that other languages can read: half a surrogate pair has no UTF-8. */
function checkText(name: string, ...texts: unknown[]): void {
  for (const text of texts) {
    if (typeof text !== "string") wrongType(name, "a string", text);
    if (LONE_SURROGATE.test(text)) wrongValue(name, "well-formed Unicode", text);
  }
}
