// Points in a plane: two crescents that reach into each other, some points with the wrong label. Only + − × ÷, which
// every engine rounds alike.
import { Philox, Stream } from "#thinned/random/philox.js";
import type { Samples } from "./samples.js";

export interface PlaneOptions {
  points: number;
  /** Fraction of points that carry the other class's label. */
  wrong: number;
  seed: number;
}

/** Points lie this far from their crescent, as a standard deviation. */
const SCATTER = 0.12;
/** New points, all with the right label. Streams of their own: no training point is among them. */
const TESTED = 1000;

export function trainingPoints({ points, wrong, seed }: PlaneOptions): Samples {
  return drawPoints(points, wrong, new Philox(seed, Stream.data, 0));
}

export function testPoints(seed: number): Samples {
  return drawPoints(TESTED, 0, new Philox(seed, Stream.data, 1));
}

/** Classes in turn. `x` is `[points, 2]`: to the right and upwards, within about ±1.6 and ±1. */
function drawPoints(points: number, wrong: number, random: Philox): Samples {
  const x = new Float32Array(2 * points);
  const y = new Int32Array(points);
  for (let i = 0; i < points; i++) {
    const label = i % 2;
    const [across, up] = halfCircle(2 * random.uniform() - 1);
    const [right, high] = label ? [0.5 - across, 0.25 - up] : [across - 0.5, up - 0.25];
    x[2 * i] = right + SCATTER * normal(random);
    x[2 * i + 1] = high + SCATTER * normal(random);
    y[i] = random.uniform() < wrong ? 1 - label : label;
  }
  return { x, y };
}

/** From t in [-1, 1] to the upper half of the unit circle, without sine or cosine. */
function halfCircle(t: number): [number, number] {
  const squares = 1 + t * t;
  return [(2 * t) / squares, (1 - t * t) / squares];
}

/** Nearly normal, with variance 1: a sum of twelve uniforms. */
function normal(random: Philox): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.uniform();
  return sum;
}
