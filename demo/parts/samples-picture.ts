// The first training samples, as pictures, where they are pictures.
import type { Described } from "../lab/digits-lab.js";
import type { Theme } from "../theme.js";

const COLUMNS = 10;

export function drawSamples(canvas: HTMLCanvasElement, pictures: Described["pictures"], theme: Theme): void {
  canvas.hidden = pictures === null;
  if (!pictures) return;
  const { height, width, ink } = pictures;
  const pixels = height * width;
  const shown = Math.floor(ink.length / pixels);
  canvas.width = COLUMNS * width;
  canvas.height = Math.ceil(shown / COLUMNS) * height;
  const pencil = canvas.getContext("2d")!;
  pencil.fillStyle = theme.color("--text");
  for (let sample = 0; sample < shown; sample++) {
    const [left, top] = [(sample % COLUMNS) * width, Math.floor(sample / COLUMNS) * height];
    for (let pixel = 0; pixel < pixels; pixel++) {
      pencil.globalAlpha = ink[sample * pixels + pixel] / 255;
      pencil.fillRect(left + (pixel % width), top + Math.floor(pixel / width), 1, 1);
    }
  }
}
