// From strokes of a pen to what a network was trained on: the same ink as the drawn digits', placed as MNIST's digits
// are.

import { encode } from "#thinned/data/encode/prepare.js";
import type { Encoding } from "#thinned/data/encode/table.js";
import { drawPiece } from "#thinned/data/sources/digits.js";
import { type Stroke as Curve, DIGITS } from "#thinned/data/sources/strokes.js";

/** Where the pen went: x₀, y₀, x₁, y₁, … in the unit square, y downwards. One point is a dot. */
export type Stroke = readonly number[];

/**
 * How much of the picture the pen's way fills. MNIST scales a digit, its line's width included, into 20 of 28 pixels;
 * the drawn digits are larger. Each is what models of such digits read best: of 24 clear digits 23 and 24; with the
 * other one's, 20 and 23.
 */
const FILL = { idx: 17.2 / 28, digits: 20 / 28, csv: 17.2 / 28 };

/** @param encoding of the model that is to read it: drawings are placed as the digits that it learned from */
export function fillOf({ kind }: Encoding): number {
  return FILL[kind];
}

/** Of the pen, as a fraction of the picture: between the thinnest and the thickest of the drawn digits. */
const RADIUS = 0.05;
/** What is smaller than this part of the sheet is not blown up to a digit's size: a dot stays one. */
const SMALLEST = 0.15;

/**
 * Ink in [0, 1], `[size, size]`: the longer side scaled to `fill` of the picture, the centre of mass moved into its
 * middle, as far as there is room. So neither where nor how large somebody draws matters. No strokes, no ink.
 */
export function rasterise(strokes: readonly Stroke[], size: number, fill: number): Float32Array {
  const box = boundsOf(strokes);
  if (!box) return new Float32Array(size * size);
  const scale = fill / Math.max(box.right - box.left, box.bottom - box.top, SMALLEST);
  // A digit that is moved farther loses ink over the edge, as a top-heavy 7 would.
  const room = (1 - fill) / 2 - RADIUS;
  const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const placed = strokes.map((stroke) => stroke.map((value, i) => 0.5 + (value - middle[i % 2]) * scale));
  const [x, y] = centreOfMass(inkOf(placed, size), size).map((at) => Math.min(room, Math.max(-room, 0.5 - at)));
  return inkOf(
    placed.map((stroke) => stroke.map((value, i) => value + (i % 2 ? y : x))),
    size,
  );
}

/**
 * The picture as the network's training pictures were given to it: in bytes of ink, less their mean image where that
 * was taken off.
 */
export function encodePicture(ink: Float32Array, encoding: Encoding): Float32Array {
  const x = Uint8Array.from(ink, (amount) => Math.round(255 * amount));
  return encode({ name: "the drawing", samples: 1, features: x.length, x, y: null }, encoding).x;
}

function boundsOf(strokes: readonly Stroke[]): { left: number; right: number; top: number; bottom: number } | null {
  const points = strokes.flat();
  if (points.length === 0) return null;
  const [xs, ys] = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function inkOf(strokes: readonly Stroke[], size: number): Float32Array {
  const ink = new Float64Array(size * size);
  for (const stroke of strokes) {
    const last = Math.max(0, stroke.length - 4);
    for (let i = 0; i <= last; i += 2) {
      const [x0, y0, x1 = x0, y1 = y0] = stroke.slice(i, i + 4).map((value) => value * size);
      drawPiece(ink, size, x0, y0, x1, y1, RADIUS * size, 1);
    }
  }
  return Float32Array.from(ink);
}

/** As fractions of the picture; its middle where there is no ink. */
export function centreOfMass(ink: Float32Array, size: number): [number, number] {
  let [mass, x, y] = [0, 0, 0];
  ink.forEach((amount, i) => {
    mass += amount;
    x += amount * ((i % size) + 0.5);
    y += amount * (Math.floor(i / size) + 0.5);
  });
  return mass > 0 ? [x / mass / size, y / mass / size] : [0.5, 0.5];
}

/** A digit as somebody writes it: one of the ways that the data set knows. */
export function sampleDigit(digit: number, way: number): Stroke[] {
  const ways = DIGITS[digit];
  return ways[way % ways.length].map(flatten);
}

/** Something that is no digit. */
export const SCRIBBLE: readonly Stroke[] = [
  [0.2, 0.3, 0.75, 0.2, 0.25, 0.45, 0.8, 0.4, 0.2, 0.62, 0.78, 0.6, 0.3, 0.8, 0.8, 0.78],
  [0.3, 0.15, 0.35, 0.85, 0.5, 0.2, 0.55, 0.85, 0.7, 0.15],
];

const PIECES = 8;

/** The curves as a line through points on them. */
function flatten(curve: Curve): number[] {
  const line = curve.slice(0, 2);
  for (let i = 2; i < curve.length; i += 6) {
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      const s = 1 - t;
      const weights = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      for (const axis of [0, 1]) {
        line.push(weights.reduce((sum, weight, k) => sum + weight * curve[i - 2 + 2 * k + axis], 0));
      }
    }
  }
  return line;
}
