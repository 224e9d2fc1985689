// Several model files in one safetensors file: the tensors' names and the descriptions of member m begin with
// `members.m`.

import { checkInteger, checkObject, describe } from "../checks.js";
import { parseJson } from "../formats/safetensors/json.js";
import { readSafetensors } from "../formats/safetensors/reader.js";
import { type Tensor, writeSafetensors } from "../formats/safetensors/writer.js";
import type { Bytes } from "../types.js";

export const ENSEMBLE_FORMAT = "thinned-ensemble";
const VERSION = "1";
const MOST_MEMBERS = 1000;
const OWN_KEY = /^(format|version|members(\.\d+)?)$/;

/** @throws TypeError where `metadata` takes a name of the file's own */
export function packMembers(files: readonly Uint8Array[], metadata: Record<string, string>): Bytes {
  const taken = Object.keys(metadata).find((key) => OWN_KEY.test(key));
  if (taken) throw new TypeError(`metadata.${taken} is what the file says of itself; choose another name`);
  const tensors: Record<string, Tensor> = {};
  const described: Record<string, string> = {};
  files.forEach((file, m) => {
    const member = readSafetensors(file);
    for (const [name, tensor] of Object.entries(member.tensors)) tensors[`members.${m}.${name}`] = tensor;
    described[`members.${m}`] = JSON.stringify(member.metadata);
  });
  const own = { format: ENSEMBLE_FORMAT, version: VERSION, members: String(files.length), ...described };
  return writeSafetensors(tensors, { ...metadata, ...own });
}

/**
 * The members as model files of their own; what is in those is for their reader to check.
 * @throws SafetensorsError, TypeError, RangeError naming what is wrong
 */
export function unpackMembers(bytes: Uint8Array): { members: Bytes[]; metadata: Record<string, string> } {
  const { tensors, metadata } = readSafetensors(bytes);
  const { format, version } = metadata;
  if (format !== ENSEMBLE_FORMAT || version !== VERSION) {
    const got = `format ${describe(format)}, version ${describe(version)}`;
    const remedy = format === "thinned" ? "; a single network is for Network.load" : "";
    throw new TypeError(`the file must be an ensemble of thinned, version 1; got ${got}${remedy}`);
  }
  const text = metadata.members ?? "";
  const count = checkInteger("the file's members", /^\d+$/.test(text) ? Number(text) : text, 2, MOST_MEMBERS);
  const parts = Array.from({ length: count }, (_, m) => ({
    described: describedMember(metadata, m),
    tensors: {} as Record<string, Tensor>,
  }));
  for (const [name, tensor] of Object.entries(tensors)) {
    const [, m, rest] = /^members\.(0|[1-9]\d*)\.(.+)$/s.exec(name) ?? [];
    if (m === undefined) continue; // somebody else's, as in a model file
    if (Number(m) >= count) throw new TypeError(`the file has a tensor ${describe(name)}, and ${count} members`);
    parts[Number(m)].tensors[rest] = tensor;
  }
  return {
    members: parts.map((part) => writeSafetensors(part.tensors, part.described)),
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !OWN_KEY.test(key))),
  };
}

function describedMember(metadata: Record<string, string>, m: number): Record<string, string> {
  const name = `the file's members.${m}`;
  let value: unknown;
  try {
    value = parseJson(metadata[`members.${m}`] ?? "");
  } catch (error) {
    throw new TypeError(`${name}: ${(error as Error).message}`);
  }
  return checkObject(name, value, "an object of texts") as Record<string, string>;
}
