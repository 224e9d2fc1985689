// A dropped table to a source, as thinned/table reads it: words, gaps and dates included. Its last column is the class.
import type { Column } from "#thinned/data/columns.js";
import { fitEncoding } from "#thinned/data/encode/fit.js";
import { encodeTargets, rowsWithTargets } from "#thinned/data/encode/targets.js";
import { badData } from "#thinned/data/error.js";
import { readColumns } from "#thinned/data/sources/text/reader.js";
import type { OwnTable } from "./source.js";

/** Of a file; the text of all of it at once would take as much memory again. */
const PIECE = 2 ** 20;
const FEWEST_ROWS = 8;

/** @throws DataError: what is wrong with the table, and where */
export function tableSource(name: string, bytes: Uint8Array): OwnTable {
  const table = readColumns(textOf(name, bytes), { name });
  const { encoding } = fitEncoding(table);
  if (encoding.task !== "classify") {
    badData(name, "classes in its last column", "numbers that are no labels", "thinned train learns those, too");
  }
  const [target] = encoding.targets;
  const columns = [table.columns.find((column) => column.name === target.name) as Column];
  const rows = rowsWithTargets(columns, table.rows);
  if (rows.length < FEWEST_ROWS) {
    const got = `${rows.length}`;
    badData(name, `${FEWEST_ROWS} rows or more that have a class`, got, "there is nothing to learn from so few");
  }
  const labels = encodeTargets(table, columns, encoding, rows) as Int32Array;
  return { name, table, rows, labels, features: encoding.features };
}

function* textOf(name: string, bytes: Uint8Array): Iterable<string> {
  const decoder = new TextDecoder(encodingOf(bytes), { fatal: true, ignoreBOM: true });
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      yield decoder.decode(bytes.subarray(at, at + PIECE), { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    badData(name, `${decoder.encoding.toUpperCase()} text`, "bytes that are none", "save the file as CSV in UTF-8");
  }
}

function encodingOf([a, b]: Uint8Array): string {
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
}
