// How a caller's rows become the network's inputs, and what its outputs are called.

import { checkEach, checkKeys, checkObject, wrongType, wrongValue } from "../checks.js";
import type { InputOptions } from "../types.js";

/** Input j is (x[j] − shift[j]) · scale[j]. */
export interface InputConfig {
  /** `[in]` */
  shift: Float64Array;
  /** `[in]` */
  scale: Float32Array;
}

/** @returns null where nothing is shifted or scaled: rows are taken as they are */
export function resolveInputs(given: InputOptions | null | undefined, width: number): InputConfig | null {
  if (given === undefined || given === null) return null;
  checkKeys("inputs", checkObject("inputs", given, "an object { shift, scale }, or null"), ["shift", "scale"]);
  const { shift = 0, scale = 1 } = given;
  return {
    shift: spread("inputs.shift", shift, new Float64Array(width)),
    scale: spread("inputs.scale", scale, new Float32Array(width)),
  };
}

/** One number for all features, or one for each, checked and copied into `to`. */
function spread<T extends Float64Array | Float32Array>(name: string, given: unknown, to: T): T {
  const each = Array.isArray(given) || ArrayBuffer.isView(given);
  if (!each && typeof given !== "number") wrongType(name, "a number, or one per feature", given);
  const numbers = given as ArrayLike<unknown>;
  if (each && numbers.length !== to.length) {
    wrongValue(name, `a number, or ${to.length} of them, one per feature`, given);
  }
  for (let j = 0; j < to.length; j++) {
    const value = each ? numbers[j] : given;
    const what = each ? `${name}[${j}]` : name;
    if (typeof value !== "number") wrongType(what, "a number", value);
    if (!Number.isFinite(Math.fround(value))) wrongValue(what, "a finite number in float32, below 3.4e38", value);
    to[j] = value;
  }
  return to;
}

/** The names of `out` outputs: one each, or, of one output that says yes or no, both. */
export function resolveClasses(given: unknown, out: number): string[] | null {
  if (given === undefined || given === null) return null;
  const both = out === 1 && (given as ArrayLike<string>).length === 2;
  return checkEach("classes", given, both ? 2 : out, "names, one per output", checkName);
}

function checkName(name: string, value: string): string {
  return typeof value === "string" ? value : wrongType(name, "a text", value);
}
