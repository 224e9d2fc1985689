// Numbers that come one by one, in blocks: what is there is never copied to make room, so that a column takes no more
// than its numbers until it is done.

/** A block's most numbers. */
const BLOCK = 2 ** 14;
/** Fewer are in an ordinary array, so that each of very many columns takes little. */
const FEW = 64;

type Block = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
type Copy = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array;

export class Growing<A extends Block> {
  private few: number[] | null = [];
  private full: A[] | null = null;
  private block: A | null = null;
  private at = 0;
  private before = 0;

  constructor(private readonly make: { new (length: number): A; from(values: number[]): A }) {}

  get length(): number {
    return this.before + this.at;
  }

  push(value: number): void {
    if (this.few && this.at < FEW) {
      this.few.push(value);
      this.at++;
      return;
    }
    if (this.block === null || this.at === this.block.length) this.makeRoom();
    this.block![this.at++] = value;
  }

  private makeRoom(): void {
    if (this.few) this.full = [this.make.from(this.few)];
    else this.full!.push(this.block!);
    this.few = null;
    this.before += this.at;
    this.block = new this.make(Math.min(BLOCK, 2 * this.at));
    this.at = 0;
  }

  /** All of them, in pieces, which can be written to. */
  pieces(): (A | number[])[] {
    return this.few ? [this.few] : [...this.full!, this.block!.subarray(0, this.at) as A];
  }

  /**
   * All of them in one array. Nothing is left here.
   * @param make the array's kind; it has to hold each of them
   */
  take<B extends Copy>(make: new (length: number) => B): B {
    const all = new make(this.length);
    let i = 0;
    for (const piece of this.pieces()) {
      all.set(piece, i);
      i += piece.length;
    }
    this.few = [];
    this.full = this.block = null;
    this.at = this.before = 0;
    return all;
  }
}

/** All numbers, in single precision where that holds each of them exactly. Nothing is left in `values`. */
export function takeNumbers(values: Growing<Float64Array<ArrayBuffer>>): Float64Array | Float32Array {
  const exact = values.pieces().every((piece) => {
    for (let i = 0; i < piece.length; i++) if (!Object.is(Math.fround(piece[i]), piece[i])) return false;
    return true;
  });
  return values.take<Float64Array | Float32Array>(exact ? Float32Array : Float64Array);
}

/** All codes, from −1 to below `words`, in as few bytes as hold them. Nothing is left in `codes`. */
export function takeCodes(codes: Growing<Int32Array<ArrayBuffer>>, words: number): Int32Array | Int16Array | Int8Array {
  const make = words <= 2 ** 7 ? Int8Array : words <= 2 ** 15 ? Int16Array : Int32Array;
  return codes.take<Int32Array | Int16Array | Int8Array>(make);
}
