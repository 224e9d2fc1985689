// Where a run's model goes, while it is under way and at its end.
import { randomBytes } from "node:crypto";
import { extname, join, parse } from "node:path";
import { createWhole, writeOrRescue, writeWhole } from "../../node/files.js";

export interface ModelWriter {
  /** The file that has the model; another one than was asked for where somebody made that meanwhile. */
  readonly path: string;
  /** So many seconds have gone by since the last checkpoint that it is time for another one. */
  readonly due: boolean;
  /**
   * What a killed run goes on from. A disk that is full now may have room later: then the run goes on, and says so
   * once.
   */
  checkpoint(bytes: Uint8Array): void;
  /** The model as it is at the end. */
  finish(bytes: Uint8Array): void;
}

/** `model.safetensors` and `seed-3` → `model-seed-3.safetensors`. */
export function fileBeside(out: string, what: string): string {
  const end = extname(out);
  return `${out.slice(0, out.length - end.length)}-${what}${end}`;
}

/**
 * @param exclusive nobody has named the file: one that is there already belongs to somebody else
 * @param seconds from one checkpoint to the next; 0 makes none
 */
export function openModelWriter(wanted: string, exclusive: boolean, seconds: number): ModelWriter {
  let path = wanted;
  let ours = !exclusive;
  let last = performance.now();
  let complained = false;

  const write = (bytes: Uint8Array, replace: (path: string, bytes: Uint8Array) => void) => {
    if (ours) return replace(path, bytes);
    if (!createWhole(path, bytes)) {
      const { dir, name, ext } = parse(wanted);
      path = join(dir, `${name}-${randomBytes(3).toString("hex")}${ext}`);
      process.stderr.write(
        `thinned: ${wanted} was made by somebody else meanwhile; this run's model goes to ${path}\n`,
      );
      replace(path, bytes);
    }
    ours = true;
  };

  return {
    get path() {
      return path;
    },
    get due() {
      return seconds > 0 && performance.now() - last >= 1000 * seconds;
    },
    checkpoint(bytes) {
      try {
        write(bytes, writeWhole);
      } catch (error) {
        if (!complained) process.stderr.write(`thinned: no checkpoint: ${(error as Error).message}; the run goes on\n`);
        complained = true;
      }
      // After the writing: a disk that takes longer than the period leaves time to train.
      last = performance.now();
    },
    finish: (bytes) => write(bytes, writeOrRescue),
  };
}
