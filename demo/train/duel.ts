// Two networks that differ in dropout alone, each in a worker, taking turns: a pass over the data each, so that neither slows the other down
// while its speed is measured.
import { type EpochReport, Network, type Scaling } from "thinned/worker";
import { ARMS, type Arm } from "#thinned/cli/digits-study.js";
import type { TrainingData } from "./data.js";

export interface Settings {
  /** Probability of dropping a hidden unit. */
  p: number;
  /** Units in each of the two hidden layers. */
  hidden: number;
  /** Training samples. */
  samples: number;
  scaling: Scaling;
  seed: number;
}

/** Where a curve goes through. Errors are fractions of samples. */
export interface Point {
  epoch: number;
  seen: number;
  test: number;
}

export const BATCH = 50;
/** The paper's ratio, 0.2 to 0.5. */
export const INPUT_SHARE = 0.4;
/** Passes that a speed is averaged over. */
const RECENT = 5;

export class Contestant {
  readonly points: Point[] = [];
  #recent: EpochReport[] = [];

  constructor(
    readonly net: Network,
    readonly width: number,
    readonly data: TrainingData,
  ) {}

  get last(): Point | undefined {
    return this.points.at(-1);
  }

  /** Training steps alone, in samples per second, over the last passes; null before the first one is over. */
  get speed(): number | null {
    if (this.#recent.length === 0) return null;
    const sum = (value: (report: EpochReport) => number) => this.#recent.reduce((total, r) => total + value(r), 0);
    return sum((report) => report.samplesPerSecond * report.seconds) / sum((report) => report.seconds);
  }

  /** Measures the network as it is after a pass. */
  async record(report: EpochReport): Promise<void> {
    this.#recent = [...this.#recent, report].filter(({ seconds }) => seconds > 0).slice(-RECENT);
    const [seen, test] = [await this.net.evaluate(this.data.seen), await this.net.evaluate(this.data.test)];
    this.points.push({ epoch: report.epoch, seen: seen.error, test: test.error });
  }

  /** The first hidden layer's keep mask, of the last step's first sample; all ones where nothing was dropped yet. */
  async mask(): Promise<Uint8Array> {
    const [, mask] = (await this.net.step) > 0 ? await this.net.masks() : [];
    return mask ? mask.subarray(0, this.width) : new Uint8Array(this.width).fill(1);
  }
}

export class Duel {
  private constructor(
    readonly without: Contestant,
    readonly dropout: Contestant,
    readonly data: TrainingData,
  ) {}

  static async create(settings: Settings, data: TrainingData): Promise<Duel> {
    const { p, hidden, scaling, seed } = settings;
    const open = async (arm: Arm, rate: number) => {
      const net = await Network.create({
        sizes: [data.encoding.features, hidden, hidden, data.encoding.outputs],
        dropout: { input: INPUT_SHARE * rate, hidden: rate },
        scaling,
        optimizer: { type: "sgd", learningRate: arm.learningRate, momentum: 0.9, maxNorm: arm.maxNorm },
        seed,
        maxBatch: BATCH,
      });
      await net.set({ metadata: { encoding: JSON.stringify(data.encoding) } });
      return new Contestant(net, hidden, data);
    };
    // Learning rates and max-norm were chosen for each kind on the same grid: plain and folded dropout train alike.
    const [none, plain, inverted] = ARMS;
    return new Duel(await open(none, 0), await open(scaling === "inverted" ? inverted : plain, p), data);
  }

  get both(): Contestant[] {
    return [this.without, this.dropout];
  }

  /** Trains until both have made `epochs` passes in all, or the signal aborts; a pass that is broken off is finished by the next call. */
  async run(epochs: number, signal: AbortSignal, onPass: () => void): Promise<void> {
    const runners = await Promise.all(
      this.both.map(async (contestant) => {
        const { epoch } = await contestant.net.progress;
        const left = Math.max(1, epochs - epoch);
        const passes = contestant.net.fit(this.data.train, { epochs: left, batch: BATCH, signal });
        return { contestant, passes, epoch };
      }),
    );
    try {
      for (;;) {
        const next = runners[0].epoch <= runners[1].epoch ? runners[0] : runners[1];
        if (next.epoch >= epochs) return;
        const { value } = await next.passes.next();
        if (!value) return;
        next.epoch = value.epoch;
        await next.contestant.record(value);
        onPass();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const { passes } of runners) await passes.return();
    }
  }

  /** One step of each; where one was broken off ahead of the other, that one catches up. */
  async step(): Promise<number> {
    const steps = await Promise.all(this.both.map(({ net }) => net.step));
    const target = Math.max(...steps) + 1;
    for (const [i, contestant] of this.both.entries()) {
      const options = { epochs: Number.MAX_SAFE_INTEGER, batch: BATCH, steps: target - steps[i] };
      for await (const report of contestant.net.fit(this.data.train, options)) await contestant.record(report);
    }
    return target;
  }

  dispose(): void {
    for (const { net } of this.both) net.dispose();
  }
}
