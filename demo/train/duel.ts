// Two networks that differ in dropout alone, each in a worker, taking turns: a pass over the data each, so that neither slows the other down
// while its speed is measured.
import { type EpochReport, Network, type Scaling, type Status } from "thinned/worker";
import { ARMS, type Arm } from "#thinned/cli/run/digits-study.js";
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

/** One network, as far as both have come. */
export interface Side {
  points: readonly Point[];
  last: Point | undefined;
  speed: number | null;
}

/** All that there is to show, of one moment between two steps. */
export interface Standing {
  without: Side;
  dropout: Side;
  /** Epochs that both networks have made and been tested after. */
  epoch: number;
  /** The network with dropout: its epochs, samples of the epoch under way, steps, and the units of the first hidden layer that its last step kept. */
  progress: Progress;
  step: number;
  kept: Uint8Array;
  data: TrainingData;
}

type Progress = Status["progress"];

export const BATCH = 50;
/** The paper's ratio, 0.2 to 0.5. */
export const INPUT_SHARE = 0.4;
/** Passes that a speed is averaged over. */
const RECENT = 5;

class Contestant {
  readonly points: Point[] = [];
  #recent: EpochReport[] = [];

  constructor(
    readonly net: Network,
    readonly data: TrainingData,
  ) {}

  side(epochs: number): Side {
    const points = this.points.filter(({ epoch }) => epoch <= epochs);
    return { points, last: points.at(-1), speed: this.#speed };
  }

  /** Training steps alone, in samples per second, over the last epochs; null before the first one is over. */
  get #speed(): number | null {
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
}

export class Duel {
  private constructor(
    readonly without: Contestant,
    readonly dropout: Contestant,
    readonly hidden: number,
    readonly data: TrainingData,
  ) {}

  static async create(settings: Settings, data: TrainingData): Promise<Duel> {
    const { p, hidden, scaling, seed } = settings;
    const open = (arm: Arm, rate: number) =>
      Network.create({
        sizes: [data.encoding.features, hidden, hidden, data.encoding.outputs],
        dropout: { input: INPUT_SHARE * rate, hidden: rate },
        scaling,
        optimizer: { type: "sgd", learningRate: arm.learningRate, momentum: 0.9, maxNorm: 0 },
        seed,
        maxBatch: BATCH,
      });
    // Learning rates were chosen for each kind on the same grid: plain and folded dropout train alike.
    const [none, plain, inverted] = ARMS;
    const nets: Network[] = [];
    try {
      nets.push(await open(none, 0), await open(scaling === "inverted" ? inverted : plain, p));
      for (const net of nets) await net.set({ metadata: { encoding: JSON.stringify(data.encoding) } });
    } catch (error) {
      for (const net of nets) net.dispose();
      throw error;
    }
    const [without, dropout] = nets.map((net) => new Contestant(net, data));
    return new Duel(without, dropout, hidden, data);
  }

  get both(): Contestant[] {
    return [this.without, this.dropout];
  }

  get epoch(): number {
    return Math.min(...this.both.map(({ points }) => points.at(-1)?.epoch ?? 0));
  }

  async standing(): Promise<Standing> {
    const { step, progress, masks } = await this.dropout.net.status();
    const { epoch, hidden, data } = this;
    // The first sample's mask; nothing was dropped before the first step, nor with p = 0.
    const kept = masks?.[1]?.slice(0, hidden) ?? new Uint8Array(hidden).fill(1);
    return { without: this.without.side(epoch), dropout: this.dropout.side(epoch), epoch, progress, step, kept, data };
  }

  /** Trains until both have made `epochs` epochs in all, or the signal aborts; an epoch that is broken off is finished by the next call. */
  async run(epochs: number, signal: AbortSignal, onEpoch: () => Promise<void>): Promise<void> {
    const runners = await Promise.all(
      this.both.map(async (contestant) => {
        const { epoch } = await contestant.net.progress;
        const left = Math.max(1, epochs - epoch);
        const reports = contestant.net.fit(this.data.train, { epochs: left, batch: BATCH, signal });
        return { contestant, reports, epoch };
      }),
    );
    try {
      for (;;) {
        const next = runners[0].epoch <= runners[1].epoch ? runners[0] : runners[1];
        if (next.epoch >= epochs) return;
        const { value } = await next.reports.next();
        if (!value) return;
        next.epoch = value.epoch;
        await next.contestant.record(value);
        await onEpoch();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const { reports } of runners) await reports.return();
    }
  }

  /** One step of each; where one was broken off ahead of the other, that one catches up. */
  async step(): Promise<void> {
    const steps = await Promise.all(this.both.map(({ net }) => net.step));
    const target = Math.max(...steps) + 1;
    for (const [i, contestant] of this.both.entries()) {
      const options = { epochs: Number.MAX_SAFE_INTEGER, batch: BATCH, steps: target - steps[i] };
      for await (const report of contestant.net.fit(this.data.train, options)) await contestant.record(report);
    }
  }

  dispose(): void {
    for (const { net } of this.both) net.dispose();
  }
}
