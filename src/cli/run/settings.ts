// What a training run is described by: the options of `train`, their defaults, and the copy that travels inside the
// model file.
import { OWN_KEYS } from "../../config/optimizer.js";
import type { Encoding, Task } from "../../data/encode/table.js";
import type { Split } from "../../data/split/split.js";
import type { ActivationName, Loss, NetworkOptions, OptimizerOptions, Scaling } from "../../types.js";
import { flag, UsageError } from "../usage.js";
import type { ClassWeight } from "./class-weight.js";

/** Everything that the course of a run depends on, besides its data. Plain JSON. */
export interface Settings {
  task: Task | null;
  target: string | null;
  /** Columns of a table that are not read, as they were named. */
  ignore: string[] | null;
  /** Columns of a table that are used although they would be left out. */
  include: string[] | null;
  /** How the file of a table is written, where it was said. */
  delimiter: string | null;
  decimal: "." | "," | null;
  header: boolean;
  encoding: string | null;
  /** More spellings of missing cells. */
  missing: string[] | null;
  val: number;
  samples: number | null;
  /** Images: no mean image is subtracted. */
  rawPixels: boolean;
  seed: number;
  /** Draws the split; null: `seed` does. */
  splitSeed: number | null;
  split: Split["by"];
  /** A column that is no input. None of its values is on both sides of a split. */
  group: string | null;
  classWeight: ClassWeight | null;
  labelSmoothing: number;
  hidden: number[];
  activation: ActivationName | ActivationName[];
  dropout: number | number[];
  inputDropout: number;
  scaling: Scaling;
  loss: Loss;
  optimizer: OptimizerOptions["type"];
  lr: number;
  /**
   * How the learning rate goes: `linear`, epoch by epoch down to nothing at the end of the run, `constant`, or as
   * lr-schedule.ts says.
   */
  lrSchedule: string;
  /** Epochs in which the learning rate rises first. */
  warmUp: number;
  momentum: number;
  nesterov: boolean;
  weightDecay: number;
  maxNorm: number;
  clipNorm: number;
  /** Decay of the average of the weights; null: none is kept. */
  ema: number | null;
  /** Batches that an update takes the mean gradient of. */
  accumulate: number;
  /** Layers that are left as they are drawn. */
  freeze: number[];
  batch: number;
  epochs: number;
  patience: number | null;
}

type Kind = Encoding["kind"];

type Defaults = Pick<Settings, "hidden" | "dropout" | "inputDropout" | "optimizer" | "maxNorm" | "epochs" | "batch">;

/**
 * How long a table is trained, chosen by `bench/tables/choose.mjs` (docs/tables.md). Small tables have few updates in
 * an epoch: what is long enough is said in updates as well, and the longer of both counts.
 */
export const TABLE_TRAINING = {
  /** Without a better validation loss. */
  patience: { epochs: 20, updates: 2000 },
  most: { epochs: 300, updates: 20_000 },
  /** Where nothing watches. */
  unwatched: { epochs: 100 },
  /** Of adam. */
  weightDecay: 0.001,
};

/** In epochs of so many updates. */
const long = ({ epochs, updates }: { epochs: number; updates: number }, each: number): number =>
  Math.max(epochs, Math.ceil(updates / each));

/** Images get what the papers on dropout and MNIST use; small tables get a smaller network, adam and more epochs. */
export const DEFAULTS: Record<Kind, Defaults> = {
  idx: {
    hidden: [1024, 1024],
    dropout: 0.5,
    inputDropout: 0.2,
    optimizer: "sgd",
    maxNorm: 1,
    epochs: 10,
    batch: 128,
  },
  digits: {
    hidden: [256, 256],
    dropout: 0.5,
    inputDropout: 0.2,
    optimizer: "sgd",
    maxNorm: 3,
    epochs: 40,
    batch: 50,
  },
  csv: {
    hidden: [128, 128],
    dropout: 0.2,
    inputDropout: 0,
    optimizer: "adam",
    maxNorm: 0,
    epochs: TABLE_TRAINING.most.epochs,
    batch: 32,
  },
};

/**
 * The images' bound was chosen for inverted dropout (docs/mnist.md). The weights of a network trained with a plain mask
 * are 1 / (1 - p) times as large where they read a dropped layer: its bound is a wide one.
 */
export const PLAIN_MAX_NORM = 3;

/** An option's default as `--help` shows it, for each kind of data where they differ. */
export function showDefault(name: keyof Defaults): string {
  const [idx, digits, csv] = [DEFAULTS.idx, DEFAULTS.digits, DEFAULTS.csv].map((all) => String(all[name]));
  if (idx === digits && digits === csv) return `default ${idx}`;
  if (idx === digits) return `default ${idx}; CSV ${csv}`;
  return `default ${idx}; digits ${digits}; CSV ${csv}`;
}

/** Losses of a regression; the others are of classes. */
export function isOfNumbers(loss: Loss): boolean {
  return loss === "mse" || loss === "gaussian";
}

/** Of the network: gaussian has a log variance beside each target. */
export function outputsOf({ outputs }: Encoding, loss: Loss): number {
  return loss === "gaussian" ? 2 * outputs : outputs;
}

