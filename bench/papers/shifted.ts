// Pictures as they are not in the training set: turned, blurred, noisy (Ovadia et al. 2019 shift MNIST and CIFAR-10
// so).

import { Philox, Stream } from "#thinned/random/philox.js";

export interface Shift {
  what: string;
  /** `[n, side²]`, ink from 0 to 1, to pictures of the same kind. */
  of(x: Float32Array, side: number): Float32Array;
}

export const SHIFTS: readonly Shift[] = [
  { what: "as they are", of: (x) => x },
  ...[15, 30, 45, 60, 90].map((degrees) => ({
    what: `turned by ${degrees}°`,
    of: (x: Float32Array, side: number) => turned(x, side, degrees),
  })),
  ...[1, 2, 3].map((pixels) => ({
    what: `blurred, σ = ${pixels} pixel${pixels > 1 ? "s" : ""}`,
    of: (x: Float32Array, side: number) => blurred(x, side, pixels),
  })),
  { what: "blurred, σ = 2 pixels, three times the ink", of: (x, side) => blurred(x, side, 2).map((ink) => 3 * ink) },
  ...[0.25, 0.5, 1].map((deviation) => ({
    what: `noise, σ = ${deviation}`,
    of: (x: Float32Array) => noisy(x, deviation),
  })),
  { what: "noise, σ = 0.5, no more ink than before", of: (x) => asMuchInk(noisy(x, 0.5), x) },
];

/** About the middle, to the left; between pixels along lines; no ink comes from outside. */
function turned(x: Float32Array, side: number, degrees: number): Float32Array {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const middle = (side - 1) / 2;
  return eachPixel(x, side, (ink, row, column) => {
    const [dx, dy] = [column - middle, row - middle];
    const [fromColumn, fromRow] = [middle + cos * dx - sin * dy, middle + sin * dx + cos * dy];
    const [left, top] = [Math.floor(fromColumn), Math.floor(fromRow)];
    const [right, down] = [fromColumn - left, fromRow - top];
    return (
      (1 - down) * ((1 - right) * ink(top, left) + right * ink(top, left + 1)) +
      down * ((1 - right) * ink(top + 1, left) + right * ink(top + 1, left + 1))
    );
  });
}

/** A normal curve's weights, along rows and then along columns. */
function blurred(x: Float32Array, side: number, deviation: number): Float32Array {
  const reach = Math.ceil(3 * deviation);
  const curve = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / deviation) ** 2));
  const sum = curve.reduce((a, b) => a + b);
  const along = (down: number, right: number) => (pictures: Float32Array) =>
    eachPixel(pictures, side, (ink, row, column) =>
      curve.reduce(
        (total, weight, i) => total + (weight / sum) * ink(row + down * (i - reach), column + right * (i - reach)),
        0,
      ),
    );
  return along(1, 0)(along(0, 1)(x));
}

/** Normal noise (Box & Muller 1958), always the same; ink stays between 0 and 1. */
function noisy(x: Float32Array, deviation: number): Float32Array {
  const random = new Philox(0, Stream.forward);
  return x.map((ink) => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    return Math.min(1, Math.max(0, ink + deviation * radius * Math.cos(2 * Math.PI * random.uniform())));
  });
}

/** Noise that was cut at 0 adds ink everywhere; its mean over all pictures is taken off again. */
function asMuchInk(noise: Float32Array, x: Float32Array): Float32Array {
  const mean = (pictures: Float32Array) => pictures.reduce((sum, ink) => sum + ink, 0) / pictures.length;
  const more = mean(noise) - mean(x);
  return noise.map((ink) => ink - more);
}

type Ink = (row: number, column: number) => number;

function eachPixel(
  x: Float32Array,
  side: number,
  pixel: (ink: Ink, row: number, column: number) => number,
): Float32Array {
  const area = side * side;
  return x.map((_, at) => {
    const start = at - (at % area);
    const ink: Ink = (row, column) =>
      row < 0 || column < 0 || row >= side || column >= side ? 0 : x[start + row * side + column];
    return pixel(ink, Math.floor((at - start) / side), at % side);
  });
}
