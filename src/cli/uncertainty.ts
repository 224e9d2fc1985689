// thinned uncertainty: what averaging thinned networks gains, and what their disagreement tells.
import { Command } from "commander";
import { loadForModel } from "../data/load.js";
import type { Encoding, Table } from "../data/table.js";
import { type AveragedError, averagedErrors, errorOf, rotated } from "../lab/averaging.js";
import type { Network } from "../network.js";
import { Philox, Stream } from "../random.js";
import { eventLoop } from "../training.js";
import { catchInterrupt } from "./interrupt.js";
import { firstRows } from "./measure.js";
import { readModel } from "./model-file.js";
import { noteRevectorize, printJson, printLine, showError, table } from "./output.js";
import { createProgress } from "./progress.js";
import { checkReportPaths, drawChart, type Plotting, plotting, type Section, writeReport } from "./report.js";
import { given, REVECTORIZE, threads, UsageError, whole } from "./usage.js";

interface Options {
  out: string;
  draws: number;
  rows: number;
  seed: number;
  threads: number | "auto";
  revectorize?: boolean;
  quick?: boolean;
  json?: boolean;
}

interface Doubt {
  images: string;
  error: number;
  entropy: number;
  mutualInformation: number;
}

interface Result {
  model: string;
  data: string;
  rows: number;
  draws: number;
  seed: number;
  weightScalingError: number;
  averaged: AveragedError[];
  doubt: Doubt[];
  /** Error among the samples that are left when the most doubtful were set aside. */
  certain: { kept: number; error: number }[];
}

const AFTER_HELP = `
Test error of the average of k = 1 … --draws thinned networks, against weight scaling (Srivastava et al. 2014, figure 11), for
as many disjoint groups of k as the draws make; entropy and mutual information of clean and, for images, of noisy and rotated
samples; the error that is left when the most doubtful samples are set aside. The numbers go to a .json file beside --out.`;

export function uncertaintyCommand(): Command {
  return new Command("uncertainty")
    .description("Monte-Carlo averaging against weight scaling, and what disagreement tells: one HTML report")
    .argument("<model>", "file that thinned train wrote, of a classification")
    .argument("<data>", "labelled samples: IDX directory, file.csv, or digits")
    .option("--out <file>", "the report", "uncertainty.html")
    .option("--draws <k>", "thinned networks", whole(1, 10_000), 100)
    .option("--rows <n>", "samples at most", whole(1), 10_000)
    .option("--seed <n>", "of the masks", whole(0), 0)
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--revectorize", REVECTORIZE)
    .option("--quick", "20 draws of 1,000 samples")
    .option("--json", "one line of JSON instead of the table")
    .addHelpText("after", AFTER_HELP)
    .action(uncertainty);
}

async function uncertainty(model: string, source: string, asked: Options, command: Command): Promise<void> {
  const named = given(command);
  const options = { ...asked };
  if (asked.quick && !named.has("draws")) options.draws = 20;
  if (asked.quick && !named.has("rows")) options.rows = 1000;
  const paths = checkReportPaths(options.out);
  const libraries = await plotting();
  const { net, encoding } = await readModel(model, { threads: options.threads, revectorize: options.revectorize });
  noteRevectorize(options.revectorize, net.runtime);
  const interrupt = catchInterrupt();
  const progress = createProgress(!options.json);
  try {
    if (!encoding.classes) throw new UsageError(`${model} predicts numbers; give a model of a classification`);
    const data = firstRows(await loadForModel(source, encoding, true), options.rows);
    const { draws, seed } = options;
    const onDraw = async (draw: number) => {
      progress.update("draws", draw, draws);
      await eventLoop();
      interrupt.signal.throwIfAborted();
    };
    const averaged = await averagedErrors(net, data.x, data.y, { draws, seed, onDraw });
    const weightScalingError = errorOf(net.predict(data.x), data.y, encoding.outputs);
    const { doubt, certain } = measureDoubt(net, encoding, data, options);
    progress.clear();
    const result: Result = {
      model,
      data: source,
      rows: data.samples,
      draws,
      seed,
      weightScalingError,
      averaged,
      doubt,
      certain,
    };
    const lead = `${model} on ${data.samples} samples of ${source}: network ${net.config.sizes.join("-")}, ${draws} draws.`;
    writeReport(paths, "What thinned networks say together", lead, sectionsOf(result, libraries), result);
    if (options.json) printJson(result);
    else {
      printLine(`${table(averagedTable(result))}\n\n${table(doubtTable(result))}`);
      printLine(`\nReport: ${paths.html}, its numbers: ${paths.json}`);
    }
  } catch (error) {
    const status = interrupt.status();
    if (status === null) throw error;
    process.stderr.write("thinned: stopped; no report was written\n");
    process.exitCode = status;
  } finally {
    progress.clear();
    interrupt.release();
    net.dispose();
  }
}

const DOUBT_ROWS = 1000;

