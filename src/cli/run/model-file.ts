// A model file is the network's own checkpoint with two more entries in its metadata: how data becomes numbers
// (`encoding`) and how the run was set up (`run`), so that a model can be used and a run resumed from one file. A run
// that was stopped while it watches for its best epoch (--patience) has one more: that epoch's weights.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { describe } from "../../checks.js";
import { checkEncoding, encodingText } from "../../data/encode/encoding.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { parseJson } from "../../formats/safetensors/json.js";
import { readSafetensors, type Tensor, writeSafetensors } from "../../formats/safetensors/writer.js";
import { Network } from "../../network.js";
import type { LoadOptions } from "../../types.js";
import { ENSEMBLE_FORMAT } from "../../uncertainty/ensemble-file.js";
import { checkRun, type Run } from "./saved-run.js";
import { isOfNumbers, outputsOf } from "./settings.js";

export interface Model {
  net: Network;
  encoding: Encoding;
  run: Run | null;
  /** The weights of `run.best`, where the network has later ones. */
  bestWeights: Weights | null;
  /** The last weights of a run that may go on, where the network has those of `run.best`. */
  lastWeights?: Weights | null;
}

type Weights = Record<string, Float32Array>;

/** Tensors of these names are the command line's; the network's own reader leaves them alone. */
const BEST = "best.";
const LAST = "last.";

/** `lean`: without what only going on with the run needs. */
export function packModel({ net, encoding, run, bestWeights, lastWeights }: Model, lean = false): Uint8Array {
  if (lean) {
    const { run: _, ...others } = net.metadata;
    net.metadata = { ...others, encoding: encodingText(encoding) };
    return net.save({ optimizer: false });
  }
  net.metadata = { ...net.metadata, encoding: encodingText(encoding), ...(run && { run: JSON.stringify(run) }) };
  const [prefix, others] = bestWeights ? [BEST, bestWeights] : [LAST, lastWeights];
  if (!others) return net.save();
  const { tensors, metadata } = readSafetensors(net.save());
  for (const [name, data] of Object.entries(others)) {
    tensors[prefix + name] = { dtype: "F32", shape: [data.length], data };
  }
  return writeSafetensors(tensors, metadata);
}

/** Reads back what describes the model in bytes of `packModel`: names may be longer or more than a reader takes. */
export function checkPacked(bytes: Uint8Array): void {
  const { metadata } = readSafetensors(bytes);
  for (const name of ["encoding", "run"]) if (metadata[name] !== undefined) parseJson(metadata[name]);
}

/**
 * Every error names the file. To resume, the network runs in the build that its run began in, unless the caller forces
 * one.
 */
export async function readModel(path: string, options: LoadOptions, toResume = false): Promise<Model> {
  let bytes: Uint8Array;
  try {
    const found = statSync(path);
    if (!found.isFile() && !found.isDirectory())
      throw new Error("it is a device, a pipe or a socket; name a model file");
    bytes = readFileSync(path);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const known: Record<string, string> = {
      ENOENT: "there is no such model file",
      EISDIR: "it is a directory; name a model file",
    };
    throw new Error(`${path}: ${known[code] ?? message}`);
  }
  try {
    return await unpackModel(bytes, options, toResume);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

async function unpackModel(bytes: Uint8Array, options: LoadOptions, toResume: boolean): Promise<Model> {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format === ENSEMBLE_FORMAT) {
    throw new Error(
      "it is an ensemble, and one network is wanted; thinned convert FILE OUT --member 1 takes one out of it",
    );
  }
  if (!metadata.encoding) {
    throw new Error(
      'it does not say how data becomes its inputs; expected the metadata entry "encoding" that docs/checkpoint.md describes; thinned train writes it',
    );
  }
  const run = metadata.run === undefined ? null : parse("run", metadata.run, checkRun);
  const [best, last] = [BEST, LAST].map((prefix) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(prefix))),
  );
  const [watching, ended] = [best, last].map((weights) => Object.keys(weights).length > 0);
  const build = options.build ?? (toResume ? run?.build : undefined);
  const net = await Network.load(bytes, { ...options, build });
  try {
    const means = net.config.inputs?.shift;
    const encoding = parse("encoding", metadata.encoding, (value) => checkEncoding(value, means));
    checkFit(net, encoding);
    const awaited = run !== null && run.best !== null && !run.stopped;
    const bestWeights = (awaited && !ended) || watching ? readWeights(net, best, BEST, awaited && !ended) : null;
    // Without a best epoch, what took their place is their average.
    const averaged = run !== null && run.best === null && run.settings.ema !== null;
    const lastWeights = ended ? readWeights(net, last, LAST, awaited || averaged) : null;
    if (!toResume || !lastWeights) return { net, encoding, run, bestWeights, lastWeights };
    const kept = averaged ? null : net.parameters();
    net.setParameters(lastWeights);
    return { net, encoding, run, bestWeights: kept, lastWeights: null };
  } catch (error) {
    net.dispose();
    throw error;
  }
}

function checkFit({ config: { sizes, loss } }: Network, encoding: Encoding): void {
  const { features, task } = encoding;
  const last = sizes[sizes.length - 1];
  const outputs = outputsOf(encoding, loss);
  if (sizes[0] !== features || last !== outputs) {
    throw new Error(
      `its network has ${sizes[0]} inputs and ${last} outputs, its encoding needs ${features} and ${outputs}; the file is damaged, train again`,
    );
  }
  if ((task === "regress") !== isOfNumbers(loss)) {
    throw new Error(
      `its network has the loss ${loss}, and its encoding the task ${task}; the file is damaged, train again`,
    );
  }
}

/**
 * The weights of the best or the last epoch, as `setParameters` will take them at the end of the run: too late to find
 * them damaged.
 */
function readWeights(net: Network, tensors: Record<string, Tensor>, prefix: string, expected: boolean): Weights {
  const weights: Weights = {};
  for (const [name, { length }] of Object.entries(net.parameters())) {
    const data = tensors[prefix + name]?.data;
    if (!expected || !(data instanceof Float32Array) || data.length !== length || !data.every(Number.isFinite)) {
      const what = expected
        ? `tensor "${prefix}${name}" must be ${length} finite numbers, F32`
        : "it has no best epoch to keep";
      throw new Error(`${what}; the file is damaged, train again`);
    }
    weights[name] = data;
  }
  const unknown = Object.keys(tensors).find((name) => !(name.slice(prefix.length) in weights));
  if (unknown)
    throw new Error(
      `it has a tensor ${describe(unknown)}, which belongs to no layer; the file is damaged, train again`,
    );
  return weights;
}

/** A digest of training rows: the same rows in the same order, and nothing else, give the same one. */
export function digestOf(table: Table): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of [table.x, table.y])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}

function parse<T>(name: string, text: string, check: (value: unknown) => T): T {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const why = `${(error as Error).message}; got ${describe(text)}`;
    throw new Error(`the metadata entry "${name}" must be a JSON object: ${why}; train again`);
  }
  try {
    return check(value);
  } catch (error) {
    throw new Error(`the metadata entry "${name}" is damaged: ${(error as Error).message}; train again`);
  }
}
