// thinned calibrate: how honest a model's probabilities are, and sets or intervals that hold the truth as often as they
// promise.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Encoding, Table } from "../../data/encode/table.js";
import { loadForModel } from "../../data/load.js";
import { readSafetensors, writeSafetensors } from "../../formats/safetensors/writer.js";
import { checkSpares, checkWritable, writeWhole } from "../../node/files.js";
import { showError, showLoss, table } from "../../report/numbers.js";
import { calibrationError, logLoss } from "../../scores/index.js";
import { type CalibratedBy, type Calibration, calibrate, Ensemble, intervals, sets } from "../../uncertainty/index.js";
import { printJson, printLine } from "../output.js";
import { type Answerer, readAnswerer } from "../run/ensemble.js";
import { digestOf } from "../run/model-file.js";
import { addReadOptions, type ReadingOptions, readingFor } from "../run/read-options.js";
import { given, oneOf, shares, threads, UsageError, whole } from "../usage.js";

interface Options extends ReadingOptions {
  coverage: number[];
  by?: CalibratedBy;
  perClass?: boolean;
  temperature?: boolean;
  samples: number;
  seed: number;
  out?: string;
  threads: number | "auto";
  json?: boolean;
}

const AFTER_HELP = `
DATA are rows that the model was not trained on, drawn like those to come. Of classes: sets by lac (as small as can be on average; the default) or aps (they grow
with doubt and are never empty). Of numbers: intervals by residual (all as wide; the default) or deviation (as wide as Monte-Carlo dropout's deviation says).
The promise holds for any network, on average over rows like these; it is void where the model is trained further. --temperature takes every other row for the
temperature, which predict then divides logits by, and the rest for the promise. 9 rows or more for a coverage of 0.9, 19 for 0.95, 99 for 0.99.`;

export function calibrateCommand(): Command {
  return addReadOptions(
    new Command("calibrate")
      .description("sets or intervals that hold the truth as often as promised, noted in the model file")
      .argument("<model>", "file that thinned train wrote")
      .argument("<data>", "held-out rows with targets: IDX directory, a file with a table, or digits"),
  )
    .option("--coverage <shares>", "how often the truth is to be inside; a list to choose from later", shares, [0.9])
    .option(
      "--by <method>",
      "lac or aps for classes, residual or deviation for numbers",
      oneOf(["lac", "aps", "residual", "deviation"]),
    )
    .option("--per-class", "sets that hold class by class, each by its own rows")
    .option("--temperature", "fit the temperature of the probabilities first")
    .option("--samples <n>", "draws of --by deviation", whole(2, 1e5), 50)
    .option("--seed <n>", "of these draws", whole(0), 0)
    .option("--out <file>", "where the calibrated model goes (default: the model's own file)")
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--json", "one line of JSON")
    .addHelpText("after", AFTER_HELP)
    .action(calibrateModel);
}

async function calibrateModel(path: string, source: string, options: Options, command: Command): Promise<void> {
  const { out = path, threads, json } = options;
  for (const name of ["samples", "seed"]) {
    if (given(command).has(name) && options.by !== "deviation")
      throw new UsageError(`--${name} is of the draws of --by deviation; add that`);
  }
  checkWritable("--out", out);
  if (out !== path) checkSpares("--out", out, [path, source]);
  const { net, encoding, run } = await readAnswerer(path, { threads });
  try {
    checkTask(path, encoding, options);
    const data = await loadForModel(source, encoding, true, readingFor(options, run));
    const ownTable = encoding.kind === "csv" && run !== null && resolve(run.source) === resolve(source);
    if (ownTable || digestOf(data) === run?.digest)
      throw new UsageError(`${source} is what ${path} was trained on; calibrate with rows that it has not seen`);
    const before = encoding.classes ? honesty(net, data) : null;
    const calibration = promise(net, source, data, options);
    const after = encoding.classes ? honesty(net, data) : null;
    const sizes = calibration.thresholds.map(({ coverage }) => meanSize(net, encoding, data, coverage));
    writeWhole(out, describeIn(path, net));
    if (json) {
      const { by, rows, temperature, thresholds } = calibration;
      printJson({ model: out, by, rows, temperature, before, after, thresholds, sizes });
    } else {
      printLine(
        `${source}: ${data.samples.toLocaleString("en-US")} held-out rows, ${calibration.rows.toLocaleString("en-US")} of them for the promise, by ${calibration.by}`,
      );
      if (before && after && options.temperature) {
        const [error, now] = [before, after].map(({ calibrationError }) => showError(calibrationError, "classify"));
        printLine(
          `temperature ${calibration.temperature.toPrecision(4)}: log loss ${showLoss(before.logLoss)} → ${showLoss(after.logLoss)}, calibration error ${error} → ${now}`,
        );
      }
      printLine(table(rowsOf(calibration, sizes, encoding)));
      printLine(`saved ${out}`);
    }
  } finally {
    net.dispose();
  }
}

