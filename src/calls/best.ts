// The best weights of a fit with patience, kept beside the network until it ends.

import { conversionFactor } from "../dropout/scaling.js";
import { type Model, ratesAt } from "../model/model.js";
import { type ParameterSet, readParameters, writeParameters } from "../model/weights.js";
import { change } from "../model/whole.js";
import type { EpochReport, Scaling } from "../types.js";
import { hasAverage } from "./average.js";

/** The weights, and their average where there is one: it is what was judged. */
function setsOf(model: Model): ParameterSet[] {
  return hasAverage(model) ? ["parameters", { state: model.copies.indexOf("average") }] : ["parameters"];
}

export class Best {
  #loss = Infinity;
  #epoch: number;
  /** What the weights are for. */
  #scaling: Scaling = "inverted";
  #parameters: { set: ParameterSet; l: number; values: ReturnType<typeof readParameters> }[] = [];
  readonly #minDelta: number;

  /** @param epoch epochs made before the first one */
  constructor(epoch: number, minDelta: number) {
    this.#epoch = epoch;
    this.#minDelta = minDelta;
  }

  /** Keeps the weights where they are better. @returns how many epochs in a row have not been */
  note(model: Model, { epoch, validation }: EpochReport): number {
    if (validation && validation.loss < this.#loss - this.#minDelta) {
      this.#loss = validation.loss;
      this.#epoch = epoch;
      this.#scaling = model.config.scaling;
      this.#parameters = setsOf(model).flatMap((set) =>
        model.shapes.map((_, l) => ({ set, l, values: readParameters(model, l, set) })),
      );
    }
    return epoch - this.#epoch;
  }

  /** Once: what the caller does to the weights when it has the last report stays. */
  putBack(live: () => Model): void {
    const parameters = this.#parameters.splice(0);
    if (parameters.length === 0) return;
    let model: Model;
    try {
      model = live();
    } catch {
      // Disposed of, or not whole: every call says so.
      return;
    }
    const rates = ratesAt(model, model.counters.step);
    // Between two reports the caller may have switched to another scaling.
    const factors = rates.map((p, l) => conversionFactor(this.#scaling, model.config.scaling, p, l));
    change(model, () => {
      for (const { set, l, values } of parameters) {
        writeParameters(model, l, set, { weight: values.weight.map((w) => factors[l] * w), bias: values.bias });
      }
    });
  }
}
