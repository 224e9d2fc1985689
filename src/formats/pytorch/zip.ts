// A zip archive as torch.save writes it: files stored one after the other, each beginning at a multiple of 64 bytes,
// then the directory.

import { wrongValue } from "../../checks.js";
import { crc32 } from "./crc32.js";

const ALIGNMENT = 64;
/** Where sizes do not fit into 32 bits, zip files look different. */
const LARGEST = 2 ** 32 - 2 ** 20;
const VERSION = 20;
const UTF8_NAMES = 0x800;
/** The first of January 1980, the first day that a zip file knows: equal networks give equal files. */
const DATE = 0x21;
/** The tag that PyTorch gives its padding. */
const PADDING = 0x4246;

interface File {
  name: Uint8Array;
  bytes: Uint8Array;
  crc: number;
  at: number;
}

/** @throws RangeError where it would have 4 GB or more */
export function writeZip(contents: Record<string, Uint8Array>): Uint8Array {
  const total = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
  if (total > LARGEST) wrongValue("the file", "below 4 GB", total);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array) => {
    chunks.push(bytes);
    size += bytes.length;
  };
  const files: File[] = [];
  for (const [text, bytes] of Object.entries(contents)) {
    const name = new TextEncoder().encode(text);
    const file = { name, bytes, crc: crc32(bytes), at: size };
    files.push(file);
    const begin = size + 30 + name.length + 4;
    const padding = -begin & (ALIGNMENT - 1);
    const extra = [PADDING, padding].map((value) => [value, 2] as Field);
    add(fields([[0x04034b50, 4], ...common(file), [4 + padding, 2]]));
    add(name);
    add(fields(extra));
    add(new Uint8Array(padding));
    add(bytes);
  }
  const directory = size;
  for (const file of files) {
    const places: Field[] = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [file.at, 4],
    ];
    add(fields([[0x02014b50, 4], [VERSION, 2], ...common(file), ...places]));
    add(file.name);
  }
  const counts: Field[] = [
    [files.length, 2],
    [files.length, 2],
    [size - directory, 4],
    [directory, 4],
  ];
  add(fields([[0x06054b50, 4], [0, 4], ...counts, [0, 2]]));
  const archive = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    archive.set(chunk, at);
    at += chunk.length;
  }
  return archive;
}

/** A number, and the bytes that it takes. */
type Field = [value: number, bytes: 2 | 4];

/**
 * What the local header and the directory say alike: version, flags, no compression, time, date, sum, sizes, length of
 * the name.
 */
function common({ name, bytes, crc }: File): Field[] {
  const sizes: Field[] = [
    [bytes.length, 4],
    [bytes.length, 4],
  ];
  return [[VERSION, 2], [UTF8_NAMES, 2], [0, 2], [0, 2], [DATE, 2], [crc, 4], ...sizes, [name.length, 2]];
}

function fields(all: Field[]): Uint8Array {
  const bytes = new Uint8Array(all.reduce((sum, [, length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, length] of all) {
    if (length === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}
