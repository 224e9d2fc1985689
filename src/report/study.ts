// A study's numbers as sections of a report: what was asked, what came, and how to read it.

import { ARMS, type Arm } from "../lab/arms.js";
import type { Features } from "../lab/features.js";
import type { Findings, Measured } from "../lab/plan.js";
import { type CurvePoint, mean } from "../lab/study.js";
import { imageGrid } from "./images.js";
import { showError } from "./numbers.js";
import { drawChart, histogram, type Section, steps } from "./page.js";
import type { Plotting } from "./plotting.js";

/** What a study is about. */
export interface StudyFacts {
  source: string;
  network: string;
  trainSamples: number;
  testSamples: number;
  settings: { steps: number; repeats: number };
  imageShape: [number, number] | null;
}

export type StudyResult = StudyFacts & Findings;

export function sectionsOf(result: StudyResult, libraries: Plotting): Section[] {
  const sections = [curveSection(result, libraries), rateSection(result, libraries)];
  // A small file has not even as many samples as the smallest size.
  if (result.sizes.length > 0) sections.push(sizeSection(result, libraries));
  if (result.features && result.imageShape) sections.push(featureSection(result, result.features, libraries));
  return sections;
}

/** For the terminal. */
export function summaryLines(result: StudyResult): string[] {
  const lines = ARMS.map((arm) => {
    const { trainError, testError } = lastPoint(result, arm);
    return `${arm.padEnd(12)} training error ${percent(trainError)}, test error ${percent(testError)}, gap ${percent(testError - trainError)}`;
  });
  const best = bestRates(result);
  const rates = best.length > 1 ? `best rates: p = ${listRates(best)}, all with` : `best rate: p = ${best[0].p},`;
  lines.push(`${rates} test error ${percent(mean(best[0].testErrors))}`);
  for (const samples of new Set(result.sizes.map((row) => row.samples))) {
    const [without, dropout] = ARMS.map((arm) => sizeError(result, arm, samples));
    lines.push(
      `${samples.toLocaleString("en-US")} samples: ${percent(without)} without, ${percent(dropout)} with dropout`,
    );
  }
  return lines;
}

function curveSection(result: StudyResult, libraries: Plotting): Section {
  const chart = (name: "trainError" | "testError", label: string) =>
    drawChart(libraries, {
      rows: result.curves.map((point) => ({ x: point.step, y: 100 * point[name], series: point.arm })),
      x: { label: "updates" },
      y: { label },
    });
  const rows = ARMS.map((arm) => {
    const { trainError, testError } = lastPoint(result, arm);
    return [arm, percent(trainError), percent(testError), percent(testError - trainError)];
  });
  const [without, dropout] = ARMS.map((arm) => lastPoint(result, arm));
  const gaps = [without, dropout].map(({ trainError, testError }) => testError - trainError);
  return {
    title: "Learning curves and the gap",
    text: [
      "The same network, the same samples, the same order of updates. Errors are measured in test mode, on the samples that were learned and on others.",
      `Here the gap between the two is ${percent(gaps[0])} without dropout and ${percent(gaps[1])} with it; the test error ${compare(without.testError, dropout.testError)}.`,
    ],
    figures: [
      { picture: chart("trainError", "training error, per cent"), caption: "On the samples that are learned." },
      { picture: chart("testError", "test error, per cent"), caption: "On samples never learned." },
    ],
    table: [["", "training error", "test error", "gap"], ...rows],
  };
}

function rateSection(result: StudyResult, libraries: Plotting): Section {
  const best = bestRates(result);
  const error = percent(mean(best[0].testErrors));
  const series = (name: "trainErrors" | "testErrors", label: string) =>
    result.rates.map((row) => ({ x: row.p, ...spread(row[name]), series: label }));
  const picture = drawChart(libraries, {
    rows: [...series("testErrors", "test error"), ...series("trainErrors", "training error")],
    x: { label: "probability of dropping a hidden unit" },
    y: { label: "error, per cent" },
  });
  return {
    title: "How much to drop",
    text: [
      "Srivastava et al. 2014, figure 9, whose axis is the probability of keeping; here p is that of dropping. The input drops nothing, so that one thing varies.",
      best[0].p === 0
        ? `Here no rate that was tried is better than p = 0: ${error}.${best.length > 1 ? ` As good: p = ${listRates(best.slice(1))}.` : ""}`
        : `The best of these rates ${best.length > 1 ? "are" : "is"} p = ${listRates(best)}: ${error}, against ${percent(mean(result.rates[0].testErrors))} at p = 0.`,
    ],
    figures: [{ picture, caption: `${averaged(result.rates)}.` }],
    table: [
      ["p", "training error", "test error"],
      ...result.rates.map((row) => [String(row.p), percent(mean(row.trainErrors)), percent(mean(row.testErrors))]),
    ],
  };
}

