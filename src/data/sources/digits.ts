// Drawn digits: a data set that needs no file. Strokes with random shape, slant, place, width and ink, on paper with
// stray marks and specks. It uses only + − × ÷ and square roots, which every engine rounds alike. So the same seed
// draws the same pixels everywhere.
import { checkInteger, checkNumber } from "../../checks.js";
import { Philox, Stream } from "../../random/philox.js";
import { encode } from "../encode/prepare.js";
import type { Encoding, RawImages, Table } from "../encode/table.js";
import { checkTableSize } from "../error.js";
import { DIGITS, type Stroke } from "./strokes.js";

export interface DigitsOptions {
  samples: number;
  /** Default 0. */
  seed?: number;
  /** Training and test digits never share a random word, whatever their seeds. Default "train". */
  part?: "train" | "test";
  /** Height and width in pixels. Default 20. */
  size?: number;
  /** From 0 (neat) to 1 (hard to read). Default 0.45. */
  difficulty?: number;
}

const DIGITS_SIZE = 20;
/** Smaller ones would be blots. */
export const SMALLEST_DIGIT = 8;
export const LARGEST_DIGIT = 256;

/**
 * People read these easily. Yet a network that has seen a thousand of them guesses a tenth wrong, fewer with dropout.
 */
const DIGITS_DIFFICULTY = 0.45;

/** Labels 0–9 in turn, pixels in [0, 1] in steps of 1/255. Sample i depends on the seed, the part and i alone. */
export function drawDigits(options: DigitsOptions): Table {
  return encode(drawRawDigits(options), digitsEncoding(options.size));
}

/** What the digits' numbers mean. */
export function digitsEncoding(size = DIGITS_SIZE): Encoding {
  return {
    kind: "digits",
    task: "classify",
    features: size * size,
    outputs: 10,
    classes: DIGITS.map((_, digit) => String(digit)),
    columns: null,
    target: null,
    inputMean: null,
    inputScale: null,
    targetMean: null,
    targetScale: null,
    imageShape: [size, size],
  };
}

/** The same digits as bytes of ink. */
export function drawRawDigits(options: DigitsOptions): RawImages {
  const { samples, seed = 0, part = "train", size = DIGITS_SIZE, difficulty = DIGITS_DIFFICULTY } = options;
  checkInteger("samples", samples, 1);
  checkInteger("size", size, SMALLEST_DIGIT, LARGEST_DIGIT);
  checkNumber("difficulty", difficulty, 0, 1);
  checkTableSize("digits", samples, size * size);
  const x = new Uint8Array(samples * size * size);
  const ink = new Float64Array(size * size);
  for (let i = 0; i < samples; i++) {
    const random = new Philox(seed, Stream.data, part === "train" ? 0 : 1, i);
    ink.fill(0);
    drawDigit(ink, size, i % 10, random, difficulty);
    for (let j = 0; j < ink.length; j++) x[i * ink.length + j] = Math.floor(255 * ink[j] + 0.5);
  }
  const y = Uint8Array.from({ length: samples }, (_, i) => i % 10);
  return { name: "digits", samples, features: size * size, x, y, imageShape: [size, size] };
}

function drawDigit(ink: Float64Array, size: number, digit: number, random: Philox, difficulty: number): void {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const ways = DIGITS[digit];
  const hand = handwriting(random, difficulty);
  const width = between(0.035, 0.035 + 0.06 * difficulty + 0.02);
  const strength = between(1 - 0.6 * difficulty, 1);
  for (const stroke of ways[random.below(ways.length)]) {
    drawStroke(ink, size, bend(stroke, hand, 0.07 * difficulty, random), width, strength);
  }
  // Stray marks: pieces of strokes that belong to no digit.
  for (let mark = random.below(1 + Math.round(6 * difficulty)); mark > 0; mark--) {
    const x = between(0, 1);
    const y = between(0, 1);
    const stray = [x, y];
    for (let k = 1; k <= 3; k++) stray.push(x + between(-0.15, 0.15) * k, y + between(-0.15, 0.15) * k);
    drawStroke(ink, size, stray, between(0.02, 0.06), between(0.3, 1) * strength);
  }
  // Specks, and ink that did not take.
  for (let j = 0; j < ink.length; j++) {
    const word = random.next();
    const amount = (word >>> 16) / 65536;
    if ((word & 0xffff) < 65536 * 0.12 * difficulty) ink[j] = Math.max(ink[j], amount);
    else ink[j] *= 1 - 0.6 * difficulty * amount;
  }
}

/** An affine map of the unit square, about its middle: [xx, xy, x0, yx, yy, y0]. */
type Affine = readonly [number, number, number, number, number, number];

function handwriting(random: Philox, difficulty: number): Affine {
  const around = (spread: number) => spread * difficulty * (2 * random.uniform() - 1);
  // Cayley's form of a rotation by 2·atan(t) needs neither sine nor cosine.
  const t = around(0.25);
  const cos = (1 - t * t) / (1 + t * t);
  const sin = (2 * t) / (1 + t * t);
  const slant = around(0.5);
  const wide = 0.85 + around(0.4);
  const high = 0.85 + around(0.25);
  const [xx, xy, yx, yy] = [wide * cos, high * (slant * cos - sin), wide * sin, high * (slant * sin + cos)];
  const [cx, cy] = [0.5 + around(0.22), 0.5 + around(0.18)];
  return [xx, xy, cx - (xx + xy) / 2, yx, yy, cy - (yx + yy) / 2];
}

/** The stroke in this hand, each point moved a little. The moves are roughly normal, as a sum of three uniforms is. */
function bend(stroke: Stroke, [xx, xy, x0, yx, yy, y0]: Affine, spread: number, random: Philox): number[] {
  const moved = (value: number) => value + spread * (random.uniform() + random.uniform() + random.uniform() - 1.5);
  const bent = new Array<number>(stroke.length);
  for (let i = 0; i < stroke.length; i += 2) {
    const x = moved(stroke[i]);
    const y = moved(stroke[i + 1]);
    bent[i] = xx * x + xy * y + x0;
    bent[i + 1] = yx * x + yy * y + y0;
  }
  return bent;
}

const PIECES = 6;

/** Draws the curves as short straight pieces. */
function drawStroke(ink: Float64Array, size: number, stroke: readonly number[], width: number, strength: number): void {
  for (let i = 2; i < stroke.length; i += 6) {
    let [x, y] = [stroke[i - 2], stroke[i - 1]];
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      const s = 1 - t;
      const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      const nextX = a * stroke[i - 2] + b * stroke[i] + c * stroke[i + 2] + d * stroke[i + 4];
      const nextY = a * stroke[i - 1] + b * stroke[i + 1] + c * stroke[i + 3] + d * stroke[i + 5];
      drawPiece(ink, size, x * size, y * size, nextX * size, nextY * size, width * size, strength);
      x = nextX;
      y = nextY;
    }
  }
}

/** Inks every pixel whose middle is nearer to the piece than `radius`, with an edge one pixel soft. */
export function drawPiece(
  ink: Float64Array,
  size: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  radius: number,
  strength: number,
): void {
  const reach = radius + 0.5;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(size - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(size - 1, Math.ceil(Math.max(y0, y1) + reach));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const squared = dx * dx + dy * dy;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const along = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      const ex = px - along * dx;
      const ey = py - along * dy;
      const cover = Math.min(1, reach - Math.sqrt(ex * ex + ey * ey));
      const at = row * size + column;
      if (cover * strength > ink[at]) ink[at] = cover * strength;
    }
  }
}
