// Dropped files to a source: MNIST's IDX files or one table, gzipped or not. What is wrong with them is said in one
// line.

import type { RawImages } from "#thinned/data/encode/table.js";
import { badData, DataError } from "#thinned/data/error.js";
import { digitsEncoding } from "#thinned/data/sources/digits.js";
import { refuseForeign } from "#thinned/data/sources/foreign.js";
import { idxTable } from "#thinned/data/sources/idx.js";
import type { Pictures, Source } from "./source.js";
import { tableSource } from "./table-file.js";

interface Content {
  name: string;
  bytes: Uint8Array;
}

/** Unpacked; MNIST's largest file has 47 MB. */
const MOST_BYTES = 2 ** 28;
const EXPECTED = "MNIST's IDX files (images with their labels) or one table (.csv, .tsv, .txt, .data), .gz or not";
const TABLE = /\.(csv|tsv|tab|txt|dat|data)(\.gz)?$/i;

/** How far reading has come: a sentence for a visitor. */
export type OnProgress = (said: string) => void;

/** @throws DataError: which file, what was expected, what came, what to do */
export async function readFiles(files: readonly File[], progress: OnProgress = () => {}): Promise<Source> {
  const contents: Content[] = [];
  for (const file of files) contents.push(await read(file, progress));
  progress("Making sense of it …");
  if (contents.length === 0) throw new DataError(`expected ${EXPECTED}, got no file`);
  const idx = contents.filter(({ bytes }) => isIdx(bytes));
  if (idx.length === contents.length) return readImages(idx);
  const other = contents.find((content) => !idx.includes(content))!;
  if (contents.length > 1) badData(other.name, EXPECTED, `${contents.length} files, this one being no IDX file`);
  refuseForeign(other.name, other.bytes, EXPECTED);
  if (!TABLE.test(other.name)) badData(other.name, EXPECTED, "another file");
  return tableSource(other.name, other.bytes);
}

async function read(file: File, progress: OnProgress): Promise<Content> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const zipped = head[0] === 0x1f && head[1] === 0x8b;
  const counted = file.stream().pipeThrough(counting(file, progress));
  const stream = zipped ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (const reader = stream.getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
      if (length > MOST_BYTES) {
        await reader.cancel();
        badData(file.name, `at most ${MOST_BYTES} bytes`, "more", "take a part of it, or use thinned train");
      }
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    badData(file.name, zipped ? "whole gzip data" : "a file that can be read", "damage", "copy it again");
  }
  return { name: file.name, bytes: new Uint8Array(await new Blob(chunks).arrayBuffer()) };
}

/** Tells, of what has passed, how much of the file it is: whenever that is another per cent. */
function counting(
  { name, size }: File,
  progress: OnProgress,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let [passed, told] = [0, -1];
  return new TransformStream({
    transform(chunk, controller) {
      passed += chunk.byteLength;
      const percent = Math.floor((100 * passed) / Math.max(1, size));
      if (percent > told) progress(`Reading ${name}: ${percent} %`);
      told = percent;
      controller.enqueue(chunk);
    },
  });
}

/** Two zero bytes, then the type "unsigned byte". */
function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8;
}

const hasImages = ({ bytes }: Content) => bytes[3] === 3;
const isTest = ({ name }: Content) => /t10k|test/i.test(name);

function readImages(files: Content[]): Pictures {
  const training = files.filter((file) => !isTest(file));
  const tests = files.filter(isTest);
  // Test files alone are as good to train on as any.
  const raw = readPair(training.length ? training : tests);
  const test = training.length && tests.length ? readPair(tests) : null;
  if (test && test.imageShape.join() !== raw.imageShape.join()) {
    badData(test.name, `images of ${raw.imageShape.join(" × ")}`, test.imageShape.join(" × "), "take one data set");
  }
  const outputs = 1 + [raw, test].reduce((most, part) => Math.max(most, ...new Set(part?.y)), 0);
  const classes = Array.from({ length: outputs }, (_, label) => String(label));
  const { features, imageShape } = raw;
  return {
    name: raw.name,
    raw,
    test,
    draft: { ...digitsEncoding(), kind: "idx", features, outputs, classes, imageShape },
  };
}

function readPair(files: Content[]): RawImages {
  const images = files.filter(hasImages);
  const labels = files.filter((file) => !hasImages(file));
  if (images.length !== 1 || labels.length !== 1) {
    const got = `${images.length} of images and ${labels.length} of labels`;
    badData(files.map(({ name }) => name).join(", "), "one IDX file of images and one of labels", got, "drop both");
  }
  return idxTable(images[0], labels[0]);
}
