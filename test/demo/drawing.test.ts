// From a pen's strokes to a network's input.
import { expect, test } from "vitest";
import { digitsEncoding, drawDigits } from "#thinned/data/sources/digits.js";
import { Network } from "#thinned/network.js";
import {
  centreOfMass,
  encodePicture,
  fillOf,
  rasterise,
  SCRIBBLE,
  type Stroke,
  sampleDigit,
} from "../../demo/drawing.js";

const SIDES = [20, 28];
const FILL = 20 / 28;

/** Where there is more than half of full ink: first and last column and row. */
function extent(picture: Float32Array, side: number): { wide: number; high: number } {
  const inked = [...picture.keys()].filter((i) => picture[i] > 0.5);
  const [xs, ys] = [inked.map((i) => i % side), inked.map((i) => Math.floor(i / side))];
  return { wide: Math.max(...xs) - Math.min(...xs) + 1, high: Math.max(...ys) - Math.min(...ys) + 1 };
}

const seven = sampleDigit(7, 0);
const moved = (strokes: Stroke[], scale: number, by: number) =>
  strokes.map((stroke) => stroke.map((value) => value * scale + by));

test("no strokes, no ink", () => {
  expect(rasterise([], 20, FILL)).toEqual(new Float32Array(400));
  expect(centreOfMass(new Float32Array(400), 20)).toEqual([0.5, 0.5]);
});

test.each(SIDES)("%i pixels: ink is a fraction, its centre of mass in the middle, its longer side 20 of 28", (side) => {
  for (let digit = 0; digit < 10; digit++) {
    const picture = rasterise(sampleDigit(digit, 0), side, FILL);
    expect(picture.length).toBe(side * side);
    expect(Math.min(...picture)).toBe(0);
    expect(Math.max(...picture)).toBeLessThanOrEqual(1);
    const [x, y] = centreOfMass(picture, side);
    // Moving by parts of a pixel changes the ink a little: a tenth of a pixel is what is left of that. A 7 is too
    // top-heavy to be moved all the way.
    expect(Math.hypot(x - 0.5, y - 0.5) * side, `digit ${digit}`).toBeLessThan(digit === 7 ? 0.07 * side : 0.1);
    const { wide, high } = extent(picture, side);
    // The line's own width, a tenth of the picture, comes on top of where its middle goes.
    expect(Math.abs(Math.max(wide, high) - side * (20 / 28 + 0.1)), `digit ${digit}`).toBeLessThan(2);
  }
});

test("where and how large somebody draws does not matter", () => {
  const picture = rasterise(seven, 28, FILL);
  for (const again of [moved(seven, 0.3, 0.6), moved(seven, 1, 0.1), moved(seven, 0.5, 0)]) {
    rasterise(again, 28, FILL).forEach((ink, i) => {
      expect(ink, `pixel ${i}`).toBeCloseTo(picture[i], 4);
    });
  }
});

test("is as large as the digits that the model learned from: MNIST's have their line's width inside 20 of 28 pixels", () => {
  const drawn = digitsEncoding(28);
  const sizes = (["digits", "idx"] as const).map((kind) => {
    const { wide, high } = extent(rasterise(sampleDigit(1, 0), 28, fillOf({ ...drawn, kind })), 28);
    return Math.max(wide, high);
  });
  // Half-inked pixels at either end are counted or not.
  expect(Math.abs(sizes[0] - 22.8)).toBeLessThan(1.5);
  expect(Math.abs(sizes[1] - 20)).toBeLessThan(1.5);
});

test("a dot stays a dot, wherever it is", () => {
  const dot = rasterise([[0.9, 0.1]], 20, FILL);
  const { wide, high } = extent(dot, 20);
  expect(Math.max(wide, high)).toBeLessThanOrEqual(3);
  expect(dot).toEqual(rasterise([[0.2, 0.7]], 20, FILL));
  // A twitch of the pen is no digit's stroke.
  const twitch = extent(rasterise([[0.5, 0.5, 0.51, 0.5]], 20, FILL), 20);
  expect(twitch.wide).toBeLessThan(6);
});

test("is encoded as the training pictures were: in steps of 1/255, less the mean image where there is one", () => {
  const ink = rasterise(seven, 20, FILL);
  const plain = encodePicture(ink, digitsEncoding(20));
  const inputMean = Array.from(ink, (_, i) => i / 1000);
  const centred = encodePicture(ink, { ...digitsEncoding(20), inputMean });
  ink.forEach((amount, i) => {
    // Half a step of rounding, and the last bit of a float.
    expect(Math.abs(plain[i] - amount), `pixel ${i}`).toBeLessThanOrEqual(0.5 / 255 + 1e-7);
    expect(centred[i], `pixel ${i}`).toBeCloseTo(plain[i] - inputMean[i], 6);
  });
});

test("a network that learned from the data set reads every way of writing, and doubts a scribble more than a 7", async () => {
  const net = await Network.create({
    sizes: [400, 128, 128, 10],
    dropout: { input: 0.1, hidden: 0.3 },
    optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9, maxNorm: 2 },
    seed: 1,
    build: "simd",
  });
  const { x, y } = drawDigits({ samples: 2000, seed: 1 });
  for await (const _ of net.fit({ x, y }, { epochs: 8, batch: 50 }));
  const ask = (strokes: readonly Stroke[]) => net.mc_step(rasterise(strokes, 20, FILL), { samples: 100, draw: 0 });
  const right = Array.from({ length: 30 }, (_, i) => {
    const { mean } = ask(sampleDigit(i % 10, Math.floor(i / 10)));
    return mean.indexOf(Math.max(...mean)) === i % 10;
  });
  expect(right.filter(Boolean).length, "of 30 written digits").toBeGreaterThanOrEqual(27);
  expect(ask(SCRIBBLE).entropy![0]).toBeGreaterThan(ask(seven).entropy![0]);
  net.dispose();
});
