// The threads that work for a network at one time: started beside the one that owns it, called to its passes, ended
// with it.

import { WorkerError } from "../checks.js";
import { runPass } from "../compute/step.js";
import type { Model } from "../model/model.js";
import type { Pass } from "../model/pass.js";
import { SOLO } from "../model/team.js";
import type { Orders } from "./join.js";
import { CrewFailure, createMailbox, type Mailbox, Member } from "./mailbox.js";
import { passLength, writePass } from "./pass-codec.js";
import { call, enter, leave } from "./roster.js";
import { processors, spawn, type Thread } from "./spawn.js";

/** Milliseconds that threads have to start. A few hundred are enough, but a machine may be busy. */
const START = 30_000;

export class Shift {
  /** Threads beside this one. */
  readonly hands: number;
  /** Resolves when every worker has started or one could not be started. */
  readonly started: Promise<void>;
  excuse = "its workers are starting";
  readonly #size: number;
  readonly #mailbox: Mailbox;
  readonly #member: Member;
  readonly #threads: Thread[] = [];
  /** Ends the wait for the workers to start. */
  #settle = () => {};
  #ready = 0;
  #failed = false;
  #ended = false;
  /** No worker has died: others may take their place. */
  #relieved = false;
  /**
   * A pass was called and has not ended. It stays true if the pass was broken off: the others then wait for a word that
   * will not come.
   */
  #underWay = false;

  /** @param first the network's first shift: it goes home when too many wait. Shifts that were called back stay. */
  constructor(model: Model, size: number, first: boolean) {
    this.#size = size;
    this.hands = size - 1;
    this.#mailbox = createMailbox(size, passLength(model.config.sizes.length - 1));
    const crowded = size > processors();
    this.#member = new Member(this.#mailbox, 0, size, crowded, () => this.#lookOut());
    this.started = new Promise((resolve) => {
      const timer = setTimeout(() => this.#lose(0, "its workers did not start in time"), START);
      this.#settle = () => {
        clearTimeout(timer);
        for (const thread of this.#threads) thread.unref();
        resolve();
      };
    });
    if (first) enter(this);
    for (let index = 1; index < size && !this.#failed; index++) this.#start(model, index, crowded);
  }

  get working(): boolean {
    return this.#ready === this.hands && !this.#failed && !this.#ended;
  }

  /** It has ended, its workers write no more, and others may follow. */
  get isOver(): boolean {
    return this.#relieved && this.#findWriter() === 0;
  }

  /** See `Crew.run`. */
  run(model: Model, pass: Pass): number {
    call(this);
    if (!this.working) {
      this.#checkStopped();
      return runPass(model, pass);
    }
    if (this.#member.failure) throw this.#mourn(model);
    writePass(this.#mailbox.pass, model, pass);
    model.team = this.#member;
    this.#underWay = true;
    try {
      this.#member.callPass();
      const value = runPass(model, pass);
      if (!this.#member.together) {
        this.#member.fail(this.#size, "they were not all in the same pass");
        throw new CrewFailure();
      }
      this.#underWay = false;
      return value;
    } catch (error) {
      if (error instanceof CrewFailure) throw this.#mourn(model);
      // Whatever happened, the others must not wait for this thread.
      this.breakOff(model, String(error));
      throw error;
    } finally {
      model.team = SOLO;
    }
  }

  /** A pass was called and did not come to its end. Nobody calls this while one is under way. */
  get isBrokenOff(): boolean {
    return this.#underWay;
  }

  /** Ends the workers of a pass that was broken off. */
  breakOff(model: Model, why: string): void {
    model.team = SOLO;
    this.#member.fail(0, why);
    this.#giveUp();
    this.#relieved = true;
    this.excuse = `a pass was broken off${why && `: ${why}`}; the next call starts its workers anew`;
    this.#underWay = false;
  }

  /** Ends workers that wait for their next pass. */
  relieve(): void {
    this.#relieved = true;
    this.excuse = "its workers went home, as those of many networks wait: the next call brings them back";
    // They write nothing: there is no pass.
    for (let index = 1; index <= this.hands; index++) this.#member.noteStopped(index);
    this.dispose();
  }

  dispose(): void {
    this.#ended = true;
    leave(this);
    for (const thread of this.#threads) thread.end();
    this.#settle();
  }

  /** Waits (a while) until the others write no more, and ends them. */
  #giveUp(): void {
    this.#failed = true;
    for (let index = 1; index <= this.hands; index++) {
      this.#member.awaitStop(index, () => this.#threads[index - 1].isEnding());
    }
    this.dispose();
  }

  /** Ends the workers where one has died, and says what has happened. */
  #mourn(model: Model): WorkerError {
    this.#giveUp();
    this.#underWay = false;
    const { worker, why } = this.#member.failure ?? { worker: this.#size, why: "" };
    const who = worker < this.#size ? `worker ${worker} of ${this.#size}` : `one of ${this.#size} workers`;
    this.excuse = `${who} died: ${why}`;
    const state = model.writing
      ? "the weights are not whole: dispose of this network and load the last checkpoint"
      : "the weights are whole, and the network goes on with one thread";
    return new WorkerError(`${this.excuse}; ${state}`, !model.writing);
  }

  /** Looks for threads that have been ended. Word of them would come only when this thread's event loop has a turn. */
  #lookOut(): void {
    const gone = this.#threads.findIndex((thread) => thread.isEnding());
    if (gone >= 0) this.#member.fail(gone + 1, "it was ended");
  }

  /**
   * This thread must not run a pass while a worker that it has given up may still write into the memory that they
   * share.
   */
  #checkStopped(): void {
    const writer = this.#failed ? this.#findWriter() : 0;
    if (writer === 0) return;
    const remedy = "await something, so that it can be seen to have ended, and try again";
    throw new WorkerError(`${this.excuse}; worker ${writer} may still be at work: ${remedy}`, true);
  }

  /** The first worker that may still write; 0 if there is none, as before all have started. */
  #findWriter(): number {
    if (this.#ready < this.hands) return 0;
    for (let index = 1; index <= this.hands; index++) if (!this.#member.hasStopped(index)) return index;
    return 0;
  }

  #start(model: Model, index: number, crowded: boolean): void {
    const { config, arena } = model;
    const { instantiate: _, ...build } = model.build;
    const orders: Orders = {
      // Rates come with each pass; a function could not be sent.
      config: { ...config, rates: [] },
      build,
      memory: arena.memory,
      mailbox: this.#mailbox,
      index,
      size: this.#size,
      crowded,
    };
    try {
      const thread = spawn({
        onMessage: () => {
          this.#ready++;
          if (this.working) this.#settle();
        },
        onEnd: (why) => {
          this.#member.noteStopped(index);
          this.#lose(index, why);
        },
      });
      this.#threads.push(thread);
      thread.post(orders);
    } catch (error) {
      this.#lose(index, String(error));
    }
  }

  /**
   * A worker has ended. If all had been at work, the next pass finds the failure and throws. If they were still
   * starting, the network goes on without them.
   */
  #lose(worker: number, why: string): void {
    if (this.#ended) return;
    this.#member.fail(worker, why);
    if (!this.working) {
      this.#failed = true;
      this.excuse = `its workers could not be started: ${why}`;
      this.dispose();
    }
  }
}
