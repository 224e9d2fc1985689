// Learning curves as one SVG: training error on the left, test error on the right, a line per arm, a band of one
// standard error around it.

import { plotting } from "./plotting.js";

export interface Point {
  arm: string;
  set: "training error" | "test error";
  epoch: number;
  /** A fraction: the mean of the seeds, and its standard error. */
  mean: number;
  standardError: number;
}

/** Readable for the colour-blind (Okabe and Ito); dashes tell the lines apart as well. */
const STYLES = [
  { stroke: "#555555", dash: "1.5,3", width: 1.8 },
  { stroke: "#D98200", dash: "none", width: 2.6 },
  { stroke: "#0072B2", dash: "7,4", width: 1.8 },
];

export async function drawCurves(points: readonly Point[], title: string): Promise<string> {
  const { Plot, document } = await plotting();
  const arms = [...new Set(points.map(({ arm }) => arm))];
  const percent = points.map(({ mean, standardError, ...point }) => ({
    ...point,
    error: 100 * mean,
    low: 100 * (mean - standardError),
    high: 100 * (mean + standardError),
  }));
  const top = ceiling(percent);
  const last = Math.max(...points.map(({ epoch }) => epoch));
  const lines = arms.flatMap((arm, i) => {
    const own = percent.filter((point) => point.arm === arm);
    const { stroke, dash, width } = STYLES[i];
    const place = { x: "epoch", y: "error", fx: "set", stroke };
    return [
      Plot.areaY(own, {
        ...place,
        y: undefined,
        stroke: "none",
        y1: "low",
        y2: "high",
        clip: true,
        fill: stroke,
        fillOpacity: 0.2,
      }),
      Plot.line(own, { ...place, clip: true, strokeDasharray: dash, strokeWidth: width }),
      // A line of one point is nothing to be seen, and where it is dashed not even that.
      Plot.dot(
        own.filter(({ error }) => error <= top),
        { ...place, fill: stroke, r: 2.4 },
      ),
    ];
  });
  // A key in the corner that falling curves leave empty.
  const names = arms.map((arm, i) =>
    Plot.text([`${arm}: ${lastError(points, arm, last)}`], {
      fx: ["test error"],
      frameAnchor: "top-right",
      dx: -8,
      dy: 22 + 18 * i,
      fontSize: 13,
      fontWeight: "bold",
      fill: STYLES[i].stroke,
    }),
  );
  const svg = Plot.plot({
    document,
    width: 860,
    height: 420,
    marginTop: 66,
    marginLeft: 56,
    marginBottom: 48,
    style: { background: "white", color: "black", fontFamily: "sans-serif", fontSize: "13px" },
    fx: { label: null, domain: ["training error", "test error"] },
    x: {
      label: "epoch",
      domain: [0, last],
      ticks: wholeTicks(last),
      tickFormat: "d",
      labelArrow: "none",
      labelAnchor: "center",
      // Room for what hangs below the line: p.
      labelOffset: 42,
    },
    y: {
      label: "wrong, per cent",
      grid: true,
      domain: [0, top],
      labelArrow: "none",
      labelAnchor: "center",
    },
    marks: [Plot.frame({ stroke: "#bbbbbb" }), ...lines, ...names],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.insertAdjacentHTML(
    "beforeend",
    `<text x="56" y="24" font-size="15" font-weight="bold" text-anchor="start">${title}</text>`,
  );
  return `${svg.outerHTML}\n`;
}

/** About six of them: there is no epoch 2.4. */
function wholeTicks(last: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => last / size <= 8) ?? Math.ceil(last / 8);
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

// Untrained networks are wrong nine times in ten; of interest is what comes after.
function ceiling(percent: readonly { epoch: number; error: number; set: string }[]): number {
  const last = Math.max(...percent.map(({ epoch }) => epoch));
  const end = percent.filter(({ epoch, set }) => set === "test error" && epoch >= last / 2);
  return Math.min(100, Math.max(5, 5 * Math.ceil((2.2 * Math.max(...end.map(({ error }) => error))) / 5)));
}

/** An arm that ends before the others says when. */
function lastError(points: readonly Point[], arm: string, last: number): string {
  const { epoch, mean, standardError } = points
    .filter((point) => point.arm === arm && point.set === "test error")
    .at(-1)!;
  const error = `${(100 * mean).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;
  return epoch < last ? `${error} after ${epoch}` : error;
}
