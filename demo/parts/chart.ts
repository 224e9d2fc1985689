// Curves with bands, an axis of fractions in per cent, and values on hover and by keyboard: every chart of errors on
// the page.
import type uPlot from "uplot";
import type { Theme } from "../theme.js";

export interface Curve {
  /**
   * As the values are told: "new points, with dropout". Empty for what is only there to be seen, such as an earlier
   * run.
   */
  name: string;
  /** Custom property of its colour. */
  color: `--${string}`;
  y: (number | null)[];
  /** The band around it. */
  low?: (number | null)[];
  high?: (number | null)[];
  dashed?: boolean;
  ghost?: boolean;
}

export interface ChartOptions {
  xTitle: string;
  yTitle: string;
  /** What an x is called where values are told: `step 400`. */
  nameX(x: number): string;
  /** Where the horizontal axis ends, at least. */
  xTo: number;
  /** Where values that somebody points at are told. */
  readout: HTMLElement;
  /** The values along x are in per cent as well. */
  xPercent?: boolean;
}

/** What draws the curves. It is half of the page's script, and there is nothing to draw before a first answer. */
let library: Promise<typeof uPlot> | null = null;

function load(): Promise<typeof uPlot> {
  library ??= import("uplot").then((module) => module.default);
  return library;
}

export class Chart {
  readonly #host: HTMLElement;
  readonly #theme: Theme;
  readonly #options: ChartOptions;
  #Plot: typeof uPlot | null = null;
  #plot: uPlot | null = null;
  #shape = "";
  #x: number[] = [];
  #curves: readonly Curve[] = [];
  #top = 0.5;
  #resting: string;

