// Long calls work in turns, and wait between them. One that is broken off in a turn, by a time limit of node:vm for
// example, never comes to its next wait, nor to a `finally`: the microtask that each turn leaves behind finds that.

import { isThenable } from "../checks.js";
import { TimeSlice } from "./time-slice.js";

export class Turns {
  readonly #slice = new TimeSlice();
  /** Its own code runs, or a callback of the caller's does; or it waits, has not begun, or is over. */
  #state: "works" | "calls" | "waits" = "waits";
  readonly #onBrokenOff: () => void;

  constructor(onBrokenOff: () => void) {
    this.#onBrokenOff = onBrokenOff;
  }

  /** A turn begins: none of the call's microtasks runs before it waits. */
  begin(): void {
    this.#state = "works";
    queueMicrotask(() => {
      if (this.#state !== "waits") this.#onBrokenOff();
    });
  }

  end(): void {
    this.#state = "waits";
  }

  /** What is asked while its own code seems to run is asked by another call: it was broken off. */
  get isBrokenOff(): boolean {
    return this.#state === "works";
  }

  /**
   * Calls the caller's callback. There is something to wait for, and a turn to begin behind it, where its answer is a
   * promise, and where it is time that others had their turn.
   */
  tell(call?: () => unknown): Promise<void> | undefined {
    this.#state = "calls";
    const told = call?.();
    this.#state = "works";
    if (isThenable(told)) return this.#wait(told);
    return this.#slice.isOver ? this.#wait() : undefined;
  }

  async #wait(told?: PromiseLike<unknown>): Promise<void> {
    this.#state = "waits";
    await told;
    if (this.#slice.isOver) await this.#slice.renew();
  }
}
