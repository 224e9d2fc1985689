// The page's hold on a long call in the worker: a signal that stops it, and a callback for progress that can stop it by
// throwing.

import { proxy } from "comlink";
import { checkCallback, checkObject, checkSignal, isThenable } from "../checks.js";

interface Watched {
  signal?: AbortSignal;
}

/** @throws TypeError where the signal or the callback is none; the signal's reason where it was aborted already */
export function checkWatched<T extends Watched>(options: T, callback: keyof T & string): T {
  checkObject("options", options);
  const { signal, [callback]: told } = options;
  checkCallback(callback, told);
  checkSignal(signal);
  signal?.throwIfAborted();
  return options;
}

export class Watch<Progress> {
  /** What the worker can call; undefined without a callback. */
  readonly callback: ((progress: Progress) => void) | undefined;
  /** Settles when all that was told has been heard, where that takes a promise. */
  #heard: PromiseLike<unknown> = Promise.resolve();
  readonly #signal: AbortSignal | undefined;
  readonly #stop: () => void;
  #thrown: { error: unknown } | undefined;

  /** @param stop asks the worker to stop */
  constructor(signal: AbortSignal | undefined, told: ((progress: Progress) => unknown) | undefined, stop: () => void) {
    this.#signal = signal;
    this.#stop = stop;
    signal?.addEventListener("abort", stop);
    if (!told) return;
    this.callback = proxy((progress: Progress) => {
      if (this.#thrown) return;
      const fail = (error: unknown) => {
        this.#thrown ??= { error };
        stop();
      };
      try {
        const answer = told(progress);
        if (isThenable(answer)) this.#heard = Promise.all([this.#heard, answer.then(undefined, fail)]);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Throws what the callback threw, or what a promise of its was rejected with. */
  async throwIfThrown(): Promise<void> {
    await this.#heard;
    if (this.#thrown) throw this.#thrown.error;
  }

  /**
   * Why the call ended with `error`: what the callback threw, or the signal's reason, where that is what stopped it.
   */
  reasonOf(error: unknown): unknown {
    if (this.#thrown) return this.#thrown.error;
    return this.#signal?.aborted ? this.#signal.reason : error;
  }

  end(): void {
    this.#signal?.removeEventListener("abort", this.#stop);
  }
}
