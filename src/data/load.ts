// Sources to tables: which reader a source needs, and what a trained model demands of it.
import { checkInteger, checkKeys, checkOneOf, describe, didYouMean, wrongType } from "../checks.js";
import { STANDARD_INPUT } from "./bytes.js";
import type { Columns } from "./columns.js";
import { keepable, keptColumns } from "./encode/kept.js";
import { encode, prepare } from "./encode/prepare.js";
import type { Data, DataOptions, Encoding, RawImages, RawTable, Table } from "./encode/table.js";
import { prepareTable, tableForModel } from "./encode/table-data.js";
import { badData, DataError, quote } from "./error.js";
import { findIdx, kindOfPath, needIdx, readIdx } from "./read.js";
import { type ReadFileOptions, readTable } from "./read-table.js";
import { digitsEncoding, drawRawDigits, LARGEST_DIGIT, SMALLEST_DIGIT } from "./sources/digits.js";
import { idxTable } from "./sources/idx.js";
import type { Split } from "./split/split.js";

/**
 * How many digits `digits` draws for training, and how many there are to test with: always the same ones, as MNIST has.
 */
const TRAINING_DIGITS = 1000;
const TEST_DIGITS = 4000;

// biome-ignore format: names, two lines
const OPTIONS = ["task", "target", "ignore", "include", "read", "as", "test", "val", "seed", "splitSeed", "split", "group", "fold", "center", "asWritten", "samples"];

/**
 * Loads what `source` names: a directory of IDX files, a file with a table, or `digits`, which are drawn from
 * the seed.
 */
export async function loadData(source: string, options: DataOptions = {}): Promise<Data> {
  checkKeys("loadData", options, OPTIONS);
  const { val, seed = 0, splitSeed = seed, split: by, fold, center } = options;
  checkInteger("seed", seed, 0);
  if (options.task !== undefined) checkOneOf("task", options.task, ["classify", "regress"]);
  const kind = await kindOfSource(source);
  if (kind !== "csv") refuseCsvOptions(source, options);
  else if (options.center === false) {
    throw new RangeError(
      `center is for images alone; the columns of ${quote(source)} are always standardised; leave it out`,
    );
  }
  if (kind !== "digits" && options.samples !== undefined) {
    throw new RangeError(`samples is for digits alone; got it with ${quote(source)}; leave it out`);
  }
  if (center !== undefined && typeof center !== "boolean") wrongType("center", "true or false", center);
  // Images come in no classes that are rare by chance; their splits stay what they were.
  const split = { val, seed: splitSeed, by: by ?? (kind === "csv" ? "stratified" : "random"), fold } as const;
  const prepared = await prepareSource(kind, source, options, split);
  if (fold) return prepared;
  return { ...prepared, test: await readTest(kind, source, options, prepared.encoding) };
}

async function prepareSource(
  kind: Encoding["kind"],
  source: string,
  options: DataOptions,
  split: Split,
): Promise<Data> {
  const { ignore, read, center, asWritten } = options;
  if (kind === "csv") return prepareTable(await readTable(source, { ...read, ignore }), options, split);
  const { raw, draft } = await readForTraining(kind, source, options);
  return prepare(raw, draft, split, center, asWritten);
}

const KINDS = { number: "numbers", category: "words", date: "dates" } as const;

/** Reads of a file what a trained model takes of it. */
function readForTable(
  path: string,
  { table }: Encoding,
  needTargets: boolean,
  read: ReadFileOptions = {},
): Promise<Columns> {
  if (!table)
    badData(path, "images, as the model was trained on", "a table", "give a directory of IDX files, or digits");
  const kinds: Record<string, "numbers" | "words" | "dates"> = {};
  for (const { name, kind } of table.columns) if (kind !== "boolean") kinds[name] = KINDS[kind];
  const targets = needTargets ? table.targets.map(({ name }) => name) : [];
  for (const name of targets) kinds[name] = table.classes ? "words" : "numbers";
  return readTable(path, { ...read, only: [...table.columns.map(({ name }) => name), ...targets], kinds });
}

/**
 * New data, encoded as a trained model encodes it. Without `needTargets` no target is looked at, and `y` is empty.
 * @param read how a table is written, as far as it is not found by looking; `keep`: columns that go through as they are
 */
export async function loadForModel(
  source: string,
  encoding: Encoding,
  needTargets: boolean,
  read: ReadFileOptions = {},
): Promise<Table> {
  const kind = await kindOfSource(source);
  const { keep: _, ...said } = read;
  if (kind !== "csv") refuseCsvOptions(source, { read: said });
  if (kind !== "csv") return encode(await imagesForModel(kind, source, encoding, needTargets), encoding);
  const { keep } = read;
  const columns = await readForTable(source, encoding, needTargets, keep ? { ...read, keep: keepable(keep) } : read);
  const table = tableForModel(columns, encoding, needTargets);
  return keep ? { ...table, kept: keptColumns(columns, keep) } : table;
}

