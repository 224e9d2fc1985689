// The page's end of a worker: starts it, sends calls, makes errors of what comes back, and notices when it dies.

import { type Remote, releaseProxy, transfer, wrap } from "comlink";
import { DisposedError, DivergedError, WorkerError } from "../checks.js";
import { SafetensorsError } from "../formats/safetensors/writer.js";
import { unpack } from "../runtime/embed.js";
import type { Answer, Host, SentError } from "./host.js";
import { unmark } from "./move.js";
import { program } from "./thread.js";

/** Milliseconds that a worker has to start: some hundred are enough, but a machine may be busy. */
const GREETING = 30_000;
const ERRORS = [TypeError, RangeError, DisposedError, DivergedError, WorkerError, SafetensorsError];
let forgotten: FinalizationRegistry<Client> | undefined;

export class Client {
  readonly #worker: Worker;
  /** The program's address, for as long as the worker may start threads from it. */
  readonly #url: string | undefined;
  readonly #host: Remote<Host>;
  /** Rejects each call that waits for an answer, because a worker that ended gives none. */
  readonly #waiting = new Set<(error: Error) => void>();
  /** Nobody can ask any more. */
  #retired = false;
  /** Why there are no more answers. */
  #end: (() => Error) | undefined;
  #closed = false;

  /** @param url where a worker that was started here has its program */
  private constructor(worker: Worker, url?: string) {
    this.#worker = worker;
    this.#url = url;
    this.#host = wrap<Host>(this.#worker);
    this.#worker.addEventListener("error", (event) => {
      // The usual reason is a page's policy; no browser says so.
      const remedy = !url
        ? ""
        : "; where a page's policy forbids workers from blobs, give one as worker, which runs thinned/worker-thread.js";
      const why = briefly(event.message) || `its script could not be loaded${remedy}`;
      this.#finish(() => new Error(`the network's worker failed: ${why}`));
    });
  }

  /** Talks to a worker of the caller's, or to a new one. */
  static async open(given?: Worker): Promise<Client> {
    if (given) return new Client(given);
    if (typeof Worker === "undefined") {
      throw new Error("this runtime has no Worker: give one as worker, or use Network of thinned itself");
    }
    // The program is part of this module, so that no bundler or server has to know of a second file.
    const { code } = await unpack(program);
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    return new Client(new Worker(url, { type: "module", name: "thinned" }), url);
  }

  /**
   * Waits for the worker to say that it runs the network's program.
   * @throws Error where it does not: the page's policy may keep it from running, or it may run another
   */
  async greet(): Promise<void> {
    const silent = "the network's worker gives no answer; it must be allowed by the page's policy, and run";
    const timer = setTimeout(
      () => this.#finish(() => new Error(`${silent} thinned/worker-thread.js, if it was given as worker`)),
      GREETING,
    );
    try {
      await this.ask((host) => host.greet());
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the call returns, or throws what it threw. */
  async ask(send: (host: Remote<Host>) => Promise<Answer>): Promise<unknown> {
    if (this.#end) throw this.#end();
    let stop!: (error: Error) => void;
    const ended = new Promise<never>((_, reject) => {
      stop = reject;
    });
    this.#waiting.add(stop);
    try {
      const answer = await Promise.race([send(this.#host), ended]);
      if ("error" in answer) throw revive(answer.error);
      return answer.value;
    } catch (error) {
      if ((error as Error).name !== "DataCloneError") throw error;
      const what = "an argument cannot be sent to the worker: it is no plain data, or was moved before";
      throw new TypeError(`${what} (${(error as Error).message})`, { cause: error });
    } finally {
      this.#waiting.delete(stop);
      if (this.#retired) this.#retire();
    }
  }

  /** Arguments. Marked arrays are moved. */
  pack<T>(args: T): T {
    return typeof args === "object" && args !== null ? transfer(args, [...new Set(buffersOf(args))]) : args;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host[releaseProxy]();
    this.#worker.terminate();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#finish(() => new DisposedError("this network was disposed; create or load another one"));
  }

  /**
   * Ends the worker that was started here when the network that asks through this client is garbage and was not
   * disposed of. This module must not hold that network.
   */
  endWith(asker: object): void {
    if (!this.#url) return;
    forgotten ??= new FinalizationRegistry((client) => client.#retire());
    forgotten.register(asker, this);
  }

  /** Ends the worker once it has answered what it was asked. */
  #retire(): void {
    this.#retired = true;
    if (this.#waiting.size === 0) this.close();
  }

  #finish(why: () => Error): void {
    this.#end = why;
    for (const reject of this.#waiting) reject(why());
  }
}

/** The error that a message is about. Bun's messages also hold the program's lines around it, and each is long. */
function briefly(message?: string): string | undefined {
  const lines = message?.split("\n") ?? [];
  return lines.find((line) => /^(Uncaught )?\w*Error\b/.test(line)) ?? lines[0]?.slice(0, 200);
}

/** @param seen objects that were looked at already, because a caller's object may contain itself */
function buffersOf(value: unknown, seen = new Set<object>()): ArrayBuffer[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  if (unmark(value)) return [(value as ArrayBufferView).buffer as ArrayBuffer];
  return ArrayBuffer.isView(value) ? [] : Object.values(value).flatMap((inner) => buffersOf(inner, seen));
}

function revive({ name, message, stack, whole = false }: SentError): Error {
  const Kind = ERRORS.find((kind) => kind.name === name || new kind("", whole).name === name) ?? Error;
  const error = new Kind(message, whole as never);
  return Object.assign(error, { name, stack: stack ?? error.stack });
}
