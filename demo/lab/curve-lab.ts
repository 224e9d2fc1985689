// A small network with dropout and the loss gaussian, fitted to points that somebody placed, and what it doubts.

import { Network } from "thinned";

/** Numbers of the plane, 0 to 10 across and up. */
export type Place = readonly [x: number, y: number];

/** Along `x`: the curve, and two standard deviations of what the network does not know and of the noise. */
export interface Curve {
  x: Float32Array;
  mean: Float32Array;
  unknown: Float32Array;
  noise: Float32Array;
}

/**
 * Nobody taps exactly: each point is learned a little higher and a little lower. Without that, few points would look
 * free of noise.
 */
const TAP = 0.15;
const STEPS = 200;
export const ROUNDS = 4;
const PLACES = 101;
const DRAWS = 60;
/** The plane's 0 to 10, as numbers about 1. */
const [MIDDLE, UNIT] = [5, 2.5];

export class CurveLab {
  #net: Network | null = null;
  #x = new Float32Array(0);
  #y = new Float32Array(0);

  /** A network that has not learned yet: always the same one, so that the same points get the same curve. */
  async begin(places: readonly Place[]): Promise<void> {
    this.#net?.dispose();
    this.#net = null;
    const rows = places.flatMap(([x, y]) => [-TAP, TAP].map((by) => [x, (y + by - MIDDLE) / UNIT]));
    this.#x = Float32Array.from(rows, ([x]) => x);
    this.#y = Float32Array.from(rows, ([, y]) => y);
    this.#net = await Network.create({
      sizes: [1, 64, 64, 2],
      loss: "gaussian",
      inputs: { shift: MIDDLE, scale: 1.5 / UNIT },
      dropout: { input: 0, hidden: 0.1 },
      // Where noise is small its slopes are large.
      optimizer: { type: "adamw", learningRate: 0.01, weightDecay: 0.001, clipNorm: 1 },
      seed: 1,
      build: "simd",
    });
  }

  /** One of `ROUNDS`: some steps, and where the curve is after them. */
  round(): Curve {
    const net = this.#net;
    if (!net) throw new Error("there are no points; call begin() first");
    for (let step = 0; step < STEPS; step++) net.train_step(this.#x, this.#y);
    const x = Float32Array.from({ length: PLACES }, (_, i) => (10 * i) / (PLACES - 1));
    const { mean, epistemic, aleatoric } = net.mc_step(x, { samples: DRAWS, draw: 0, masks: "shared" });
    const two = (variance: number) => 2 * UNIT * Math.sqrt(variance);
    return { x, mean: mean.map((m) => MIDDLE + UNIT * m), unknown: epistemic!.map(two), noise: aleatoric!.map(two) };
  }
}
