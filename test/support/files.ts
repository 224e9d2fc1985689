// Temporary folders, and small data files to write into them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

export interface Folder extends Disposable {
  path: string;
  write(name: string, content: string | Uint8Array): string;
}

/** A temporary folder that goes when it is disposed. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "thinned-"));
  return {
    path,
    write: (name, content) => writeFile(path, name, content),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The path of one that goes when the test that asked for it is over. */
export function folderOfTest(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder.path;
}

/** Writes `content` to a new file of this name; returns its path. */
export function writeFile(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** An IDX file: `dims` sizes, then bytes. `magic` as a real file has it unless the test lies. */
export function idxBytes(dims: number[], values: ArrayLike<number>, magic = 0x800 + dims.length): Uint8Array {
  const header = 4 + 4 * dims.length;
  const bytes = new Uint8Array(header + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  dims.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size);
  });
  bytes.set(values, header);
  return bytes;
}

export interface IdxPart {
  /** `[samples, height, width]` */
  shape: [number, number, number];
  pixels: ArrayLike<number>;
  labels: ArrayLike<number>;
}

/**
 * Images whose pixels and labels follow from their number: `label = i mod classes`, and each class lights its own
 * pixels.
 */
export function idxPart(samples: number, height: number, width: number, classes: number): IdxPart {
  const pixels = new Uint8Array(samples * height * width);
  for (let i = 0; i < pixels.length; i++) {
    const sample = Math.floor(i / (height * width));
    const pixel = i % (height * width);
    pixels[i] = pixel % classes === sample % classes ? 255 - ((sample * 7) % 64) : (sample * 13 + pixel * 5) % 32;
  }
  return { shape: [samples, height, width], pixels, labels: Array.from({ length: samples }, (_, i) => i % classes) };
}

/** Writes a data set under MNIST's names. */
export function writeIdx(folder: string, parts: { train?: IdxPart; test?: IdxPart }, gzip = false): void {
  for (const [prefix, part] of [["train", parts.train] as const, ["t10k", parts.test] as const]) {
    if (!part) continue;
    const files = {
      [`${prefix}-images-idx3-ubyte`]: idxBytes(part.shape, part.pixels),
      [`${prefix}-labels-idx1-ubyte`]: idxBytes([part.labels.length], part.labels),
    };
    for (const [name, bytes] of Object.entries(files)) {
      writeFile(folder, gzip ? `${name}.gz` : name, gzip ? gzipSync(bytes) : bytes);
    }
  }
}

/** CSV text; cells are quoted where they must be. */
export function csvText(header: string[], rows: (string | number)[][], lineEnd = "\n"): string {
  const cell = (value: string | number) =>
    /[",\n\r]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return [header, ...rows].map((row) => row.map(cell).join(",") + lineEnd).join("");
}
