// A state dict as torch.save writes it: a pickle of an ordered dictionary, and a file for each tensor's storage.

import { writeZip } from "./zip.js";

/** A float32 tensor. */
export interface FloatTensor {
  shape: number[];
  data: Float32Array;
}

/** The folder within the archive; torch.load takes any. */
const ROOT = "archive";

/** Bytes that `torch.load` reads, also with `weights_only`. */
export function writeTorchFile(tensors: ReadonlyMap<string, FloatTensor>): Uint8Array {
  const storages = [...tensors.values()].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return writeZip({
    [`${ROOT}/data.pkl`]: pickleOf(tensors),
    [`${ROOT}/byteorder`]: ascii("little"),
    ...Object.fromEntries(storages.map((bytes, i) => [`${ROOT}/data/${i}`, bytes])),
    [`${ROOT}/version`]: ascii("3\n"),
  });
}

/** Instructions of protocol 2, by their letters in Python's pickletools. */
function pickleOf(tensors: ReadonlyMap<string, FloatTensor>): Uint8Array {
  const ordered = [...global("collections", "OrderedDict"), ...ascii(")R")];
  const parts: number[][] = [[0x80, 2], ordered, [...ascii("(")]];
  let storage = 0;
  for (const [key, { shape, data }] of tensors) {
    const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
    const reference = [text("storage"), global("torch", "FloatStorage"), text(String(storage++)), text("cpu")];
    parts.push(text(key), global("torch._utils", "_rebuild_tensor_v2"));
    parts.push([...ascii("(")], tuple(...reference, int(data.length)), [...ascii("Q")], int(0));
    // Behind the strides: no gradient is wanted, and nothing hooks into it.
    parts.push(tuple(...shape.map(int)), tuple(...strides.map(int)), [0x89], ordered, [...ascii("tR")]);
  }
  parts.push([...ascii("u.")]);
  return Uint8Array.from(parts.flat());
}

function global(module: string, name: string): number[] {
  return [...ascii(`c${module}\n${name}\n`)];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...ascii("X"), ...word(bytes.length), ...bytes];
}

function int(value: number): number[] {
  return [...ascii("J"), ...word(value)];
}

function tuple(...items: number[][]): number[] {
  return [...ascii("("), ...items.flat(), ...ascii("t")];
}

function word(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

function ascii(letters: string): Uint8Array {
  return new TextEncoder().encode(letters);
}
