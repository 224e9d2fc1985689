// What a network says all over the plane, with the points that it learned from on top.
import { PLANE } from "../lab/plane-constants.js";
import type { Samples } from "../lab/samples.js";
import { pencilOf, type Theme } from "../theme.js";

/** Fainter than the points: they lie on it. */
const TINT = 0.5;
/** Class 0 is a disc, class 1 a diamond: shapes tell them apart where colours do not. */
export const CLASSES = ["--class-0", "--class-1"] as const;

export interface PlanePicture {
  grid: Uint8Array | null;
  points: Samples | null;
  /** A place that is asked about. */
  mark?: readonly [number, number] | null;
  radius?: number;
}

export class PlaneView {
  #picture: PlanePicture = { grid: null, points: null };
  readonly #cells = document.createElement("canvas");

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly theme: Theme,
  ) {
    [this.#cells.width, this.#cells.height] = [PLANE.columns, PLANE.rows];
    new ResizeObserver(() => this.#paint()).observe(canvas);
    theme.addEventListener("themechange", () => this.#paint());
  }

  draw(picture: PlanePicture): void {
    this.#picture = picture;
    this.#paint();
  }

  #paint(): void {
    const pencil = pencilOf(this.canvas);
    if (!pencil) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const { grid, points, mark, radius = Math.max(2.5, width / 75) } = this.#picture;
    if (grid) {
      this.#tint(grid);
      pencil.globalAlpha = TINT;
      pencil.drawImage(this.#cells, 0, 0, width, height);
      pencil.globalAlpha = 1;
      this.#boundary(pencil, grid, width, height);
    }
    if (points) this.#points(pencil, points, radius);
    if (mark) this.#mark(pencil, mark);
  }

  /** One pixel per cell; the browser smooths between them. */
  #tint(grid: Uint8Array): void {
    const pencil = this.#cells.getContext("2d")!;
    const image = pencil.createImageData(PLANE.columns, PLANE.rows);
    const [zero, one] = CLASSES.map((name) => channels(this.theme.color(name)));
    grid.forEach((byte, i) => {
      const strength = Math.min(255, 1.25 * Math.abs(2 * byte - 255));
      image.data.set([...(byte > 127 ? one : zero), strength], 4 * i);
    });
    pencil.putImageData(image, 0, 0);
  }

  /** Where the network is undecided: between neighbouring cells that say different things. */
  #boundary(pencil: CanvasRenderingContext2D, grid: Uint8Array, width: number, height: number): void {
    pencil.beginPath();
    for (const [x0, y0, x1, y1] of contour(grid)) {
      pencil.moveTo((x0 / PLANE.columns) * width, (y0 / PLANE.rows) * height);
      pencil.lineTo((x1 / PLANE.columns) * width, (y1 / PLANE.rows) * height);
    }
    pencil.strokeStyle = this.theme.color("--text");
    pencil.lineWidth = 1.75;
    pencil.lineCap = "round";
    pencil.stroke();
  }

  #points(pencil: CanvasRenderingContext2D, { x, y }: Samples, radius: number): void {
    pencil.strokeStyle = this.theme.color("--panel");
    pencil.lineWidth = 1.25;
    y.forEach((label, i) => {
      const [at, down] = this.#place(x[2 * i], x[2 * i + 1]);
      pencil.beginPath();
      if (label === 0) pencil.arc(at, down, radius, 0, 2 * Math.PI);
      else diamond(pencil, at, down, 1.3 * radius);
      pencil.fillStyle = this.theme.color(CLASSES[label]);
      pencil.fill();
      pencil.stroke();
    });
  }

  #mark(pencil: CanvasRenderingContext2D, [right, up]: readonly [number, number]): void {
    const [x, y] = this.#place(right, up);
    pencil.strokeStyle = this.theme.color("--text");
    pencil.lineWidth = 2;
    pencil.beginPath();
    const reach = Math.max(4, this.canvas.clientWidth / 30);
    for (const [dx, dy] of [
      [1, 0],
      [0, 1],
    ]) {
      pencil.moveTo(x - reach * dx, y - reach * dy);
      pencil.lineTo(x + reach * dx, y + reach * dy);
    }
    pencil.arc(x, y, 0.6 * reach, 0, 2 * Math.PI);
    pencil.stroke();
  }

  #place(right: number, up: number): [number, number] {
    const { clientWidth, clientHeight } = this.canvas;
    const across = (right - PLANE.left) / (PLANE.right - PLANE.left);
    const down = (PLANE.top - up) / (PLANE.top - PLANE.bottom);
    return [across * clientWidth, down * clientHeight];
  }
}

function diamond(pencil: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
  pencil.moveTo(x, y - reach);
  pencil.lineTo(x + reach, y);
  pencil.lineTo(x, y + reach);
  pencil.lineTo(x - reach, y);
  pencil.closePath();
}

/** Back from a byte to a difference of logits, up to a factor: between cells it is nearly linear. */
function marginOf(byte: number): number {
  const lean = byte / 127.5 - 1;
  return lean / (1.01 - Math.abs(lean));
}

/** Pieces of the line of one half, in cells: marching squares over the cells' middles. */
export function contour(grid: Uint8Array): [number, number, number, number][] {
  const { columns, rows } = PLANE;
  const pieces: [number, number, number, number][] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const corners = [grid[at], grid[at + 1], grid[at + columns + 1], grid[at + columns]].map(marginOf);
      const places: [number, number][] = [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ];
      const crossings: [number, number][] = [];
      for (let side = 0; side < 4; side++) {
        const [a, b] = [corners[side], corners[(side + 1) % 4]];
        if (a > 0 === b > 0) continue;
        const t = a / (a - b);
        const [[ax, ay], [bx, by]] = [places[side], places[(side + 1) % 4]];
        crossings.push([column + 0.5 + ax + t * (bx - ax), row + 0.5 + ay + t * (by - ay)]);
      }
      for (let i = 0; i + 1 < crossings.length; i += 2) pieces.push([...crossings[i], ...crossings[i + 1]]);
    }
  }
  return pieces;
}

/** Of `#rrggbb`, or of a colour's keyword as the browser resolves it. */
function channels(color: string): number[] {
  const probe = document.createElement("canvas").getContext("2d")!;
  probe.fillStyle = color;
  const hex = String(probe.fillStyle);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
