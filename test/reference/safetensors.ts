// The rules of the safetensors format, written for clarity, with a JSON parser of its own: JSON.parse takes what the
// format's reference implementation (serde_json) does not. Throws for everything that breaks a rule.

export type Json = null | boolean | string | Integer | Json[] | Map<string, Json>;

/** A number that is written in digits alone; any other is no number that a header may have. */
type Integer = bigint;

export interface ReferenceTensor {
  dtype: string;
  shape: bigint[];
  bytes: Uint8Array;
}

const BYTES: Record<string, bigint> = {
  F64: 8n,
  F32: 4n,
  F16: 2n,
  BF16: 2n,
  I64: 8n,
  U64: 8n,
  I32: 4n,
  U32: 4n,
  I16: 2n,
  U16: 2n,
  I8: 1n,
  U8: 1n,
  BOOL: 1n,
};

export function referenceRead(file: Uint8Array) {
  if (file.length < 8) throw new Error("no header length");
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length > 100_000_000 || 8 + length > file.length) throw new Error("header length");
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.slice(8, 8 + length));
  if (text[0] !== "{") throw new Error("header starts with something else");
  const header = new JsonReader(text).whole() as Map<string, Json>;
  const metadata = new Map<string, string>();
  const tensors = new Map<string, ReferenceTensor>();
  const spans: [bigint, bigint][] = [];
  const data = file.subarray(8 + length);
  for (const [name, entry] of header) {
    if (!(entry instanceof Map)) throw new Error(`${name} is no object`);
    if (name === "__metadata__") {
      for (const [key, value] of entry) {
        if (typeof value !== "string") throw new Error(`metadata ${key} is no string`);
        metadata.set(key, value);
      }
      continue;
    }
    const [dtype, shape, offsets] = ["dtype", "shape", "data_offsets"].map((key) => entry.get(key));
    if (typeof dtype !== "string" || !Object.hasOwn(BYTES, dtype)) throw new Error(`dtype of ${name}`);
    const [sizes, [begin, end, more]] = [integers(shape), integers(offsets)];
    if (end === undefined || more !== undefined) throw new Error(`offsets of ${name}`);
    let size = BYTES[dtype];
    for (const n of sizes) {
      size *= n;
      if (size >= 2n ** 64n) throw new Error(`size of ${name} overflows`);
    }
    if (begin > end || end - begin !== size || end > data.length) throw new Error(`bytes of ${name}`);
    spans.push([begin, end]);
    tensors.set(name, { dtype, shape: sizes, bytes: data.slice(Number(begin), Number(end)) });
  }
  spans.sort(([a, b], [c, d]) => Number(a - c) || Number(b - d));
  let covered = 0n;
  for (const [begin, end] of spans) {
    if (begin !== covered) throw new Error("a hole or an overlap");
    covered = end;
  }
  if (covered !== BigInt(data.length)) throw new Error("bytes of no tensor");
  return { metadata, tensors };
}

function integers(value: Json | undefined): bigint[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== "bigint")) throw new Error("not whole numbers");
  return value as bigint[];
}

/**
 * RFC 8259, without numbers that have a sign, a point or an exponent, without equal keys and without halves of
 * surrogate pairs.
 */
class JsonReader {
  private at = 0;
  constructor(private readonly text: string) {}

  whole(): Json {
    const value = this.value();
    if (this.at < this.text.length) throw new Error("more than JSON");
    return value;
  }

  private value(): Json {
    this.match(/[ \t\n\r]*/y);
    const value = this.bare();
    this.match(/[ \t\n\r]*/y);
    return value;
  }

  private bare(): Json {
    const word = this.match(/null|true|false/y);
    if (word) return word === "null" ? null : word === "true";
    const digits = this.match(/0|[1-9][0-9]*/y);
    if (digits) return BigInt(digits);
    if (this.text[this.at] === '"') return this.string();
    if (this.take("[")) return this.list("]", () => this.value());
    if (!this.take("{")) throw new Error(`unexpected character ${this.at}`);
    const object = new Map<string, Json>();
    this.list("}", () => {
      this.match(/[ \t\n\r]*/y);
      const key = this.string();
      this.match(/[ \t\n\r]*/y);
      if (!this.take(":") || object.has(key)) throw new Error(`key ${key}`);
      object.set(key, this.value());
      return null;
    });
    return object;
  }

  private list(end: string, item: () => Json): Json[] {
    const items: Json[] = [];
    this.match(/[ \t\n\r]*/y);
    if (this.take(end)) return items;
    do items.push(item());
    while (this.take(","));
    if (!this.take(end)) throw new Error(`no ${end}`);
    return items;
  }

  private string(): string {
    if (!this.take('"')) throw new Error("no string");
    let string = "";
    while (!this.take('"')) {
      const plain = this.match(/[^"\\]+/y);
      if ([...plain].some((character) => character < " ")) throw new Error("a control character in a string");
      const escaped = plain ? "" : this.match(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y);
      if (!plain && !escaped) throw new Error("a string that breaks off");
      string += plain || unescaped(escaped);
    }
    if (/\p{Surrogate}/u.test(string)) throw new Error("half a surrogate pair");
    return string;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [""];
    this.at += found.length;
    return found;
  }
}

function unescaped(escaped: string): string {
  if (escaped[1] === "u") return String.fromCharCode(Number.parseInt(escaped.slice(2), 16));
  const known: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
  return known[escaped[1]] ?? escaped[1];
}
