// A model file is the network's own checkpoint with two more entries in its metadata: how data becomes numbers (`encoding`)
// and how the run was set up (`run`), so that a model can be used and a run resumed from one file. A run that was stopped
// while it watches for its best epoch (--patience) has one more: that epoch's weights.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { LoadOptions } from "../checkpoint/config.js";
import { readSafetensors, writeSafetensors } from "../checkpoint/safetensors.js";
import type { Encoding, Table } from "../data/table.js";
import { Network } from "../network.js";
import type { Parameters } from "../types.js";
import type { Settings } from "./settings.js";

/** What `train --resume` needs besides the network. */
export interface Run {
  settings: Settings;
  /** DATA as it was written on the command line. */
  source: string;
  /** Tells the training rows from any others. */
  digest: string;
  /** The build that took the steps so far: another one would differ in last bits. */
  build: "simd" | "relaxed";
  /** The best epoch so far, of a run with --patience. */
  best: { epoch: number; loss: number } | null;
  /** --patience has ended the run and the best weights are in place. */
  stopped: boolean;
}

export interface Model {
  net: Network;
  encoding: Encoding;
  run: Run | null;
  /** The weights of `run.best`. */
  bestWeights: Parameters | null;
}

/** Tensors of this name are the command line's; the network's own reader does not know them. */
const BEST = "best.";

export function packModel({ net, encoding, run, bestWeights }: Model): Uint8Array {
  net.metadata = { ...net.metadata, encoding: JSON.stringify(encoding), ...(run && { run: JSON.stringify(run) }) };
  if (!bestWeights) return net.save();
  const { tensors, metadata } = readSafetensors(net.save());
  for (const [name, data] of Object.entries(bestWeights)) {
    tensors[BEST + name] = { dtype: "F32", shape: [data.length], data };
  }
  return writeSafetensors(tensors, metadata);
}

/** Every error names the file. To resume, the network runs in the build that its run began in, unless the caller forces one. */
export async function readModel(path: string, options: LoadOptions, toResume = false): Promise<Model> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(missing ? `${path}: there is no such model file` : `${path}: ${(error as Error).message}`);
  }
  try {
    return await unpackModel(bytes, options, toResume);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

async function unpackModel(bytes: Uint8Array, options: LoadOptions, toResume: boolean): Promise<Model> {
  const { tensors, metadata } = readSafetensors(bytes);
  if (!metadata.encoding) {
    throw new Error(
      'it does not say how data becomes its inputs; expected the metadata entry "encoding", which thinned train writes',
    );
  }
  const encoding = parse<Encoding>("encoding", metadata.encoding);
  const run = metadata.run ? parse<Run>("run", metadata.run) : null;
  const [own, best] = [false, true].map((wanted) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(BEST) === wanted)),
  );
  const watching = Object.keys(best).length > 0;
  const build = options.build ?? (toResume ? run?.build : undefined);
  const net = await Network.load(watching ? writeSafetensors(own, metadata) : bytes, { ...options, build });
  const { sizes } = net.config;
  const outputs = sizes[sizes.length - 1];
  if (sizes[0] !== encoding.features || outputs !== encoding.outputs) {
    net.dispose();
    throw new Error(
      `its network has ${sizes[0]} inputs and ${outputs} outputs, its encoding ${encoding.features} and ${encoding.outputs}; the file is damaged, train again`,
    );
  }
  const weights = Object.entries(best).map(([name, { data }]) => [name.slice(BEST.length), data as Float32Array]);
  return { net, encoding, run, bestWeights: watching ? Object.fromEntries(weights) : null };
}

/** A digest of training rows: the same rows in the same order, and nothing else, give the same one. */
export function digestOf(table: Table): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of [table.x, table.y])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}

function parse<T>(name: string, text: string): T {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch {
    // Said below, in our words.
  }
  throw new Error(`the metadata entry "${name}" must be a JSON object; got ${text.slice(0, 40)}; train again`);
}
