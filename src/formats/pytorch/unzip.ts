// Zip archives as torch.save writes them: files that are stored, not compressed, so that each is a view of the
// archive's own bytes. Libraries that read zip files trust sizes and check no sums. Here nothing is believed that was
// not looked at.

import { count, describe } from "../../checks.js";
import { crc32 } from "./crc32.js";
import { refuse } from "./error.js";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const END_BYTES = 22;
const LOCATOR64_BYTES = 20;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const SIZES64 = 1;
const ENCRYPTED = 1;
/** Where 32 bits do not hold a number, they hold this, and the number stands elsewhere. */
const ELSEWHERE = 0xffffffff;

interface Entry {
  name: string;
  /** Neither compressed nor encrypted. */
  stored: boolean;
  /** Of the file in the archive; where its local header begins. */
  size: number;
  header: number;
  crc: number;
}

export class Archive {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #entries = new Map<string, Entry>();

  /** @throws PyTorchError where it is no such archive */
  constructor(file: Uint8Array) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const { entries, begin } = this.#directory();
    let at = begin;
    let total = 0;
    for (let i = 0; i < entries; i++) {
      const { entry, next } = this.#entryAt(at);
      if (this.#entries.has(entry.name)) damaged(`it has ${describe(entry.name)} twice`);
      this.#entries.set(entry.name, entry);
      total += entry.size;
      if (total > file.length) damaged("its files take more bytes than it has");
      at = next;
    }
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * The bytes of a file, a view.
   * @throws PyTorchError where there is none, or where its bytes are not those that were written
   */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name);
    if (!entry) damaged(`it has no file ${describe(name)}`);
    const { stored, header, size, crc } = entry;
    if (!stored) {
      const remedy = "torch.save does neither: save it again with PyTorch";
      refuse(`${describe(name)} in the zip archive is compressed or encrypted`, remedy);
    }
    if (this.#u32(header) !== LOCAL) damaged(`${describe(name)} does not begin where the directory says`);
    const nameLength = this.#u16(header + 26);
    if (this.#text(header + LOCAL_BYTES, nameLength) !== name) damaged(`${describe(name)} has two names`);
    const begin = header + LOCAL_BYTES + nameLength + this.#u16(header + 28);
    this.#check(begin, size);
    const bytes = this.#file.subarray(begin, begin + size);
    if (crc32(bytes) !== crc) damaged(`the bytes of ${describe(name)} do not have the sum (CRC-32) that it gives`);
    return bytes;
  }

  /** How many files the directory lists, and where it begins. */
  #directory(): { entries: number; begin: number } {
    const end = this.#findEnd();
    const entries = this.#u16(end + 10);
    const begin = this.#u32(end + 16);
    const locator = end - LOCATOR64_BYTES;
    const wide = locator >= 0 && this.#u32(locator) === LOCATOR64;
    if (!wide) return { entries, begin };
    const at = this.#u64(locator + 8);
    if (this.#u32(at) !== END64) damaged("its directory is not where it says");
    return { entries: this.#u64(at + 32), begin: this.#u64(at + 48) };
  }

  #findEnd(): number {
    const last = this.#file.length - END_BYTES;
    for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
      if (this.#u32(at) === END && this.#u16(at + 20) === last - at) return at;
    }
    damaged("it has no directory at its end; was it truncated?");
  }

  #entryAt(at: number): { entry: Entry; next: number } {
    if (this.#u32(at) !== CENTRAL) damaged("its directory is broken");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => this.#u16(at + field));
    const name = this.#text(at + CENTRAL_BYTES, nameLength);
    const extra = at + CENTRAL_BYTES + nameLength;
    const [packed, size, header] = this.#widened(extra, extra + extraLength, [
      this.#u32(at + 20),
      this.#u32(at + 24),
      this.#u32(at + 42),
    ]);
    this.#check(header, LOCAL_BYTES + packed);
    // Stored files, and no others, are what they are said to be.
    const stored = this.#u16(at + 10) === 0 && (this.#u16(at + 8) & ENCRYPTED) === 0;
    if (stored && packed !== size) damaged(`${describe(name)} is stored, and has two sizes`);
    const entry = { name, stored, size: packed, header, crc: this.#u32(at + 16) };
    return { entry, next: extra + extraLength + commentLength };
  }

  /**
   * Sizes and place of a file, in the order of the extra field that has those for which 32 bits are not enough: size,
   * packed size, place.
   */
  #widened(begin: number, end: number, [packed, size, header]: number[]): number[] {
    for (let at = begin; at + 4 <= end; at += 4 + this.#u16(at + 2)) {
      if (this.#u16(at) !== SIZES64) continue;
      let field = at + 4;
      const wide = (narrow: number) => {
        if (narrow !== ELSEWHERE) return narrow;
        field += 8;
        return this.#u64(field - 8);
      };
      size = wide(size);
      packed = wide(packed);
      header = wide(header);
      break;
    }
    return [packed, size, header];
  }

  #u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  #u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  #u64(at: number): number {
    return this.#u32(at) + 2 ** 32 * this.#u32(at + 4);
  }

  #text(at: number, length: number): string {
    this.#check(at, length);
    // A copy, because browsers decode no shared memory.
    return new TextDecoder().decode(new Uint8Array(this.#file.subarray(at, at + length)));
  }

  #check(at: number, length: number): void {
    if (at + length <= this.#file.length) return;
    damaged(`it points behind its ${count(this.#file.length, "byte")}; was it truncated?`);
  }
}

function damaged(what: string): never {
  refuse(`damaged zip archive: ${what}`);
}
