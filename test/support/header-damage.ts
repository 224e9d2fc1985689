// Ways in which a safetensors file comes to harm: by flipped bits, by cuts, and by people who know the format.
import { generator } from "./tensors.js";

type Random = (below: number) => number;

const NUMBERS = ["-1", "-0", "0", "1", "2.0", "1e1", "1e999", "0.5", "00", "7", "4294967296", "9007199254740993"];
const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\\",
  "\\ud800",
  "\\u0061",
  " ",
  "\n",
  "\0",
  "é",
  "null",
  "true",
  "1",
];

/** A damaged copy of the file; another `seed`, other damage. */
export function damage(file: Uint8Array, seed: number): Uint8Array {
  const random = generator(seed * 2_654_435 + 1);
  for (let warm = 0; warm < 4; warm++) random(2);
  const kinds = [
    flipBits,
    flipBits,
    editLength,
    cut,
    editNumber,
    editNumber,
    editText,
    repeatEntry,
    swapEntries,
    append,
  ];
  let damaged = kinds[random(kinds.length)](file, random);
  if (random(4) === 0) damaged = kinds[random(kinds.length)](damaged, random);
  return damaged;
}

/** Mostly in the header: a network's numbers may be any. */
function flipBits(file: Uint8Array, random: Random): Uint8Array {
  const bytes = file.slice();
  const within = random(8) ? Math.min(bytes.length, 8 + headerLength(file)) : bytes.length;
  for (let flips = 1 + random(3); flips > 0 && within > 0; flips--) bytes[random(within)] ^= 1 << random(8);
  return bytes;
}

function editLength(file: Uint8Array, random: Random): Uint8Array {
  const bytes = file.slice();
  if (bytes.length > 0) bytes[random(3) ? 0 : random(8)] += random(2) ? 255 : 1 + random(3);
  return bytes;
}

function cut(file: Uint8Array, random: Random): Uint8Array {
  return random(2) ? file.slice(0, random(file.length + 1)) : file.slice(random(16));
}

function append(file: Uint8Array, random: Random): Uint8Array {
  return Uint8Array.from([...file, ...Array.from({ length: 1 + random(9) }, () => random(256))]);
}

/** One number of the header, those inside the metadata's texts included, is another one. */
function editNumber(file: Uint8Array, random: Random): Uint8Array {
  return editHeader(file, (header) => {
    const found = [...header.matchAll(/\d+/g)];
    if (found.length === 0) return header;
    const { index, 0: digits } = found[random(found.length)];
    return header.slice(0, index) + NUMBERS[random(NUMBERS.length)] + header.slice(index + digits.length);
  });
}

function editText(file: Uint8Array, random: Random): Uint8Array {
  return editHeader(file, (header) => {
    const at = random(header.length + 1);
    return header.slice(0, at) + PIECES[random(PIECES.length)] + header.slice(at + random(3));
  });
}

/** An entry is there twice, the second time under the same name or another, so that bytes belong to two tensors. */
function repeatEntry(file: Uint8Array, random: Random): Uint8Array {
  return editHeader(file, (header) => {
    const found = [...header.matchAll(/"[\w.]+":\{"dtype"[^}]*\}/g)];
    if (found.length === 0) return header;
    const [entry] = found[random(found.length)];
    return `${header.slice(0, 1)}${random(2) ? entry : entry.replace('"', '"x')},${header.slice(1)}`;
  });
}

/** Two tensors trade their bytes. */
function swapEntries(file: Uint8Array, random: Random): Uint8Array {
  return editHeader(file, (header) => {
    const found = [...header.matchAll(/"data_offsets":\[[^\]]*\]/g)].map(([text]) => text);
    if (found.length < 2) return header;
    const [a, b] = [found[random(found.length)], found[random(found.length)]];
    return header.replace(a, "\u0001").replace(b, a).replace("\u0001", b);
  });
}

/**
 * Another header, with the length that belongs to it; the text is taken byte by byte, so that what is no UTF-8 stays as
 * it is.
 */
function editHeader(file: Uint8Array, edit: (header: string) => string): Uint8Array {
  const end = Math.min(file.length, 8 + headerLength(file));
  const header = Buffer.from(edit(Buffer.from(file.slice(8, end)).toString("latin1")), "latin1");
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  return Uint8Array.from(Buffer.concat([length, header, file.slice(end)]));
}

function headerLength(file: Uint8Array): number {
  return file.length < 8 ? 0 : new DataView(file.buffer, file.byteOffset).getUint32(0, true);
}
