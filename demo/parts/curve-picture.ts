// The curve, its bands and its points, drawn on a plane of 0 to 10 across and up.
import type { Curve, Place } from "../lab/curve-lab.js";
import type { Theme } from "../theme.js";

export const SIZE = 10;
const MARKS = [2, 4, 6, 8];

export class CurvePicture {
  /** @param unit pixels of 1, across and up */
  constructor(
    readonly pencil: CanvasRenderingContext2D,
    readonly theme: Theme,
    readonly unit: Place,
  ) {}

  grid(): void {
    const color = this.theme.color("--line");
    for (const mark of MARKS) {
      this.#line([0, SIZE], [mark, mark], color, 1);
      this.#line([mark, mark], [0, SIZE], color, 1);
    }
  }

  curve({ x, mean, unknown, noise }: Curve): void {
    const all = unknown.map((own, i) => Math.hypot(own, noise[i]));
    this.#band(x, mean, all, "--without", [5, 4]);
    this.#band(x, mean, unknown, "--with", []);
    this.#line(x, mean, this.theme.color("--with"), 3);
  }

  places(places: readonly Place[]): void {
    const { pencil } = this;
    pencil.font = "12px system-ui, sans-serif";
    pencil.fillStyle = this.theme.color("--muted");
    for (const mark of MARKS) {
      const [across, up] = this.#at(mark, mark);
      pencil.fillText(String(mark), across + 3, SIZE * this.unit[1] - 5);
      pencil.fillText(String(mark), 4, up - 4);
    }
    pencil.fillStyle = this.theme.color("--text");
    for (const [x, y] of places) {
      pencil.beginPath();
      pencil.arc(...this.#at(x, y), 4, 0, 2 * Math.PI);
      pencil.fill();
    }
  }

  /** Where keys would place a point. */
  cross([x, y]: Place): void {
    const { pencil } = this;
    const [across, up] = this.#at(x, y);
    pencil.strokeStyle = this.theme.color("--accent");
    pencil.lineWidth = 2;
    pencil.beginPath();
    pencil.arc(across, up, 8, 0, 2 * Math.PI);
    pencil.moveTo(across - 12, up);
    pencil.lineTo(across + 12, up);
    pencil.moveTo(across, up - 12);
    pencil.lineTo(across, up + 12);
    pencil.stroke();
  }

  /** In a colour of its own, not a mixture with what is behind it. */
  #band(x: Float32Array, mean: Float32Array, half: Float32Array, name: "--with" | "--without", dash: number[]): void {
    const { pencil, theme } = this;
    const [high, low] = [1, -1].map((side) => mean.map((m, i) => m + side * half[i]));
    pencil.beginPath();
    for (let i = 0; i < x.length; i++) pencil.lineTo(...this.#at(x[i], high[i]));
    for (let i = x.length - 1; i >= 0; i--) pencil.lineTo(...this.#at(x[i], low[i]));
    for (const fill of ["--ground", `${name}-soft`] as const) {
      pencil.fillStyle = theme.color(fill);
      pencil.fill();
    }
    for (const edge of [high, low]) this.#line(x, edge, theme.color(name), 1.25, dash);
  }

  #line(x: ArrayLike<number>, y: ArrayLike<number>, color: string, width: number, dash: number[] = []): void {
    const { pencil } = this;
    pencil.setLineDash(dash);
    pencil.strokeStyle = color;
    pencil.lineWidth = width;
    pencil.beginPath();
    for (let i = 0; i < x.length; i++) pencil.lineTo(...this.#at(x[i], y[i]));
    pencil.stroke();
    pencil.setLineDash([]);
  }

  #at(x: number, y: number): [number, number] {
    return [x * this.unit[0], (SIZE - y) * this.unit[1]];
  }
}
