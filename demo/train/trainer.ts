// The course of the duel: run, pause, step, start over. Knows nothing of how it is shown; fires "change" whenever there
// is something new to show.
import { DisposedError } from "thinned/worker";
import type { SavedModel } from "../lab.js";
import { prepareData, type Source } from "./data.js";
import { Duel, type Settings, type Standing } from "./duel.js";
import { countEpochs } from "./words.js";

/** Passes that one press of the button trains for. */
const EPOCHS = 40;
/** Masks change a thousand times a second; four are enough for an eye. */
const LOOK_MS = 250;

/**
 * `running` from when training is asked for until it is asked to end; `stopping` until it has ended; `busy` while there
 * is something short to wait for: new networks, a step. `resting`: nothing is under way, and `standing` stays as it is.
 * Who asks for training or a step while it is busy gets it next; while there is training, there are no steps.
 */
export type State = "resting" | "running" | "stopping" | "busy";

/** In the order in which they are done. */
const TASKS = ["open", "step", "run"] as const;
type Task = (typeof TASKS)[number];

export class Trainer extends EventTarget {
  /** Replaced as a whole, never changed; null before there are networks. */
  standing: Standing | null = null;
  /** What went wrong last; "" where nothing did. */
  problem = "";
  #duel: Duel | null = null;
  #goal = EPOCHS;
  /** What is under way: one thing at a time happens to the networks. */
  #task: Task | null = null;
  /** How often what is to happen next. */
  readonly #wanted: Record<Task, number> = { open: 0, step: 0, run: 0 };
  #abort = new AbortController();

  constructor(
    public source: Source,
    public settings: Settings,
  ) {
    super();
  }

  get state(): State {
    if (this.#wanted.run > 0) return "running";
    if (this.#task === null) return "resting";
    return this.#task === "run" ? "stopping" : "busy";
  }

  /** New networks, and new data where they changed; goes on training where it was training. */
  reset(source = this.source, settings = this.settings): void {
    [this.source, this.settings] = [source, settings];
    this.#wanted.open = 1;
    this.#abort.abort();
    this.#begin();
  }

  run(): void {
    if (this.state === "stopping") return;
    this.#wanted.run = 1;
    this.#begin();
  }

  /** Training stops after the step under way. */
  pause(): void {
    this.#wanted.run = 0;
    this.#abort.abort();
    this.#changed();
  }

  /** One step of both networks. */
  step(): void {
    if (this.state === "running" || this.state === "stopping") return;
    this.#wanted.step++;
    this.#begin();
  }

  /** What there is to show of the networks, once there are networks; null where none could be made. */
  async opened(): Promise<Standing | null> {
    while (this.#task === "open" || this.#wanted.open > 0) {
      await new Promise((resolve) => this.addEventListener("change", resolve, { once: true }));
    }
    return this.standing;
  }

  /** The network with dropout, as a file; null where there is none, or no more. */
  async save(): Promise<SavedModel | null> {
    const standing = await this.opened();
    const duel = this.#duel;
    if (!duel || !standing) return null;
    const origin = `the network with dropout, after ${countEpochs(standing.epoch)} on ${this.source.name}`;
    try {
      return { bytes: await duel.dropout.net.save(), encoding: standing.data.encoding, origin };
    } catch (error) {
      if (error instanceof DisposedError) return null;
      throw error;
    }
  }

  #begin(): void {
    if (this.#task === null && !this.#duel) this.#wanted.open = 1;
    if (this.#task === null) void this.#work();
    else this.#changed();
  }

  /**
   * Does what is wanted until nothing is; what there is to show then is fetched before anybody can tell that it rests.
   */
  async #work(): Promise<void> {
    for (this.#task = this.#next(); this.#task; this.#task = this.#next()) {
      this.problem = "";
      this.#changed();
      try {
        if (this.#task === "open") await this.#open();
        else if (this.#task === "step") await this.#duel?.step();
        else await this.#train();
        this.standing = (await this.#duel?.standing()) ?? null;
      } catch (error) {
        this.problem = (error as Error).message;
        this.#wanted.run = this.#wanted.step = 0;
        if (!this.#duel) this.standing = null;
      }
    }
    this.#changed();
  }

  #next(): Task | null {
    const task = TASKS.find((task) => this.#wanted[task] > 0) ?? null;
    // Training is wanted until it has come to its end, or somebody ends it.
    if (task && task !== "run") this.#wanted[task]--;
    return task;
  }

  async #open(): Promise<void> {
    this.#duel?.dispose();
    this.#duel = null;
    this.#goal = EPOCHS;
    this.#duel = await Duel.create(this.settings, prepareData(this.source, this.settings.samples, this.settings.seed));
  }

  async #train(): Promise<void> {
    const duel = this.#duel!;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    let over = false;
    const look = async () => {
      const standing = await duel.standing();
      // What is to stay is fetched when training has ended.
      if (over || signal.aborted) return;
      this.standing = standing;
      this.#changed();
    };
    let timer = setTimeout(async function again() {
      await look().catch(() => {});
      if (!over) timer = setTimeout(again, LOOK_MS);
    }, 0);
    if (duel.epoch >= this.#goal) this.#goal = duel.epoch + EPOCHS;
    try {
      await duel.run(this.#goal, signal, look);
      if (!signal.aborted) this.#wanted.run = 0;
    } finally {
      over = true;
      clearTimeout(timer);
    }
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
