// The picture of `npm run bench:mnist`: test error against seconds of training, a line per network, a dot per epoch.

import { escapeHtml } from "#thinned/report/page.js";
import { plotting } from "#thinned/report/plotting.js";

export interface Point {
  arm: string;
  epoch: number;
  /** Of training alone, since the beginning. */
  seconds: number;
  /** Per cent of the test digits. */
  error: number;
}

/**
 * Lines can be told apart without colours, as in the other pictures: the first arm's is whole, the second one's dotted.
 */
const STYLES = [
  { stroke: "#D98200", dash: "none", width: 2.6, fill: "#D98200" },
  { stroke: "#555555", dash: "1.5,3", width: 1.8, fill: "white" },
];
const LEFT = 60;

/** `notes` stand below the title. */
export async function drawClock(points: readonly Point[], title: string, notes: readonly string[]): Promise<string> {
  const { Plot, document } = await plotting();
  const arms = [...new Set(points.map(({ arm }) => arm))].map((name, i) => {
    const own = points.filter(({ arm }) => arm === name);
    return { name, own, last: own[own.length - 1], style: STYLES[i] };
  });
  const [lowest, highest] = range(points);
  // Above the frame's upper edge nothing is drawn: a first epoch that is wrong three times as often would flatten all
  // that follows.
  const seen = (own: readonly Point[]) => own.filter(({ error }) => error <= highest);
  const svg = Plot.plot({
    document,
    width: 860,
    height: 460,
    marginTop: 60 + 18 * notes.length,
    marginLeft: LEFT,
    marginBottom: 48,
    marginRight: 24,
    style: { background: "white", color: "black", fontFamily: "sans-serif", fontSize: "13px" },
    x: {
      label: "seconds of training (testing not counted)",
      labelArrow: "none",
      labelAnchor: "center",
      domain: [0, 1.02 * Math.max(...points.map(({ seconds }) => seconds))],
    },
    y: {
      label: "test digits wrong, per cent",
      labelArrow: "none",
      labelAnchor: "center",
      grid: true,
      domain: [lowest, highest],
    },
    marks: [
      Plot.frame({ stroke: "#bbbbbb" }),
      ...arms.flatMap(({ own, style: { stroke, dash, width, fill } }) => [
        Plot.line(own, { x: "seconds", y: "error", stroke, strokeDasharray: dash, strokeWidth: width, clip: true }),
        Plot.dot(seen(own), { x: "seconds", y: "error", stroke, fill, r: 3.2 }),
      ]),
      // A key in the corner that falling curves leave empty.
      ...arms.map(({ name, last, style }, i) =>
        Plot.text([`${name}: ${last.error.toFixed(2)} % after ${last.epoch} epochs, ${last.seconds.toFixed(0)} s`], {
          frameAnchor: "top-right",
          dx: -10,
          dy: 12 + 20 * i,
          fontSize: 14,
          fontWeight: "bold",
          fill: style.stroke,
        }),
      ),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const lines = [
    `<text x="${LEFT}" y="26" font-size="16" font-weight="bold" text-anchor="start">${escapeHtml(title)}</text>`,
    ...notes.map(
      (note, i) => `<text x="${LEFT}" y="${48 + 18 * i}" fill="#444444" text-anchor="start">${escapeHtml(note)}</text>`,
    ),
  ];
  svg.insertAdjacentHTML("beforeend", lines.join(""));
  return `${svg.outerHTML}\n`;
}

/** From just below the lowest error to three times it, in half per cents: room for what is of interest, the end. */
function range(points: readonly Point[]): [number, number] {
  const lowest = Math.min(...points.map(({ error }) => error));
  return [Math.floor(2 * lowest - 0.2) / 2, Math.ceil(2 * 3 * lowest) / 2];
}
