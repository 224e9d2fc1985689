// What the workers of a network tell each other, beside the memory that they share: a barrier, sums, the description of a pass, the first failure.

import { evenShare, type Team } from "../team.js";

/** Words of `Mailbox.words`, each on a cache line of its own; behind the last, a word per worker that says that it has stopped. */
const ARRIVED = 0;
const ROUND = 16;
const PASS = 32;
const FAILED = 48;
const STOPPED = 64;
/** Bytes in which a worker can say what was wrong. */
const TEXT = 256;
/** Floats from one worker's place for a sum to the next: a cache line. */
const PLACE = 8;
/** Milliseconds of one wait. Waits are counted in these, so that a machine that slept is not taken for a worker that died. */
const SLICE = 100;
/** Milliseconds after which a worker that does not come is taken for dead, and as many times the time that one's own share took. */
const PATIENCE = 10_000;
const PATIENCE_FACTOR = 20;
/** How often a word is looked at before the thread lies down: waking it takes the system 50 µs, workers come within a few. */
const SPINS = 20_000;

export interface Mailbox {
  words: Int32Array;
  totals: Float64Array;
  /** See pass.ts. */
  pass: Float64Array;
  /** What each worker says was wrong, in UTF-8; zeros behind it. */
  text: Uint8Array;
}

export function createMailbox(size: number, passLength: number): Mailbox {
  return {
    words: new Int32Array(new SharedArrayBuffer(4 * (STOPPED + size))),
    totals: new Float64Array(new SharedArrayBuffer(8 * 2 * size * PLACE)),
    pass: new Float64Array(new SharedArrayBuffer(8 * passLength)),
    text: new Uint8Array(new SharedArrayBuffer(TEXT * size)),
  };
}

/** Thrown in a worker that waits where another has failed: see `Member.failure`. */
export class CrewFailure extends Error {}

/** One worker's place in a team whose workers are threads. */
export class Member implements Team {
  readonly #mailbox: Mailbox;
  /** Totals alternate between two sets of places: nobody writes into one that another still reads. */
  #set = 0;
  #began = 0;
  readonly #canWait: boolean;
  readonly #spins: number;

  /** @param crowded more workers than processors: one that waits should not keep another from running */
  constructor(
    mailbox: Mailbox,
    readonly index: number,
    readonly size: number,
    crowded: boolean,
  ) {
    this.#mailbox = mailbox;
    this.#canWait = canWait();
    this.#spins = crowded ? 1 : SPINS;
  }

  share(total: number, grain: number): [number, number] {
    return evenShare(this.index, this.size, total, grain);
  }

  sync(): void {
    const { words } = this.#mailbox;
    const round = Atomics.load(words, ROUND);
    if (Atomics.add(words, ARRIVED, 1) === this.size - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, ROUND, 1);
      Atomics.notify(words, ROUND);
    } else {
      this.#waitWhile(ROUND, round, this.index === 0);
    }
  }

  total(value: number): number {
    const { totals } = this.#mailbox;
    const first = this.#set * this.size * PLACE;
    this.#set = 1 - this.#set;
    totals[first + this.index * PLACE] = value;
    this.sync();
    let sum = 0;
    for (let worker = 0; worker < this.size; worker++) sum += totals[first + worker * PLACE];
    return sum;
  }

  /** Calls the others to the pass that is in the mailbox. */
  callPass(): void {
    const { words } = this.#mailbox;
    this.#began = performance.now();
    Atomics.add(words, PASS, 1);
    Atomics.notify(words, PASS);
  }

  /** Waits for the call after call number `seen`; its number. */
  awaitPass(seen: number): number {
    this.#waitWhile(PASS, seen, false);
    return Atomics.load(this.#mailbox.words, PASS);
  }

  /** Tells the others that this worker cannot go on; the first one is remembered. */
  fail(worker: number, why: string): void {
    const { words, text } = this.#mailbox;
    if (Atomics.load(words, FAILED) === 0) {
      // Written before anybody can read of it, and where nobody else writes.
      text.set(new TextEncoder().encode(why).subarray(0, TEXT), TEXT * this.index);
      Atomics.compareExchange(words, FAILED, 0, 1 + worker * this.size + this.index);
    }
    Atomics.notify(words, ROUND);
    Atomics.notify(words, PASS);
  }

  /** Who failed first and what was said of it; null where nobody did. */
  get failure(): { worker: number; why: string } | null {
    const { words, text } = this.#mailbox;
    const failed = Atomics.load(words, FAILED) - 1;
    if (failed < 0) return null;
    const said = text.slice(TEXT * (failed % this.size), TEXT * ((failed % this.size) + 1));
    const end = said.indexOf(0);
    const why = new TextDecoder().decode(end < 0 ? said : said.subarray(0, end));
    return { worker: Math.floor(failed / this.size), why };
  }

  /** Notes that a worker touches the memory no more. */
  noteStopped(worker: number): void {
    Atomics.store(this.#mailbox.words, STOPPED + worker, 1);
    Atomics.notify(this.#mailbox.words, STOPPED + worker);
  }

  /** Waits for a worker to stop, which is at the end of its share of a product at the latest; for a second at most. */
  awaitStop(worker: number): void {
    const { words } = this.#mailbox;
    for (let slices = 0; slices < 10 && !this.hasStopped(worker); slices++) this.#waitSlice(words, STOPPED + worker, 0);
  }

  hasStopped(worker: number): boolean {
    return Atomics.load(this.#mailbox.words, STOPPED + worker) === 1;
  }

  #waitWhile(word: number, value: number, impatient: boolean): void {
    const { words } = this.#mailbox;
    for (let i = 0; i < this.#spins; i++) if (Atomics.load(words, word) !== value) return;
    const own = performance.now() - this.#began;
    const most = (PATIENCE + PATIENCE_FACTOR * own) / SLICE;
    for (let slices = 0; Atomics.load(words, word) === value; slices++) {
      if (Atomics.load(words, FAILED) !== 0) throw new CrewFailure();
      if (impatient && slices > most) {
        this.fail(this.size, `it did not come within ${Math.round((slices * SLICE) / 1000)} s`);
        throw new CrewFailure();
      }
      this.#waitSlice(words, word, value);
    }
  }

  #waitSlice(words: Int32Array, word: number, value: number): void {
    if (this.#canWait) Atomics.wait(words, word, value, SLICE);
    else spinFor(words, word, value, SLICE);
  }
}

/** The main thread of a page may not lie down. */
function canWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

function spinFor(words: Int32Array, word: number, value: number, milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    for (let i = 0; i < 1000; i++) if (Atomics.load(words, word) !== value) return;
  }
}
