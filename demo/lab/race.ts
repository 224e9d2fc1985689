// Which scaling is how fast? Networks that differ in nothing else take turns, in short rounds, each in another order,
// so that whatever slows the machine down slows all of them alike.
import { Network, type NetworkOptions, type Scaling } from "thinned";
import { permutation } from "#thinned/random/philox.js";
import { DRAWS, ENTRANTS, STRATEGIES } from "./race-entrants.js";

export interface RaceOptions {
  sizes: number[];
  batch: number;
  /** Of hidden layers, where there is dropout. */
  p: number;
}

/** A turn takes about this long, in ms: clocks in pages tick as seldom as every millisecond. */
const TURN = 12;
/** So small that a thousand steps leave a network as it was: what is timed does not depend on how often. */
const STANDING_STILL = { type: "sgd", learningRate: 1e-7 } as const;

export class Race {
  /** What runs, such as "relaxed". */
  readonly build: string;
  readonly #nets: Network[];
  readonly #runs: readonly (() => unknown)[];
  /** Calls in a turn, by entrant. */
  readonly #counts: number[] = [];
  #round = 0;

  private constructor(nets: Network[], { sizes, batch }: RaceOptions) {
    this.#nets = nets;
    this.build = nets[0].runtime.build;
    const x = Float32Array.from({ length: batch * sizes[0] }, (_, i) => (i * 0.6180339887498949) % 1);
    const y = Uint8Array.from({ length: batch }, (_, i) => i % sizes[sizes.length - 1]);
    this.#runs = ENTRANTS.map(({ call, strategy }) => {
      const net = nets[STRATEGIES.indexOf(strategy)];
      if (call === "train_step") return () => net.train_step(x, y);
      if (call === "test_step") return () => net.test_step(x);
      return () => net.mc_step(x, { samples: DRAWS, draw: 0 });
    });
  }

  static async open(options: RaceOptions): Promise<Race> {
    const { sizes, batch, p } = options;
    const nets: Network[] = [];
    for (const strategy of STRATEGIES) {
      const scaling: Scaling = strategy === "none" ? "inverted" : strategy;
      const dropout = strategy === "none" ? 0 : p;
      const settings: NetworkOptions = { sizes, scaling, dropout, maxBatch: batch, seed: 1, optimizer: STANDING_STILL };
      nets.push(await Network.create(settings));
    }
    return new Race(nets, options);
  }

  /** Runs every entrant until it is warm and a turn's length is known. */
  warmUp(): void {
    this.#runs.forEach((run, i) => {
      let best = Infinity;
      // The best of many short windows, or what else runs on the machine would make turns of different lengths: longer
      // ones are disturbed more.
      for (let elapsed = 0; elapsed < 4 * TURN; ) {
        const before = performance.now();
        let count = 0;
        while (performance.now() - before < TURN / 6) {
          run();
          count++;
        }
        const taken = performance.now() - before;
        best = Math.min(best, taken / count);
        elapsed += taken;
      }
      this.#counts[i] = Math.max(1, Math.round(TURN / best));
    });
  }

  /** One turn each. Milliseconds per call, in the order of `ENTRANTS`. */
  round(): number[] {
    const times: number[] = new Array(this.#runs.length);
    for (const i of permutation(this.#runs.length, 1, this.#round++)) {
      const [run, count] = [this.#runs[i], this.#counts[i]];
      // Not timed: what another entrant's turn left to be done, such as folding weights that a training step has
      // changed.
      run();
      const before = performance.now();
      for (let c = 0; c < count; c++) run();
      times[i] = (performance.now() - before) / count;
    }
    return times;
  }

  dispose(): void {
    for (const net of this.#nets) net.dispose();
  }
}
