// Files to bytes and text: the only part of src/data that needs Node.
import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { count, didYouMean } from "../checks.js";
import { badData, DataError, quote } from "./error.js";
import { type IdxContent, idxHeaderBytes, idxValueBytes, parseIdxHeader } from "./sources/idx.js";

/** Is it a directory, a file, or neither? */
export async function kindOfPath(path: string): Promise<"directory" | "file" | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return "directory";
    if (found.isFile()) return "file";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    explain(path, error);
  }
  badData(path, "a file or a directory", "a device, a pipe or a socket", "write what it gives to a file first");
}

/** A text file (gzipped or not), UTF-8. */
export async function readText(path: string): Promise<string> {
  const { size } = await stat(path).catch((error) => explain(path, error));
  // Ten times what tables shrink by. What unfolds further is a bomb, and is found before it has.
  const unfolded = Math.min(MAX_TEXT_BYTES, UNFOLDED_ALWAYS + MOST_UNFOLDING * size);
  const bytes = await readBytes(path, 0, () => unfolded);
  if (bytes.length > unfolded && unfolded < MAX_TEXT_BYTES) {
    const got = `more than ${unfolded} from ${size}`;
    badData(
      path,
      `gzip data that unfold to at most ${MOST_UNFOLDING} times as many bytes`,
      got,
      "unpack it with gunzip",
    );
  }
  if (bytes.length > MAX_TEXT_BYTES) {
    badData(path, `a file of at most ${MAX_TEXT_BYTES} bytes`, "more", "split it, or leave columns out");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    badData(path, "UTF-8 text", "bytes that are none", "save the file as CSV in UTF-8");
  }
}

/** Bytes of text for each byte of gzip data, beyond those that are taken of any file. */
const MOST_UNFOLDING = 100;
const UNFOLDED_ALWAYS = 2 ** 24;

/** A string cannot be longer in V8. */
const MAX_TEXT_BYTES = 2 ** 29 - 24;

/** An IDX file (gzipped or not). Its header is judged before the rest is read. */
export async function readIdx(path: string, content: IdxContent): Promise<{ name: string; bytes: Uint8Array }> {
  const header = idxHeaderBytes(content);
  const bytes = await readBytes(path, header, (head) => header + idxValueBytes(parseIdxHeader(head, content, path)));
  return { name: path, bytes };
}

/** What the four files are called, before ".gz". */
function idxNames(part: "train" | "t10k", content: IdxContent): string[] {
  const dimensions = content === "images" ? 3 : 1;
  return [`${part}-${content}-idx${dimensions}-ubyte`, `${part}-${content}.idx${dimensions}-ubyte`];
}

/** The names of the four files differ too little for a guess: one of them is never taken for another misspelt one. */
function isIdxName(file: string): boolean {
  const known = (["train", "t10k"] as const).flatMap((part) => [
    ...idxNames(part, "images"),
    ...idxNames(part, "labels"),
  ]);
  return known.includes(file.replace(/\.gz$/, ""));
}

/** The path of one of the four IDX files, or null. */
export async function findIdx(directory: string, part: "train" | "t10k", content: IdxContent): Promise<string | null> {
  const names = idxNames(part, content).flatMap((name) => [name, `${name}.gz`]);
  const present = new Set(await listDirectory(directory));
  const found = names.find((name) => present.has(name));
  return found ? join(directory, found) : null;
}

/** The path of one of the four IDX files, or an error that names it and what lies there instead. */
export async function needIdx(directory: string, part: "train" | "t10k", content: IdxContent): Promise<string> {
  const found = await findIdx(directory, part, content);
  if (found) return found;
  const present = await listDirectory(directory);
  const [name] = idxNames(part, content);
  const listed = present.slice(0, 6).map(quote).join(", ");
  const got = present.length
    ? `${listed}${present.length > 6 ? ` and ${count(present.length - 6, "other")}` : ""}`
    : "an empty directory";
  badData(
    directory,
    `a file ${name} or ${name}.gz`,
    got,
    didYouMean(
      name,
      present.filter((file) => !isIdxName(file)),
    ) || "give the directory that holds MNIST's files",
  );
}

async function listDirectory(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    explain(directory, error);
  }
}

/**
 * Reads a file, inflating gzip (told by its first bytes, not by its name). Once `head` bytes are there, `promise` says
 * how long the whole must be, or throws. Reading stops just after that length, so that a small file cannot inflate to a
 * large one unasked.
 */
async function readBytes(path: string, head: number, promise: (head: Uint8Array) => number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let promised = Number.POSITIVE_INFINITY;
  let refused: unknown = null;
  const judge = (head: Uint8Array) => {
    try {
      return promise(head);
    } catch (error) {
      refused = error;
      throw error;
    }
  };
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of source) {
      chunks.push(chunk);
      length += chunk.length;
      if (promised === Number.POSITIVE_INFINITY && length >= head) promised = judge(Buffer.concat(chunks));
      if (length > promised) break;
    }
  };
  try {
    const zipped = await isGzip(path);
    const file = createReadStream(path);
    await (zipped ? pipeline(file, createGunzip(), collect) : pipeline(file, collect));
  } catch (error) {
    // The streams that a refusal aborts may report the abort instead of the refusal.
    if (refused) throw refused;
    // Leaving the loop early aborts the streams, which is what was wanted.
    if (length <= promised) explain(path, error);
  }
  return Buffer.concat(chunks, Math.min(length, promised + 1));
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function explain(path: string, error: unknown): never {
  if (error instanceof DataError) throw error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith("Z_")) {
    badData(path, "whole gzip data", `damage (${message})`, "copy or download the file again");
  }
  const reasons: Record<string, string> = {
    ENOENT: "no such file or directory; check the path",
    ENOTDIR: "a part of the path is no directory; check the path",
    EISDIR: "it is a directory; name a file",
    EACCES: "permission denied; check its permissions",
    EPERM: "permission denied; check its permissions",
  };
  throw new DataError(`${path} cannot be read: ${reasons[code ?? ""] ?? message}`);
}
