// Where training stands: the counters of a file, and what else it says there where there is something to say.

import { checkInteger, checkNumber, checkObject } from "../../checks.js";
import type { Counters, Model } from "../../model/model.js";
import { checkPlateau } from "../../model/scheduled.js";
import { LAST_STEP } from "../../random/philox.js";
import { readEntry } from "./contents.js";

const COUNTERS = [
  "step",
  "optimizerSteps",
  "looks",
  "draws",
  "epoch",
  "position",
  "lossSum",
] as const satisfies (keyof Counters)[];

/** What of a model a file's counters say. */
export interface Standing {
  counters: Counters;
  others: Pick<Model, "epochSamples" | "epochErrors" | "averaged" | "summed" | "plateau">;
}

export function serializeCounters({ counters, epochSamples, epochErrors, averaged, summed, plateau }: Model): string {
  return JSON.stringify({
    ...counters,
    ...(epochSamples > 0 && { samples: epochSamples }),
    ...(counters.position > 0 && epochErrors >= 0 && { errors: epochErrors }),
    ...(averaged > 0 && { averaged }),
    ...(summed.batches > 0 && { summed }),
    ...(plateau && { plateau }),
  });
}

/** @throws TypeError, RangeError naming the counter; older files do not have all of them */
export function readStanding(metadata: Record<string, string>): Standing {
  const saved = readEntry(metadata, "counters", COUNTERS);
  const whole = (name: string, value: unknown, min = 0) =>
    checkInteger(`the file's counter ${name}`, value, min, LAST_STEP);
  for (const name of COUNTERS) {
    const value = saved[name];
    if (name === "lossSum") checkNumber("the file's counter lossSum", value);
    else whole(name, value);
  }
  const counters = Object.fromEntries(COUNTERS.map((name) => [name, saved[name]])) as unknown as Counters;
  const { position } = counters;
  const { samples = 0, errors, averaged = 0, summed = { batches: 0, weight: 0 }, plateau } = saved;
  const { batches, weight } = checkObject("the file's counter summed", summed, "an object");
  return {
    counters,
    others: {
      epochSamples: samples === 0 ? 0 : whole("samples", samples, position),
      epochErrors:
        position === 0 ? 0 : errors === undefined ? Number.NaN : checkNumber("the file's counter errors", errors, 0),
      averaged: whole("averaged", averaged),
      summed: {
        batches: whole("summed.batches", batches),
        weight: checkNumber("the file's counter summed.weight", weight, 0),
      },
      plateau: plateau === undefined ? null : checkPlateau("the file's counter plateau", plateau),
    },
  };
}
