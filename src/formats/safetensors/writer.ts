// Writes safetensors files of what callers hand over: nothing that a reader would refuse.

import { checkInteger, checkOneOf, describe, wrongType, wrongValue } from "../../checks.js";
import type { Bytes } from "../../types.js";
import { DTYPES, METADATA, type Tensor, VIEWS } from "./format.js";
import { LONE_SURROGATE } from "./json.js";
import { layOut } from "./lay-out.js";

export { type DType, type Safetensors, SafetensorsError, type Tensor } from "./format.js";
export { readSafetensors } from "./reader.js";

/** The file's bytes: equal tensors and metadata, given in the same order, give equal bytes. */
export function writeSafetensors(tensors: Record<string, Tensor>, metadata: Record<string, string> = {}): Bytes {
  for (const [key, value] of Object.entries(metadata)) checkText(`metadata ${describe(key)}`, key, value);
  for (const [name, tensor] of Object.entries(tensors)) checkTensor(name, tensor);
  return layOut(tensors, metadata);
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
