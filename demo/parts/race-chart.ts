// The race's medians as bars, a group for each call, with whiskers over the middle half of the rounds.
import uPlot from "uplot";
import { spreadOf } from "../../bench/statistics.js";
import { CALLS, COLORS, ENTRANTS, STRATEGIES } from "../lab/race-entrants.js";
import type { Theme } from "../theme.js";
import type { Times } from "../words/race.js";
import { follow } from "./follow.js";

const GROUP = STRATEGIES.length + 1;
/** Where a bar stands: groups of four with a gap between. */
const PLACES = ENTRANTS.map(({ call, strategy }) => CALLS.indexOf(call) * GROUP + STRATEGIES.indexOf(strategy));
const MIDDLES = CALLS.map((_, i) => i * GROUP + (STRATEGIES.length - 1) / 2);

export class RaceChart {
  readonly #plot: uPlot;
  #times: Times = [];

  constructor(host: HTMLElement, theme: Theme) {
    const color = (name: `--${string}`) => () => theme.color(name);
    const axis = { stroke: color("--muted"), ticks: { show: false } };
    this.#plot = new uPlot(
      {
        width: host.clientWidth || 320,
        height: host.clientHeight || 260,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [-1, GROUP * CALLS.length - 1] },
          y: { range: () => [0, this.#top()] },
        },
        axes: [
          { ...axis, grid: { show: false }, splits: MIDDLES, values: () => [...CALLS], size: 28 },
          { ...axis, grid: { stroke: color("--line"), width: 1 }, label: "ms per call", labelSize: 20, size: 46 },
        ],
        series: [
          {},
          ...STRATEGIES.map((_, i) => ({
            fill: color(COLORS[i]),
            width: 0,
            points: { show: false },
            paths: uPlot.paths.bars!({ size: [0.86, 60] }),
          })),
        ],
        hooks: { draw: [(plot) => this.#drawWhiskers(plot, theme)] },
      },
      [PLACES, ...STRATEGIES.map(() => PLACES.map(() => null))],
      host,
    );
    follow(this.#plot, host, theme);
  }

  show(times: Times): void {
    this.#times = times;
    const medians = spreads(times).map(({ median }) => median);
    const series = STRATEGIES.map((strategy) =>
      ENTRANTS.map((entrant, i) => (entrant.strategy === strategy ? (medians[i] ?? null) : null)),
    );
    this.#plot.setData([PLACES, ...series]);
  }

  /** Room for the whiskers, which uPlot does not know of. */
  #top(): number {
    return 1.1 * Math.max(0, ...spreads(this.#times).map(({ q3 }) => q3)) || 1;
  }

  #drawWhiskers({ ctx, valToPos }: uPlot, theme: Theme): void {
    ctx.save();
    ctx.strokeStyle = theme.color("--text");
    ctx.lineWidth = 1.5 * devicePixelRatio;
    spreads(this.#times).forEach(({ q1, q3 }, i) => {
      const x = valToPos(PLACES[i], "x", true);
      const half = 4 * devicePixelRatio;
      const [low, high] = [q1, q3].map((value) => valToPos(value, "y", true));
      ctx.beginPath();
      for (const [fromX, fromY, toX, toY] of [
        [x, low, x, high],
        [x - half, low, x + half, low],
        [x - half, high, x + half, high],
      ]) {
        ctx.moveTo(fromX, fromY);
        ctx.lineTo(toX, toY);
      }
      ctx.stroke();
    });
    ctx.restore();
  }
}

/** Of every entrant's times; none before the first round. */
export function spreads(times: Times): ReturnType<typeof spreadOf>[] {
  return times.length === 0 ? [] : ENTRANTS.map((_, i) => spreadOf(times.map((round) => round[i])));
}
