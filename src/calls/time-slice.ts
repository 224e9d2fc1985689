// Long calls share their thread with everything else that runs there. Now and then they give the event loop a turn.

/** Milliseconds. Of a frame's 16.7 ms at 60 Hz, the rest is left for input and rendering. */
const SLICE = 12;

/** The time for which a long call may keep the thread to itself. */
export class TimeSlice {
  #began = performance.now();

  /** The event loop's turn has come. */
  get isOver(): boolean {
    return performance.now() - this.#began > SLICE;
  }

  /** Gives the event loop its turn, and begins another slice. */
  async renew(): Promise<void> {
    await eventLoop();
    this.#began = performance.now();
  }
}

/** Lets everything else that waits for this thread run: input, abort signals, rendering. */
export function eventLoop(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
