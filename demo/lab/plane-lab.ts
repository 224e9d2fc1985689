// The worker's side of the sections about points in a plane: trains, and says what there is to draw.
import { Duel, type Point } from "./duel.js";
import { testPoints, trainingPoints } from "./plane.js";
import { EVERY, SEEDS_APART, STEPS } from "./plane-constants.js";
import { type ArmPicture, pictureOf, type Thinned, thinnedNetworks } from "./plane-pictures.js";
import { type Removal, removeUnits } from "./removal.js";
import { type Scaled, scaledViews } from "./scalings.js";

export interface PlaneSettings {
  /** Probability of dropping a hidden unit. */
  p: number;
  /** Units in each of the two hidden layers. */
  width: number;
  points: number;
  /** Fraction of training points with the wrong label. */
  wrong: number;
  /** Pairs of networks, each pair with points, weights and masks of its own. */
  runs: number;
  seed: number;
}

/** What there is to draw of one moment: the errors of all pairs, and the first pair's networks. */
export interface Frame {
  point: Point;
  arms: ArmPicture[];
}

/** Is asked after each piece of training; false pauses. Training waits for the answer. */
export type Report<T> = (news: T) => boolean | Promise<boolean>;

const LEARNING_RATE = 0.01;

export class PlaneLab {
  #duel: Duel | null = null;

  /** New networks. @param rates by arm: the probability of dropping a hidden unit */
  async open(settings: PlaneSettings, rates: readonly number[]): Promise<Frame> {
    this.dispose();
    this.#duel = await createDuel(settings, rates);
    return this.#frame(this.#duel.points[0]);
  }

  /** Trains on for so many steps, unless `report` says false; to the end of a press where none are given. */
  async train(report: Report<Frame>, steps?: number): Promise<void> {
    const duel = this.#live();
    const end = duel.epoch + (steps ?? STEPS - (duel.epoch % STEPS));
    while (duel.epoch < end) {
      const point = await duel.advance(Math.min(EVERY - (duel.epoch % EVERY), end - duel.epoch));
      if (duel !== this.#duel || !(await report(this.#frame(point)))) return;
    }
  }

  /** The networks' errors after `STEPS` steps at each rate. */
  async sweep(settings: PlaneSettings, rates: readonly number[], report: Report<Point & { p: number }>): Promise<void> {
    for (const p of rates) {
      const duel = await createDuel(settings, [p]);
      try {
        for (let step = 0; step < STEPS; step += EVERY) {
          await duel.advance(EVERY);
          duel.points.pop();
        }
        if (!(await report({ p, ...duel.measure() }))) return;
      } finally {
        duel.dispose();
      }
    }
  }

  /** Thinned networks of the first pair's last arm, and what they say of a point. */
  thinned(count: number, at: readonly [number, number]): Thinned {
    const net = this.#live().nets.at(-1)![0];
    return thinnedNetworks(net, count, at);
  }

  /** What is left of both arms' networks where units are taken away at random. */
  remove(shares: readonly number[]): Removal[] {
    return removeUnits(this.#live(), shares);
  }

  /** The first pair's last arm under each scaling, and what it says of a point. */
  scalings(at: readonly [number, number]): Scaled[] {
    return scaledViews(this.#live().nets.at(-1)![0], at);
  }

  dispose(): void {
    this.#duel?.dispose();
    this.#duel = null;
  }

  #live(): Duel {
    if (!this.#duel) throw new Error("there are no networks yet; call open() first");
    return this.#duel;
  }

  #frame(point: Point): Frame {
    const arms = this.#live().nets.map(([net]) => pictureOf(net));
    return { point, arms };
  }
}

function createDuel({ width, points, wrong, runs, seed }: PlaneSettings, rates: readonly number[]): Promise<Duel> {
  const first = seed * SEEDS_APART;
  const data = Array.from({ length: runs }, (_, pair) => {
    const train = trainingPoints({ points, wrong, seed: first + pair });
    return { train, seen: train, test: testPoints(first + pair) };
  });
  return Duel.create({
    network: {
      sizes: [2, width, width, 2],
      optimizer: { type: "adam", learningRate: LEARNING_RATE },
      seed: first,
    },
    rates: rates.map((p) => [0, p, p]),
    batch: points,
    data,
  });
}
