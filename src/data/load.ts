// Sources to tables: which reader a source needs, and what a trained model demands of it.
import { checkInteger, checkKeys, checkOneOf, didYouMean, wrongType } from "../checks.js";
import { encode, prepare } from "./encode/prepare.js";
import type { Data, DataOptions, Encoding, RawImages, RawTable, Table } from "./encode/table.js";
import { badData, DataError, quote } from "./error.js";
import { findIdx, kindOfPath, needIdx, readIdx, readText } from "./read.js";
import { csvForModel, csvForTraining } from "./sources/csv-table.js";
import { digitsEncoding, drawRawDigits, LARGEST_DIGIT, SMALLEST_DIGIT } from "./sources/digits.js";
import { idxTable } from "./sources/idx.js";

/**
 * How many digits `digits` draws for training, and how many there are to test with: always the same ones, as MNIST has.
 */
const TRAINING_DIGITS = 1000;
const TEST_DIGITS = 4000;

// biome-ignore format: names, two lines
const OPTIONS = ["task", "target", "ignore", "test", "val", "seed", "splitSeed", "split", "group", "fold", "center", "asWritten", "samples"];

/**
 * Loads what `source` names: a directory of IDX files, a `.csv` file with a header, or `digits`, which are drawn from
 * the seed.
 */
export async function loadData(source: string, options: DataOptions = {}): Promise<Data> {
  checkKeys("loadData", options, OPTIONS);
  const { val, seed = 0, splitSeed = seed, split: by, fold, center, asWritten } = options;
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
  const { raw, draft } = await readForTraining(kind, source, options);
  // Images come in no classes that are rare by chance; their splits stay what they were.
  const split = { val, seed: splitSeed, by: by ?? (kind === "csv" ? "stratified" : "random"), fold } as const;
  const prepared = prepare(raw, draft, split, center, asWritten);
  if (fold) return prepared;
  const test = await readTest(kind, source, options.test, prepared.encoding);
  return { ...prepared, test: test && encode(test, prepared.encoding) };
}

/** New data, encoded as a trained model encodes it. Without `needTargets` no target is looked at, and `y` is empty. */
export async function loadForModel(source: string, encoding: Encoding, needTargets: boolean): Promise<Table> {
  return encode(await readForModel(source, encoding, needTargets), encoding);
}

async function kindOfSource(source: string): Promise<Encoding["kind"]> {
  if (source === "digits") return "digits";
  const kind = await kindOfPath(source);
  if (kind === "directory") return "idx";
  if (kind === "file" && /\.csv(\.gz)?$/i.test(source)) return "csv";
  const expected = "a directory of IDX files, a .csv file or the word digits";
  if (kind === "file") badData(source, expected, "another file", "rename it to .csv if it is one");
  throw new DataError(
    `${source} does not exist: expected ${expected}; ${didYouMean(source, ["digits"]) || "check the path"}`,
  );
}

function refuseCsvOptions(source: string, { target, ignore, task }: DataOptions): void {
  for (const [name, value] of Object.entries({ target, ignore: ignore?.join(",") })) {
    if (value === undefined) continue;
    throw new RangeError(`${name} is for CSV files alone; got ${quote(value)} with ${quote(source)}; leave it out`);
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
  if (kind === "csv") return csvForTraining(await readText(source), source, { ...options, ignorable: true });
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
  test: string | undefined,
  encoding: Encoding,
): Promise<RawTable | null> {
  if (test !== undefined) return readForModel(test, encoding, true);
  if (kind === "csv" || (kind === "idx" && !(await findIdx(source, "t10k", "images")))) return null;
  return readForModel(source, encoding, true);
}

async function readForModel(source: string, encoding: Encoding, needTargets: boolean): Promise<RawTable> {
  const kind = await kindOfSource(source);
  if (kind === "csv") return csvForModel(await readText(source), source, encoding, needTargets);
  if (!encoding.imageShape) badData(source, "a CSV file, as the model was trained on one", "images");
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
