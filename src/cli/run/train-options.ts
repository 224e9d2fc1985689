// The options of `thinned train`.
import type { Command } from "commander";
import { ACTIVATIONS } from "../../config/activation.js";
import { BUILDS, LOSSES } from "../../config/network.js";
import { OPTIMIZERS } from "../../config/optimizer.js";
import { SCALINGS } from "../../dropout/scaling.js";
import {
  either,
  layers,
  listOf,
  lrSchedule,
  oneOf,
  patience,
  probabilities,
  probability,
  REVECTORIZE,
  real,
  threads,
  validation,
  whole,
  widths,
} from "../usage.js";
import { classWeight } from "./class-weight.js";
import { LR_SCHEDULES } from "./lr-schedule.js";
import { addColumnOptions, addReadOptions } from "./read-options.js";
import { PLAIN_MAX_NORM, showDefault, TABLE_TRAINING } from "./settings.js";

/** Options that say where and how the program works, and do not change what is learned. */
export interface Surroundings {
  out?: string;
  test?: string;
  resume?: string;
  seeds?: string;
  members?: number;
  threads: number | "auto";
  revectorize?: boolean;
  build?: "simd" | "relaxed";
  checkpointEvery: number;
  log?: string;
  picture?: string;
  json?: boolean;
  quiet?: boolean;
  lean?: boolean;
  folds?: number;
  predictions?: string;
}

export const SURROUNDINGS = [
  "out",
  "test",
  "resume",
  "seeds",
  "members",
  "threads",
  "build",
  "revectorize",
  "checkpointEvery",
  "log",
  "picture",
  "json",
  "quiet",
  "lean",
  "folds",
  "predictions",
];

const AFTER_HELP = `
DATA is a directory of IDX files (MNIST's names, gzipped or not), a file with a table (CSV, TSV and other text, gzipped or not, or
Parquet; - is standard input), or "digits".
A table has a first line of column names, unless --no-header says otherwise. Numbers are standardised; words, booleans and dates become numbers, missing cells are
filled in, and constants, row numbers and texts that hardly repeat are left out: the first thing that train prints is what was
made of each column. --ignore leaves columns out, --include uses some that would be left out; both can be given again, and name
one column or several with commas between them. Rows without a target are not learned from. The task, where --task does not say
it: words in the target mean classes, and so do whole numbers from 0 to 99 with at most 20 different values; other numbers are
regressed, and so are several targets (--target a,b). Classes that hardly repeat are refused.
Validation rows of a table are drawn so that every class has its share. With --patience, and so for a table by default, the weights of
the best epoch are kept; "none" trains all --epochs.
p is everywhere the probability of dropping. Standardisation is fitted on the training rows alone.
The last line of --json sums the run up: epochs, seconds, samplesPerSecond; trainLoss and trainError of the first 10,000
training rows in test mode (dropout off, as the validation and test figures); testError, null without test data; bestEpoch,
null without --patience or a loss that is a number. Errors are fractions; for regression the root mean squared error in the
target's own units.
A linear learning rate belongs to its number of epochs: --resume with more of them goes on at the longer run's rate.
Once training has begun, Ctrl-C writes a checkpoint to --out and ends with status 130; --resume takes it up where it stopped, to the
bit. Before that, it ends the program and writes nothing. A closed terminal does the same (status 129). A run that is killed goes on
from the last checkpoint that --checkpoint-every wrote to --out.`;

