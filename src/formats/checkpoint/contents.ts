// What is in a network's file, piece by piece, each checked: both readers, the whole library's and the small entry's,
// take it from here.

import { checkObject, checkOneOf, describe } from "../../checks.js";
import { resolveOutput } from "../../config/activation.js";
import { type InputConfig, resolveClasses } from "../../config/inputs.js";
import { resolveTemperature } from "../../config/temperature.js";
import type { Orientation } from "../../memory/layout.js";
import type { Loss, Output } from "../../types.js";
import { parseJson } from "../safetensors/json.js";
import { type Part, type Parts, readParts } from "../safetensors/rules.js";
import { widenBytes, widenHalf } from "../widen.js";

/** What follows the name of a weight in bytes, where it is the name of the outputs' scales. */
export const SCALE = "_scale";

/** What is written. Version 1 still opens. */
export const VERSION = "2";

/**
 * Tensors and metadata of a network of a version of the format that is known. `known` is as in `readParts`.
 * @throws SafetensorsError for other bytes, TypeError for other safetensors files
 */
export function readContents(bytes: Uint8Array, known?: (start: string) => string | undefined): Parts {
  const contents = readParts(bytes, known);
  const { format, version } = contents.metadata;
  if (format !== "thinned" || (version !== "1" && version !== VERSION)) {
    const got = `format ${describe(format)}, version ${describe(version)}`;
    throw new TypeError(`the file must be a network of thinned, version 1 or 2; got ${got}`);
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
  const entry = checkObject(what, parse(what, metadata[name]), "an object");
  // No default may stand in for what is missing, because another version may have others.
  for (const key of keys) if (!Object.hasOwn(entry, key)) throw new TypeError(`${what} has no ${key}`);
  return entry;
}

function parse(what: string, json = ""): unknown {
  try {
    return parseJson(json);
  } catch (error) {
    throw new TypeError(`${what}: ${(error as Error).message}`);
  }
}

/**
 * The settings, every one of these keys, as version 2 has them: in version 1 the loss alone says what the network
 * answers.
 */
export function readSettings(metadata: Record<string, string>, keys: readonly string[]): Record<string, unknown> {
  if (metadata.version !== "1") return readEntry(metadata, "config", keys);
  const saved = readEntry(
    metadata,
    "config",
    keys.filter((key) => key !== "output"),
  );
  return { ...saved, output: resolveOutput(undefined, saved.loss as Loss) };
}

/**
 * The names of `out` outputs, where the file has them. In version 1 such an entry belongs to whoever saved the file.
 */
export function readClasses({ version, classes }: Record<string, string>, out: number): string[] | null {
  return version === "1" || classes === undefined ? null : resolveClasses(parse("the file's classes", classes), out);
}

/** What logits are divided by, where the file says so; version 1 has no word for it. */
export function readTemperature({ version, temperature }: Record<string, string>, output: Output): number {
  return resolveTemperature(
    version === "1" || temperature === undefined ? 1 : parse("the file's temperature", temperature),
    output,
  );
}

/** How inputs are shifted and scaled, where the file has tensors that say so. */
export function readInputs({ parts, metadata }: Parts, width: number): InputConfig | null {
  const [shift, scale] = ["input.shift", "input.scale"];
  if (metadata.version === "1" || !(parts[shift] || parts[scale])) return null;
  return { shift: readNumbers(parts, shift, [width], Float64Array), scale: readFloats(parts, scale, [width]) };
}

/**
 * A copy of a tensor's numbers, because the caller may use the bytes for something else.
 * @throws TypeError, RangeError naming the tensor
 */
export function readFloats(parts: Record<string, Part>, name: string, shape: readonly number[]): Float32Array {
  return readNumbers(parts, name, shape, Float32Array);
}

/** A weight `[out, in]`, widened where it was saved in fewer bits. */
export function readWeight(parts: Record<string, Part>, name: string, shape: readonly number[]): Float32Array {
  const dtype = parts[name]?.dtype;
  const bytes = () => readBytes(parts, name, shape, dtype);
  if (dtype === "F16" || dtype === "BF16") return checkFinite(name, widenHalf(dtype, new Uint16Array(bytes())));
  if (dtype !== "I8") return readFloats(parts, name, shape);
  const scales = readFloats(parts, name + SCALE, [shape[0]]);
  return checkFinite(name, widenBytes(new Int8Array(bytes()), scales));
}

function readNumbers<T extends Float32Array | Float64Array>(
  parts: Record<string, Part>,
  name: string,
  shape: readonly number[],
  Numbers: { new (buffer: ArrayBuffer): T; BYTES_PER_ELEMENT: number },
): T {
  return checkFinite(name, new Numbers(readBytes(parts, name, shape, `F${8 * Numbers.BYTES_PER_ELEMENT}`)));
}

function readBytes(parts: Record<string, Part>, name: string, shape: readonly number[], dtype: string): ArrayBuffer {
  const part = parts[name];
  const found = part && [part.dtype, part.shape];
  if (String(found) === `${dtype},${shape}`) return new Uint8Array(part.bytes).buffer;
  throw new TypeError(`tensor ${describe(name)} must be ${dtype} [${shape.join(", ")}]; got ${describe(found)}`);
}

function checkFinite<T extends Float32Array | Float64Array>(name: string, values: T): T {
  // A page waits for this loop. A call for each of millions of numbers would take longer than all the rest of reading.
  let at = 0;
  while (values[at] - values[at] === 0) at++;
  if (at === values.length) return values;
  throw new RangeError(`tensor ${describe(name)} must be finite; its element ${at} is ${values[at]}`);
}

/** By which side the first weight is stored: it decides the order of sums, and so the last bits of what comes. */
export function readFirstLayer({ firstLayer }: Record<string, string>): Orientation | undefined {
  return firstLayer === undefined
    ? firstLayer
    : checkOneOf("the file's firstLayer", firstLayer, ["input", "output"] as const);
}
