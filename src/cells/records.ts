// Rows as programs and forms have them, objects by column, to a network's inputs.
import { checkObject, describe, didYouMean, wrongType } from "../checks.js";
import type { Floats } from "../types.js";
import { truthOf } from "./boolean.js";
import { MISSING, UNSEEN } from "./category.js";
import { type TableEncoding, widthOf } from "./encoding.js";
import { writeCell } from "./write.js";

/**
 * A row by the names of its columns: numbers, texts, booleans, Dates; null, undefined, NaN or "" where nothing is
 * known.
 */
export type Row = Record<string, unknown>;

/**
 * @returns `[records, features]`
 * @throws TypeError listing what is wrong, by record and column
 */
export function encodeRecords(records: readonly Row[], encoding: TableEncoding): Floats {
  checkRecords("records", records);
  const { columns, targets } = encoding;
  const x = new Float32Array(records.length * encoding.features);
  const wrong: string[] = [];
  const known = new Set([...columns, ...targets].map(({ name }) => name));
  let at = 0;
  const others = records.map((record) => Object.keys(record).filter((key) => !known.has(key)));
  const readers = columns.map((code) => {
    if (code.kind !== "category") return READERS[code.kind];
    const words = new Map(code.words.map((word, i) => [word, i]));
    return { read: (_: unknown, word: string) => words.get(word) ?? UNSEEN, nothing: MISSING, expected: "a text" };
  });
  records.forEach((record, i) => {
    columns.forEach((code, j) => {
      const { name } = code;
      const { read, nothing, expected } = readers[j];
      const cell = Object.hasOwn(record, name) ? record[name] : null;
      const missing = isMissing(cell);
      const value = missing ? nothing : read(cell, String(cell).trim());
      const hint = Object.hasOwn(record, name) ? "" : didYouMean(name, others[i]);
      writeCell(code, value, x, at);
      if (hint || (!missing && Number.isNaN(value)) || !Number.isFinite(x[at]))
        wrong.push(`records[${i}][${describe(name)}] must be ${expected}, or null; ${hint || `got ${describe(cell)}`}`);
      at += widthOf(code);
    });
  });
  throwAll(wrong);
  return x;
}

/** @throws TypeError where it is no list of objects */
export function checkRecords(name: string, records: unknown): void {
  if (!Array.isArray(records) || records.length === 0) wrongType(name, "an array of one object or more", records);
  records.forEach((record, i) => {
    checkObject(`${name}[${i}]`, record, "an object such as { age: 41 }");
  });
}

/** @throws TypeError with the first few, where there are any */
export function throwAll(wrong: string[]): void {
  if (wrong.length > 5) wrong.splice(5, wrong.length, `and ${wrong.length - 5} more`);
  if (wrong.length > 0) throw new TypeError(wrong.join("; "));
}

/** Is nothing known? */
export function isMissing(cell: unknown): boolean {
  return cell === null || cell === undefined || Number.isNaN(cell) || (typeof cell === "string" && !cell.trim());
}

const READERS = {
  number: { read: numberOf, nothing: Number.NaN, expected: "a number" },
  boolean: { read: (_: unknown, text: string) => truthOf(text), nothing: Number.NaN, expected: "true or false" },
  date: { read: timeOf, nothing: Number.NaN, expected: 'a Date, or a text such as "2024-05-31" or "2024-05-31T23:59"' },
};

/** A number, or a text that is a decimal one, as a form has it; else NaN. */
export function numberOf(cell: unknown, text: string): number {
  if (typeof cell === "boolean") return Number(cell);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Milliseconds since 1970; else NaN. A time without a zone is UTC's. */
export function timeOf(cell: unknown, text: string): number {
  if (cell instanceof Date || typeof cell === "number") return Number(cell);
  const [, day, time, zone = "Z"] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d[\d:.]*)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  return Date.parse(time ? `${day}T${time}${zone}` : day);
}
