// A layer's units as a field of dots: full where the step kept them, an outline where it dropped them.
import { pencilOf, type Theme } from "../theme.js";

const RATIO = 6;

export class UnitField {
  readonly #canvas: HTMLCanvasElement;
  readonly #theme: Theme;
  readonly #colour: `--${string}`;
  #mask: Uint8Array = new Uint8Array(0);

  constructor(canvas: HTMLCanvasElement, theme: Theme, colour: `--${string}`) {
    this.#canvas = canvas;
    this.#theme = theme;
    this.#colour = colour;
    new ResizeObserver(() => this.#paint()).observe(canvas);
    theme.addEventListener("themechange", () => this.#paint());
  }

  /** @param mask one byte per unit, 1 = kept */
  draw(mask: Uint8Array): void {
    this.#mask = mask;
    this.#paint();
  }

  #paint(): void {
    const pen = pencilOf(this.#canvas);
    if (!pen) return;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const columns = columnsFor(this.#mask.length);
    const rows = Math.ceil(this.#mask.length / columns);
    const cell = Math.min(width / columns, height / rows);
    const radius = 0.36 * cell;
    const left = (width - columns * cell) / 2;
    const top = (height - rows * cell) / 2;
    pen.fillStyle = pen.strokeStyle = this.#theme.color(this.#colour);
    const kept = new Path2D();
    const dropped = new Path2D();
    this.#mask.forEach((keep, unit) => {
      const x = left + ((unit % columns) + 0.5) * cell;
      const y = top + (Math.floor(unit / columns) + 0.5) * cell;
      const path = keep ? kept : dropped;
      const r = keep ? radius : 0.45 * radius;
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, 2 * Math.PI);
    });
    pen.fill(kept);
    pen.globalAlpha = 0.3;
    pen.fill(dropped);
  }
}

/** As many columns as make the largest dots in a field that is six times as wide as it is high. */
function columnsFor(units: number): number {
  const cell = (columns: number) => Math.min(RATIO / columns, 1 / Math.ceil(units / columns));
  let best = 1;
  for (let columns = 2; columns <= units; columns++) if (cell(columns) > cell(best)) best = columns;
  return best;
}
