// What draws of a regression came to, as sections of a report: what was asked, what came, and how to read it.

import type { AveragedError } from "../lab/averaging.js";
import { auroc, fpr95 } from "../scores/index.js";
import { showError } from "./numbers.js";
import { drawChart, histogram, type Section } from "./page.js";
import type { Plotting } from "./plotting.js";
import { share, strangeText } from "./reliability.js";

export interface NumbersResult {
  model: string;
  data: string;
  /** The target's name. */
  target: string;
  rows: number;
  draws: number;
  seed: number;
  weightScalingError: number;
  /** Root mean squared errors, in the target's own units, as all that follows. */
  averaged: AveragedError[];
  /**
   * How often intervals of so many deviations around the mean hold the truth; `calibrated` where the model was
   * calibrated for that share.
   */
  coverage: { promised: number; dropout: number; calibrated: number | null; width: number }[];
  /**
   * Fifths of the rows, from the least doubtful: their deviation, error, and how often 90 % (or the calibrated share)
   * is kept.
   */
  fifths: { deviation: number; error: number; dropout: number; calibrated: number | null }[];
  promised: number;
  /** The error among the share of rows that is doubted least. */
  kept: { kept: number; error: number }[];
  /** Every row's deviation, of rows as they are and of rows made strange. */
  kinds: { rows: string; deviations: number[] }[];
}

export function numbersTable({ averaged, weightScalingError, target }: NumbersResult): string[][] {
  return [
    ["thinned networks averaged", "groups", `RMSE of ${target}`, "± between groups"],
    ...averaged.map(({ k, groups, error, standardDeviation }) => [
      String(k),
      String(groups),
      showError(error, "regress"),
      showError(standardDeviation, "regress"),
    ]),
    ["weight scaling", "", showError(weightScalingError, "regress"), ""],
  ];
}

export function coverageTable({ coverage }: Pick<NumbersResult, "coverage">): string[][] {
  return [
    ["promised", "held by dropout alone", "calibrated", "width, mean"],
    ...coverage.map(({ promised, dropout, calibrated, width }) => [
      share(promised),
      share(dropout),
      calibrated === null ? "–" : share(calibrated),
      showError(width, "regress"),
    ]),
  ];
}

export function numbersSections(result: NumbersResult, libraries: Plotting): Section[] {
  return [
    averagingSection(result, libraries),
    coverageSection(result, libraries),
    widthSection(result, libraries),
    keptSection(result, libraries),
    strangeSection(result, libraries),
  ];
}

function averagingSection(result: NumbersResult, libraries: Plotting): Section {
  const { averaged, weightScalingError, target } = result;
  const last = averaged[averaged.length - 1];
  return {
    title: "Averaging against weight scaling",
    text: [
      `Weight scaling asks one network; averaging asks k thinned ones. Read where the line comes down to the dashed one: here ${last.k} have an error of ${showError(last.error, "regress")}, weight scaling ${showError(weightScalingError, "regress")}.`,
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: averaged.map(({ k, error, standardDeviation }) => ({
            x: k,
            y: error,
            low: Math.max(0, error - (standardDeviation ?? 0)),
            high: error + (standardDeviation ?? 0),
            series: "Monte-Carlo",
          })),
          x: {
            label: "thinned networks averaged",
            type: "log",
            ticks: averaged.map(({ k }) => k).filter((k) => /^[125]0*$/.test(`${k}`)),
          },
          y: { label: `RMSE of ${target}`, zero: false },
          rule: { y: weightScalingError, name: "weight scaling" },
        }),
        caption: "Means over disjoint groups of k draws; a bar is one standard deviation between groups either way.",
      },
    ],
    table: numbersTable(result),
  };
}

