// The zip files of torch.save: a pickle that says which tensors there are, and a file for each storage that they lie
// in.

import { describe } from "../../checks.js";
import { VIEWS } from "../safetensors/format.js";
import { listed, PyTorchError, refuse } from "./error.js";
import { type Dictionary, SAVE_DICT, unpickle, type Value } from "./pickle.js";
import { STATE_DICT_NAMES, type Storage, StoredTensor } from "./rebuild.js";
import { floatsOf, type StateDict } from "./tensor.js";
import { Archive } from "./unzip.js";

const PICKLE = "data.pkl";
/**
 * Elements that are read, for each byte of the file: several tensors may share a storage, but a small file must not
 * fill the memory.
 */
const MOST_SHARED = 4;

/**
 * The tensors of a state dict that torch.save wrote.
 * @param part where the dictionary holds several: the name of the one that is meant
 * @throws PyTorchError where it holds anything else
 */
export function readTorchFile(file: Uint8Array, part?: string): StateDict {
  const archive = new Archive(file);
  const root = rootOf(archive);
  if (archive.has(`${root}constants.pkl`)) {
    refuse("the file is TorchScript, a program", `load it with torch.jit.load, and ${SAVE_DICT}`);
  }
  const order = archive.has(`${root}byteorder`)
    ? new TextDecoder().decode(archive.read(`${root}byteorder`).slice())
    : "";
  if (order.trim() === "big") refuse("the file was written on a big-endian machine", "save it again on another one");
  const dictionary = pickPart(unpickle(archive.read(root + PICKLE), STATE_DICT_NAMES), part);

  const storages = new Map<string, Uint8Array>();
  let elements = 0;
  const bytesOf = ({ key, dtype, length }: Storage): Uint8Array => {
    const bytes = storages.get(key) ?? archive.read(`${root}data/${key}`);
    storages.set(key, bytes);
    const needed = length * VIEWS[dtype].BYTES_PER_ELEMENT;
    if (bytes.length !== needed) {
      refuse(
        `damaged file: storage ${describe(key)} has ${bytes.length} bytes, and ${length} of ${dtype} take ${needed}`,
      );
    }
    return bytes;
  };
  const tensors: StateDict = new Map();
  for (const [key, value] of dictionary) {
    // What else a state dict may hold, as the state of a module that keeps more than tensors, is no layer.
    if (!(value instanceof StoredTensor)) continue;
    const { shape, storage } = value;
    const read = () => {
      elements += shape.reduce((product, size) => product * size, 1);
      if (elements > MOST_SHARED * file.length)
        refuse("the file's tensors share too few elements", "save a clone() of each");
      return gather(value, bytesOf(storage));
    };
    tensors.set(String(key), { dtype: storage.dtype, shape, read });
  }
  return tensors;
}

/** The folder that everything lies in, with its slash: it is called as the file was. */
function rootOf(archive: Archive): string {
  const pickles = archive.names.filter((name) => name === PICKLE || name.endsWith(`/${PICKLE}`));
  if (pickles.length !== 1) {
    const found = pickles.length === 0 ? `it has no ${PICKLE}, but ${listed(archive.names)}` : listed(pickles);
    refuse(`a zip archive, and not one of torch.save: ${found}`);
  }
  return pickles[0].slice(0, -PICKLE.length);
}

function pickPart(value: Value, part: string | undefined): Dictionary {
  const whole = value instanceof Map ? value : refuse("the file holds no dictionary of tensors", SAVE_DICT);
  const parts = [...whole].filter((entry): entry is [string | number, Dictionary] => isStateDict(entry[1]));
  const names = parts.map(([name]) => name);
  if (part !== undefined) {
    const found = parts.find(([name]) => String(name) === part);
    return (
      found?.[1] ?? refuse(`the file has no state dict ${describe(part)}; it has ${listed(names) || "none of a name"}`)
    );
  }
  if (isStateDict(whole)) return whole;
  if (parts.length === 1) return parts[0][1];
  if (parts.length === 0) refuse(`the file has no tensors, but ${listed(whole.keys()) || "nothing"}`, SAVE_DICT);
  refuse(`the file has several state dicts: ${listed(names)}`, `say which: { part: ${describe(names[0])} }`);
}

function isStateDict(value: Value): boolean {
  return value instanceof Map && [...value.values()].some((item) => item instanceof StoredTensor);
}

/** The elements of a tensor of at most two dimensions, in the order of its rows: a transposed one lies by columns. */
function gather(tensor: StoredTensor, bytes: Uint8Array): Float32Array | Float64Array {
  const { storage, offset, shape, strides } = tensor;
  if (shape.length > 2) throw new PyTorchError(`a tensor of the shape ${describe(shape)} is of no dense layer`);
  const View = VIEWS[storage.dtype];
  const whole = new View(new Uint8Array(bytes).buffer);
  const [rows, columns] = shape.length === 2 ? shape : [1, shape[0] ?? 1];
  const [down, right] = shape.length === 2 ? strides : [0, strides[0] ?? 1];
  const data = new View(rows * columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[at++] = whole[offset + i * down + j * right];
  }
  return floatsOf({ dtype: storage.dtype, data });
}
