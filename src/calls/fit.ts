// Epochs after epochs: reports, patience, abort.

import type { Model } from "../model/model.js";
import { noteLoss } from "../model/scheduled.js";
import type { DataSet, EpochReport, EpochReports, Evaluation, FitOptions } from "../types.js";
import { hasAverage, withAverage } from "./average.js";
import { Best } from "./best.js";
import { type Budget, beginAnew, checkStillThere, trainOneEpoch } from "./epoch.js";
import { type CheckedData, checkData, evaluate } from "./evaluate.js";
import { type CheckedOptions, checkOptions } from "./fit-options.js";
import { awaitable } from "./reports.js";
import { checkSplit, splitData } from "./split.js";
import { Turns } from "./turns.js";

/** See `Network.fit`. `live` gives the model, or throws where the network was disposed meanwhile. */
export function trainEpochs(live: () => Model, data: DataSet, options: FitOptions): EpochReports {
  const checked = checkData(live(), "data", data);
  const checkedOptions = checkOptions(live(), options);
  const { validation, validationSplit } = checkedOptions;
  const watched = validation === undefined ? null : checkData(live(), "validation", validation);
  if (validationSplit === undefined)
    return awaitable((begin) => runEpochs(live, checked, watched, checkedOptions, begin));
  const [train, held] = splitData(live(), checked, checkSplit(validationSplit, checked.samples));
  return awaitable((begin) => runEpochs(live, train, held, checkedOptions, begin));
}

/** Of what the network would be used as. */
function validate(model: Model, data: CheckedData): Evaluation {
  const run = () => evaluate(model, data);
  return hasAverage(model) ? withAverage(model, run) : run();
}

async function* runEpochs(
  live: () => Model,
  data: CheckedData,
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
      const done = await trainOneEpoch(live, data, options, budget);
      if (!done) return;
      const model = live();
      if (watched) checkStillThere("validation", watched.x, watched.samples * model.config.sizes[0]);
      const report: EpochReport = {
        epoch: model.counters.epoch,
        trainLoss: done.trainLoss,
        trainError: done.trainError,
        validation: watched && validate(model, watched),
        seconds: done.seconds,
        samplesPerSecond: done.seconds > 0 ? (data.samples - begun) / done.seconds : 0,
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
