// Python's pickle format, as far as a state dict needs it. A pickle is a program for a small machine with a stack and a
// memory, and one of its instructions calls whatever function of Python it names. This machine has no functions: what a
// name stands for is decided by `Names`, and a name that it does not know ends the reading. Every value here is data.

import { describe } from "../../checks.js";
import { refuse } from "./error.js";

/** What a pickle may be made of. Lists and tuples are arrays, dictionaries and ordered ones are maps. */
export type Value = null | boolean | number | string | Value[] | Dictionary | object;
export type Dictionary = Map<string | number, Value>;

/** The names that a pickle may use, and what its references to things outside (storages) mean. */
export interface Names {
  /** What `module.name` is; undefined for what is to be refused. */
  find(name: string): object | undefined;
  /** The value of a call of what `find` gave. */
  call(callee: Value, args: Value): Value;
  /** What a persistent reference means. */
  persistent(reference: Value): Value;
  /** How a name that `find` does not know is refused. */
  refuse(name: string): never;
}

/** @throws PyTorchError for anything but numbers, texts, lists, dictionaries and what `names` allows */
export function unpickle(bytes: Uint8Array, names: Names): Value {
  return new Machine(bytes, names).run();
}

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #names: Names;
  readonly #memo = new Map<number, Value>();
  /** The values below each mark, the innermost last. */
  readonly #below: Value[][] = [];
  #stack: Value[] = [];
  #at = 0;

  constructor(bytes: Uint8Array, names: Names) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#names = names;
  }

  run(): Value {
    for (;;) {
      const code = this.#bytes[this.#take(1)];
      if (code === STOP) return this.pop();
      const step = STEPS[code];
      if (!step) {
        const at = `byte ${this.#at - 1}`;
        refuse(`the pickle has the instruction 0x${code.toString(16)} at ${at}, which no state dict needs`, SAVE_DICT);
      }
      step(this);
    }
  }

  push(value: Value): void {
    this.#stack.push(value);
  }

  pop(): Value {
    const value = this.#stack.pop();
    if (value === undefined) damaged("it takes a value where there is none");
    return value;
  }

  top(): Value {
    const value = this.#stack.at(-1);
    if (value === undefined) damaged("it takes a value where there is none");
    return value;
  }

  mark(): void {
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** The values above the last mark, which goes. */
  popMark(): Value[] {
    const values = this.#stack;
    this.#stack = this.#below.pop() ?? damaged("it returns to a mark that it did not set");
    return values;
  }

  remember(slot: number): void {
    this.#memo.set(slot, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(slot: number): void {
    const value = this.#memo.get(slot);
    if (value === undefined) damaged(`it recalls ${slot}, which it did not remember`);
    this.push(value);
  }

  find(name: string): void {
    this.push(this.#names.find(name) ?? this.#names.refuse(name));
  }

  call(): void {
    const args = this.pop();
    this.push(this.#names.call(this.pop(), args));
  }

  persistent(): void {
    this.push(this.#names.persistent(this.pop()));
  }

  u8 = (): number => this.#view.getUint8(this.#take(1));
  u16 = (): number => this.#view.getUint16(this.#take(2), true);
  u32 = (): number => this.#view.getUint32(this.#take(4), true);
  i32 = (): number => this.#view.getInt32(this.#take(4), true);
  u64 = (): number => this.u32() + 2 ** 32 * this.u32();
  f64 = (): number => this.#view.getFloat64(this.#take(8), false);

  /** A whole number of `length` bytes, little-endian, in two's complement. */
  long(length: number): number {
    const begin = this.#take(length);
    let value = 0n;
    for (let i = Math.min(length, 9) - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[begin + i]);
    const signed = Number(BigInt.asIntN(8 * Math.min(length, 9), value));
    if (length > 9 || !Number.isSafeInteger(signed)) damaged("it has a whole number beyond 2^53");
    return signed;
  }

  text(length: number): string {
    const begin = this.#take(length);
    try {
      return UTF8.decode(new Uint8Array(this.#bytes.subarray(begin, begin + length)));
    } catch {
      damaged("it has a text that is not UTF-8");
    }
  }

  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end < 0) damaged("it ends within a name");
    const text = this.text(end - this.#at);
    this.#take(1);
    return text;
  }

  /** Where the next `length` bytes begin, which are used up. */
  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) damaged("it ends too early");
    this.#at += length;
    return at;
  }
}

const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NEWLINE = 10;
const STOP = 0x2e;
export const SAVE_DICT = "save its weights alone: torch.save(model.state_dict(), path)";
const NEWEST = 5;

/** What each instruction does; the names are those of Python's pickletools. */
const STEPS: Record<number, (machine: Machine) => void> = {
  // PROTO, FRAME, MARK
  128: (m) => {
    const protocol = m.u8();
    if (protocol < 2 || protocol > NEWEST) damaged(`its protocol is ${protocol}, not 2 to ${NEWEST}`);
  },
  149: (m) => void m.u64(),
  40: (m) => m.mark(),
  // POP, POP_MARK, DUP
  48: (m) => void m.pop(),
  49: (m) => void m.popMark(),
  50: (m) => m.push(m.top()),
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  113: (m) => m.remember(m.u8()),
  114: (m) => m.remember(m.u32()),
  148: (m) => m.rememberNext(),
  104: (m) => m.recall(m.u8()),
  106: (m) => m.recall(m.u32()),
  // NONE, NEWTRUE, NEWFALSE
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
  74: (m) => m.push(m.i32()),
  75: (m) => m.push(m.u8()),
  77: (m) => m.push(m.u16()),
  138: (m) => m.push(m.long(m.u8())),
  139: (m) => m.push(m.long(m.u32())),
  71: (m) => m.push(m.f64()),
  // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
  88: (m) => m.push(m.text(m.u32())),
  140: (m) => m.push(m.text(m.u8())),
  141: (m) => m.push(m.text(m.u64())),
  // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
  41: (m) => m.push([]),
  133: (m) => m.push(takeLast(m, 1)),
  134: (m) => m.push(takeLast(m, 2)),
  135: (m) => m.push(takeLast(m, 3)),
  116: (m) => m.push(m.popMark()),
  // EMPTY_LIST, LIST, APPEND, APPENDS
  93: (m) => m.push([]),
  108: (m) => m.push(m.popMark()),
  97: (m) => append(m, [m.pop()]),
  101: (m) => append(m, m.popMark()),
  // EMPTY_DICT, DICT, SETITEM, SETITEMS
  125: (m) => m.push(new Map()),
  100: (m) => {
    const items = m.popMark();
    m.push(new Map());
    setItems(m, items);
  },
  115: (m) => setItems(m, takeLast(m, 2)),
  117: (m) => setItems(m, m.popMark()),
  // GLOBAL, STACK_GLOBAL, REDUCE, BINPERSID
  99: (m) => m.find(`${m.line()}.${m.line()}`),
  147: (m) => {
    const [module, name] = takeLast(m, 2);
    if (typeof module !== "string" || typeof name !== "string") damaged("it has a name that is no text");
    m.find(`${module}.${name}`);
  },
  82: (m) => m.call(),
  81: (m) => m.persistent(),
  // BUILD: what an ordered dictionary has besides its items is the versions of modules.
  98: (m) => {
    m.pop();
    if (!(m.top() instanceof Map)) damaged("it sets attributes of what is no dictionary");
  },
};

function takeLast(machine: Machine, length: number): Value[] {
  return Array.from({ length }, () => machine.pop()).reverse();
}

function append(machine: Machine, values: Value[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) damaged("it appends to what is no list");
  for (const value of values) list.push(value);
}

function setItems(machine: Machine, items: Value[]): void {
  const dictionary = machine.top();
  if (!(dictionary instanceof Map)) damaged("it sets items of what is no dictionary");
  if (items.length % 2 !== 0) damaged("it has a key without a value");
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== "string" && typeof key !== "number") {
      damaged(`it has the key ${describe(key)}, neither a text nor a number`);
    }
    dictionary.set(key, items[i + 1]);
  }
}

function damaged(what: string): never {
  refuse(`damaged pickle: ${what}`);
}
