// The first training samples, as pictures, where they are pictures.
import type { Theme } from "../lab.js";
import type { Source } from "./data.js";

const SHOWN = 20;
const COLUMNS = 10;

export function drawSamples(canvas: HTMLCanvasElement, { raw }: Source, theme: Theme): void {
  const shape = "imageShape" in raw ? raw.imageShape : null;
  canvas.hidden = shape === null;
  if (!shape) return;
  const [height, width] = shape;
  const shown = Math.min(SHOWN, raw.samples);
  canvas.width = COLUMNS * width;
  canvas.height = Math.ceil(shown / COLUMNS) * height;
  const pen = canvas.getContext("2d")!;
  const picture = pen.createImageData(width, height);
  const paint = () => {
    // Ink is the text's colour, as opaque as there is ink.
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(theme.color("--text").slice(at, at + 2), 16));
    for (let sample = 0; sample < shown; sample++) {
      for (let pixel = 0; pixel < raw.features; pixel++) {
        picture.data.set([red, green, blue, raw.x[sample * raw.features + pixel]], 4 * pixel);
      }
      pen.putImageData(picture, (sample % COLUMNS) * width, Math.floor(sample / COLUMNS) * height);
    }
  };
  paint();
  theme.addEventListener("themechange", paint);
}
