// Is 90 % sure right nine times in ten? The section on probabilities, and words that both reports share.

import type { Bin } from "../scores/index.js";
import { showError } from "./numbers.js";
import { drawChart, type Section } from "./page.js";
import type { Plotting } from "./plotting.js";

export interface Reliability {
  /** `Monte-Carlo`, or `weight scaling`. */
  name: string;
  bins: Bin[];
  calibrationError: number;
  logLoss: number;
}

/** 0.9 → 90 %, 0.975 → 97.5 %. */
export function share(fraction: number): string {
  return `${Number((100 * fraction).toFixed(1))} %`;
}

export function reliabilityTable(answers: readonly Reliability[]): string[][] {
  return [
    ["answers of", "log loss", "calibration error"],
    ...answers.map(({ name, calibrationError, logLoss }) => [
      name,
      logLoss.toPrecision(4),
      showError(calibrationError, "classify"),
    ]),
  ];
}

export function reliabilitySection(answers: readonly Reliability[], libraries: Plotting): Section {
  const [first] = answers;
  const top = first.bins[first.bins.length - 1];
  const side = top.accuracy < top.confidence ? "too sure" : "not sure enough";
  return {
    title: "Is 90 % sure right nine times in ten?",
    text: [
      `Read how far a line is from the grey one: below it, answers are surer than they are right. The surest answers of ${first.name}, ${share(top.confidence)} on average, are right in ${share(top.accuracy)}: ${side}.`,
      "Where that matters, thinned calibrate --temperature mends most of it.",
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: [
            ...first.bins.map(({ confidence }) => ({
              x: 100 * confidence,
              y: 100 * confidence,
              series: "as sure as right",
            })),
            ...answers.flatMap(({ name, bins }) =>
              bins.map(({ confidence, accuracy }) => ({ x: 100 * confidence, y: 100 * accuracy, series: name })),
            ),
          ],
          x: { label: "probability of the answer, per cent" },
          y: { label: "right, per cent" },
        }),
        caption: "Reliability diagram (Guo et al. 2017): ten bins of as many answers each.",
      },
    ],
    table: reliabilityTable(answers),
  };
}

/** How well one number tells strange inputs from known ones. */
export function strangeText(what: string, kinds: readonly { name: string; auroc: number; fpr95: number }[]): string {
  if (kinds.length === 0) return "";
  const each = kinds.map(({ name, auroc }) => `${name} ${auroc.toFixed(3)}`).join(", ");
  const taken = kinds.map(({ fpr95 }) => share(fpr95)).join(" and ");
  return `Read how little the outlines overlap. How often a strange one's ${what} is above a known one's (AUROC; 0.5 is guessing): ${each}. Where 95 % of them are found, ${taken} of the known ones are taken for strange.`;
}
