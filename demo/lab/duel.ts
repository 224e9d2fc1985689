// Pairs of networks that differ in the probability of dropping and in nothing else: the same first weights, samples,
// order, steps, learning rate.
import { Network, type NetworkOptions } from "thinned";
import type { TrainingData } from "./samples.js";

export interface Setup {
  /** As `Network.create` takes them, for both arms; `seed` is the first pair's. */
  network: Omit<NetworkOptions, "dropout" | "build" | "maxBatch">;
  /** Rates by arm, one per layer's input. */
  rates: readonly (readonly number[])[];
  batch: number;
  /** By pair. */
  data: readonly TrainingData[];
}

/** Errors after so many epochs, by arm, then by pair: fractions of samples. */
export interface Point {
  epoch: number;
  seen: number[][];
  test: number[][];
}

export class Duel {
  readonly points: Point[] = [];

  private constructor(
    /** By arm, then by pair. */
    readonly nets: readonly (readonly Network[])[],
    readonly setup: Setup,
  ) {
    this.measure();
  }

  /** The `simd` build, as it computes the same bits in every engine: a link shows the same numbers everywhere. */
  static async create(setup: Setup): Promise<Duel> {
    const { network, rates, batch, data } = setup;
    const nets: Network[][] = [];
    try {
      for (const dropout of rates) {
        const arm: Network[] = [];
        nets.push(arm);
        for (let pair = 0; pair < data.length; pair++) {
          const seed = (network.seed ?? 0) + pair;
          const options: NetworkOptions = { ...network, dropout: [...dropout], seed, maxBatch: batch, build: "simd" };
          arm.push(await Network.create(options));
        }
      }
    } catch (error) {
      for (const net of nets.flat()) net.dispose();
      throw error;
    }
    return new Duel(nets, setup);
  }

  /** Networks that were made elsewhere, one for each arm and pair. */
  static of(nets: readonly (readonly Network[])[], setup: Setup): Duel {
    return new Duel(nets, setup);
  }

  get epoch(): number {
    return this.nets[0][0].progress.epoch;
  }

  /** Trains every network for so many epochs, and measures. */
  async advance(epochs: number): Promise<Point> {
    for (const arm of this.nets) {
      for (const [pair, net] of arm.entries()) {
        for await (const _ of net.fit(this.setup.data[pair].train, { epochs, batch: this.setup.batch }));
      }
    }
    return this.measure();
  }

  measure(): Point {
    const errors = (part: "seen" | "test") =>
      this.nets.map((arm) => arm.map((net, pair) => net.evaluate(this.setup.data[pair][part]).error));
    const point = { epoch: this.epoch, seen: errors("seen"), test: errors("test") };
    this.points.push(point);
    return point;
  }

  dispose(): void {
    for (const net of this.nets.flat()) net.dispose();
  }
}
