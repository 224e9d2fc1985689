// Epochs after epochs: reports, patience, abort.

import type { Model } from "../model/model.js";
import { noteLoss } from "../model/scheduled.js";
import type { Blocks, DataSet, EpochReport, EpochReports, Evaluation, FitOptions } from "../types.js";
import { hasAverage, withAverage } from "./average.js";
import { Best } from "./best.js";
import { checkBlocks, isBlocks } from "./blocks.js";
import { type Budget, beginAnew, checkStillThere, type Epoch, trainOneEpoch } from "./epoch.js";
import { type CheckedData, checkData, evaluate } from "./evaluate.js";
import { type CheckedOptions, checkOptions } from "./fit-options.js";
import { awaitable } from "./reports.js";
import { checkSplit, splitData } from "./split.js";
import { blockEpochs } from "./stream.js";
import { Turns } from "./turns.js";

/** See `Network.fit`. `live` gives the model, or throws where the network was disposed meanwhile. */
export function trainEpochs(live: () => Model, data: DataSet | Blocks, options: FitOptions): EpochReports {
  const checked = isBlocks(data) ? data : checkData(live(), "data", data);
  const checkedOptions = checkOptions(live(), options, isBlocks(checked));
  const { validation, validationSplit } = checkedOptions;
  let watched = validation === undefined ? null : checkData(live(), "validation", validation);
  let epochs: Epochs;
  if (isBlocks(checked)) {
    epochs = blockEpochs(live, checkBlocks(checked, checkedOptions.epochs), checkedOptions);
  } else {
    let train = checked;
    if (validationSplit !== undefined)
      [train, watched] = splitData(live(), checked, checkSplit(validationSplit, checked.samples));
    epochs = (budget) => trainOneEpoch(live, train, checkedOptions, budget);
  }
  return awaitable((begin) => runEpochs(live, epochs, watched, checkedOptions, begin));
}

/** Runs the next epoch; null if the call's steps run out before its end. */
type Epochs = (budget: Budget) => Promise<Epoch | null>;

/** Of what the network would be used as. */
function validate(model: Model, data: CheckedData): Evaluation {
  const run = () => evaluate(model, data);
  return hasAverage(model) ? withAverage(model, run) : run();
}

async function* runEpochs(
  live: () => Model,
  nextEpoch: Epochs,
  watched: CheckedData | null,
  options: CheckedOptions,
  begin: () => void,
): AsyncGenerator<EpochReport, void, void> {
  begin();
  const { epochs, patience = Infinity, restart, minDelta } = options;
  const fitted = live();
  if (restart && !fitted.fitting) beginAnew(fitted);
  const best = new Best(fitted.counters.epoch, minDelta);
  const turns = new Turns(() => {
    if (fitted.fitting === turns) fitted.fitting = null;
  });
  const budget: Budget = { steps: options.steps ?? Infinity, turns };
  try {
    for (let run = 1; run <= epochs; run++) {
      const begun = live().counters.position;
      const done = await nextEpoch(budget);
      if (!done) return;
      const model = live();
      if (watched) checkStillThere("validation", watched.x, watched.samples * model.config.sizes[0]);
      const report: EpochReport = {
        epoch: model.counters.epoch,
        trainLoss: done.trainLoss,
        trainError: done.trainError,
        validation: watched && validate(model, watched),
        seconds: done.seconds,
        samplesPerSecond: done.seconds > 0 ? (done.samples - begun) / done.seconds : 0,
      };
      if (report.validation) noteLoss(model, report.validation.loss);
      const isLast = patience < Infinity && (best.note(model, report) >= patience || run === epochs);
      if (isLast) best.putBack(live);
      yield report;
      if (isLast) return;
    }
  } finally {
    // However it ends: by patience, an abort, a `break`, an error.
    best.putBack(live);
  }
}
