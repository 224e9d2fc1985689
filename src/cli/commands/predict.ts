// thinned predict: one row per sample; with --samples, how sure the network is.

import { Command } from "commander";
import { loadForModel } from "../../data/load.js";
import { checkSpares, checkWritable, writeWhole } from "../../node/files.js";
import { noteRevectorize } from "../output.js";
import { cell, predictions, uncertainty } from "../run/answer-columns.js";
import { readAnswerer } from "../run/ensemble.js";
import { csvLines, jsonLines, pieces, printLines } from "../run/lines.js";
import { checkPromise, type PromiseOptions, promised } from "../run/promised.js";
import { addReadOptions, type ReadingOptions, readingFor } from "../run/read-options.js";
import { given, names, REVECTORIZE, real, share, threads, UsageError, whole } from "../usage.js";

interface Options extends PromiseOptions, ReadingOptions {
  out?: string;
  keep?: string[];
  samples?: number;
  temperature?: number;
  seed: number;
  threads: number | "auto";
  revectorize?: boolean;
  json?: boolean;
}

const AFTER_HELP = `
Columns: class and p:NAME (a probability per class); for regression the target's name, in its own units.
--samples adds Monte-Carlo dropout, in which units are still dropped: mean:NAME and sd:NAME per class, and the entropy of
the mean in nats (bce: summed over the classes); for regression mean and sd (mc:mean where the target has that name). The same seed gives the same numbers.
A model of --loss gaussian adds noise, the standard deviation of the target's noise, and with --samples the parts of sd, epistemic and aleatoric.
--sets adds the column set: the classes that hold the truth as often as thinned calibrate promised, with | between them; --interval low and high.
--keep id writes columns of DATA before the answers, as they are (data:NAME where an answer has that name); --keep may be given again.
In CSV a name or a text that begins like a formula (= + - @) has a ' before it, and control characters are written as \\u001b; --json has them as they are.`;

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
    .option("--keep <columns>", "tables: columns of DATA that go before the answers, such as id", names)
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
  const { net, encoding, runtime, run } = await readAnswerer(path, { threads, revectorize });
  noteRevectorize(revectorize, runtime);
  try {
    if (options.temperature !== undefined) net.temperature = options.temperature;
    const data = await loadForModel(source, encoding, false, {
      ...readingFor(options, run),
      ...(options.keep && { keep: options.keep }),
    });
    if (options.keep && !data.kept) throw new UsageError(`--keep is for tables, and ${source} is none; leave it out`);
    const answers = [
      ...predictions(net, encoding, data),
      ...(samples ? uncertainty(net, encoding, data, samples, seed) : []),
      ...promised(path, net, encoding, data, options).map(({ name, at }) => ({
        name,
        at: (row: number) => cell(at(row), encoding),
      })),
    ];
    const taken = new Set(answers.map(({ name }) => name));
    const kept = (data.kept ?? []).map(({ name, at }) => ({ name: taken.has(name) ? `data:${name}` : name, at }));
    const columns = [...kept, ...answers];
    const lines = json ? jsonLines(columns, data.samples) : csvLines(columns, data.samples);
    if (out !== undefined) writeWhole(out, pieces(lines));
    else await printLines(lines);
  } finally {
    net.dispose();
  }
}
