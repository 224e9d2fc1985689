// Ensembles on the command line: trained one network after the other into one file, and opened where a network would be.
import { readFileSync } from "node:fs";
import { checkEncoding, encodingText } from "../../data/encode/encoding.js";
import type { Data, Encoding } from "../../data/encode/table.js";
import { parseJson } from "../../formats/safetensors/json.js";
import { readSafetensors } from "../../formats/safetensors/reader.js";
import { Network } from "../../network.js";
import { Ensemble } from "../../uncertainty/ensemble.js";
import { ENSEMBLE_FORMAT, packMembers } from "../../uncertainty/ensemble-file.js";
import { printLine } from "../output.js";
import type { AnyNetwork } from "./any-network.js";
import { type Model, readModel } from "./model-file.js";
import type { ModelWriter } from "./model-writer.js";
import { outputsOf } from "./settings.js";
import { type ResumableModel, type Shown, trainAndReport } from "./train-run.js";

/** A network or several that answer as one, and how data becomes their rows. */
export interface Answerer extends Pick<Model, "encoding" | "run"> {
  net: AnyNetwork;
  runtime: Network["runtime"];
}

interface Machine {
  threads: number | "auto";
  revectorize?: boolean;
}

/** @throws as `readModel`, whose file may also be an ensemble here */
export async function readAnswerer(path: string, options: Machine): Promise<Answerer> {
  const bytes = ensembleBytes(path);
  if (!bytes) {
    const model = await readModel(path, options);
    return { ...model, runtime: model.net.runtime };
  }
  try {
    const net = await Ensemble.load(bytes, Network, options);
    return { net, encoding: encodingOf(net), run: null, runtime: net.members[0].runtime };
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** null where it is no ensemble; what it is instead is for `readModel` to say. */
function ensembleBytes(path: string): Uint8Array | null {
  try {
    const bytes = readFileSync(path);
    return readSafetensors(bytes).metadata.format === ENSEMBLE_FORMAT ? bytes : null;
  } catch {
    return null;
  }
}

function encodingOf(net: Ensemble<Network>): Encoding {
  try {
    const { sizes, inputs, loss } = net.config;
    const encoding = checkEncoding(parseJson(net.metadata.encoding ?? ""), inputs?.shift);
    if (sizes[0] === encoding.features && sizes.at(-1) === outputsOf(encoding, loss)) return encoding;
    throw new Error("it does not fit the networks");
  } catch (error) {
    net.dispose();
    throw new Error(`the metadata entry "encoding" is damaged: ${(error as Error).message}; train again`);
  }
}

/**
 * Trains so many networks on the same rows, each from a seed of its own, and writes them as one file. Nothing is written where one is stopped.
 * @param begin gives member m as it starts, and the data
 */
export async function trainMembers(
  count: number,
  begin: (member: number) => Promise<{ model: ResumableModel; data: Data }>,
  writer: ModelWriter,
  shown: Shown,
): Promise<void> {
  const files: Uint8Array[] = [];
  let encoding = "";
  for (let m = 0; m < count; m++) {
    const { model, data } = await begin(m);
    encoding = encodingText(model.encoding);
    try {
      await trainAndReport(model, data, collector(`member ${m + 1} of ${count}`, files), { ...shown, lean: true });
    } finally {
      model.net.dispose();
    }
    if (process.exitCode) {
      process.stderr.write("thinned: stopped; no ensemble was written, and none can be resumed\n");
      return;
    }
  }
  writer.finish(packMembers(files, { encoding }));
  if (!shown.json) printLine(`saved ${writer.path}, an ensemble of ${count} networks`);
}

/** Keeps a member until all are there. */
function collector(path: string, files: Uint8Array[]): ModelWriter {
  return { path, due: false, checkpoint() {}, finish: (bytes) => void files.push(bytes) };
}
