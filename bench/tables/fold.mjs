// One fold of a table as `thinned train --folds` trains it.
import { measure } from "../../dist/cli/run/measure.js";
import { completeSettings, networkOptions } from "../../dist/cli/run/settings.js";
import { trainFold } from "../../dist/cli/run/train-run.js";
import { loadData } from "../../dist/data/load.js";
import { Network } from "../../dist/index.js";

export const SPLITS = 5;

/**
 * @param file a table whose target is called y
 * @param index of the fold that is tested, from 0
 * @param asked options of `train` beside its defaults, or a function of the updates in an epoch that gives them
 * @param seed of the folds, the weights and the masks
 */
export async function trainOnFold(file, index, asked, seed) {
  const given = typeof asked === "function" ? {} : asked;
  const fold = { index, of: SPLITS };
  const data = await loadData(file, { target: "y", val: given.val ?? 0.1, seed, fold, asWritten: true });
  const { encoding, inputs, train } = data;
  const wanted = typeof asked === "function" ? asked(Math.ceil(train.samples / 32)) : asked;
  const settings = completeSettings({ seed, ...wanted }, "csv", encoding.task, train.samples);
  const net = await Network.create({ ...networkOptions(settings, encoding), inputs, threads: 1 });
  const run = { settings, source: file, digest: "", build: net.runtime.build, best: null, stopped: false };
  const begun = performance.now();
  await trainFold({ net, encoding, run, bestWeights: null }, data, new AbortController().signal, { quiet: true });
  const seconds = (performance.now() - begun) / 1000;
  const { error } = measure(net, encoding, data.test);
  const told = { error, seconds, epochs: net.progress.epoch, task: encoding.task, held: [...data.rows.held] };
  net.dispose();
  return told;
}
