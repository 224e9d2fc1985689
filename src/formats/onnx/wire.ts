// Protocol Buffers' wire format, as far as ONNX needs it: messages are fields, each a number, a kind and a value.
// https://protobuf.dev/programming-guides/encoding. What a table of fields does not name is skipped; no field is trusted beyond its bytes.

import { damaged } from "./error.js";

/** What a field holds: a table is a message of its own. */
export type Kind = "int" | "float" | "double" | "text" | "bytes" | Fields;
/** By number: a name, what it holds, and whether there may be many. */
export type Fields = { readonly [number: number]: readonly [name: string, kind: Kind, many?: "many"] };
/** A message read: values by name; a list, perhaps an empty one, where there may be many, and undefined where there may be one and is none. */
export type Message = Record<string, unknown>;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const LONGEST_VARINT = 10;

interface Cursor {
  bytes: Uint8Array;
  view: DataView;
  at: number;
  end: number;
}

/** Reads one message. Nesting is as deep as the tables are, whatever the file says. */
export function decode(bytes: Uint8Array, fields: Fields): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return decodeMessage({ bytes, view, at: 0, end: bytes.length }, fields);
}

function decodeMessage(cursor: Cursor, fields: Fields): Message {
  const message: Message = {};
  for (const [name, , many] of Object.values(fields)) if (many) message[name] = [];
  while (cursor.at < cursor.end) {
    const key = readVarint(cursor);
    const wire = key % 8;
    const field = fields[(key - wire) / 8];
    if (key < 8 || key >= 2 ** 32) damaged(`byte ${cursor.at} starts no field`);
    if (!field) skip(cursor, wire);
    else if (field[2]) readMany(cursor, wire, field[0], field[1], message[field[0]] as unknown[]);
    else message[field[0]] = readValue(cursor, wire, field[0], field[1]);
  }
  return message;
}

/** Numbers may come one by one or packed. */
function readMany(cursor: Cursor, wire: number, name: string, kind: Kind, values: unknown[]): void {
  if (wire !== DELIMITED || kind === "text" || kind === "bytes" || typeof kind === "object") {
    values.push(readValue(cursor, wire, name, kind));
    return;
  }
  const inner = readPart(cursor, readVarint(cursor));
  const each = kind === "int" ? VARINT : kind === "float" ? FIXED32 : FIXED64;
  while (inner.at < inner.end) values.push(readValue(inner, each, name, kind));
}

function readValue(cursor: Cursor, wire: number, name: string, kind: Kind): unknown {
  const expected = kind === "int" ? VARINT : kind === "float" ? FIXED32 : kind === "double" ? FIXED64 : DELIMITED;
  if (wire !== expected) damaged(`the field ${name} before byte ${cursor.at} is of the wrong kind`);
  if (kind === "int") return readVarint(cursor);
  if (kind === "float") return cursor.view.getFloat32(take(cursor, 4), true);
  if (kind === "double") return cursor.view.getFloat64(take(cursor, 8), true);
  const part = readPart(cursor, readVarint(cursor));
  if (typeof kind === "object") return decodeMessage(part, kind);
  const bytes = part.bytes.subarray(part.at, part.end);
  return kind === "text" ? readText(bytes, name) : bytes;
}

export function readText(bytes: Uint8Array, name: string): string {
  try {
    // A copy, because browsers decode no shared memory.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    return damaged(`the field ${name} is not UTF-8`);
  }
}

function readPart(cursor: Cursor, length: number): Cursor {
  const at = take(cursor, length);
  return { ...cursor, at, end: at + length };
}

/** Moves on by so many bytes, and says where they begin. */
function take(cursor: Cursor, length: number): number {
  const { at, end } = cursor;
  if (!(length >= 0 && length <= end - at))
    damaged(`${length} bytes are promised at byte ${at}, ${end - at} are there`);
  cursor.at += length;
  return at;
}

function skip(cursor: Cursor, wire: number): void {
  if (wire === VARINT) readVarint(cursor);
  else if (wire === FIXED64) take(cursor, 8);
  else if (wire === FIXED32) take(cursor, 4);
  else if (wire === DELIMITED) take(cursor, readVarint(cursor));
  else damaged(`byte ${cursor.at} starts no field`);
}

/** A whole number of 64 bits with a sign, as the nearest double: exact up to 2⁵³, which is more than any length or place can be. */
function readVarint(cursor: Cursor): number {
  let low = 0; // the 28 bits of the first four bytes
  let high = 0; // the 36 bits of the rest
  for (let i = 0; i < LONGEST_VARINT; i++) {
    const byte = cursor.bytes[take(cursor, 1)];
    if (i < 4) low += (byte & 127) * 2 ** (7 * i);
    else high += (byte & 127) * 2 ** (7 * (i - 4));
    if (byte < 128) {
      high %= 2 ** 36;
      return (high >= 2 ** 35 ? high - 2 ** 36 : high) * 2 ** 28 + low;
    }
  }
  return damaged(`the number before byte ${cursor.at} does not end`);
}

/** The bytes of a message with these values: those that are undefined or empty are left out. */
export function encode(message: Message, fields: Fields): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, [name, kind, many]] of Object.entries(fields)) {
    const values = many ? ((message[name] as unknown[]) ?? []) : message[name] === undefined ? [] : [message[name]];
    for (const value of values) encodeField(parts, Number(number), kind, value);
  }
  return concatenate(parts);
}

function encodeField(parts: Uint8Array[], number: number, kind: Kind, value: unknown): void {
  const wire = kind === "int" ? VARINT : kind === "float" ? FIXED32 : kind === "double" ? FIXED64 : DELIMITED;
  parts.push(varint(8 * number + wire));
  if (kind === "int") parts.push(varint(value as number));
  else if (kind === "float") parts.push(new Uint8Array(Float32Array.of(value as number).buffer));
  else if (kind === "double") parts.push(new Uint8Array(Float64Array.of(value as number).buffer));
  else {
    const bytes =
      typeof kind === "object"
        ? encode(value as Message, kind)
        : kind === "text"
          ? new TextEncoder().encode(value as string)
          : (value as Uint8Array);
    parts.push(varint(bytes.length), bytes);
  }
}

/** Whole numbers from −2⁵³ to 2⁵³; a negative one takes ten bytes. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
