// The course of a training run as one SVG: loss and error by epoch, of the training and of the validation rows.

import { plotting } from "./plotting.js";

export interface CoursePoint {
  epoch: number;
  set: "training" | "validation";
  what: "loss" | "error";
  value: number;
}

/** As in curves.ts: for the colour-blind, and dashes tell the lines apart as well. */
const STYLES = { training: ["#D98200", "none"], validation: ["#0072B2", "7,4"] } as const;

export async function drawCourse(points: readonly CoursePoint[], title: string): Promise<string> {
  const { Plot, document } = await plotting();
  const panel = (what: CoursePoint["what"], at: number): string => {
    const own = points.filter((point) => point.what === what && Number.isFinite(point.value));
    const marks = (["training", "validation"] as const).flatMap((set, i) => {
      const [stroke, dash] = STYLES[set];
      const line = own.filter((point) => point.set === set);
      const last = line.at(-1);
      if (!last) return [];
      const key = {
        frameAnchor: "top-right",
        dx: -8,
        dy: 8 + 18 * i,
        fontSize: 13,
        fontWeight: "bold",
        fill: stroke,
      } as const;
      return [
        Plot.line(line, { x: "epoch", y: "value", stroke, strokeDasharray: dash, strokeWidth: 2 }),
        Plot.dot(line, { x: "epoch", y: "value", fill: stroke, r: 1.8 }),
        Plot.text([`${set}: ${Number(last.value.toPrecision(4))}`], key),
      ];
    });
    const svg = Plot.plot({
      document,
      width: 430,
      height: 360,
      marginTop: 16,
      marginLeft: 56,
      marginBottom: 44,
      style: { background: "white", color: "black", fontFamily: "sans-serif", fontSize: "13px" },
      x: {
        label: "epoch",
        labelArrow: "none",
        labelAnchor: "center",
        tickFormat: (x: number) => (Number.isInteger(x) ? String(x) : ""),
      },
      y: { label: what, grid: true, zero: true, labelArrow: "none", labelAnchor: "center" },
      marks: [Plot.frame({ stroke: "#bbbbbb" }), ...marks],
    });
    svg.setAttribute("x", String(at));
    svg.setAttribute("y", "36");
    return svg.outerHTML;
  };
  const named = title.replace(/[<&]/g, (letter) => (letter === "<" ? "&lt;" : "&amp;"));
  const heading = `<text x="56" y="24" font-family="sans-serif" font-size="15" font-weight="bold">${named}</text>`;
  const size = 'width="870" height="400" viewBox="0 0 870 400"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect width="870" height="400" fill="white"/>${heading}${panel("loss", 0)}${panel("error", 435)}</svg>\n`;
}
