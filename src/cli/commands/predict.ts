// thinned predict: one row per sample; with --samples, how sure the network is.

import { Command } from "commander";
import { argmax } from "../../calls/argmax.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { loadForModel } from "../../data/load.js";
import { NUMBER } from "../../data/sources/text/numbers.js";
import type { Network } from "../../network.js";
import { checkSpares, checkWritable, writeWhole } from "../../node/files.js";
import { noteRevectorize } from "../output.js";
import { inOwnUnits } from "../run/measure.js";
import { readModel } from "../run/model-file.js";
import { checkPromise, type PromiseOptions, promised } from "../run/promised.js";
import { addReadOptions, type ReadingOptions, readingFor } from "../run/read-options.js";
import { given, REVECTORIZE, real, share, threads, UsageError, whole } from "../usage.js";

interface Options extends PromiseOptions, ReadingOptions {
  out?: string;
  samples?: number;
  temperature?: number;
  seed: number;
  threads: number | "auto";
  revectorize?: boolean;
  json?: boolean;
}

type Cell = string | number;

interface Column {
  name: string;
  /** The cell of a sample. */
  at: (row: number) => Cell;
}

const AFTER_HELP = `
Columns: class and p:NAME (a probability per class); for regression the target's name, in its own units.
--samples adds Monte-Carlo dropout, in which units are still dropped: mean:NAME and sd:NAME per class, and the entropy of
the mean in nats (bce: summed over the classes); for regression mean and sd (mc:mean where the target has that name). The same seed gives the same numbers.
--sets adds the column set: the classes that hold the truth as often as thinned calibrate promised, with | between them; --interval low and high.
In CSV a name that begins like a formula (= + - @) has a ' before it, and control characters are written as \\u001b; --json has them as they are.`;

export function predictCommand(): Command {
  return addReadOptions(
    new Command("predict")
      .description("predictions of a saved model, one row per sample")
      .argument("<model>", "file that thinned train wrote")
      .argument(
        "<data>",
        "IDX directory, a file with a table (the target's column is not needed; - is standard input), or digits",
      ),
  )
    .option("--out <file>", "where the rows go (default: standard output)")
    .option("--samples <n>", "Monte-Carlo dropout with so many draws", whole(1, 1e6))
    .option("--seed <n>", "of the Monte-Carlo masks", whole(0), 0)
    .option("--sets", "the classes that hold the truth with the calibrated coverage")
    .option("--interval", "for regression: low and high, with the calibrated coverage")
    .option("--coverage <share>", "of --sets or --interval, where the model was calibrated for several", share)
    .option("--temperature <t>", "divide logits by this, and not by the model's own temperature", real(0.01, 100.01))
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--revectorize", REVECTORIZE)
    .option("--json", "lines of JSON in place of CSV")
    .addHelpText("after", AFTER_HELP)
    .action(predict);
}

async function predict(path: string, source: string, options: Options, command: Command): Promise<void> {
  const { out, samples, seed, threads, revectorize, json } = options;
  if (given(command).has("seed") && !samples)
    throw new UsageError("--seed draws Monte-Carlo masks, and there are none without --samples; add --samples 50");
  checkPromise(options);
  if (out !== undefined) {
    checkWritable("--out", out);
    checkSpares("--out", out, [path, source]);
  }
  const { net, encoding, run } = await readModel(path, { threads, revectorize });
  noteRevectorize(revectorize, net.runtime);
  try {
    if (options.temperature !== undefined) net.temperature = options.temperature;
    const data = await loadForModel(source, encoding, false, readingFor(options, run));
    const columns = [
      ...predictions(net, encoding, data),
      ...(samples ? uncertainty(net, encoding, data, samples, seed) : []),
      ...promised(path, net, encoding, data, options).map(({ name, at }) => ({
        name,
        at: (row: number) => cell(at(row), encoding),
      })),
    ];
    const lines = json ? jsonLines(columns, data.samples) : csvLines(columns, data.samples);
    if (out !== undefined) writeWhole(out, [...lines].join(""));
    else for (const line of lines) process.stdout.write(line);
  } finally {
    net.dispose();
  }
}

function predictions(net: Network, encoding: Encoding, { x }: Table): Column[] {
  const { classes, target } = encoding;
  const outputs = net.predict(x);
  if (!classes) return [{ name: target ?? "value", at: (row) => value(outputs[row], encoding) }];
  return [
    { name: "class", at: (row) => classes[argmax(outputs, row * classes.length, classes.length)] },
    ...perClass("p", classes, outputs),
  ];
}

function uncertainty(net: Network, encoding: Encoding, { x }: Table, samples: number, seed: number): Column[] {
  const { classes, target, targetScale } = encoding;
  const { mean, variance, entropy } = net.mc_step(x, { samples, seed, draw: 0 });
  const sd = variance.map(Math.sqrt);
  if (!classes)
    return [
      { name: distinct("mean", target), at: (row) => value(mean[row], encoding) },
      { name: distinct("sd", target), at: (row) => short(sd[row] / (targetScale ?? 1)) },
    ];
  return [
    ...perClass("mean", classes, mean),
    ...perClass("sd", classes, sd),
    { name: "entropy", at: (row) => short(entropy![row]) },
  ];
}

/** A target may be called "mean" itself. */
function distinct(name: string, target: string | null): string {
  return name === target ? `mc:${name}` : name;
}

function perClass(prefix: string, classes: string[], values: Float32Array): Column[] {
  return classes.map((name, i) => ({
    name: `${prefix}:${name}`,
    at: (row) => short(values[row * classes.length + i]),
  }));
}

/** A text as it is; an output in the target's own units. */
function cell(of: Cell, encoding: Encoding): Cell {
  return typeof of === "number" ? value(of, encoding) : of;
}

/** An output in the target's own units. The digits of a mean that is far larger come before its own. */
function value(output: number, encoding: Encoding): number {
  const number = inOwnUnits(output, encoding);
  const larger = (Math.abs(number) * (encoding.targetScale ?? 1)) / Math.max(1, Math.abs(output));
  return short(number, Math.max(0, Math.floor(Math.log10(larger))));
}

// A float32 has no more than seven digits to show; a double, seventeen.
function short(number: number, before = 0): number {
  return Number(number.toPrecision(Math.min(17, 7 + before)));
}

function* csvLines(columns: Column[], rows: number): Generator<string> {
  yield `${columns.map(({ name }) => quote(name)).join(",")}\n`;
  for (let row = 0; row < rows; row++) yield `${columns.map(({ at }) => quote(at(row))).join(",")}\n`;
}

function* jsonLines(columns: Column[], rows: number): Generator<string> {
  for (let row = 0; row < rows; row++)
    yield `${JSON.stringify(Object.fromEntries(columns.map(({ name, at }) => [name, at(row)])))}\n`;
}

/**
 * A cell of CSV. A spreadsheet runs what begins like a formula, and a terminal obeys control characters: names come from files of strangers. Numbers stay
 * as they are, names that are numbers as well.
 */
function quote(cell: Cell): string {
  const text = String(cell);
  if (typeof cell === "number" || NUMBER.test(text)) return text;
  const shown = text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const plain = /^[=+\-@\t\r]/.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** All but the tab and the ends of lines, which CSV knows. */
const CONTROL = /[^\P{Cc}\t\n\r]/gu;
