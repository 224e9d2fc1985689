// The file formats of a network, and how the command line gets from one to another: by way of a network.
import { existsSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { describe } from "../../checks.js";
import { type FromStateDictOptions, fromStateDict } from "../../formats/pytorch/from-state-dict.js";
import { toStateDict } from "../../formats/pytorch/to-state-dict.js";
import { readModelFile } from "../../formats/read-model-file.js";
import { readSafetensors } from "../../formats/safetensors/reader.js";
import { Network } from "../../network.js";
import { UsageError } from "../../node/usage-error.js";
import { fromOnnx, toOnnx } from "../../onnx.js";
import type { SavedType } from "../../types.js";
import { ENSEMBLE_FORMAT, unpackMembers } from "../../uncertainty/ensemble-file.js";

/** "safetensors" is a state dict in that format. */
export const FORMATS = ["thinned", "pytorch", "safetensors", "onnx"] as const;
export type Format = (typeof FORMATS)[number];

export interface Conversion extends Omit<FromStateDictOptions, "dropout"> {
  dropout?: number | number[];
  inputDropout?: number;
  dtype?: SavedType;
  lean?: boolean;
  names?: string[];
  foldInputs?: boolean;
  opset?: number;
  dropoutNodes?: boolean;
}

export interface Input {
  path: string;
  format: Format;
  bytes: Uint8Array;
}

const ENDINGS: Record<string, Format> = {
  ".safetensors": "thinned",
  ".pt": "pytorch",
  ".pth": "pytorch",
  ".onnx": "onnx",
};

/** The format that a file's name asks for. */
export function formatOf(path: string): Format {
  const format = ENDINGS[extname(path).toLowerCase()];
  if (format) return format;
  const endings = Object.keys(ENDINGS).join(", ");
  throw new UsageError(`OUT must end in one of ${endings}; got ${describe(path)}; or say what it is, with --to`);
}

/** A file and what its bytes are; of an ensemble those of the member that is asked for, from 1. */
export function readInput(path: string, member?: number): Input {
  const bytes = readFile(path);
  const ensemble = ensembleIn(bytes);
  if (ensemble) return { path, format: "thinned", bytes: memberOf(path, ensemble, member) };
  if (member !== undefined) throw new UsageError(`--member is for ensembles, and ${path} is none; leave it out`);
  if (extname(path).toLowerCase() === ".onnx") return { path, format: "onnx", bytes };
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return { path, format: "pytorch", bytes };
  // A pickle that is no zip file; the reader of state dicts says what to do about it.
  if (bytes[0] === 0x80) return { path, format: "pytorch", bytes };
  try {
    const { metadata } = readSafetensors(bytes);
    return { path, format: metadata.format === "thinned" ? "thinned" : "safetensors", bytes };
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The members' files; null where it is something else. @throws where it is a damaged ensemble */
function ensembleIn(bytes: Uint8Array): Uint8Array[] | null {
  try {
    if (readSafetensors(bytes).metadata.format !== ENSEMBLE_FORMAT) return null;
  } catch {
    return null;
  }
  return unpackMembers(bytes).members;
}

function memberOf(path: string, members: Uint8Array[], member: number | undefined): Uint8Array {
  if (member === undefined)
    throw new UsageError(`${path} is an ensemble of ${members.length} networks; give one of them, with --member 1`);
  if (member <= members.length) return members[member - 1];
  throw new UsageError(`--member must be from 1 to ${members.length}, the networks of ${path}; got ${member}`);
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const known: Record<string, string> = { ENOENT: "there is no such file", EISDIR: "it is a directory; name a file" };
    throw new Error(`${path}: ${known[code] ?? message}`);
  }
}

/** The network in a file, with the dropout that is asked for. */
export async function readAs(input: Input, options: Conversion): Promise<Network> {
  if (input.format === "onnx") return Network.load(readOnnx(input, options));
  if (input.format === "thinned") return Network.load(input.bytes, { dropout: ratesOf(input.bytes, options) });
  const { activation, output, layers, part, batchNorm, epsilon, dropout = 0, inputDropout = 0 } = options;
  const rates = { input: inputDropout, hidden: dropout };
  const model = fromStateDict(input.bytes, { activation, output, layers, part, batchNorm, epsilon, dropout: rates });
  return Network.load(model);
}

/** An ONNX file may have rates of its own. They are read first, and those that are asked for put in their place. */
function readOnnx({ path, bytes }: Input, options: Conversion): Uint8Array {
  // Exporters write large weights beside the file, by one of these names.
  const beside = [`${path}.data`, path.replace(/\.onnx$/i, ".data")].filter(existsSync);
  const externalData = Object.fromEntries(beside.map((name) => [basename(name), readFileSync(name)]));
  const model = fromOnnx(bytes, { externalData });
  const dropout = ratesOf(model, options);
  return dropout ? fromOnnx(bytes, { externalData, dropout }) : model;
}

/** The rates that are asked for, beside a model's own; undefined where none is. */
function ratesOf(model: Uint8Array, { dropout, inputDropout }: Conversion) {
  if (dropout === undefined && inputDropout === undefined) return undefined;
  const [input, ...hidden] = readModelFile(model).dropout;
  return { input: inputDropout ?? input, hidden: dropout ?? hidden };
}

/** The bytes of a file with this network. */
export function writeAs(to: Format, net: Network, options: Conversion): Uint8Array {
  const { dtype, lean, names, foldInputs, opset, dropoutNodes } = options;
  const { run: _, ...metadata } = net.metadata;
  net.metadata = metadata;
  if (to === "thinned") return net.save({ dtype, optimizer: !lean });
  const model = net.save({ optimizer: false });
  if (to === "onnx") return toOnnx(model, { opset, dropout: dropoutNodes ? "nodes" : "none" });
  const inputs = foldInputs ? "fold" : "refuse";
  return toStateDict(model, { names, inputs, format: to === "pytorch" ? "torch" : "safetensors" });
}
