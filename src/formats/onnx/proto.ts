// Protocol Buffers' wire format, as far as ONNX needs it: https://protobuf.dev/programming-guides/encoding. A message
// is read as its fields by their numbers; what those mean, onnx.proto says:
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Messages inside are bytes until somebody asks for them, so
// that nothing nests deeper than the reader goes. No field is trusted beyond the bytes that are there.

import { damaged } from "./error.js";

type Value = number | Uint8Array;
/** The values of each field in their order: numbers where they are whole, or else bytes. */
export type Message = Readonly<Record<number, readonly Value[] | undefined>>;

const VARINT = 0;
const BYTES = 2;
/** How many bytes values of each wire type take. */
const WIDTHS: Readonly<Record<number, number>> = { 0: 0, 1: 8, 5: 4 };
const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function parse(bytes: Uint8Array): Message {
  const message: Record<number, Value[]> = {};
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const key = varint(bytes, cursor);
    const wire = key % 8;
    const length = wire === BYTES ? varint(bytes, cursor) : WIDTHS[wire];
    const { at } = cursor;
    if (!(key >= 8 && length >= 0 && length <= bytes.length - at))
      damaged(`no field can begin in front of byte ${at} of ${bytes.length}`);
    message[(key - wire) / 8] ??= [];
    message[(key - wire) / 8].push(wire === VARINT ? varint(bytes, cursor) : bytes.subarray(at, at + length));
    cursor.at += length;
  }
  return message;
}

/**
 * A whole number of 64 bits with a sign, as the nearest double: exact up to 2⁵³, which is more than any length or place
 * can be.
 */
function varint(bytes: Uint8Array, cursor: { at: number }): number {
  let low = 0; // the 28 bits of the first four bytes
  let high = 0; // the 36 bits of the rest
  for (let i = 0; i < 10 && cursor.at < bytes.length; i++) {
    const byte = bytes[cursor.at++];
    if (i < 4) low += (byte & 127) * 2 ** (7 * i);
    else high += (byte & 127) * 2 ** (7 * (i - 4));
    if (byte > 127) continue;
    high %= 2 ** 36;
    return (high < 2 ** 35 ? high : high - 2 ** 36) * 2 ** 28 + low;
  }
  return damaged(`the number in front of byte ${cursor.at} does not end`);
}

const asBytes = (value: Value): Uint8Array =>
  typeof value === "number" ? damaged("it has a number for bytes") : value;

export function readText(bytes: Value): string {
  try {
    // A copy, because browsers decode no shared memory.
    return UTF8.decode(new Uint8Array(asBytes(bytes)));
  } catch {
    return damaged("a text in it is not UTF-8");
  }
}

/** Every value of a field as bytes, as texts, as messages. */
export const allBytes = (message: Message, field: number): Uint8Array[] => (message[field] ?? []).map(asBytes);
export const texts = (message: Message, field: number): string[] => (message[field] ?? []).map(readText);
export const messages = (message: Message, field: number): Message[] => allBytes(message, field).map(parse);
/** Whole numbers, one by one or packed. */
export const ints = (message: Message, field: number): number[] =>
  (message[field] ?? []).flatMap((value) => (typeof value === "number" ? value : unpack(value)));
/** Floats or doubles, one by one or packed: the same bytes. */
export const packed = (message: Message, field: number): Uint8Array => join(allBytes(message, field));

/** The last value of a field: who writes it again means it to count. */
export const text = (message: Message, field: number): string => texts(message, field).at(-1) ?? "";
export const int = (message: Message, field: number): number | undefined => ints(message, field).at(-1);
export const part = (message: Message, field: number): Message =>
  parse(allBytes(message, field).at(-1) ?? new Uint8Array());

function unpack(bytes: Uint8Array): number[] {
  const cursor = { at: 0 };
  const numbers: number[] = [];
  while (cursor.at < bytes.length) numbers.push(varint(bytes, cursor));
  return numbers;
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of parts) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

/**
 * Writes a message: a field for each pair of a number and a whole number of at least 0, a text, bytes, or a float in an
 * array.
 */
export function write(...fields: [field: number, value: number | string | Uint8Array | Float32Array][]): Uint8Array {
  return join(
    fields.flatMap(([field, value]) => {
      if (typeof value === "number") return [number(8 * field + VARINT), number(value)];
      if (value instanceof Float32Array) return [number(8 * field + 5), new Uint8Array(value.buffer)];
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
      return [number(8 * field + BYTES), number(bytes.length), bytes];
    }),
  );
}

function number(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}
