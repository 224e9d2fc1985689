// The course of the duel: run, pause, step, start over. Knows nothing of how it is shown; fires "change" whenever there is something new to show.
import type { SavedModel } from "../lab.js";
import { prepareData, type Source, type TrainingData } from "./data.js";
import { Duel, type Settings } from "./duel.js";

/** Passes that one press of the button trains for. */
const EPOCHS = 40;

export class Trainer extends EventTarget {
  duel: Duel | null = null;
  data: TrainingData | null = null;
  running = false;
  /** What went wrong last; "" where nothing did. */
  problem = "";
  #goal = EPOCHS;
  #abort = new AbortController();
  /** Whatever was asked for last, and what it waits for: one thing at a time happens to the networks. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    public source: Source,
    public settings: Settings,
  ) {
    super();
  }

  /** Passes over the data that both networks have made. */
  get epoch(): number {
    return this.duel ? Math.min(...this.duel.both.map(({ last }) => last?.epoch ?? 0)) : 0;
  }

  /** New networks, and new data where they changed; goes on training where it was training. */
  reset(source = this.source, settings = this.settings): Promise<void> {
    const resume = this.running;
    this.pause();
    const done = this.#queue(async () => {
      this.duel?.dispose();
      this.duel = null;
      this.data = prepareData(source, settings.samples, settings.seed);
      [this.source, this.settings] = [source, settings];
      this.duel = await Duel.create(settings, this.data);
      this.#goal = EPOCHS;
    });
    if (resume) void this.run();
    return done;
  }

  run(): Promise<void> {
    if (this.running) return this.#last;
    this.running = true;
    const abort = new AbortController();
    this.#abort = abort;
    this.#changed();
    return this.#queue(async () => {
      try {
        if (!this.duel || abort.signal.aborted) return;
        if (this.epoch >= this.#goal) this.#goal = this.epoch + EPOCHS;
        await this.duel.run(this.#goal, abort.signal, () => this.#changed());
      } finally {
        if (this.#abort === abort) this.running = false;
      }
    });
  }

  /** Training stops after the step under way. */
  pause(): void {
    this.#abort.abort();
    this.running = false;
    this.#changed();
  }

  /** One step of both networks. */
  step(): Promise<void> {
    this.pause();
    return this.#queue(async () => {
      await this.duel?.step();
    });
  }

  /** The network with dropout, as a file. */
  async save(): Promise<SavedModel | null> {
    const { duel, data } = this;
    if (!duel || !data) return null;
    const epochs = duel.dropout.last?.epoch ?? 0;
    const bytes = await duel.dropout.net.save();
    return {
      bytes,
      encoding: data.encoding,
      origin: `the network with dropout, after ${epochs} epochs on ${this.source.name}`,
    };
  }

  #queue(task: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        this.problem = "";
        await task();
      } catch (error) {
        this.running = false;
        this.problem = (error as Error).message;
      }
      this.#changed();
    });
    return this.#last;
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