/** @param defaultOut where the model goes unless --out says otherwise */
export function addTrainOptions(command: Command, defaultOut: string): Command {
  const data = command
    .option(
      "--out <file>",
      `where the model goes (default ${defaultOut}, if there is none; with --resume, the resumed file)`,
    )
    .option("--resume <file>", "continue the run in this checkpoint; --epochs is then the new total")
    .option(
      "--task <task>",
      "classify or regress (default: as the target column looks, see below)",
      oneOf(["classify", "regress"]),
    );
  return addReadOptions(addColumnOptions(data))
    .option(
      "--val <fraction>",
      'training rows split off for validation; "last" or "last:0.2" takes those at the end of the file (default 0.1)',
      validation,
    )
    .option("--split-seed <n>", "draws the split (default: as --seed)", whole(0))
    .option("--group <column>", "tables: no value of it is on both sides of a split; it is no input")
    .option("--folds <k>", "train on all but one of k parts, k times, and sum up; no model is saved", whole(2, 1000))
    .option("--predictions <file>", "with --folds: CSV of what was predicted for each row when it was held out")
    .option("--test <data>", "test data: CSV or IDX directory (default: the data set's own, where it has some)")
    .option("--samples <n>", "digits: how many to draw for training and validation (default 1000)", whole(2, 1e6))
    .option("--raw-pixels", "images: do not subtract the training rows' mean image")
    .option("--seed <n>", "draws weights, masks, order and split (default 1)", whole(0))
    .option(
      "--seeds <list>",
      "as 1-5: a run with each, on all cores, in a file of its own; then means and their errors",
    )
    .option(
      "--members <n>",
      "an ensemble: so many networks, from seeds that follow --seed, in one file",
      whole(2, 1000),
    )
    .option("--hidden <widths>", `units per hidden layer, or none (${showDefault("hidden")})`, widths)
    .option("--activation <name>", `${either(ACTIVATIONS)}, one or a list (default relu)`, listOf(ACTIVATIONS))
    .option("--dropout <p>", `hidden layers', one or a list (${showDefault("dropout")})`, probabilities)
    .option("--input-dropout <p>", `the inputs' (${showDefault("inputDropout")})`, probability)
    .option("--scaling <name>", `${either(SCALINGS)} (default inverted)`, oneOf(SCALINGS))
    .option(
      "--loss <name>",
      "cross-entropy or bce; regression: mse, or gaussian, which learns the noise too (default: as the task)",
      oneOf(LOSSES),
    )
    .option(
      "--class-weight <weights>",
      "balanced, or what errors on a class count, as in a=1,b=5; others count 1",
      classWeight,
    )
    .option(
      "--label-smoothing <e>",
      "cross-entropy: part of each target that all classes share (default 0)",
      real(0, 1),
    )
    .option(
      "--epochs <n>",
      `passes over the data (${showDefault("epochs")} or ${TABLE_TRAINING.most.updates} updates, without --patience ${TABLE_TRAINING.unwatched.epochs})`,
      whole(1),
    )
    .option("--batch <n>", `samples per step (${showDefault("batch")})`, whole(1, 1e6))
    .option("--optimizer <name>", `${either(OPTIMIZERS)} (${showDefault("optimizer")})`, oneOf(OPTIMIZERS))
    .option("--lr <rate>", "learning rate (default sgd 0.1; the others 0.001)", real(0))
    .option(
      "--lr-schedule <name>",
      `${either(LR_SCHEDULES)} (default sgd linear, which falls to 0 over --epochs; the others constant)`,
      lrSchedule,
    )
    .option("--warm-up <epochs>", "the learning rate rises from 0 for so long first (default 0)", whole(0))
    .option("--momentum <mu>", "sgd (default 0.9); rmsprop (default 0)", real(0, 1))
    .option("--nesterov", "sgd: Nesterov's momentum")
    .option("--weight-decay <rate>", `default 0; adamw 0.01; CSV with adam ${TABLE_TRAINING.weightDecay}`, real(0))
    .option(
      "--max-norm <c>",
      `bound of a hidden unit's incoming weights, 0 = none (${showDefault("maxNorm")}; IDX under standard or folded ${PLAIN_MAX_NORM})`,
      real(0),
    )
    .option("--clip-norm <c>", "bound of the norm of all gradients, 0 = none (default 0)", real(0))
    .option(
      "--ema <decay>",
      "keep an average of the weights, as 0.999; it is judged, and is the model at the end",
      real(0, 1),
    )
    .option("--accumulate <batches>", "an update takes the mean gradient of so many (default 1)", whole(1, 1e6))
    .option("--freeze <layers>", "leave these as they are drawn: 1 is the first, as in 1,2", layers)
    .option(
      "--patience <epochs>",
      `stop after so many without a better validation loss; keep the best (default CSV ${TABLE_TRAINING.patience.epochs} or ${TABLE_TRAINING.patience.updates} updates; else none)`,
      patience,
    )
    .option(
      "--checkpoint-every <seconds>",
      "how often a run writes what it has come to; 0 = only at its end",
      real(0),
      600,
    )
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--revectorize", REVECTORIZE)
    .option(
      "--build <name>",
      `force a build: ${either(BUILDS)} (default: the best; with --resume, the run's)`,
      oneOf(BUILDS),
    )
    .option("--lean", "write the model without what --resume needs: a half or a third of the bytes")
    .option("--log <file>", "write a line of CSV for each epoch; with --resume, go on in it")
    .option("--picture <file.svg>", "draw loss and error by epoch when the run ends")
    .option("--json", "lines of JSON: one per epoch, the last one sums up")
    .option("--quiet", "no progress bar, and of the text only the end")
    .addHelpText("after", AFTER_HELP);
}
