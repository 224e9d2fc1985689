// Results reach the disk whole or not at all.
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "./usage-error.js";

type Bytes = Uint8Array | string;

/**
 * Writes a temporary file in the same folder, then renames: readers see the old file or the new one, behind the same
 * links, as open to others.
 * @param bytes all at once, or piece by piece; no piece is held
 */
export function writeWhole(path: string, bytes: Bytes | Iterable<string>): void {
  place(path, bytes, (temporary, target) => {
    if (existsSync(target)) chmodSync(temporary, statSync(target).mode & 0o777);
    renameSync(temporary, target);
  });
}

/** As `writeWhole`, but never over a file that is there. Returns whether the file is ours. */
export function createWhole(path: string, bytes: Bytes): boolean {
  let created = true;
  place(path, bytes, (temporary, target) => {
    try {
      linkSync(temporary, target);
    } catch (error) {
      // Some file systems have no second names for a file: there a copy is made, which is not whole at once.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") created = copyNew(temporary, target);
      else created = false;
    }
    rmSync(temporary);
  });
  return created;
}

function copyNew(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function place(path: string, bytes: Bytes | Iterable<string>, move: (temporary: string, target: string) => void): void {
  const target = realPath(path);
  const temporary = temporaryOf(target);
  removeLeftOvers(target);
  try {
    const file = openSync(temporary, "wx");
    try {
      for (const piece of typeof bytes === "string" || bytes instanceof Uint8Array ? [bytes] : bytes) {
        const data = typeof piece === "string" ? Buffer.from(piece) : piece;
        for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    move(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Temporary files of this target whose writers were killed on this machine. */
function removeLeftOvers(target: string): void {
  const [before, after] = namesOfTemporaries(target);
  try {
    for (const name of readdirSync(dirname(target))) {
      if (!name.startsWith(before) || !after.test(name.slice(before.length))) continue;
      if (!isRunning(Number.parseInt(name.slice(before.length), 10)))
        rmSync(join(dirname(target), name), { force: true });
    }
  } catch {
    // What cannot be cleaned up is in nobody's way.
  }
}

/** A process that may not be asked is running as well. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/**
 * As `writeWhole`, for results that took long to make. If writing to `path` fails, the result goes to the system's
 * temporary folder, and the error says so.
 */
export function writeOrRescue(path: string, bytes: Uint8Array): void {
  try {
    writeWhole(path, bytes);
  } catch (error) {
    const refuge = join(tmpdir(), `${randomBytes(6).toString("hex")}-${basename(path)}`);
    try {
      writeWhole(refuge, bytes);
    } catch {
      throw error;
    }
    throw new Error(`${(error as Error).message}; it was written to ${refuge} instead`);
  }
}

/**
 * Refuses a path that could not be written, before the work whose result it is for. `option` names it in the message.
 */
export function checkWritable(option: string, path: string): void {
  if (path === "") throw new UsageError(`${option} must be a file that can be written; got an empty name`);
  const folder = dirname(realPath(path));
  const wrong = (why: string) => new UsageError(`${option} must be a file that can be written; ${path}: ${why}`);
  if (!existsSync(folder)) throw wrong(`there is no folder ${folder}; create it first`);
  if (!statSync(folder).isDirectory()) throw wrong(`${folder} is not a folder`);
  if (existsSync(path) && !statSync(path).isFile()) throw wrong("it exists and is not a file; choose another name");
  if (existsSync(path) && (statSync(path).mode & 0o222) === 0)
    throw wrong("it is read-only; choose another name, or let it be written");
  const probe = temporaryOf(realPath(path));
  try {
    closeSync(openSync(probe, "wx"));
  } catch (error) {
    throw wrong((error as Error).message);
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * Makes a folder step by step. Where a folder refuses to hold another, as in /proc, Node's recursive way tries for
 * ever.
 */
export function makeFolder(option: string, folder: string): void {
  const wrong = (why: string) =>
    new UsageError(`${option} must be in a folder that can be written; ${folder}: ${why}; choose another place`);
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw wrong("it exists and is not a folder");
    return;
  }
  makeFolder(option, dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

/** Refuses to write a result over what it is made of. */
export function checkSpares(option: string, path: string, inputs: readonly string[]): void {
  const input = inputs.find((name) => existsSync(name) && realPath(name) === realPath(path));
  if (input !== undefined)
    throw new UsageError(`${option} would overwrite ${input}, which is read; choose another name`);
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

/** The file behind links, so that it is replaced and not the link: also behind one whose file is yet to be made. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const link = linkAt(path);
  // A circle of links ends where the folder is looked for.
  return link === null || resolve(dirname(path), link) === resolve(path)
    ? path
    : realPath(resolve(dirname(path), link));
}

/** What a link says; null where there is none. */
function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Where a file is written before it takes its place: the name tells the machine and the process. */
export function temporaryOf(path: string): string {
  const [before] = namesOfTemporaries(path);
  return join(dirname(path), `${before}${process.pid}-${randomBytes(3).toString("hex")}.tmp`);
}

/**
 * How temporary files are called, after the machine and the process: what comes before the process's number, and a
 * pattern for the rest.
 */
function namesOfTemporaries(path: string): [before: string, after: RegExp] {
  const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);
  return [`.${basename(path)}.${machine}-`, /^\d+-[0-9a-f]{6}\.tmp$/];
}
