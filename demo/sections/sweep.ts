// The error against p: all rates, one after the other, with the settings that stand there.
import { proxy, type Remote } from "comlink";
import type { Point } from "../lab/duel.js";
import type { PlaneLab } from "../lab/plane-lab.js";
import { Chart } from "../parts/chart.js";
import { write } from "../parts/controls.js";
import { withBand } from "../parts/duel-curves.js";
import type { Story } from "../story.js";
import { mean, percent } from "../words/compare.js";

const RATES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

type Measured = Point & { p: number };

export function mountSweep(host: HTMLElement, { theme, plane }: Story, lab: Remote<PlaneLab>): void {
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const button = find("sweep");
  let chart: Chart | null = null;
  let wanted = 0;

  const show = (measured: readonly Measured[]) => {
    const test = measured.map((point) => point.test[0]);
    chart!.draw(
      measured.map(({ p }) => p),
      [
        {
          name: "new points",
          color: "--with",
          ...withBand(test),
        },
        { name: "training points", color: "--with", y: measured.map(({ seen }) => mean(seen[0])), dashed: true },
      ],
    );
    write(find("sweep-words"), saySweep(measured));
  };

  button.addEventListener("click", async () => {
    if (wanted > 0 && button.textContent === "Stop") {
      stop();
      return;
    }
    const mine = ++wanted;
    find("sweep-part").hidden = false;
    chart ??= new Chart(find("sweep-chart"), theme, {
      xTitle: "p, the probability of dropping a unit",
      yTitle: "wrong answers",
      nameX: (p) => `p = ${p}`,
      xTo: 1,
      readout: find("sweep-readout"),
    });
    write(button, "Stop");
    const measured: Measured[] = [];
    try {
      const report = (point: Measured) => {
        if (mine !== wanted) return false;
        measured.push(point);
        show(measured);
        return true;
      };
      await lab.sweep(plane.settings, RATES, proxy(report));
    } catch (error) {
      write(find("sweep-words"), (error as Error).message);
    } finally {
      if (mine === wanted) write(button, "Try every p");
    }
  });
  const stop = () => {
    wanted++;
    write(button, "Try every p");
  };
  plane.addEventListener("settingschange", stop);
}

/** Where the lowest error is, and what happens beyond. */
export function saySweep(measured: readonly Measured[]): string {
  if (measured.length < RATES.length) return `${measured.length} of ${RATES.length} values of p tried …`;
  const errors = measured.map(({ test }) => mean(test[0]));
  const best = errors.indexOf(Math.min(...errors));
  const [none, most] = [errors[0], errors.at(-1)!];
  const lowest = `Fewest wrong answers at p = ${measured[best].p}: ${percent(errors[best])}, against ${percent(none)} without dropout`;
  if (best === 0) return `Dropout does not help here: fewest wrong answers without it, ${percent(none)}.`;
  return most > errors[best] + 0.05 ? `${lowest}. Beyond, too few units are left to learn with.` : `${lowest}.`;
}
