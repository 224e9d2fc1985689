// A chart is as large as its host and has the theme's colours, whatever becomes of either.
import type uPlot from "uplot";
import type { Theme } from "../theme.js";

export function follow(plot: uPlot, host: HTMLElement, theme: Theme): void {
  theme.addEventListener("themechange", () => plot.redraw());
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = host;
    if (width > 0) plot.setSize({ width, height });
  }).observe(host);
}
