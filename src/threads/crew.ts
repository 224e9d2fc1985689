// The other workers of a network: started beside the thread that owns it, called to its passes, ended with it.

import { WorkerError } from "../checks.js";
import { runPass } from "../compute/step.js";
import type { Crew, Model } from "../model/model.js";
import type { Pass } from "../model/pass.js";
import { SOLO } from "../model/team.js";
import type { Orders } from "./join.js";
import { CrewFailure, createMailbox, type Mailbox, Member } from "./mailbox.js";
import { passLength, writePass } from "./pass-codec.js";
import { processors, spawn, type Thread } from "./spawn.js";

/** Milliseconds that threads have to start: some hundred are enough, but a machine may be busy. */
const START = 30_000;

export class ThreadCrew implements Crew {
  readonly size: number;
  readonly started: Promise<void>;
  excuse = "its workers are starting";
  readonly #mailbox: Mailbox;
  readonly #member: Member;
  readonly #threads: Thread[] = [];
  /** Ends the wait for the workers to start. */
  #settle = () => {};
  #ready = 0;
  #failed = false;
  #disposed = false;

  constructor(model: Model, size: number) {
    this.size = size;
    this.#mailbox = createMailbox(size, passLength(model.config.sizes.length - 1));
    const crowded = size > processors();
    this.#member = new Member(this.#mailbox, 0, size, crowded);
    this.started = new Promise((resolve) => {
      const timer = setTimeout(() => this.#lose(0, "its workers did not start in time"), START);
      this.#settle = () => {
        clearTimeout(timer);
        for (const thread of this.#threads) thread.unref();
        resolve();
      };
    });
    for (let index = 1; index < size && !this.#failed; index++) this.#start(model, index, crowded);
  }

  get working(): boolean {
    return this.#ready === this.size - 1 && !this.#failed;
  }

  run(model: Model, pass: Pass): number {
    if (!this.working) {
      if (this.#failed) this.#checkStopped();
      return runPass(model, pass);
    }
    if (this.#member.failure) throw this.#giveUp(model);
    writePass(this.#mailbox.pass, model, pass);
    this.#member.callPass();
    model.team = this.#member;
    try {
      return runPass(model, pass);
    } catch (error) {
      // Whatever it was, the others must not wait for this thread.
      if (!(error instanceof CrewFailure)) this.#member.fail(0, String(error));
      const gone = this.#giveUp(model);
      throw error instanceof CrewFailure ? gone : error;
    } finally {
      model.team = SOLO;
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const thread of this.#threads) thread.end();
    this.#settle();
  }

  /** Waits (a while) until the others write no more, ends them, and says what has happened. */
  #giveUp(model: Model): WorkerError {
    this.#failed = true;
    for (let index = 1; index < this.size; index++) this.#member.awaitStop(index);
    this.dispose();
    const { worker, why } = this.#member.failure ?? { worker: this.size, why: "" };
    const who = worker < this.size ? `worker ${worker} of ${this.size}` : `one of ${this.size} workers`;
    this.excuse = `${who} died: ${why}`;
    const state = model.writing
      ? "the weights are not whole: dispose of this network and load the last checkpoint"
      : "the weights are whole, and the network goes on with one thread";
    return new WorkerError(`${this.excuse}; ${state}`, !model.writing);
  }

  /** This thread must not run a pass while a worker that it has given up may still write into the memory that they share. */
  #checkStopped(): void {
    for (let index = 1; index < this.size; index++) {
      if (this.#ready === this.size - 1 && !this.#member.hasStopped(index)) {
        const remedy = "await something, so that it can be seen to have ended, and try again";
        throw new WorkerError(`${this.excuse}; worker ${index} may still be at work: ${remedy}`, true);
      }
    }
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
      size: this.size,
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

  /** A worker has ended. If all had been at work, the next pass finds the failure and throws; if they were still starting, the network does without. */
  #lose(worker: number, why: string): void {
    if (this.#disposed) return;
    this.#member.fail(worker, why);
    if (!this.working) {
      this.#failed = true;
      this.excuse = `its workers could not be started: ${why}`;
      this.dispose();
    }
  }
}
