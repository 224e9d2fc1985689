// Shows where the two networks stand: figures, curves, masks, and what they mean in words.
import type { Lab } from "../lab.js";
import { ErrorChart, topOf } from "./chart.js";
import type { Contestant } from "./duel.js";
import type { Trainer } from "./trainer.js";
import { UnitField } from "./units.js";
import { gapOf, percent, points, rate, speeds, verdict } from "./words.js";

type Find = <T extends HTMLElement = HTMLElement>(id: string) => T;

/** Masks change a thousand times a second; four are enough for an eye. */
const MASK_MS = 250;

const SIDES = ["without", "with"] as const;

export class Scoreboard {
  readonly #find: Find;
  readonly #lab: Lab;
  readonly #charts: ErrorChart[];
  readonly #fields: UnitField[];
  #trainer: Trainer | null = null;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(find: Find, lab: Lab) {
    this.#find = find;
    this.#lab = lab;
    this.#charts = SIDES.map((side) => new ErrorChart(find(`${side}-chart`), lab.theme, `--${side}`));
    this.#fields = SIDES.map((side) => new UnitField(find<HTMLCanvasElement>(`${side}-units`), lab.theme, `--${side}`));
  }

  /** At the next frame, however often it is asked. */
  show(trainer: Trainer): void {
    this.#trainer = trainer;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#showNow(trainer);
    });
    this.#timer ??= setTimeout(() => this.#watch(), 0);
  }

  #showNow(trainer: Trainer): void {
    const { duel, data, running, problem } = trainer;
    const text = (id: string, value: string) => {
      const place = this.#find(id);
      if (place.textContent !== value) place.textContent = value;
    };
    text("run", running ? "Pause" : trainer.epoch > 0 ? "Train on" : "Train");
    text("problem", problem);
    if (!duel || !data) return;
    const top = topOf(...duel.both.map((contestant) => contestant.points));
    duel.both.forEach((contestant, i) => {
      const { last, speed } = contestant;
      text(`${SIDES[i]}-test`, last ? percent(last.test) : "–");
      text(`${SIDES[i]}-seen`, last ? percent(last.seen) : "–");
      text(`${SIDES[i]}-gap`, last ? points(last.test - last.seen) : "–");
      text(`${SIDES[i]}-rate`, rate(speed));
      this.#charts[i].draw(contestant.points, top);
    });
    const tested = data.test.y.length;
    const { without, dropout } = duel;
    const words = `${verdict(without.last, dropout.last, tested)} ${speeds(without.speed, dropout.speed)}`.trim();
    text("verdict", words || (running ? "Training …" : "Press Train, or take a single step."));
    // What a screen reader hears changes when training rests, not at every pass.
    if (running) return;
    text("spoken", words);
    duel.both.forEach(({ last }, i) => {
      const name = ["Without dropout", "With dropout"][i];
      const curves = last ? `after ${last.epoch} epochs ${gapOf(last)}` : "no curves yet";
      this.#find(`${SIDES[i]}-chart`).ariaLabel = `${name}: ${curves}`;
    });
  }

  /** Fetches the masks of the step that was taken last; goes on while there is training. */
  async #watch(): Promise<void> {
    const trainer = this.#trainer!;
    const still = this.#lab.reducedMotion && trainer.running;
    try {
      const { duel } = trainer;
      if (duel) {
        if (!still) for (const [i, contestant] of duel.both.entries()) await this.#showMask(i, contestant);
        const [{ epoch, position }, step] = await Promise.all([duel.dropout.net.progress, duel.dropout.net.step]);
        const total = duel.data.train.y.length;
        const within = position > 0 ? ` and ${Math.round((100 * position) / total)} %` : "";
        this.#find("progress").textContent = `${epoch} epochs${within}, ${step.toLocaleString("en-US")} steps`;
      }
    } catch {
      // The networks were thrown away meanwhile; there are others now.
    }
    this.#timer = trainer.running ? setTimeout(() => this.#watch(), MASK_MS) : undefined;
  }

  async #showMask(i: number, contestant: Contestant): Promise<void> {
    const { width } = contestant;
    const kept = await contestant.mask();
    this.#fields[i].draw(kept);
    if (i === 0) return;
    const count = kept.reduce((sum, keep) => sum + keep, 0);
    this.#find("with-kept").textContent = `First hidden layer, one sample’s step: ${count} of ${width} units kept.`;
  }
}
