// The other workers of a network, for as long as it lives: one shift of threads after the other, usually just one.

import type { Crew, Model } from "../model/model.js";
import type { Pass } from "../model/pass.js";
import { Shift } from "./shift.js";

export class ThreadCrew implements Crew {
  #shift: Shift;

  constructor(
    model: Model,
    readonly size: number,
  ) {
    this.#shift = new Shift(model, size, true);
  }

  get started(): Promise<void> {
    return this.#shift.started;
  }

  get working(): boolean {
    return this.#shift.working;
  }

  get excuse(): string {
    return this.#shift.excuse;
  }

  run(model: Model, pass: Pass): number {
    if (this.#shift.isOver) this.#shift = new Shift(model, this.size, false);
    return this.#shift.run(model, pass);
  }

  endBrokenOff(model: Model): boolean {
    const { isBrokenOff } = this.#shift;
    if (isBrokenOff) this.#shift.breakOff(model, "");
    return isBrokenOff;
  }

  dispose(): void {
    this.#shift.dispose();
  }
}
