// Files to bytes and text: the only part of src/data that needs Node.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { count, didYouMean } from "../checks.js";
import { bytesOf, explain } from "./bytes.js";
import { badData, quote } from "./error.js";
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
 * All bytes of a file, unpacked. Once `head` of them are there, `promise` says how long the whole must be, or throws.
 * Reading stops just after that length, so that a small file cannot unfold to a large one unasked.
 */
async function readBytes(path: string, head: number, promise: (head: Uint8Array) => number): Promise<Uint8Array> {
  let bytes = new Uint8Array(0);
  let length = 0;
  let promised: number | null = null;
  for await (const piece of bytesOf(path)) {
    if (promised === null) {
      bytes = Buffer.concat([bytes, piece]);
      length = bytes.length;
      if (length < head) continue;
      promised = promise(bytes);
      const all = new Uint8Array(promised + 1);
      all.set(bytes.subarray(0, promised + 1));
      bytes = all;
    } else {
      bytes.set(piece.subarray(0, promised + 1 - length), length);
      length += piece.length;
    }
    if (length > promised) break;
  }
  return bytes.subarray(0, length);
}
