// The running mean of z over random states, on a logarithmic axis of draws, with what it closes in on.
import uPlot from "uplot";
import { countsTo, type RunningMean } from "../running-mean.js";
import type { Theme } from "../theme.js";
import { follow } from "./follow.js";

/** Points of the curve: a few per doubling. */
const STEPS = 120;
/** How long the curve takes to unfold, in ms. */
const UNFOLDING = 1800;

export class MeanChart {
  readonly #plot: uPlot;
  readonly #counts: number[];
  #frame = 0;

  /** @param options.draws where the axis ends; `top` is the largest z */
  constructor(host: HTMLElement, theme: Theme, { draws, top }: { draws: number; top: number }) {
    this.#counts = countsTo(draws, STEPS);
    const color = (name: `--${string}`) => () => theme.color(name);
    const axis = { stroke: color("--muted"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
    this.#plot = new uPlot(
      {
        width: host.clientWidth || 320,
        height: host.clientHeight || 190,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, distr: 3, range: [1, draws] }, y: { range: [0, top] } },
        axes: [
          {
            ...axis,
            grid: { ...axis.grid, filter: onlyPowersOfTen },
            filter: onlyPowersOfTen,
            values: labels,
            label: "random states",
            labelSize: 18,
            size: 30,
          },
          { ...axis, size: 34 },
        ],
        series: [
          {},
          { stroke: color("--accent"), width: 0, points: { show: false } },
          { stroke: color("--accent"), width: 0, points: { show: false } },
          { stroke: color("--accent"), width: 2, points: { show: false } },
          { stroke: color("--without"), width: 1.5, dash: [6, 4], points: { show: false } },
        ],
        bands: [{ series: [1, 2], fill: () => `${theme.color("--accent")}26` }],
      },
      [this.#counts, [], [], [], []],
      host,
    );
    follow(this.#plot, host, theme);
  }

  /**
   * Draws `mean` up to the end of the axis and shows how it got there. Unfolding takes a moment; else it is there at
   * once.
   */
  draw(mean: RunningMean, expected: number, unfold: boolean): void {
    cancelAnimationFrame(this.#frame);
    const counts = this.#counts;
    const [upper, lower, path]: number[][] = [[], [], []];
    for (const count of counts) {
      mean.drawTo(count);
      path.push(mean.mean);
      upper.push(mean.mean + 2 * mean.standardError);
      lower.push(mean.mean - 2 * mean.standardError);
    }
    const line = counts.map(() => expected);
    const show = (points: number) => {
      const part = (values: number[]) => values.map((value, i) => (i < points ? value : null));
      this.#plot.setData([counts, part(upper), part(lower), part(path), line]);
    };
    if (!unfold) {
      show(counts.length);
      return;
    }
    const begin = performance.now();
    const step = (now: number) => {
      const points = Math.ceil(counts.length * Math.min(1, Math.max(0, now - begin) / UNFOLDING));
      show(points);
      if (points < counts.length) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }
}

/** Lines and labels at every digit of a logarithmic axis would be a fence. */
function onlyPowersOfTen(_: uPlot, ticks: number[]): (number | null)[] {
  return ticks.map((value) => (Number.isInteger(Math.log10(value)) ? value : null));
}

function labels(_: uPlot, ticks: (number | null)[]): string[] {
  return ticks.map((value) => value?.toLocaleString("en-US") ?? "");
}
