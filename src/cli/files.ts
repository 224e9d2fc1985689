// Results reach the disk whole or not at all.
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./usage.js";

/** Writes a temporary file in the same folder, then renames: readers see the old file or the new one. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const temporary = besides(path);
  try {
    const file = openSync(temporary, "wx");
    try {
      const data = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Refuses a path that could not be written, before the work whose result it is for. `option` names it in the message. */
export function checkWritable(option: string, path: string): void {
  const folder = dirname(path);
  const wrong = (why: string) => new UsageError(`${option} must be a file that can be written; ${path}: ${why}`);
  if (!existsSync(folder)) throw wrong(`there is no folder ${folder}; create it first`);
  if (!statSync(folder).isDirectory()) throw wrong(`${folder} is not a folder`);
  if (existsSync(path) && !statSync(path).isFile()) throw wrong("it exists and is not a file; choose another name");
  const probe = besides(path);
  try {
    closeSync(openSync(probe, "wx"));
  } catch (error) {
    throw wrong((error as Error).message);
  } finally {
    rmSync(probe, { force: true });
  }
}

/** As `checkWritable`, and a file that is there already must be a model: nobody means `--out data.csv`. */
export function checkModelPath(option: string, path: string): void {
  checkWritable(option, path);
  if (existsSync(path) && !startsLikeModel(path))
    throw new UsageError(
      `${option} would overwrite ${path}, which is not a model; choose another name, or delete it first`,
    );
}

// A safetensors file starts with the length of its header, then the header: JSON.
function startsLikeModel(path: string): boolean {
  const start = Buffer.alloc(9);
  const file = openSync(path, "r");
  try {
    return readSync(file, start) === 0 || start[8] === "{".charCodeAt(0);
  } finally {
    closeSync(file);
  }
}

function besides(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}