function sizeSection(result: StudyResult, libraries: Plotting): Section {
  const counts = [...new Set(result.sizes.map((row) => row.samples))];
  const picture = drawChart(libraries, {
    rows: result.sizes.map((row) => ({ x: row.samples, ...spread(row.testErrors), series: row.arm })),
    x: { label: "training samples", type: "log", ticks: counts.filter((n) => !/^2/.test(`${n}`)) },
    y: { label: "test error, per cent" },
  });
  const gains = counts.map((samples) => {
    const [without, dropout] = ARMS.map((arm) => sizeError(result, arm, samples));
    const learned = result.sizes.find((row) => row.arm === "dropout" && row.samples === samples);
    return { samples, without, dropout, gain: without - dropout, trainError: mean(learned?.trainErrors ?? []) };
  });
  const none = gains.filter(({ gain }) => gain <= 0).map(({ samples }) => samples);
  return {
    title: "How many samples it takes",
    text: [
      "Srivastava et al. 2014, figure 10. Very small sets are expected to gain nothing: a large network remembers them whatever is dropped. Large sets need more updates with dropout than without it, and all sizes get the same number here: where the training error with dropout is well above 0, the last word is not spoken.",
      none.length > 0
        ? `Here dropout gains nothing at ${none.map((n) => n.toLocaleString("en-US")).join(", ")} samples.`
        : `Here dropout gains something at ${counts.length > 1 ? "every size that was tried, the smallest included" : "the one size that was tried"}.`,
    ],
    figures: [{ picture, caption: `${averaged(result.sizes)}; the same number of updates for every size.` }],
    table: [
      ["samples", "no dropout", "dropout", "gain", "training error with dropout"],
      ...gains.map((row) => [
        row.samples.toLocaleString("en-US"),
        ...[row.without, row.dropout, row.gain, row.trainError].map(percent),
      ]),
    ],
  };
}

const SHOWN = 100;

function featureSection({ imageShape }: StudyResult, features: Features[], libraries: Plotting): Section {
  const [height, width] = imageShape as [number, number];
  const units = features[0].means.length;
  const shown = Math.min(SHOWN, units);
  const images = features.map(({ arm, weights }) => ({
    picture: imageGrid(weights, height, width, 10, shown),
    caption: `${arm === "dropout" ? "With" : "Without"} dropout: what the first ${shown} of ${units} units look for, their incoming weights. Grey is 0, white positive, black negative, each image stretched to its own largest weight.`,
  }));
  const most = Math.max(...features.flatMap(({ means }) => means));
  const chart = (of: (f: Features) => { x: number; y: number }[], x: string, y: string) =>
    drawChart(libraries, {
      rows: features.flatMap((f) => of(f).map((point) => ({ ...point, series: f.arm }))),
      x: { label: x },
      y: { label: y },
      bars: true,
    });
  const pairBins = Math.max(...features.map(({ correlations }) => 1 + correlations.findLastIndex((y) => y > 0.0005)));
  const [without, dropout] = features;
  return {
    title: "What hidden units learn",
    text: [
      `An autoencoder with one hidden layer of ${units} ReLU units, dropped with p = 0.5 or not at all, nothing else different: Srivastava et al. 2014, figures 7 and 8. Statistics are of images not trained on, in test mode.`,
      "A unit that cannot rely on others has to be useful alone: look for strokes and spots that one recognises, for units that are silent more often, and for pairs that say less of the same.",
      `Here a unit's mean activation is ${without.mean.toPrecision(2)} without dropout and ${dropout.mean.toPrecision(2)} with it, ${percent(without.sparsity)} and ${percent(dropout.sparsity)} of all activations are zero, and two units correlate with a mean |r| of ${without.correlation.toFixed(3)} and ${dropout.correlation.toFixed(3)}.`,
    ],
    figures: [
      ...images,
      {
        picture: chart(
          ({ means }) => histogram(means, 24, most),
          "mean activation of a hidden unit",
          "per cent of the units",
        ),
        caption: "How strongly units fire on average. Further to the left: less.",
      },
      {
        picture: chart(
          ({ zeros }) => histogram(zeros, 20, 1).map(({ x, y }) => ({ x: 100 * x, y })),
          "images on which a hidden unit is zero, per cent",
          "per cent of the units",
        ),
        caption: "How seldom units fire. Further to the right: a sparser code.",
      },
      {
        picture: chart(
          ({ correlations }) => steps(correlations.slice(0, pairBins), pairBins / 20),
          "|correlation| of two hidden units",
          "per cent of the pairs",
        ),
        caption: "How much two units' activations go together. Further to the left: less co-adapted.",
      },
    ],
    table: [
      ["", ...features.map(({ arm }) => arm)],
      ["mean activation", ...features.map((f) => f.mean.toPrecision(3))],
      ["zero activations", ...features.map((f) => percent(f.sparsity))],
      ["units that never fire", ...features.map((f) => String(f.silent))],
      ["mean |r| of two units", ...features.map((f) => f.correlation.toPrecision(3))],
      ["reconstruction loss per pixel", ...features.map((f) => f.loss.toPrecision(3))],
    ],
  };
}

function lastPoint({ curves }: StudyResult, arm: Arm): CurvePoint {
  return curves.filter((point) => point.arm === arm).at(-1) as CurvePoint;
}

/** All that have the smallest error: of two equal rates none is the better one. */
function bestRates({ rates }: StudyResult): StudyResult["rates"] {
  const least = Math.min(...rates.map((row) => mean(row.testErrors)));
  return rates.filter((row) => mean(row.testErrors) === least);
}

function listRates(rates: StudyResult["rates"]): string {
  return rates.map(({ p }) => p).join(", ");
}

/** What a dot and the bar through it stand for. */
function averaged([{ testErrors }]: readonly Measured[]): string {
  const seeds = testErrors.length;
  return seeds === 1 ? "One seed" : `Means over ${seeds} seeds; a bar spans the seeds' smallest and largest error`;
}

function sizeError({ sizes }: StudyResult, arm: Arm, samples: number): number {
  return mean(sizes.find((row) => row.arm === arm && row.samples === samples)?.testErrors ?? []);
}

function spread(errors: readonly number[]) {
  return { y: 100 * mean(errors), low: 100 * Math.min(...errors), high: 100 * Math.max(...errors) };
}

function compare(before: number, after: number): string {
  if (after === before) return `stays at ${percent(after)}`;
  return `${after < before ? "falls" : "rises"} from ${percent(before)} to ${percent(after)}`;
}

function percent(fraction: number): string {
  return showError(fraction, "classify");
}
