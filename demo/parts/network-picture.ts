// A network as nodes and edges. What the last step dropped is an empty ring without edges.
import type { ArmPicture } from "../lab/plane-pictures.js";
import { pencilOf, type Theme } from "../theme.js";

type Units = Pick<ArmPicture, "kept" | "weights">;

export class NetworkView {
  #units: Units | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly theme: Theme,
    readonly color: `--${string}`,
  ) {
    new ResizeObserver(() => this.#paint()).observe(canvas);
    theme.addEventListener("themechange", () => this.#paint());
  }

  draw(units: Units): void {
    this.#units = units;
    this.#paint();
  }

  #paint(): void {
    const pencil = pencilOf(this.canvas);
    if (!pencil || !this.#units) return;
    const { kept, weights } = this.#units;
    const outputs = weights.at(-1)!.length / kept.at(-1)!.length;
    const inputs = weights[0].length / kept[0].length;
    const layers = [new Uint8Array(inputs).fill(1), ...kept, new Uint8Array(outputs).fill(1)];
    const places = layers.map((layer, i) => this.#column(layer.length, i, layers.length));
    pencil.strokeStyle = pencil.fillStyle = this.theme.color(this.color);
    weights.forEach((weight, l) => {
      this.#edges(pencil, weight, [layers[l], layers[l + 1]], [places[l], places[l + 1]]);
    });
    layers.forEach((layer, l) => {
      this.#nodes(pencil, layer, places[l]);
    });
  }

  /** Where a layer's units stand: one above the other, in two or more columns where they are many. */
  #column(units: number, layer: number, layers: number): [number, number][] {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const columns = Math.ceil(units / 16);
    const rows = Math.ceil(units / columns);
    const middle = 8 + ((width - 16) * layer) / (layers - 1);
    return Array.from({ length: units }, (_, i) => {
      const column = i % columns;
      const x = middle + (column - (columns - 1) / 2) * Math.min(14, width / 6 / columns);
      const spread = rows < 6 ? 0.5 : 0.94;
      const stagger = columns > 1 ? (column % 2) / 2 - 0.25 : 0;
      const y = height * (0.5 + spread * ((Math.floor(i / columns) + 0.5 + stagger) / rows - 0.5));
      return [x, y];
    });
  }

  /** The stronger, the more visible; faint ones are left out. */
  #edges(
    pencil: CanvasRenderingContext2D,
    weight: Float32Array,
    [from, to]: Uint8Array[],
    places: [number, number][][],
  ) {
    const strongest = weight.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9);
    const [starts, ends] = places;
    const shades = Array.from({ length: 4 }, () => new Path2D());
    for (let o = 0; o < to.length; o++) {
      for (let i = 0; i < from.length; i++) {
        const strength = Math.abs(weight[o * from.length + i]) / strongest;
        if (!from[i] || !to[o] || strength < 0.12) continue;
        const path = shades[Math.min(3, Math.floor(4 * strength))];
        path.moveTo(...starts[i]);
        path.lineTo(...ends[o]);
      }
    }
    shades.forEach((path, i) => {
      pencil.globalAlpha = 0.1 + 0.17 * i;
      pencil.lineWidth = 0.6 + 0.3 * i;
      pencil.stroke(path);
    });
    pencil.globalAlpha = 1;
  }

  #nodes(pencil: CanvasRenderingContext2D, layer: Uint8Array, places: [number, number][]): void {
    const room = this.canvas.clientHeight / Math.max(10, Math.min(16, layer.length));
    const radius = Math.max(1.4, Math.min(6, 0.36 * room));
    pencil.lineWidth = 1;
    layer.forEach((keep, i) => {
      const [x, y] = places[i];
      pencil.beginPath();
      pencil.arc(x, y, radius, 0, 2 * Math.PI);
      pencil.globalAlpha = keep ? 1 : 0.45;
      if (keep) pencil.fill();
      else pencil.stroke();
    });
    pencil.globalAlpha = 1;
  }
}
