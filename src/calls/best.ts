// The best weights of a fit with patience, kept beside the network until it ends.

import { conversionFactor } from "../dropout/scaling.js";
import { type Model, ratesAt } from "../model/model.js";
import { readParameters, writeParameters } from "../model/weights.js";
import { change } from "../model/whole.js";
import type { EpochReport, Scaling } from "../types.js";

export class Best {
  #loss = Infinity;
  #epoch: number;
  /** What the weights are for. */
  #scaling: Scaling = "inverted";
  #parameters: ReturnType<typeof readParameters>[] = [];
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
      this.#parameters = model.shapes.map((_, l) => readParameters(model, l, "parameters"));
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
      parameters.forEach(({ weight, bias }, l) => {
        writeParameters(model, l, "parameters", { weight: weight.map((w) => factors[l] * w), bias });
      });
    });
  }
}
