// The tensors of a state dict, whichever format holds them.

import { kindOf, wrongType, wrongValue } from "../../checks.js";
import { readSafetensors } from "../safetensors/reader.js";
import { refuse } from "./error.js";
import { SAVE_DICT } from "./pickle.js";
import { floatsOf, type StateDict } from "./tensor.js";
import { readTorchFile } from "./torch-file.js";

/** @throws PyTorchError, SafetensorsError saying what is wrong with the file */
export function readStateDict(bytes: Uint8Array | ArrayBuffer, part?: string): StateDict {
  const file = asBytes(bytes);
  if (file[0] === 0x50 && file[1] === 0x4b) return readTorchFile(file, part);
  if (part !== undefined) wrongValue("part", "left out", part, "part is for files of torch.save, and this is none");
  // A pickle's first instruction is the number of its protocol.
  if (file[0] === 0x80 && file[1] >= 2 && file[1] <= 5) {
    const remedy = "PyTorch 1.6 and later write a zip file: load it there, and torch.save it again";
    refuse("the file is a pickle, as torch.save of PyTorch 1.5 and before wrote it", remedy);
  }
  const { tensors, metadata } = readSafetensors(file);
  if (metadata.format === "thinned") refuse("the file is a model file of thinned", "open it with Network.load");
  const entries = Object.entries(tensors);
  return new Map(entries.map(([key, tensor]) => [key, { ...tensor, read: () => floatsOf(tensor) }]));
}

function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kindOf(bytes) !== "ArrayBuffer") wrongType("bytes", "a Uint8Array or an ArrayBuffer", bytes, SAVE_DICT);
  return new Uint8Array(bytes);
}