function checkTask(path: string, { classes }: Encoding, { by, perClass, temperature }: Options): void {
  const methods: string[] = classes ? ["lac", "aps"] : ["residual", "deviation"];
  const what = `${path} predicts ${classes ? "classes" : "numbers"}`;
  if (by && !methods.includes(by)) throw new UsageError(`${what}, which take --by ${methods.join(" or ")}; got ${by}`);
  if (!classes && perClass) throw new UsageError(`--per-class is for classes, and ${what}; leave it out`);
  if (!classes && temperature) throw new UsageError(`--temperature is for classes, and ${what}; leave it out`);
}

function promise(net: Answerer["net"], source: string, { x, y }: Table, options: Options): Calibration {
  const { coverage, by, perClass, temperature, samples, seed } = options;
  try {
    return calibrate(net, { x, y }, { coverage, by, perClass, temperature, samples, seed });
  } catch (error) {
    throw new Error(`${source}: ${(error as Error).message}`, { cause: error });
  }
}

interface Honesty {
  logLoss: number;
  calibrationError: number;
}

/** null where the outputs are no probabilities of one choice. */
function honesty(net: Answerer["net"], { x, y }: Table): Honesty | null {
  if (net.config.output !== "softmax") return null;
  const probabilities = net.predict(x);
  return { logLoss: logLoss(probabilities, y), calibrationError: calibrationError(probabilities, y) };
}

/** Classes in a set, or an interval's width in the target's own units, on average. */
function meanSize(
  net: Answerer["net"],
  { classes, targetScale }: Encoding,
  { x, samples }: Table,
  coverage: number,
): number {
  const sizes = classes
    ? sets(net, x, { coverage }).map(({ set }) => set.length)
    : intervals(net, x, { coverage }).map(([low, high]) => (high - low) / (targetScale ?? 1));
  return sizes.reduce((sum, size) => sum + size, 0) / samples;
}

function rowsOf({ thresholds }: Calibration, sizes: number[], { classes }: Encoding): string[][] {
  return [
    ["coverage", "threshold", classes ? "classes in a set, mean" : "width, mean"],
    ...thresholds.map(({ coverage, threshold }, i) => [
      `${Number((100 * coverage).toPrecision(6))} %`,
      threshold.length > 1
        ? `${Math.min(...threshold).toPrecision(4)} … ${Math.max(...threshold).toPrecision(4)}`
        : threshold[0].toPrecision(4),
      classes ? sizes[i].toFixed(2) : sizes[i].toPrecision(4),
    ]),
  ];
}

/** The file as it is, weights of any precision and the run included, and what was found. */
function describeIn(path: string, net: Answerer["net"]): Uint8Array {
  const { tensors, metadata } = readSafetensors(readFileSync(path));
  if (net instanceof Ensemble) return net.save({ optimizer: false });
  if (metadata.version === "1") return net.save();
  const { temperature: _, ...others } = metadata;
  const { calibration } = net.metadata;
  const temperature = net.temperature !== 1 && { temperature: JSON.stringify(net.temperature) };
  return writeSafetensors(tensors, { ...others, ...temperature, calibration });
}
