// IDX, the format of MNIST: two zero bytes, a type, the number of dimensions, each size as a big-endian word, then the
// values.

import { count } from "../../checks.js";
import type { RawImages } from "../encode/table.js";
import { badData, checkTableSize } from "../error.js";

export type IdxContent = "images" | "labels";

interface IdxKind {
  /** Sizes in the header: images are `[samples, height, width]`, labels `[samples]`. */
  dimensions: number;
  magic: number;
}

const KINDS: Record<IdxContent, IdxKind> = {
  images: { dimensions: 3, magic: 0x803 },
  labels: { dimensions: 1, magic: 0x801 },
};

/** Bytes before the first value. */
export function idxHeaderBytes(content: IdxContent): number {
  return 4 + 4 * KINDS[content].dimensions;
}

/**
 * The sizes that a header promises. Refuses what is no header, and sizes that no memory holds, before anything is
 * allocated.
 */
export function parseIdxHeader(head: Uint8Array, content: IdxContent, name: string): number[] {
  const { dimensions, magic } = KINDS[content];
  const need = idxHeaderBytes(content);
  const remedy = `is it an IDX file of ${content}?`;
  if (head.length < need) badData(name, `an IDX header of ${need} bytes`, count(head.length, "byte"), remedy);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    const other = content === "images" ? "labels" : "images";
    const swapped = found === KINDS[other].magic ? `, which means ${other}` : "";
    badData(name, `magic number ${magic} (${content})`, `${found}${swapped}`, remedy);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  if (shape.includes(0)) badData(name, "sizes of at least 1", shape.join(" × "), "the file holds nothing");
  checkTableSize(name, shape[0], idxFeatures(shape));
  return shape;
}

/** Values in the file: one byte each. */
export function idxValueBytes(shape: number[]): number {
  return shape[0] * idxFeatures(shape);
}

function idxFeatures(shape: number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** The values of a whole file (inflated already), without copying, and their sizes. */
export function parseIdx(
  bytes: Uint8Array,
  content: IdxContent,
  name: string,
): { shape: number[]; values: Uint8Array } {
  const shape = parseIdxHeader(bytes, content, name);
  const header = idxHeaderBytes(content);
  const promised = header + idxValueBytes(shape);
  if (bytes.length !== promised) {
    const expected = `${promised} bytes for ${shape.join(" × ")} values`;
    if (bytes.length < promised) {
      badData(name, expected, `${bytes.length} bytes`, "the file is cut short: copy or download it again");
    }
    badData(name, expected, "more", "bytes follow the last value: the file is damaged or its header is");
  }
  return { shape, values: bytes.subarray(header) };
}

/** Images and the labels that belong to them (null: nobody asked), as one raw table. */
export function idxTable(
  images: { name: string; bytes: Uint8Array },
  labels: { name: string; bytes: Uint8Array } | null,
): RawImages {
  const { shape, values } = parseIdx(images.bytes, "images", images.name);
  const [samples, height, width] = shape;
  const parsed = labels && parseIdx(labels.bytes, "labels", labels.name);
  if (labels && parsed && parsed.shape[0] !== samples) {
    badData(
      labels.name,
      `${samples} labels, one per image of ${images.name}`,
      `${parsed.shape[0]}`,
      "take both files from the same data set",
    );
  }
  return {
    name: images.name,
    samples,
    features: height * width,
    x: values,
    y: parsed ? parsed.values : null,
    imageShape: [height, width],
  };
}
