// Files of tables: text in its encodings, packed or not, Parquet, and what is neither.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as zlib from "node:zlib";
import { expect, test } from "vitest";
import type { Columns } from "../../src/data/columns.js";
import { type ReadFileOptions, readTable } from "../../src/data/read-table.js";
import { Philox } from "../../src/random/philox.js";
import { folderOfTest, writeFile } from "../support/files.js";

const text = 'name;größe\n"né";1,5\n"zwei\n";2\n';
const expected = { columns: [{ words: ["né", "zwei"] }, { values: new Float32Array([1.5, 2]) }] };
const fixtures = path.resolve("test/fixtures/parquet");

const readBytes = (bytes: Uint8Array, options?: ReadFileOptions) =>
  readTable(writeFile(folderOfTest(), "f.data", bytes), options);

test.each<[string, Uint8Array, ReadFileOptions?]>([
  ["UTF-8", Buffer.from(text)],
  ["UTF-8 by its mark", Buffer.from(`\ufeff${text}`)],
  ["UTF-16 by its mark", Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16, the other byte first", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ["Latin-1, said", Buffer.from(text, "latin1"), { encoding: "latin1" }],
  ["UTF-16 without a mark, said", Buffer.from(text, "utf16le"), { encoding: "utf-16le" }],
  ["gzipped", zlib.gzipSync(text)],
  ["gzipped in parts", Buffer.concat([zlib.gzipSync(text.slice(0, 20)), zlib.gzipSync(text.slice(20))])],
  ["gzipped UTF-16", zlib.gzipSync(Buffer.from(`\ufeff${text}`, "utf16le"))],
])("text is read in its encoding: %s", async (_, bytes, options) => {
  const table = await readBytes(bytes, options);
  expect(table).toMatchObject(expected);
  expect(table.columns.map(({ name }) => name)).toEqual(["name", "größe"]);
});

test("text is read piece by piece", async () => {
  const rows = 60_000;
  const lines = Array.from({ length: rows }, (_, i) => `${i},${["rot", "grün", "blau"][i % 3]},😀${i % 2}`);
  const { columns } = await readBytes(Buffer.from(`n,é,smile\n${lines.join("\n")}`));
  expect(columns).toMatchObject([{ kind: "numbers" }, { words: ["rot", "grün", "blau"] }, { words: ["😀0", "😀1"] }]);
  const [numbers] = columns;
  expect(numbers.kind === "numbers" && numbers.values.every((value, i) => value === i)).toBe(true);
});

const bytes = (...values: (number | string)[]) =>
  Buffer.concat(
    values.map((value) => (typeof value === "string" ? Buffer.from(value, "latin1") : Buffer.from([value]))),
  );

test.each<[string, Uint8Array, RegExp, ReadFileOptions?]>([
  [
    "another encoding",
    Buffer.from(text, "latin1"),
    /f\.data: expected UTF-8 text, got bytes that are none; say which .*--encoding latin1/,
  ],
  ["half a letter", Buffer.from("a,b\n1,é").subarray(0, -1), /expected UTF-8 text, got bytes that are none/],
  [
    "another encoding than was said",
    Buffer.from("a,b\n1,\xff", "latin1"),
    /expected EUC-KR text, got bytes that are none; name the encoding that it has/,
    { encoding: "euc-kr" },
  ],
  [
    "no encoding",
    Buffer.from(text),
    /encoding must be an encoding of text, such as .*; got "klingon"/,
    { encoding: "klingon" },
  ],
  ["damaged gzip", zlib.gzipSync(text).subarray(0, -9), /expected whole gzip data, got damage \(/],
  [
    "a bomb",
    zlib.gzipSync(Buffer.alloc(6e7, "\n")),
    /expected packed data that unfold to at most 100 times as many bytes, got \d+ or more from \d+; unpack it with gunzip$/,
  ],
  [
    "a zip file",
    bytes("PK\x03\x04", "\0".repeat(26), "data.csv"),
    /expected text or Parquet, got a zip file; unpack it/,
  ],
  [
    "a workbook",
    bytes("PK\x03\x04", "\0".repeat(26), "[Content_Types].xml"),
    /got a workbook of a spreadsheet \(\.xlsx, \.ods\); save its sheet as CSV/,
  ],
  ["a zip file that is gzipped", zlib.gzipSync(bytes("PK\x03\x04")), /got a zip file/],
  ["an old workbook", bytes("\xd0\xcf\x11\xe0"), /got a workbook of an old spreadsheet \(\.xls\)/],
  ["an array of NumPy", bytes("\x93NUMPY\x01"), /got an array of NumPy \(\.npy\); write it with numpy\.savetxt/],
  ["HDF5", bytes("\x89HDF\r\n"), /got an HDF5 file/],
  ["Feather", bytes("ARROW1\0\0"), /got an Arrow or Feather file; write it as Parquet/],
  ["a database", bytes("SQLite format 3\0"), /got a SQLite database/],
  ["xz", bytes("\xfd7zXZ\0"), /got an xz file; unpack it with unxz/],
  ["a pickle", bytes("\x80\x04\x95\0"), /got a Python pickle; .* never run here/],
  ["images", bytes("\0\0\x08\x03"), /got an IDX file; give the directory/],
  ["a picture", bytes("\x89PNG\r\n"), /got an image/],
  ["nothing", bytes(), /expected a header and rows, got an empty file/],
  ["Parquet without an end", bytes("PAR1", "x".repeat(100)), /expected a whole Parquet file, got damage \(/],
])("a file is refused that is %s", async (_, content, message, options) => {
  const error = (await readBytes(content, options).catch((caught) => caught)) as Error;
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("\n");
});

test("a file that is refused is closed", async () => {
  const open = () => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);
  const file = writeFile(folderOfTest(), "f.csv", bytes("PK\x03\x04"));
  const bomb = writeFile(folderOfTest(), "b.csv", zlib.gzipSync(Buffer.alloc(3e7, "\n")));
  const before = open();
  for (const path of [file, bomb, file, bomb]) await expect(readTable(path)).rejects.toThrow(/got/);
  await expect.poll(open).toBe(before);
});

test("a file that is not there is refused by its name", async () => {
  await expect(readTable("/none/such.csv")).rejects.toThrow(/^\/none\/such\.csv cannot be read: no such file/);
  await expect(readTable(folderOfTest())).rejects.toThrow(/cannot be read: it is a directory/);
});

const plain = ({ columns, rows, notes }: Columns) => ({ columns, rows, notes });

test("Parquet is read as its columns are, however it is packed", async () => {
  const table = await readTable(`${fixtures}/snappy.parquet`);
  const cells = Object.fromEntries(
    table.columns.map((column) => [
      column.name,
      column.kind === "texts"
        ? column.examples
        : column.kind === "words"
          ? Array.from(column.codes, (code) => column.words[code] ?? null)
          : [...column.values],
    ]),
  );
  const range = Array.from({ length: 12 }, (_, i) => i);
  const without = (at: number, values: unknown[], none: unknown) => values.map((value, i) => (i === at ? none : value));
  expect(cells).toEqual({
    int: without(3, range, Number.NaN),
    long: range.map((i) => 2 ** 40 + i),
    double: without(
      5,
      range.map((i) => i / 7),
      Number.NaN,
    ),
    float: range.map((i) => i / 4),
    yes: without(
      1,
      range.map((i) => String(i % 2 === 0)),
      null,
    ),
    word: without(
      2,
      range.map((i) => ["red", "green", "blue"][i % 3]),
      null,
    ),
    category: range.map((i) => ["low", "high"][i % 2]),
    day: without(
      0,
      range.map((i) => Date.UTC(2020, 0, 1 + i)),
      Number.NaN,
    ),
    time: range.map((i) => Date.UTC(2020, 0, 1, 10, i, 0, 250)),
    price: range.map((i) => i / 4),
    note: ["remark 0", "remark 1", "remark 2"],
  });
  expect(table.notes).toEqual([
    'column "list" holds lists or structures, and is left out',
    'column "__index_level_0__" is an index, and is left out',
  ]);
  for (const packed of ["none", "gzip", "brotli", "v2"])
    expect(plain(await readTable(`${fixtures}/${packed}.parquet`)), packed).toEqual(plain(table));
  expect(plain(await readBytes(zlib.gzipSync(readFileSync(`${fixtures}/none.parquet`))))).toEqual(plain(table));
  const zstd = readTable(`${fixtures}/zstd.parquet`);
  if ("zstdDecompressSync" in zlib) expect(plain(await zstd)).toEqual(plain(table));
  else await expect(zstd).rejects.toThrow(/expected Parquet that this Node can unpack, got Zstandard; use Node 24/);
  const { columns, kept } = await readTable(`${fixtures}/none.parquet`, {
    ...{ only: ["int", "word"], kinds: { int: "numbers" }, keep: ["note", "long"], missing: ["4"] },
  });
  expect(columns.filter(({ kind }) => kind !== "texts")).toMatchObject([{ name: "int", missing: 2 }, { name: "word" }]);
  expect(kept.map(({ words }) => words[1])).toEqual(["remark 1", "1099511627777"]);
  await expect(readTable(`${fixtures}/none.parquet`, { kinds: { word: "numbers" } })).rejects.toThrow(
    /none\.parquet, row 1, column "word": expected a number, got "red" there and 10 such cells below/,
  );
});

test("damaged Parquet is a table or a DataError, never anything else", async () => {
  const folder = folderOfTest();
  const random = new Philox(3, 15);
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const damaged = readFileSync(`${fixtures}/${["snappy", "gzip", "v2"][round % 3]}.parquet`);
    // Half of them in what describes the columns, at the end.
    const from = round % 2 ? damaged.length - 900 : 4;
    damaged[from + random.below(damaged.length - from - 8)] ^= 1 << random.below(8);
    try {
      const { columns, rows } = await readTable(writeFile(folder, "d.parquet", damaged));
      for (const column of columns) if (column.kind === "numbers") expect(column.values.length).toBe(rows);
    } catch (error) {
      expect((error as Error).name, (error as Error).stack).toBe("DataError");
      expect((error as Error).message).not.toContain("\n");
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(20);
});
