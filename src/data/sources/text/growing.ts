// Numbers that come one by one, in blocks: what is there is never copied to make room, so that a column takes no more
// than its numbers until it is done.

/** A block's most numbers. */
const BLOCK = 2 ** 14;
/** The first block's, so that a table of very many columns takes little for each. */
const FIRST = 8;

type Block = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

export class Growing<A extends Block> {
  private full: A[] = [];
  private block: A;
  private at = 0;
  private before = 0;

  constructor(private readonly make: new (length: number) => A) {
    this.block = new make(FIRST);
  }

  get length(): number {
    return this.before + this.at;
  }

  push(value: number): void {
    if (this.at === this.block.length) {
      this.full.push(this.block);
      this.before += this.at;
      this.block = new this.make(Math.min(BLOCK, 2 * this.at));
      this.at = 0;
    }
    this.block[this.at++] = value;
  }

  *[Symbol.iterator](): Iterator<number> {
    for (const block of this.full) yield* block;
    yield* this.block.subarray(0, this.at);
  }

  /** All of them in one array. Nothing is left here. */
  take(): A {
    const all = new this.make(this.length);
    let i = 0;
    for (const block of this.full) {
      all.set(block, i);
      i += block.length;
    }
    all.set(this.block.subarray(0, this.at), i);
    this.full = [];
    this.block = new this.make(FIRST);
    this.at = this.before = 0;
    return all;
  }
}

/** The same numbers in single precision, where that holds each of them exactly. */
export function narrowed(values: Float64Array): Float64Array | Float32Array {
  for (let i = 0; i < values.length; i++) if (!Object.is(Math.fround(values[i]), values[i])) return values;
  return Float32Array.from(values);
}

/** Codes from −1 to below `words` in as few bytes as hold them. */
export function narrowedCodes(codes: Int32Array, words: number): Int32Array | Int16Array | Int8Array {
  return words <= 2 ** 7 ? Int8Array.from(codes) : words <= 2 ** 15 ? Int16Array.from(codes) : codes;
}
