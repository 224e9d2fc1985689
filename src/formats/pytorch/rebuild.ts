// What the pickle of a state dict may name: ordered dictionaries, tensors, and the kinds of storage that tensors lie
// in.

import { describe } from "../../checks.js";
import type { DType } from "../safetensors/format.js";
import { refuse } from "./error.js";
import { type Names, SAVE_DICT, type Value } from "./pickle.js";

/** Where a tensor's elements lie: a file of the archive. */
export class Storage {
  /** @param length elements */
  constructor(
    readonly key: string,
    readonly dtype: DType,
    readonly length: number,
  ) {}
}

/** A view of a storage, in elements. */
export class StoredTensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

const STORAGES: Record<string, DType> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

class StorageKind {
  constructor(readonly dtype: DType) {}
}

const ORDERED = { name: "collections.OrderedDict" };
const TENSOR = { name: "torch._utils._rebuild_tensor_v2" };
const PARAMETER = { name: "torch._utils._rebuild_parameter" };
const CALLABLE = [ORDERED, TENSOR, PARAMETER];

/** Names of a pickle of torch.save. */
export const STATE_DICT_NAMES: Names = {
  find(name) {
    const kind = /^torch\.(\w+)$/.exec(name)?.[1] ?? "";
    if (Object.hasOwn(STORAGES, kind)) return new StorageKind(STORAGES[kind]);
    return CALLABLE.find((known) => known.name === name);
  },
  call(callee, args) {
    if (!Array.isArray(args)) damaged("it calls with what is no tuple");
    if (callee === ORDERED) return orderedDictionary(args);
    if (callee === TENSOR) return rebuildTensor(args);
    if (callee === PARAMETER)
      return args[0] instanceof StoredTensor ? args[0] : damaged("it has a parameter of no tensor");
    return damaged("it calls what is no function");
  },
  persistent(reference) {
    if (!Array.isArray(reference)) damaged("it has a storage that is not described");
    const [tag, kind, key, , length] = reference;
    if (tag !== "storage" || !(kind instanceof StorageKind) || typeof key !== "string" || !isSize(length)) {
      damaged(`it has a storage that is described as ${describe(reference)}`);
    }
    return new Storage(key, kind.dtype, length);
  },
  refuse(name) {
    const whole = /^torch\.nn\.|^__main__\.|^__torch__/.test(name);
    const what = whole
      ? `the file holds a whole module, not a state dict: it names ${describe(name)}, which would be code`
      : `the file names ${describe(name)}, which no state dict needs, and which would be code`;
    refuse(what, SAVE_DICT);
  },
};

function orderedDictionary(args: Value[]): Value {
  if (args.length === 0) return new Map();
  // OrderedDict([(key, value), …]), as Python 2 wrote it.
  const [pairs] = args;
  const isPair = (pair: Value): pair is [string, Value] =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string";
  if (!Array.isArray(pairs) || !pairs.every(isPair)) damaged("it has an ordered dictionary of what are no pairs");
  return new Map(pairs);
}

function rebuildTensor([storage, offset, shape, strides]: Value[]): StoredTensor {
  if (!(storage instanceof Storage) || !isSize(offset) || !areSizes(shape) || !areSizes(strides)) {
    damaged(
      `it has a tensor at ${describe(offset)} of the shape ${describe(shape)} and the strides ${describe(strides)}`,
    );
  }
  if (shape.length !== strides.length)
    damaged(`it has a tensor of ${describe(shape)} with the strides ${describe(strides)}`);
  let elements = 1;
  let last = offset;
  shape.forEach((size, i) => {
    elements *= size;
    last += (size - 1) * strides[i];
  });
  if (elements > 0 && last >= storage.length) {
    damaged(`it has a tensor of the shape ${describe(shape)} that reaches behind its storage of ${storage.length}`);
  }
  // Also where the product is no number.
  if (!(elements <= storage.length)) {
    refuse(`a tensor of the shape ${describe(shape)} repeats its elements`, "save a clone() of it");
  }
  return new StoredTensor(storage, offset, shape, strides);
}

function areSizes(value: Value): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function isSize(value: Value): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function damaged(what: string): never {
  refuse(`damaged pickle: ${what}`);
}
