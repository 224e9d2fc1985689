// What averaging and disagreement came to, as sections of a report: what was asked, what came, and how to read it.

import type { AveragedError } from "../lab/averaging.js";
import { auroc, fpr95 } from "../scores/index.js";
import { imageGrid } from "./images.js";
import { showError } from "./numbers.js";
import { drawChart, histogram, type Section } from "./page.js";
import type { Plotting } from "./plotting.js";
import { type Reliability, reliabilitySection, strangeText } from "./reliability.js";

export interface Doubt {
  images: string;
  rows: number;
  error: number;
  /** Means over the rows. */
  entropy: number;
  mutualInformation: number;
  /** Of each row. */
  mutualInformations: number[];
}

export interface UncertaintyResult {
  model: string;
  data: string;
  rows: number;
  draws: number;
  seed: number;
  weightScalingError: number;
  averaged: AveragedError[];
  doubt: Doubt[];
  /** Of probabilities of one choice; none otherwise. */
  reliability: Reliability[];
  /** Error among the samples that are left when the most doubtful were set aside. */
  certain: { kept: number; error: number }[];
}

/** The first few images of each kind, ink from 0 to 1. */
export interface Examples {
  shape: [number, number] | null;
  examples: Float32Array[];
}

export function averagedTable({ averaged, weightScalingError }: UncertaintyResult): string[][] {
  return [
    ["thinned networks averaged", "groups", "test error", "± between groups"],
    ...averaged.map(({ k, groups, error, standardDeviation }) => [
      String(k),
      String(groups),
      percent(error),
      showError(standardDeviation, "classify"),
    ]),
    ["weight scaling", "", percent(weightScalingError), ""],
  ];
}

export function doubtTable({ doubt }: Pick<UncertaintyResult, "doubt">): string[][] {
  return [
    ["samples", "test error", "entropy, nats", "mutual information, nats"],
    ...doubt.map((row) => [row.images, percent(row.error), row.entropy.toFixed(4), row.mutualInformation.toFixed(4)]),
  ];
}

export function sectionsOf(result: UncertaintyResult, pictures: Examples, libraries: Plotting): Section[] {
  return [
    averagingSection(result, libraries),
    ...(result.reliability.length > 0 ? [reliabilitySection(result.reliability, libraries)] : []),
    doubtSection(result, pictures, libraries),
    certainSection(result, libraries),
  ];
}

function averagingSection(result: UncertaintyResult, libraries: Plotting): Section {
  const { averaged, weightScalingError } = result;
  const met = averaged.find(({ error }) => error <= weightScalingError);
  const last = averaged[averaged.length - 1];
  const picture = drawChart(libraries, {
    rows: averaged.map(({ k, error, standardDeviation }) => {
      const spread = standardDeviation ?? 0;
      return {
        x: k,
        y: 100 * error,
        low: 100 * Math.max(0, error - spread),
        high: 100 * Math.min(1, error + spread),
        series: "Monte-Carlo",
      };
    }),
    x: {
      label: "thinned networks averaged",
      type: "log",
      ticks: averaged.map(({ k }) => k).filter((k) => /^[125]0*$/.test(`${k}`)),
    },
    y: { label: "test error, per cent", zero: false },
    rule: { y: 100 * weightScalingError, name: "weight scaling" },
  });
  return {
    title: "Averaging against weight scaling",
    text: [
      "Weight scaling asks one network; averaging asks k thinned ones, which costs k times as much. Srivastava et al. 2014, figure 11.",
      met
        ? `Here one thinned network errs on ${percent(averaged[0].error)}, the average of ${last.k} on ${percent(last.error)}; ${met.k === 1 ? "a single one is already" : `${met.k} are the first to be`} as good as weight scaling, ${percent(weightScalingError)}.`
        : `Here one thinned network errs on ${percent(averaged[0].error)}, the average of ${last.k} on ${percent(last.error)}; no number of them that was tried is as good as weight scaling, ${percent(weightScalingError)}.`,
    ],
    figures: [
      {
        picture,
        caption:
          "Means over disjoint groups of k draws; a bar is one standard deviation between groups either way. Where there is one group there is none.",
      },
    ],
    table: averagedTable(result),
  };
}

function doubtSection(
  { doubt, draws }: UncertaintyResult,
  { shape, examples }: Examples,
  libraries: Plotting,
): Section {
  const figures: Section["figures"] = [];
  if (shape && examples.length > 0) {
    const [height, width] = shape;
    const count = examples[0].length / (height * width);
    // Black ink on white paper.
    const paper = Float32Array.from(examples.flatMap((pixels) => Array.from(pixels, (ink) => 1 - 2 * ink)));
    figures.push({
      picture: imageGrid(paper, height, width, count, count * examples.length),
      caption: `The first ${count}, a row each: ${doubt.map(({ images }) => images).join(", ")}.`,
    });
  }
  const most = Math.max(1e-6, ...doubt.flatMap(({ mutualInformations }) => mutualInformations));
  figures.push({
    picture: drawChart(libraries, {
      rows: doubt.flatMap(({ images, mutualInformations }) =>
        histogram(mutualInformations, 24, most).map((point) => ({ ...point, series: images })),
      ),
      x: { label: "mutual information of a sample, nats" },
      y: { label: "per cent of the samples" },
      bars: true,
    }),
    caption: `How much ${draws} thinned networks disagree about each of ${doubt[0].rows.toLocaleString("en-US")} samples.`,
  });
  return {
    title: "What disagreement tells",
    text: [
      "Entropy of the mean is all the doubt there is; mutual information is the part of it that is the thinned networks' disagreement.",
      ...(doubt.length > 1 ? [comparison(doubt), strangeText("mutual information", strangeness(doubt))] : []),
    ],
    figures,
    table: doubtTable({ doubt }),
  };
}

function strangeness([clean, ...others]: readonly Doubt[]) {
  return others.map(({ images, mutualInformations }) => ({
    name: images,
    auroc: auroc(clean.mutualInformations, mutualInformations),
    fpr95: fpr95(clean.mutualInformations, mutualInformations),
  }));
}

function comparison([clean, ...others]: readonly Doubt[]): string {
  const times = others.map(
    ({ images, mutualInformation }) => `${(mutualInformation / clean.mutualInformation).toFixed(1)} times (${images})`,
  );
  return `Samples unlike those that were learned should show more of both. Here their mutual information is ${times.join(" and ")} that of clean ones.`;
}

function certainSection({ certain, rows }: UncertaintyResult, libraries: Plotting): Section {
  const [all] = certain;
  const half = certain[certain.length - 1];
  return {
    title: "Knowing when not to answer",
    text: [
      "Setting the samples with the largest entropy aside should leave fewer errors among the others.",
      `Here the error is ${percent(all.error)} among all ${rows.toLocaleString("en-US")} samples and ${percent(half.error)} among the half that the average is surest of.`,
    ],
    figures: [
      {
        picture: drawChart(libraries, {
          rows: certain.map(({ kept, error }) => ({ x: 100 * kept, y: 100 * error, series: "Monte-Carlo" })),
          x: { label: "samples kept, per cent" },
          y: { label: "error among them, per cent" },
        }),
        caption: "The more doubtful samples are set aside, the further to the left.",
      },
    ],
    table: [
      ["samples kept", "error among them"],
      ...certain.map(({ kept, error }) => [`${Math.round(100 * kept)} %`, percent(error)]),
    ],
  };
}

function percent(fraction: number): string {
  return showError(fraction, "classify");
}