async function kindOfSource(source: string): Promise<Encoding["kind"]> {
  if (source === "digits") return "digits";
  const kind = source === STANDARD_INPUT ? "file" : await kindOfPath(source);
  if (kind === "directory") return "idx";
  if (kind === "file") return "csv";
  const expected = "a directory of IDX files, a file with a table or the word digits";
  throw new DataError(
    `${source} does not exist: expected ${expected}; ${didYouMean(source, ["digits"]) || "check the path"}`,
  );
}

function refuseCsvOptions(source: string, { target, ignore, include, group, read, task }: DataOptions): void {
  for (const [name, value] of Object.entries({ target, ignore, include, group, ...read })) {
    if (value === undefined) continue;
    throw new RangeError(`${name} is for tables alone; got ${describe(value)} with ${quote(source)}; leave it out`);
  }
  if (task === "regress") {
    throw new RangeError(`task must be "classify" for images; got "regress" with ${quote(source)}; leave it out`);
  }
}

async function readForTraining(
  kind: Encoding["kind"],
  source: string,
  options: DataOptions,
): Promise<{ raw: RawTable; draft: Encoding }> {
  if (kind === "digits") {
    const { samples = TRAINING_DIGITS, seed } = options;
    return { raw: drawRawDigits({ samples, seed }), draft: digitsEncoding() };
  }
  const images = await needIdx(source, "train", "images");
  const labels = await needIdx(source, "train", "labels");
  const raw = idxTable(await readIdx(images, "images"), await readIdx(labels, "labels"));
  const [first] = raw.y!;
  if (raw.y!.every((label) => label === first)) {
    badData(labels, "labels of two classes or more", `only ${first}`, "there is nothing to learn");
  }
  const classes = Array.from({ length: raw.y!.reduce((a, b) => Math.max(a, b), 0) + 1 }, (_, label) => String(label));
  const { features, imageShape } = raw;
  return { raw, draft: { ...digitsEncoding(), kind: "idx", features, outputs: classes.length, classes, imageShape } };
}

async function readTest(
  kind: Encoding["kind"],
  source: string,
  { test, read }: DataOptions,
  encoding: Encoding,
): Promise<Table | null> {
  if (test !== undefined) return loadForModel(test, encoding, true, read);
  if (kind === "csv" || (kind === "idx" && !(await findIdx(source, "t10k", "images")))) return null;
  return loadForModel(source, encoding, true);
}

async function imagesForModel(
  kind: Encoding["kind"],
  source: string,
  encoding: Encoding,
  needTargets: boolean,
): Promise<RawImages> {
  if (!encoding.imageShape) badData(source, "a table, as the model was trained on one", "images");
  const raw = kind === "digits" ? testDigits(encoding.imageShape) : await readIdxForModel(source, needTargets);
  checkImages(raw, encoding, needTargets);
  return raw;
}

function testDigits([height, width]: [number, number]): RawImages {
  if (height !== width || height < SMALLEST_DIGIT || height > LARGEST_DIGIT) {
    const drawn = `square ones of ${SMALLEST_DIGIT} to ${LARGEST_DIGIT} pixels`;
    badData("digits", `images of ${height} × ${width}`, drawn, "give a directory of IDX files");
  }
  return drawRawDigits({ samples: TEST_DIGITS, part: "test", size: height });
}

/** The test files where they are, else the training files. */
async function readIdxForModel(directory: string, needTargets: boolean): Promise<RawImages> {
  const part = (await findIdx(directory, "t10k", "images")) ? "t10k" : "train";
  const images = await readIdx(await needIdx(directory, part, "images"), "images");
  return idxTable(images, needTargets ? await readIdx(await needIdx(directory, part, "labels"), "labels") : null);
}

function checkImages(raw: RawImages, encoding: Encoding, needTargets: boolean): void {
  const expected = encoding.imageShape!.join(" × ");
  if (raw.imageShape.join(" × ") !== expected) {
    badData(raw.name, `images of ${expected}`, raw.imageShape.join(" × "), "use data like the training data");
  }
  const wrong = needTargets ? raw.y!.findIndex((label) => label >= encoding.outputs) : -1;
  if (wrong >= 0) {
    badData(
      raw.name,
      `labels from 0 to ${encoding.outputs - 1}`,
      `${raw.y![wrong]} for image ${wrong + 1}`,
      "the training labels have no such class",
    );
  }
}