/** The options given, completed with defaults that suit the data, of so many training samples, and the optimizer. */
export function completeSettings(options: Partial<Settings>, kind: Kind, task: Task, samples: number): Settings {
  const defaults = DEFAULTS[kind];
  const optimizer = options.optimizer ?? defaults.optimizer;
  const sgd = optimizer === "sgd";
  const plain = (options.scaling ?? "inverted") !== "inverted";
  for (const name of ["momentum", "nesterov"] as const) {
    if (options[name] !== undefined && !OWN_KEYS[optimizer].includes(name))
      throw new UsageError(
        `${flag(name)} is an option of the optimizer sgd, and this run uses ${optimizer}; drop it, or add --optimizer sgd`,
      );
  }
  const loss = options.loss ?? (task === "classify" ? "cross-entropy" : "mse");
  if ((task === "regress") !== isOfNumbers(loss))
    throw new UsageError(
      `--loss must be ${task === "regress" ? "mse or gaussian" : "cross-entropy or bce"} where the task is to ${task}; got ${loss}; drop it, or change --task`,
    );
  // Tables are soon learned by heart; images take most of their epochs.
  const table = kind === "csv";
  const updates = Math.max(1, Math.ceil(samples / (options.batch ?? defaults.batch)));
  const patience = table && (options.val ?? 0.1) > 0 ? long(TABLE_TRAINING.patience, updates) : null;
  const watched = (options.patience === undefined ? patience : options.patience) !== null;
  return {
    ...defaults,
    task: null,
    target: null,
    ignore: null,
    include: null,
    delimiter: null,
    decimal: null,
    header: true,
    encoding: null,
    missing: null,
    val: 0.1,
    samples: null,
    rawPixels: false,
    seed: 1,
    splitSeed: null,
    split: table ? "stratified" : "random",
    group: null,
    classWeight: null,
    labelSmoothing: 0,
    activation: "relu",
    scaling: "inverted",
    momentum: sgd ? 0.9 : 0,
    nesterov: false,
    weightDecay: optimizer === "adamw" ? 0.01 : table && optimizer === "adam" ? TABLE_TRAINING.weightDecay : 0,
    clipNorm: 0,
    ema: null,
    accumulate: 1,
    freeze: [],
    warmUp: 0,
    patience,
    ...(table && { epochs: watched ? long(TABLE_TRAINING.most, updates) : TABLE_TRAINING.unwatched.epochs }),
    ...options,
    maxNorm: options.maxNorm ?? (kind === "idx" && plain ? PLAIN_MAX_NORM : defaults.maxNorm),
    // A rate suits its optimizer, not its data.
    lr: options.lr ?? (optimizer === "sgd" ? 0.1 : 0.001),
    lrSchedule: options.lrSchedule ?? (sgd ? "linear" : "constant"),
    optimizer,
    loss,
  };
}

/** Refuses options that would turn a resumed run into another one, by name. */
export function checkResumed(given: Partial<Settings>, stored: Settings, file: string): void {
  for (const name of Object.keys(given) as (keyof Settings)[]) {
    if (name === "epochs") continue;
    const [now, then] = [given[name], stored[name]].map(show);
    if (now !== then)
      throw new UsageError(
        `${flag(name)} ${now} conflicts with the run in ${file}, which uses ${then}; drop the option to continue it, or --resume to start a new run`,
      );
  }
}

/** As the caller would write it. */
function show(value: Settings[keyof Settings] | undefined): string {
  if (Array.isArray(value)) return value.join(",") || "none";
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map((pair) => pair.join("="))
      .join(",");
  return value === null ? "its default" : String(value);
}

/** What the library calls by another name than the command line. */
const OPTIONS: Record<string, string> = {
  learningRate: "lr",
  sizes: "hidden",
  maxBatch: "batch",
  center: "rawPixels",
  frozen: "freeze",
  header: "noHeader",
};

/** An error about an option: wrong usage, named as the caller wrote it. Others stay what they are. */
export function asUsage(error: unknown): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  const named = /^(?:optimizer\.)?(\w+)(?:\[\d+\])?(?= (?:must|is for) )/.exec(error.message);
  if (!named) return error;
  return new UsageError(flag(OPTIONS[named[1]] ?? named[1]) + error.message.slice(named[0].length));
}

/** The network that the settings describe, for data as encoded. */
export function networkOptions(settings: Settings, encoding: Encoding): NetworkOptions {
  const { lr, maxNorm, clipNorm, weightDecay, hidden, dropout, activation } = settings;
  if (Array.isArray(dropout) && dropout.length !== hidden.length)
    throw new UsageError(
      `--dropout must be one probability or one per hidden layer (${hidden.length} of them); got ${dropout.length}`,
    );
  if (Array.isArray(activation) && activation.length !== hidden.length)
    throw new UsageError(
      `--activation must be one name or one per hidden layer (${hidden.length} of them); got ${activation.length}`,
    );
  const common = { learningRate: lr, maxNorm, clipNorm, weightDecay };
  const optimizer: OptimizerOptions =
    settings.optimizer === "sgd"
      ? { type: "sgd", momentum: settings.momentum, nesterov: settings.nesterov, ...common }
      : settings.optimizer === "rmsprop"
        ? { type: "rmsprop", momentum: settings.momentum, ...common }
        : { type: settings.optimizer, ...common };
  return {
    sizes: [encoding.features, ...hidden, outputsOf(encoding, settings.loss)],
    classes: encoding.classes,
    activation,
    dropout: { input: settings.inputDropout, hidden: dropout },
    scaling: settings.scaling,
    loss: settings.loss,
    labelSmoothing: settings.labelSmoothing,
    optimizer,
    average: settings.ema === null ? null : { type: "ema", decay: settings.ema },
    accumulate: settings.accumulate,
    frozen: settings.freeze,
    seed: settings.seed,
    maxBatch: settings.batch,
  };
}
