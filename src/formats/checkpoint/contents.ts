// What is in a network's file, piece by piece, each checked: both readers, the whole library's and the small entry's, take it from here.

import { checkObject, checkOneOf, describe } from "../../checks.js";
import type { Orientation } from "../../memory/layout.js";
import { parseJson } from "../safetensors/json.js";
import { type Part, type Parts, readParts } from "../safetensors/rules.js";

/**
 * Tensors and metadata of a network of this version of the format. `known` is as in `readParts`.
 * @throws SafetensorsError for other bytes, TypeError for other safetensors files
 */
export function readContents(bytes: Uint8Array, known?: (start: string) => string | undefined): Parts {
  const contents = readParts(bytes, known);
  const { format, version } = contents.metadata;
  if (format !== "thinned" || version !== "1") {
    const got = `format ${describe(format)}, version ${describe(version)}`;
    throw new TypeError(`the file must be a network of thinned, version 1; got ${got}`);
  }
  return contents;
}

/** An entry of the metadata that is an object with these keys, and maybe others. @throws TypeError naming it */
export function readEntry(
  metadata: Record<string, string>,
  name: string,
  keys: readonly string[],
): Record<string, unknown> {
  const what = `the file's ${name}`;
  let value: unknown;
  try {
    value = parseJson(metadata[name] ?? "");
  } catch (error) {
    throw new TypeError(`${what}: ${(error as Error).message}`);
  }
  const entry = checkObject(what, value, "an object");
  // Defaults must not stand in for what is missing: another version may have others.
  for (const key of keys) if (!Object.hasOwn(entry, key)) throw new TypeError(`${what} has no ${key}`);
  return entry;
}

/** A copy of a tensor's numbers: the caller may use the bytes for something else. @throws TypeError, RangeError naming the tensor */
export function readFloats(parts: Record<string, Part>, name: string, shape: readonly number[]): Float32Array {
  const what = `tensor ${describe(name)}`;
  const part = parts[name];
  const found = part && [part.dtype, part.shape];
  if (String(found) !== `F32,${shape}`)
    throw new TypeError(`${what} must be F32 [${shape.join(", ")}]; got ${describe(found)}`);
  const values = new Float32Array(new Uint8Array(part.bytes).buffer);
  // A page waits for this, and a call for each of millions takes longer than all the rest of reading.
  let at = 0;
  while (values[at] - values[at] === 0) at++;
  if (at < values.length) throw new RangeError(`${what} must be finite; its element ${at} is ${values[at]}`);
  return values;
}

/** By which side the first weight is stored: it decides the order of sums, and so the last bits of what comes. */
export function readFirstLayer({ firstLayer }: Record<string, string>): Orientation | undefined {
  return firstLayer === undefined
    ? firstLayer
    : checkOneOf("the file's firstLayer", firstLayer, ["input", "output"] as const);
}
