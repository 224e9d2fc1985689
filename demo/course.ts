// The course of a comparison: run, pause, step, start over. Knows nothing of how it is shown; fires "change" whenever
// there is something new to show.
import type { Point } from "./lab/duel.js";

/** What trains, in a worker. */
export interface Trains<S, F> {
  open(settings: S): Promise<F>;
  /** Asks `report` after each piece; false pauses. */
  train(report: (frame: F) => Promise<boolean>, steps?: number): Promise<void>;
}

/**
 * `running` from when training is asked for until it is asked to end; `stopping` until it has ended; `busy` while there
 * is something short to wait for: new networks, a step. `resting`: nothing is under way.
 */
export type State = "resting" | "running" | "stopping" | "busy";

/** A run that was replaced by another one. */
export interface Earlier<S> {
  settings: S;
  points: readonly Point[];
}

const MOST_EARLIER = 4;

export class Course<S, F extends { point: Point }> extends EventTarget {
  points: Point[] = [];
  frame: F | null = null;
  earlier: Earlier<S>[] = [];
  /** What went wrong last; "" where nothing did. */
  problem = "";
  /** A press of the button came to its end. */
  ended = false;
  /** The run that is wanted: another press of the button is another one. */
  #wanted: symbol | null = null;
  #training = false;
  #tasks = 0;
  #last: Promise<void> = Promise.resolve();
  /** Counts the networks that were asked for. */
  #asked = 0;

  /** @param pace is awaited after each frame: how fast somebody can look */
  constructor(
    readonly trains: Trains<S, F>,
    public settings: S,
    readonly pace: () => Promise<void>,
  ) {
    super();
  }

  get state(): State {
    if (this.#wanted) return "running";
    if (this.#tasks === 0) return "resting";
    return this.#training ? "stopping" : "busy";
  }

  /** New networks; goes on training where it was training. */
  reset(settings: S = this.settings): void {
    const goesOn = this.#wanted !== null;
    this.#wanted = null;
    this.ended = false;
    const asked = ++this.#asked;
    this.#do(async () => {
      if (asked !== this.#asked) return;
      const frame = await this.trains.open(settings);
      if (this.points.length > 1) {
        this.earlier = [...this.earlier, { settings: this.settings, points: this.points }].slice(-MOST_EARLIER);
      }
      this.settings = settings;
      this.adopt(frame, [frame.point]);
    });
    if (goesOn) this.run();
  }

  /** Shows networks that came from elsewhere. */
  adopt(frame: F, points: Point[]): void {
    [this.frame, this.points, this.ended] = [frame, points, false];
    this.#changed();
  }

  run(): void {
    if (this.#wanted) return;
    const mine = Symbol("run");
    this.#wanted = mine;
    this.#do(() => this.#train(mine));
  }

  /** Training stops after the piece under way. */
  pause(): void {
    this.#wanted = null;
    this.#changed();
  }

  /** One step of all networks. */
  step(): void {
    if (this.#wanted || this.#training) return;
    this.#do(async () => {
      await this.trains.train(async (frame) => this.#take(frame), 1);
    });
  }

  forget(): void {
    this.earlier = [];
    this.#changed();
  }

  /** Until nothing is under way. */
  async rests(): Promise<void> {
    while (this.#tasks > 0) await this.#last;
  }

  async #train(mine: symbol): Promise<void> {
    if (this.#wanted !== mine) return;
    this.#training = true;
    this.ended = false;
    try {
      const report = async (frame: F) => {
        if (this.#wanted !== mine) return false;
        this.#take(frame);
        await this.pace();
        return this.#wanted === mine;
      };
      await this.trains.train(report);
      this.ended = this.#wanted === mine;
    } finally {
      this.#training = false;
      if (this.#wanted === mine) this.#wanted = null;
    }
  }

  #take(frame: F): boolean {
    this.frame = frame;
    this.points = [...this.points, frame.point];
    this.#changed();
    return true;
  }

  /** One thing at a time happens to the networks. */
  #do(task: () => Promise<void>): void {
    this.#tasks++;
    this.#changed();
    this.#last = this.#last.then(async () => {
      try {
        this.problem = "";
        await task();
      } catch (error) {
        this.problem = (error as Error).message;
        this.#wanted = null;
      } finally {
        this.#tasks--;
        this.#changed();
      }
    });
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
