// Files of tables to columns: text in any encoding, gzipped or not, and Parquet.
import { wrongValue } from "../checks.js";
import { bytesOf, explain, STANDARD_INPUT } from "./bytes.js";
import type { Columns } from "./columns.js";
import { badData } from "./error.js";
import { refuseForeign } from "./sources/foreign.js";
import { type ReadOptions, TableReader } from "./sources/text/reader.js";

export interface ReadFileOptions extends ReadOptions {
  /** Of text, such as `"latin1"`. Default: UTF-16 where the file's first bytes say so, else UTF-8. */
  encoding?: string;
}

/**
 * Reads a table from a file, or from standard input where the path is "-": text, gzipped or not, or Parquet. What it
 * is, its first bytes tell.
 * @throws DataError that says what is wrong with it; TypeError, RangeError naming an option
 */
export async function readTable(path: string, { encoding, ...options }: ReadFileOptions = {}): Promise<Columns> {
  const name = options.name ?? (path === STANDARD_INPUT ? "standard input" : path);
  const decode = decoderOf(encoding);
  const reader = new TableReader({ ...options, name });
  const pieces = bytesOf(path);
  let first = true;
  for await (const piece of pieces) {
    if (first && isParquet(piece)) return readParquetFile(path, piece, pieces, { ...options, name });
    if (first) refuseForeign(name, piece);
    reader.push(decode(name, piece, first));
    first = false;
  }
  reader.push(decode(name, null, first));
  return reader.end();
}

/** Bytes to text, piece by piece; null: that was all. */
function decoderOf(encoding: string | undefined): (name: string, piece: Uint8Array | null, first: boolean) => string {
  let decoder = decoderFor(encoding ?? "utf-8");
  return (name, piece, first) => {
    if (first && piece && encoding === undefined) {
      const [a, b] = piece;
      if (a === 0xff && b === 0xfe) decoder = decoderFor("utf-16le");
      if (a === 0xfe && b === 0xff) decoder = decoderFor("utf-16be");
    }
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      const remedy = encoding
        ? "name the encoding that it has"
        : "say which encoding it has (--encoding latin1 where it is an old one of Western Europe), or save it in UTF-8";
      return badData(name, `${decoder.encoding.toUpperCase()} text`, "bytes that are none", remedy);
    }
  };
}

function decoderFor(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  } catch {
    return wrongValue("encoding", "an encoding of text, such as utf-8, utf-16le, latin1 or shift_jis", encoding);
  }
}

function isParquet(head: Uint8Array): boolean {
  return head.length >= 4 && String.fromCharCode(...head.subarray(0, 4)) === "PAR1";
}

/** Where a file is gzipped or comes from a pipe, all of it has to be in memory: its end is read first. */
async function readParquetFile(
  path: string,
  first: Uint8Array,
  pieces: AsyncGenerator<Uint8Array>,
  options: ReadOptions & { name: string },
): Promise<Columns> {
  const { readParquet, openFile } = await import("./read-parquet.js");
  const file = await openFile(path, first, pieces).catch((error) => explain(path, error));
  try {
    return await readParquet(file, options);
  } finally {
    await file.close();
  }
}