  constructor(host: HTMLElement, theme: Theme, options: ChartOptions) {
    [this.#host, this.#theme, this.#options] = [host, theme, options];
    this.#resting = options.readout.textContent ?? "";
    host.addEventListener("keydown", (event) => this.#key(event));
    host.addEventListener("blur", () => this.#point(null));
    theme.addEventListener("themechange", () => this.#plot?.redraw());
    new ResizeObserver(() => this.#fit()).observe(host);
    this.#tell(null);
  }

  /** @param xs ascending, the same for all curves */
  draw(xs: number[], curves: readonly Curve[], top = topOf(curves)): void {
    [this.#x, this.#curves, this.#top] = [xs, curves, top];
    this.#host.ariaValueMin = "0";
    this.#host.ariaValueMax = String(Math.max(0, xs.length - 1));
    this.#paint();
    this.#tell(this.#plot?.cursor.idx ?? null);
  }

  #paint(): void {
    if (!this.#Plot) {
      this.#begin();
      return;
    }
    const shape = this.#curves.map(({ color, dashed, ghost, low }) => `${color} ${dashed} ${ghost} ${!low}`).join();
    if (shape !== this.#shape || !this.#plot) {
      this.#shape = shape;
      this.#plot?.destroy();
      this.#plot = this.#create(this.#Plot);
    }
    this.#plot.setData(this.#data());
  }

  /** Draws what there is to draw when the library has come. */
  async #begin(): Promise<void> {
    const Plot = await load().catch(() => null);
    if (this.#Plot) return;
    if (Plot) {
      this.#Plot = Plot;
      this.#paint();
    } else {
      library = null;
      this.#options.readout.textContent = "The curves could not be loaded. Are you offline?";
    }
  }

  #data(): uPlot.AlignedData {
    const columns = this.#curves.flatMap(({ y, low, high }) => (low && high ? [high, low, y] : [y]));
    return [this.#x, ...columns] as uPlot.AlignedData;
  }

  #create(Plot: typeof uPlot): uPlot {
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const { color, dashed, ghost, low } of this.#curves) {
      const stroke = () => this.#theme.color(color);
      if (low) {
        const edge = { stroke, width: 0, points: { show: false } };
        bands.push({ series: [series.length, series.length + 1], fill: () => this.#theme.color(`${color}-soft`) });
        series.push(edge, edge);
      }
      const width = ghost ? 1.25 : dashed ? 2 : 3;
      const look = { alpha: ghost ? 0.4 : 1, ...(dashed && { dash: [6, 5] }) };
      series.push({ stroke, width, points: { show: false }, ...look });
    }
    const { clientWidth, clientHeight } = this.#host;
    const plot = new Plot(
      {
        width: clientWidth || 320,
        height: clientHeight || 220,
        legend: { show: false },
        cursor: { y: false, drag: { setScale: false, x: false }, points: { show: this.#curves.length > 0 } },
        scales: {
          x: { time: false, range: (_, __, max) => [0, Math.max(this.#options.xTo, max ?? 0)] },
          y: { range: () => [0, this.#top] },
        },
        axes: this.#axes(),
        series,
        bands,
        hooks: { setCursor: [({ cursor }) => this.#tell(cursor.idx ?? null)] },
      },
      this.#data(),
      this.#host,
    );
    return plot;
  }

  #axes(): uPlot.Axis[] {
    const { xTitle, yTitle, xPercent } = this.#options;
    const font = "14px system-ui, sans-serif";
    const color = (name: `--${string}`) => () => this.#theme.color(name);
    const axis = { stroke: color("--muted"), font, labelFont: font, ticks: { show: false }, gap: 4, labelGap: 0 };
    const grid = { stroke: color("--line"), width: 1 };
    const percent = (_: uPlot, ticks: number[]) => ticks.map((tick) => `${Math.round(100 * tick)} %`);
    return [
      {
        ...axis,
        grid: { show: false },
        label: xTitle,
        labelSize: 20,
        size: 26,
        space: 60,
        ...(xPercent ? { values: percent } : { incrs: this.#options.xTo > 1 ? WHOLE : TENTHS }),
      },
      { ...axis, grid, label: yTitle, labelSize: 22, size: 46, space: 34, values: percent },
    ];
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const plot = this.#plot;
    if (plot && width > 0 && (width !== plot.width || height !== plot.height)) plot.setSize({ width, height });
  }

  /** Arrow keys, Home and End walk along the curves. */
  #key(event: KeyboardEvent): void {
    const last = this.#x.length - 1;
    const now = this.#plot?.cursor.idx ?? last;
    const big = Math.max(1, Math.round(last / 10));
    const moves: Record<string, number> = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      PageDown: now - big,
      PageUp: now + big,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#point(Math.min(last, Math.max(0, to)));
  }

  #point(index: number | null): void {
    const plot = this.#plot;
    if (!plot) return;
    const left = index === null ? -10 : plot.valToPos(this.#x[index], "x");
    plot.setCursor({ left, top: index === null ? -10 : 10 });
  }

  #tell(index: number | null): void {
    const { readout, nameX } = this.#options;
    const host = this.#host;
    const named = this.#curves.filter(({ name }) => name);
    const at = index !== null && index < this.#x.length ? index : null;
    const shown = at ?? this.#x.length - 1;
    const values = (i: number) =>
      named.flatMap(({ name, y }) => (y[i] == null ? [] : [`${name} ${(100 * y[i]).toFixed(1)} %`])).join(" · ");
    host.ariaValueNow = String(Math.max(0, shown));
    host.ariaValueText =
      shown < 0 || named.length === 0 ? "no curves yet" : `${nameX(this.#x[shown])}: ${values(shown)}`;
    const text = at === null || named.length === 0 ? this.#resting : `${nameX(this.#x[at])}: ${values(at)}`;
    if (readout.textContent !== text) readout.textContent = text;
  }
}

/** Distances between the marks of an axis: of steps, and of what lies between 0 and 1. */
const WHOLE = [0, 1, 2, 3, 4].flatMap((e) => [1, 2, 5].map((n) => n * 10 ** e));
const TENTHS = [0.1, 0.2, 0.5, 1];

/**
 * So that the latest values lie in the lower two thirds, and no curve stays outside for longer than the first third of
 * its way.
 */
export function topOf(curves: readonly Pick<Curve, "y" | "high" | "ghost">[]): number {
  const all = curves.filter(({ ghost }) => !ghost).map(({ y, high }) => (high ?? y).filter((v) => v !== null));
  const latest = Math.max(0, ...all.map((y) => y.at(-1) ?? 0));
  const later = Math.max(0, ...all.flatMap((y) => y.slice(Math.floor(y.length / 3))));
  if (later === 0) return 0.5;
  return Math.min(1, Math.max(0.1, Math.ceil(13 * latest) / 10, Math.ceil(10.5 * later) / 10));
}
