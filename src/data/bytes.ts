// A file's bytes as they come, unpacked where they are gzipped, which their first bytes tell, not the file's name.
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { badData, DataError } from "./error.js";

/** What stands for standard input where a file is named. */
export const STANDARD_INPUT = "-";

/** Bytes of data for each byte of gzip, beyond those that are taken of any file: ten times what tables shrink by. */
const MOST_UNFOLDING = 100;
const UNFOLDED_ALWAYS = 2 ** 24;
/** As texts they are small enough for an engine to forget them soon. */
const PIECE = 2 ** 16;

/**
 * The bytes of a file, or of standard input, in pieces. The first has four or more where there are so many. A
 * piece is good until the next one is asked for. Whoever leaves the loop closes the file.
 * @throws DataError
 */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const pieces = withHead(path === STANDARD_INPUT ? process.stdin : piecesOf(path));
  try {
    const { value: head } = await pieces.next();
    if (!head) return;
    const all = (async function* () {
      yield head;
      yield* pieces;
    })();
    yield* head[0] === 0x1f && head[1] === 0x8b ? unzipped(all, path) : all;
  } catch (error) {
    explain(path, error);
  } finally {
    await pieces.return(undefined);
  }
}

/** Into the same buffer again and again: a file's worth of buffers would wait to be collected. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* withHead(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0);
  for await (const piece of raw) {
    if (!head) yield piece;
    else if (head.length + piece.length < 4) head = Buffer.concat([head, piece]);
    else {
      yield head.length ? Buffer.concat([head, piece]) : piece;
      head = null;
    }
  }
  if (head?.length) yield head;
}

/** Stops before a bomb has unfolded. */
async function* unzipped(packed: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE });
  // Whatever goes wrong comes out of the loop below.
  const source = pipeline(Readable.from(copies(packed)), gunzip, () => {});
  let unfolded = 0;
  for await (const piece of source) {
    unfolded += piece.length;
    checkUnfolding(path, gunzip.bytesWritten, unfolded);
    yield piece;
  }
}

/** A stream reads ahead. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** @throws DataError where so few bytes unfold to so many more that they are no table */
export function checkUnfolding(name: string, packed: number, unfolded: number): void {
  if (unfolded <= UNFOLDED_ALWAYS + MOST_UNFOLDING * packed) return;
  const expected = `packed data that unfold to at most ${MOST_UNFOLDING} times as many bytes`;
  badData(name, expected, `${unfolded} or more from ${packed}`, "unpack it with gunzip");
}

/** Throws a DataError that says why a file cannot be read. */
export function explain(path: string, error: unknown): never {
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