function coverageSection(result: NumbersResult, libraries: Plotting): Section {
  const { coverage } = result;
  const at = coverage.find(({ promised }) => promised === result.promised) ?? coverage[coverage.length - 1];
  const calibrated = coverage.filter((row) => row.calibrated !== null);
  const line = (series: string, y: (row: (typeof coverage)[number]) => number, rows = coverage) =>
    rows.map((row) => ({ x: 100 * row.promised, y: 100 * y(row), series }));
  return {
    title: "Do intervals keep what they promise?",
    text: [
      `Read how far a line is from the grey one: below it, intervals hold the truth less often than they promise. Dropout's deviation knows nothing of noise, so alone it holds ${share(at.dropout)} where it promises ${share(at.promised)}.`,
      calibrated.length > 0
        ? `Calibrated intervals hold ${calibrated.map((row) => `${share(row.calibrated!)} of ${share(row.promised)}`).join(", ")}.`
        : "The model was not calibrated; thinned calibrate makes intervals that keep their promise.",
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: [
            ...line("as promised", ({ promised }) => promised),
            ...line("dropout alone", ({ dropout }) => dropout),
            ...line("calibrated", (row) => row.calibrated!, calibrated),
          ],
          x: { label: "promised, per cent" },
          y: { label: "truths inside, per cent" },
        }),
        caption:
          "Dropout alone: the mean of the draws and so many of their standard deviations, as of a normal distribution.",
      },
    ],
    table: coverageTable(result),
  };
}

function widthSection({ fifths, promised }: NumbersResult, libraries: Plotting): Section {
  const calibrated = fifths.every((row) => row.calibrated !== null);
  return {
    title: "Coverage by width",
    text: [
      `Rows in fifths, from the least doubtful to the most. Read whether a line is level: where it falls to one side, ${share(promised)} is an average that some rows pay for.`,
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: [
            ...fifths.map(({ dropout }, i) => ({ x: i + 1, y: 100 * dropout, series: "dropout alone" })),
            ...(calibrated
              ? fifths.map((row, i) => ({ x: i + 1, y: 100 * row.calibrated!, series: "calibrated" }))
              : []),
          ],
          x: { label: "fifth of the rows, by dropout's deviation", ticks: [1, 2, 3, 4, 5] },
          y: { label: "truths inside, per cent" },
          rule: { y: 100 * promised, name: "promised" },
        }),
        caption: `How often intervals of ${share(promised)} hold the truth, in each fifth.`,
      },
    ],
    table: [
      ["fifth", "deviation, mean", "RMSE", "dropout alone", "calibrated"],
      ...fifths.map(({ deviation, error, dropout, calibrated: held }, i) => [
        String(i + 1),
        showError(deviation, "regress"),
        showError(error, "regress"),
        share(dropout),
        held === null ? "–" : share(held),
      ]),
    ],
  };
}

function keptSection({ kept, rows }: NumbersResult, libraries: Plotting): Section {
  const [all, half] = [kept[0], kept[kept.length - 1]];
  return {
    title: "Knowing when not to answer",
    text: [
      `Read whether the line falls to the left: then doubt knows where the errors are. Here the error is ${showError(all.error, "regress")} among all ${rows.toLocaleString("en-US")} rows and ${showError(half.error, "regress")} among the half that is doubted least.`,
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: kept.map(({ kept, error }) => ({ x: 100 * kept, y: error, series: "Monte-Carlo" })),
          x: { label: "rows kept, per cent" },
          y: { label: "RMSE among them" },
        }),
        caption: "Risk by coverage: the rows with the largest deviation are set aside first.",
      },
    ],
  };
}

function strangeSection({ kinds, draws }: NumbersResult, libraries: Plotting): Section {
  const most = Math.max(1e-9, ...kinds.flatMap(({ deviations }) => deviations));
  const [known, ...others] = kinds;
  return {
    title: "Known rows and strange ones",
    text: [
      strangeText(
        "deviation",
        others.map(({ rows, deviations }) => ({
          name: rows,
          auroc: auroc(known.deviations, deviations),
          fpr95: fpr95(known.deviations, deviations),
        })),
      ),
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: kinds.flatMap(({ rows, deviations }) =>
            histogram(deviations, 24, most).map((point) => ({ ...point, series: rows })),
          ),
          x: { label: "standard deviation of a row's draws" },
          y: { label: "per cent of the rows" },
          bars: true,
        }),
        caption: `How much ${draws} thinned networks disagree about rows as they are, and about rows made strange.`,
      },
    ],
  };
}
