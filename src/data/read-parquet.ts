// Parquet files to columns. They are cut into groups of rows; of each, one column at a time is unpacked.
import { open } from "node:fs/promises";
import * as zlib from "node:zlib";
import { type Compressors, parquetMetadataAsync, parquetScan, parquetSchema, snappyUncompress } from "hyparquet";
import { checkUnfolding, STANDARD_INPUT } from "./bytes.js";
import type { Columns } from "./columns.js";
import { badData, DataError, quote } from "./error.js";
import { TableBuilder } from "./sources/table-builder.js";
import type { ReadOptions } from "./sources/text/reader.js";

/** Bytes that can be asked for, from anywhere in the file. */
interface File {
  byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

const MOST_ROWS = 2 ** 31;

/**
 * The file at the path; or, where it was unpacked or came from a pipe, all of its bytes, because its end is read first.
 */
export async function openFile(path: string, first: Uint8Array, pieces: AsyncGenerator<Uint8Array>): Promise<File> {
  if (path !== STANDARD_INPUT && !(await isPacked(path))) {
    await pieces.return(undefined);
    const file = await open(path);
    const { size } = await file.stat();
    return {
      byteLength: size,
      slice: async (start, end = size) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        return bytes.buffer.slice(0, bytesRead);
      },
      close: () => file.close(),
    };
  }
  const all = [Buffer.from(first)];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  const bytes = new Uint8Array(Buffer.concat(all));
  return {
    byteLength: bytes.length,
    slice: async (start, end) => bytes.buffer.slice(start, end),
    close: async () => {},
  };
}

async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f;
  } finally {
    await file.close();
  }
}

/** @throws DataError */
export async function readParquet(file: File, options: ReadOptions & { name: string }): Promise<Columns> {
  const { name } = options;
  try {
    return await read(file, options);
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { message } = error as Error;
    badData(name, "a whole Parquet file", `damage (${quote(message).slice(1, -1)})`, "copy or write the file again");
  }
}

async function read(file: File, options: ReadOptions & { name: string }): Promise<Columns> {
  const { name } = options;
  const metadata = await parquetMetadataAsync(file);
  const rows = Number(metadata.num_rows);
  if (!(rows >= 1 && rows <= MOST_ROWS))
    badData(name, `rows, at most ${MOST_ROWS}`, `${rows}`, "is it the right file?");
  const columns = parquetSchema(metadata).children.map(({ element, children }) => ({
    name: element.name,
    nested: children.length > 0 || element.repetition_type === "REPEATED",
    // pandas writes down its row names.
    index: /^__index_level_\d+__$/.test(element.name),
  }));
  const notes = columns.flatMap((column) =>
    column.nested || column.index
      ? [`column ${quote(column.name)} ${column.index ? "is an index" : "holds lists or structures"}, and is left out`]
      : [],
  );
  const names = columns.map((column) => (column.nested || column.index ? null : column.name));
  const dialect = { delimiter: null, decimal: ".", header: true } as const;
  const table = new TableBuilder(name, names, dialect, options);
  const scan = await parquetScan({ file, metadata, compressors: compressors(name) });
  for (const [at, column] of names.entries()) {
    if (column === null || !table.reads(at)) continue;
    let seen = 0;
    for (const { rowStart, rowEnd } of scan.ranges) {
      const cells = await scan.readColumn({ column, rowStart, rowEnd });
      for (let i = 0; i < cells.length; i++) put(table, at, cells[i]);
      seen += cells.length;
    }
    if (seen !== rows)
      badData(name, `${rows} rows in each column`, `${seen} in ${quote(column)}`, "write the file again");
  }
  return table.finish(rows, (row) => row + 1, notes, []);
}

function put(table: TableBuilder, at: number, cell: unknown): void {
  if (typeof cell === "number") table.putNumber(at, cell);
  else if (typeof cell === "bigint" && Number.isSafeInteger(Number(cell))) table.putNumber(at, Number(cell));
  else {
    const text = cell === null || cell === undefined ? "" : cell instanceof Date ? dateText(cell) : String(cell).trim();
    table.put(at, text, 0, text.length);
  }
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** Node's own, and Snappy; none unfolds a bomb. */
function compressors(name: string): Compressors {
  const checked =
    (unpack: (input: Uint8Array, length: number) => Uint8Array) =>
    (input: Uint8Array, length: number): Uint8Array => {
      checkUnfolding(name, input.length, length);
      return unpack(input, length);
    };
  const most = (length: number) => ({ maxOutputLength: Math.max(1, length) });
  const zstd = (zlib as { zstdDecompressSync?: typeof zlib.gunzipSync }).zstdDecompressSync;
  return {
    SNAPPY: checked((input, length) => {
      const output = new Uint8Array(length);
      snappyUncompress(input, output);
      return output;
    }),
    GZIP: checked((input, length) => zlib.gunzipSync(input, most(length))),
    BROTLI: checked((input, length) => zlib.brotliDecompressSync(input, most(length))),
    ZSTD: checked((input, length) => {
      if (!zstd)
        badData(name, "Parquet that this Node can unpack", "Zstandard", "use Node 24, or write it with Snappy");
      return zstd(input, most(length));
    }),
  };
}
