// Shows where the two networks stand: figures, curves, masks, and what they mean in words.
import type { Lab } from "../lab.js";
import { ErrorChart, topOf } from "./chart.js";
import type { Standing } from "./duel.js";
import type { State, Trainer } from "./trainer.js";
import { UnitField } from "./units.js";
import { countEpochs, gapOf, gapPoints, percent, progressOf, rate, speeds, verdict } from "./words.js";

type Find = <T extends HTMLElement = HTMLElement>(id: string) => T;

const SIDES = ["without", "with"] as const;

export class Scoreboard {
  readonly #find: Find;
  readonly #lab: Lab;
  readonly #charts: ErrorChart[];
  readonly #fields: UnitField[];
  #frame = 0;

  constructor(find: Find, lab: Lab) {
    this.#find = find;
    this.#lab = lab;
    this.#charts = SIDES.map((side) => new ErrorChart(find(`${side}-chart`), lab.theme, `--${side}`));
    this.#fields = SIDES.map((side) => new UnitField(find<HTMLCanvasElement>(`${side}-units`), lab.theme, `--${side}`));
  }

  /**
   * At the next frame, however often it is asked: all of it at once, so that what stands there was true together. Then
   * only, if it is to stay, does the element `state` have the state `resting`.
   */
  show(trainer: Trainer): void {
    const place = this.#find("state");
    if (trainer.state !== "resting") place.dataset.state = trainer.state;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const { state, standing, problem } = trainer;
      place.dataset.state = state;
      this.#text("problem", problem);
      this.#showButtons(state, standing);
      if (!standing) return;
      this.#showFigures(standing, state);
      // With reduced motion the page shows the masks of single steps, and of the last one when training rests.
      if (!this.#lab.reducedMotion || state === "resting") this.#showMasks(standing);
      this.#text("progress", progressOf(standing));
    });
  }

  #showButtons(state: State, standing: Standing | null): void {
    const start = standing && standing.epoch > 0 ? "Train on" : "Train";
    this.#text("run", { resting: start, busy: start, running: "Pause", stopping: "Pausing…" }[state]);
    // Not disabled, because that would take the focus from the button that was just pressed.
    this.#find("run").ariaDisabled = String(state === "stopping");
    this.#find("step").ariaDisabled = String(state === "running" || state === "stopping");
  }

  #showFigures({ without, dropout, data }: Standing, state: State): void {
    const sides = [without, dropout];
    const top = topOf(...sides.map((side) => side.points));
    sides.forEach(({ points: curve, last, speed }, i) => {
      this.#text(`${SIDES[i]}-test`, last ? percent(last.test) : "–");
      this.#text(`${SIDES[i]}-seen`, last ? percent(last.seen) : "–");
      this.#text(`${SIDES[i]}-gap`, last ? gapPoints(last) : "–");
      this.#text(`${SIDES[i]}-rate`, rate(speed));
      this.#charts[i].draw(curve, top);
    });
    const words = `${verdict(without.last, dropout.last, data.test.y.length)} ${speeds(without.speed, dropout.speed)}`;
    const none = state === "resting" ? "Press Train, or take a single step." : "Training …";
    this.#text("verdict", words.trim() || none);
    // What a screen reader hears changes when training rests, not at every pass.
    if (state !== "resting") return;
    this.#text("spoken", words.trim());
    sides.forEach(({ last }, i) => {
      const name = ["Without dropout", "With dropout"][i];
      const curves = last ? `after ${countEpochs(last.epoch)} ${gapOf(last)}` : "no curves yet";
      this.#find(`${SIDES[i]}-chart`).ariaLabel = `${name}: ${curves}`;
    });
  }

  #showMasks({ kept, step }: Standing): void {
    const count = kept.reduce((sum, keep) => sum + keep, 0);
    this.#fields[0].draw(new Uint8Array(kept.length).fill(1));
    this.#fields[1].draw(kept);
    const last = `First hidden layer, one sample: ${count} of ${kept.length} units kept.`;
    this.#text("with-kept", step > 0 ? last : `First hidden layer: ${kept.length} units; full dots are kept.`);
  }

  #text(id: string, value: string): void {
    const place = this.#find(id);
    if (place.textContent !== value) place.textContent = value;
  }
}
