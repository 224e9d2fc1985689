// What the workers of a network tell each other, beside the memory that they share: a barrier, sums, the description of
// a pass, the first failure.

import { evenShare, type Team } from "../model/team.js";

// Where each word lies in `Mailbox.words`: 16 words, a cache line, apart.

/** Workers that have come to the barrier. The last one to come sets it back to 0, */
const ARRIVED = 0;
/** and counts the barriers up here, which is what the others wait for. */
const ROUND = 16;
/** Passes that were called: waiting workers begin when it counts up. */
const PASS = 32;
/**
 * 0, or 1 + w·size + s: worker s was the first to say that worker w has failed. `Mailbox.text` says why. w = size means
 * one of the others, nobody knows which.
 */
const FAILED = 48;
/**
 * From here on two words for each worker: 1 when it will touch the memory no more, and the number of the pass that it
 * has begun.
 */
const STOPPED = 64;
const BEGUN = 1;
const PER_WORKER = 2;
/** Bytes that each worker has for saying what went wrong. */
const TEXT = 256;
/** Floats from one worker's place for a sum to the next: a cache line. */
const PLACE = 8;
/** Milliseconds of one wait. Waits are counted in these, so that a sleeping machine is not taken for a dead worker. */
const SLICE = 100;
/**
 * A worker is taken for dead when it has been waited for this many milliseconds and this many times as long as one's
 * own share took.
 */
const PATIENCE = 10_000;
const PATIENCE_FACTOR = 20;
/**
 * How often a word is read before its reader goes to sleep. Waking up takes 50 µs, and the other workers usually come
 * within a few.
 */
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
    words: new Int32Array(new SharedArrayBuffer(4 * (STOPPED + PER_WORKER * size))),
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
  /**
   * Which of the two sets of places for a sum is next. With one set, a fast worker would overwrite a sum that a slow
   * one still reads.
   */
  #set = 0;
  #began = 0;
  readonly #canWait: boolean;
  readonly #spins: number;

  /**
   * @param crowded more workers than processors, so that a waiting one should not keep another from running
   * @param lookOut looks whether another worker has died, as far as this thread can see; called now and then in a long
   * wait
   */
  constructor(
    mailbox: Mailbox,
    readonly index: number,
    readonly size: number,
    crowded: boolean,
    readonly lookOut = () => {},
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

  /**
   * Waits for the pass after number `seen`; its number.
   * @throws Error if another pass was called, because this worker is then not where the others are
   */
  awaitPass(seen: number): number {
    const { words } = this.#mailbox;
    this.#waitWhile(PASS, seen, false);
    const called = Atomics.load(words, PASS);
    const expected = (seen + 1) | 0;
    if (called !== expected) throw new Error(`pass ${called} was called, and pass ${expected} was to come`);
    Atomics.store(words, STOPPED + PER_WORKER * this.index + BEGUN, called);
    return called;
  }

  /** Every other worker has begun the pass that was called last, and none is in an earlier one. */
  get together(): boolean {
    const { words } = this.#mailbox;
    const called = Atomics.load(words, PASS);
    for (let worker = 1; worker < this.size; worker++) {
      if (Atomics.load(words, STOPPED + PER_WORKER * worker + BEGUN) !== called) return false;
    }
    return true;
  }

  /** Tells the others that `worker` cannot go on, and why. Only the first failure is kept. */
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
    Atomics.store(this.#mailbox.words, STOPPED + PER_WORKER * worker, 1);
    Atomics.notify(this.#mailbox.words, STOPPED + PER_WORKER * worker);
  }

  /**
   * Waits for a worker to stop, for a second at most. It stops at the end of its share of a product at the latest.
   * @param isEnding it was ended from outside: it has stopped after a slice, and will not say so
   */
  awaitStop(worker: number, isEnding: () => boolean): void {
    const { words } = this.#mailbox;
    for (let slices = 0; slices < 10 && !this.hasStopped(worker); slices++) {
      const ending = isEnding();
      this.#waitSlice(words, STOPPED + PER_WORKER * worker, 0);
      if (ending) this.noteStopped(worker);
    }
  }

  hasStopped(worker: number): boolean {
    return Atomics.load(this.#mailbox.words, STOPPED + PER_WORKER * worker) === 1;
  }

  #waitWhile(word: number, value: number, impatient: boolean): void {
    const { words } = this.#mailbox;
    for (let i = 0; i < this.#spins; i++) if (Atomics.load(words, word) !== value) return;
    const own = performance.now() - this.#began;
    const most = (PATIENCE + PATIENCE_FACTOR * own) / SLICE;
    for (let slices = 0; Atomics.load(words, word) === value; slices++) {
      if (impatient) this.lookOut();
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

/** Can this thread sleep until a word changes? The main thread of a page may not. */
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
