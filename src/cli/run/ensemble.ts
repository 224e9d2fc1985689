// Ensembles on the command line: trained one network after the other into one file, and opened where a network would
// be.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { checkEncoding, encodingText } from "../../data/encode/encoding.js";
import type { Data, Encoding } from "../../data/encode/table.js";
import { parseJson } from "../../formats/safetensors/json.js";
import { readSafetensors } from "../../formats/safetensors/reader.js";
import { Network } from "../../network.js";
import type { LoadOptions } from "../../types.js";
import { Ensemble } from "../../uncertainty/ensemble.js";
import { ENSEMBLE_FORMAT, packMembers } from "../../uncertainty/ensemble-file.js";
import { printLine } from "../output.js";
import { UsageError } from "../usage.js";
import type { AnyNetwork } from "./any-network.js";
import { type Model, packModel, readModel } from "./model-file.js";
import { fileBeside, type ModelWriter, openModelWriter } from "./model-writer.js";
import type { Run } from "./saved-run.js";
import { outputsOf } from "./settings.js";
import { type ResumableModel, type Shown, trainAndReport } from "./train-run.js";

/** A network or several that answer as one, and how data becomes their rows. */
export interface Answerer extends Pick<Model, "encoding" | "run"> {
  net: AnyNetwork;
  runtime: Network["runtime"];
}

type Machine = Pick<LoadOptions, "threads" | "build" | "revectorize">;

/** @throws as `readModel`, whose file may also be an ensemble here */
export async function readAnswerer(path: string, options: Machine): Promise<Answerer> {
  const bytes = ensembleBytes(path);
  if (!bytes) {
    const model = await readModel(path, options);
    return { ...model, runtime: model.net.runtime };
  }
  try {
    const net = await Ensemble.load<Network, LoadOptions>(bytes, Network, options);
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
 * Trains so many networks on the same rows, each from a seed of its own, and writes them as one file. Until then each
 * is the run of a file beside it, from which the same command goes on where it was stopped.
 * @param begin gives member m as it starts, and the data
 */
export async function trainMembers(
  count: number,
  begin: (member: number) => Promise<{ model: ResumableModel; data: Data }>,
  writer: ModelWriter,
  options: Shown & Machine & { checkpointEvery: number },
): Promise<void> {
  const { threads, build, revectorize, checkpointEvery, json } = options;
  const machine = { threads, build, revectorize };
  const files: string[] = [];
  for (let m = 1; m <= count; m++) {
    const path = fileBeside(writer.path, `member-${m}`);
    const begun = existsSync(path);
    const { model: fresh, data } = await begin(m - 1);
    const model = begun ? await takenUp(path, fresh, machine) : fresh;
    const part = openModelWriter(path, !begun, checkpointEvery);
    try {
      if (!model.run.stopped) await trainAndReport(model, data, part, { ...options, lean: false, continues: GOES_ON });
    } finally {
      model.net.dispose();
    }
    if (process.exitCode) {
      process.stderr.write(`thinned: stopped at member ${m} of ${count}; ${GOES_ON}\n`);
      return;
    }
    files.push(part.path);
  }
  writer.finish(await together(files, machine));
  for (const file of files) rmSync(file);
  if (!json) printLine(`saved ${writer.path}, an ensemble of ${count} networks`);
}

const GOES_ON = "the same command goes on";

/** A member as far as it came. @throws UsageError where the file is of another run than `fresh`, which begins it */
async function takenUp(path: string, fresh: ResumableModel, machine: Machine): Promise<ResumableModel> {
  const { net, run } = fresh;
  const { seed } = net.config;
  net.dispose();
  const found = await readModel(path, machine, true);
  const told = (of: Run, own: number) => JSON.parse(JSON.stringify([of.settings, of.digest, own]));
  if (found.run && isDeepStrictEqual(told(found.run, found.net.config.seed), told(run, seed)))
    return { ...found, run: found.run };
  found.net.dispose();
  throw new UsageError(`${path} is not of this run; name another file with --out, or remove that one`);
}

/** The members' files as one, without what only going on needs. */
async function together(files: readonly string[], machine: Machine): Promise<Uint8Array> {
  const members: Uint8Array[] = [];
  let encoding = "";
  for (const file of files) {
    const model = await readModel(file, machine);
    encoding = encodingText(model.encoding);
    members.push(packModel(model, true));
    model.net.dispose();
  }
  return packMembers(members, { encoding });
}
