// Training and test error over epochs: one network's two curves.
import uPlot from "uplot";
import type { Theme } from "../lab.js";
import type { Point } from "./duel.js";

const HEIGHT = 236;

export class ErrorChart {
  readonly #plot: uPlot;
  readonly #host: HTMLElement;
  #top = 1;

  /** @param colour the custom property of this network's colour */
  constructor(host: HTMLElement, theme: Theme, colour: `--${string}`) {
    this.#host = host;
    const text = () => theme.color("--muted");
    const axis = { stroke: text, font: "12px system-ui, sans-serif", ticks: { show: false } };
    const grid = { stroke: () => theme.color("--line"), width: 1 };
    this.#plot = new uPlot(
      {
        width: Math.max(200, host.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_, __, max) => [0, Math.max(10, max)] },
          y: { range: () => [0, this.#top] },
        },
        axes: [
          {
            ...axis,
            label: "epoch",
            labelSize: 16,
            labelGap: 0,
            labelFont: axis.font,
            grid: { show: false },
            size: 26,
            gap: 4,
            space: 60,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
          },
          {
            ...axis,
            grid,
            size: 44,
            gap: 4,
            values: (_, ticks) => ticks.map((tick) => `${Math.round(100 * tick)} %`),
            incrs: [0.01, 0.02, 0.05, 0.1, 0.2],
          },
        ],
        series: [
          {},
          {
            label: "training error",
            stroke: () => theme.color(colour),
            width: 2,
            dash: [5, 4],
            points: { show: false },
          },
          { label: "test error", stroke: () => theme.color(colour), width: 2.5, points: { show: false } },
        ],
      },
      [[], [], []],
      host,
    );
    new ResizeObserver(() => this.#fit()).observe(host);
    theme.addEventListener("themechange", () => this.#plot.redraw());
  }

  /** @param top the error at the top of the axis; curves come down into it */
  draw(points: readonly Point[], top: number): void {
    this.#top = top;
    this.#plot.setData([
      points.map(({ epoch }) => epoch),
      points.map(({ seen }) => seen),
      points.map(({ test }) => test),
    ]);
  }

  #fit(): void {
    const width = this.#host.clientWidth;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

/**
 * Where both charts' axes end: so that the latest test errors, which matter, lie in their lower half, and no curve
 * stays outside for longer than the first third of its way.
 */
export function topOf(...curves: readonly (readonly Point[])[]): number {
  const latest = Math.max(...curves.map((points) => points.at(-1)?.test ?? 0));
  const later = curves.flatMap((points) => points.slice(Math.floor(points.length / 3)));
  const highest = Math.max(0, ...later.flatMap(({ seen, test }) => [seen, test]));
  if (highest === 0) return 0.5;
  return Math.min(1, Math.max(0.1, Math.ceil(25 * latest) / 10, Math.ceil(10 * highest) / 10));
}
