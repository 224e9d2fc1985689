// Dots over two axes, and the line that they should lie on.
import type { Plotting } from "./plotting.js";

export interface Scatter {
  dots: readonly { x: number; y: number }[];
  x: string;
  y: string;
  /** y = x, or y = 0. */
  line: "diagonal" | "zero";
}

export function drawScatter({ Plot, document }: Plotting, { dots, x, y, line }: Scatter): string {
  const values = dots.flatMap((dot) => (line === "diagonal" ? [dot.x, dot.y] : [dot.x]));
  const ends = [Math.min(...values), Math.max(...values)];
  const rule = ends.map((end) => ({ x: end, y: line === "diagonal" ? end : 0 }));
  const axis = { labelArrow: "none", labelAnchor: "center", nice: true } as const;
  const svg = Plot.plot({
    document,
    width: 540,
    height: 380,
    marginLeft: 70,
    marginBottom: 48,
    marginTop: 16,
    style: { background: "none", color: "inherit", fontFamily: "system-ui, sans-serif", fontSize: "14px" },
    x: { label: x, labelOffset: 42, ...axis },
    y: { label: y, labelOffset: 62, grid: true, ...axis },
    marks: [
      Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 }),
      Plot.line(rule, { x: "x", y: "y", stroke: "var(--blue)", strokeWidth: 2, strokeDasharray: "6,3" }),
      Plot.dot(dots, { x: "x", y: "y", r: 2.2, fill: "var(--orange)", fillOpacity: 0.55 }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${y} by ${x}`);
  return svg.outerHTML;
}