/** Clean samples, and, of images, noisy and (where they are square) rotated ones. */
function measureDoubt(net: Network, encoding: Encoding, data: Table, { draws, seed }: Options) {
  const { outputs, features, imageShape, inputMean } = encoding;
  const { x, y } = firstRows(data, DOUBT_ROWS);
  const kinds: [string, Float32Array][] = [["clean", x]];
  if (imageShape) {
    // It is the image that gets noisy or turned, not its difference from the mean image.
    const mean = inputMean ?? new Array<number>(features).fill(0);
    const ink = x.map((value, i) => value + mean[i % features]);
    const centred = (image: Float32Array) => image.map((value, i) => value - mean[i % features]);
    const noise = new Philox(seed, Stream.data, 2);
    const noisy = ink.map((value) => Math.min(1, Math.max(0, value + 1.2 * (noise.uniform() - 0.5))));
    kinds.push(["noisy", centred(noisy)]);
    if (imageShape[0] === imageShape[1]) kinds.push(["a quarter turn", centred(rotated(ink, imageShape[0]))]);
  }
  const results = kinds.map(([images, rows]) => ({ images, ...net.mc_step(rows, { samples: draws, seed, draw: 0 }) }));
  const average = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const doubt = results.map(({ images, mean, entropy, mutualInformation }) => ({
    images,
    error: errorOf(mean, y, outputs),
    entropy: average(entropy as Float32Array),
    mutualInformation: average(mutualInformation as Float32Array),
  }));
  const { mean, entropy } = results[0];
  const order = Array.from(entropy as Float32Array, (h, row) => ({ h, row })).sort((a, b) => a.h - b.h);
  const certain = [1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5].map((kept) => {
    const rows = order.slice(0, Math.ceil(kept * order.length)).map(({ row }) => row);
    const wrong = rows.filter(
      (row) => errorOf(mean.subarray(row * outputs, (row + 1) * outputs), [y[row]], outputs) > 0,
    );
    return { kept, error: wrong.length / rows.length };
  });
  return { doubt, certain };
}

function averagedTable({ averaged, weightScalingError }: Result): string[][] {
  return [
    ["thinned networks averaged", "groups", "test error", "± between groups"],
    ...averaged.map(({ k, groups, error, standardDeviation }) => [
      String(k),
      String(groups),
      showError(error, "classify"),
      showError(standardDeviation, "classify"),
    ]),
    ["weight scaling", "", showError(weightScalingError, "classify"), ""],
  ];
}

function doubtTable({ doubt }: Result): string[][] {
  return [
    ["samples", "test error", "entropy, nats", "mutual information, nats"],
    ...doubt.map((row) => [
      row.images,
      showError(row.error, "classify"),
      row.entropy.toFixed(4),
      row.mutualInformation.toFixed(4),
    ]),
  ];
}

function sectionsOf(result: Result, libraries: Plotting): Section[] {
  const { averaged, weightScalingError, certain, doubt } = result;
  const met = averaged.find(({ error }) => error <= weightScalingError);
  const error = drawChart(libraries, {
    rows: averaged.map(({ k, error, standardDeviation }) => {
      const spread = standardDeviation ?? 0;
      return { x: k, y: 100 * error, low: 100 * (error - spread), high: 100 * (error + spread), series: "Monte-Carlo" };
    }),
    x: {
      label: "thinned networks averaged",
      type: "log",
      ticks: averaged.map(({ k }) => k).filter((k) => /^[125]0*$/.test(`${k}`)),
    },
    y: { label: "test error, per cent", zero: false },
    rule: { y: 100 * weightScalingError, name: "weight scaling" },
  });
  const kept = drawChart(libraries, {
    rows: certain.map(({ kept, error }) => ({ x: 100 * kept, y: 100 * error, series: "Monte-Carlo" })),
    x: { label: "samples kept, per cent" },
    y: { label: "error among them, per cent" },
  });
  return [
    {
      title: "Averaging against weight scaling",
      text: [
        "Weight scaling asks one network; averaging asks k thinned ones, which costs k times as much. Srivastava et al. 2014, figure 11.",
        met
          ? `Here ${met.k} thinned networks are the first to be as good as weight scaling (${showError(weightScalingError, "classify")}).`
          : `Here no number of thinned networks that was tried is as good as weight scaling (${showError(weightScalingError, "classify")}).`,
      ],
      figures: [
        {
          picture: error,
          caption: "Means over disjoint groups of k draws; a bar is one standard deviation either way.",
        },
      ],
      table: averagedTable(result),
    },
    {
      title: "What disagreement tells",
      text: [
        "Entropy of the mean is all the doubt there is; mutual information is the part of it that is the thinned networks' disagreement.",
        ...(doubt.length > 1 ? ["Samples unlike those that were learned should show more of both."] : []),
      ],
      table: doubtTable(result),
    },
    {
      title: "Knowing when not to answer",
      text: ["Setting the samples with the largest entropy aside should leave fewer errors among the others."],
      figures: [{ picture: kept, caption: "The more doubtful samples are set aside, the further to the left." }],
    },
  ];
}
