// One row per class: the mean of the thinned networks' probabilities as a bar, a tick for what each of them said, and
// the numbers.
import type { MonteCarloResult } from "thinned";
import type { Theme } from "./lab.js";

interface Row {
  element: HTMLTableRowElement;
  strip: HTMLCanvasElement;
  number: HTMLElement;
}

export class AnswerRows {
  readonly #body: HTMLElement;
  readonly #theme: Theme;
  #rows: Row[] = [];
  #classes = "";

  constructor(body: HTMLElement, theme: Theme) {
    this.#body = body;
    this.#theme = theme;
  }

  /** Makes a row for each class, unless they are there. */
  name(classes: readonly string[]): void {
    if (classes.join("\n") === this.#classes) return;
    this.#classes = classes.join("\n");
    this.#rows = classes.map((name) => {
      const element = document.createElement("tr");
      element.innerHTML = '<th scope="row"></th><td><canvas aria-hidden="true"></canvas></td><td class="number"></td>';
      element.querySelector("th")!.textContent = name;
      return {
        element,
        strip: element.querySelector("canvas")!,
        number: element.querySelector<HTMLElement>(".number")!,
      };
    });
    this.#body.replaceChildren(...this.#rows.map(({ element }) => element));
  }

  /** @param draws what each network said, `[draws, classes]` */
  show({ mean, variance }: MonteCarloResult, draws: Float32Array): void {
    const colors = { bar: this.#theme.color("--with-soft"), tick: this.#theme.color("--with") };
    const best = mean.indexOf(Math.max(...mean));
    this.#rows.forEach(({ element, strip, number }, i) => {
      element.classList.toggle("best", i === best);
      number.textContent = `${percent(mean[i])} ± ${percent(Math.sqrt(variance[i]))} %`;
      const said = draws.filter((_, at) => at % mean.length === i);
      paintStrip(strip, mean[i], said, colors);
    });
  }

  clear(): void {
    for (const { element, strip, number } of this.#rows) {
      element.classList.remove("best");
      number.textContent = "–";
      strip.getContext("2d")!.clearRect(0, 0, strip.width, strip.height);
    }
  }
}

function paintStrip(
  strip: HTMLCanvasElement,
  mean: number,
  said: Float32Array,
  colors: { bar: string; tick: string },
): void {
  const [width, height] = [strip.clientWidth, strip.clientHeight].map((side) => Math.round(side * devicePixelRatio));
  if (strip.width !== width || strip.height !== height) [strip.width, strip.height] = [width, height];
  const pencil = strip.getContext("2d")!;
  const tick = 1.5 * devicePixelRatio;
  const at = (probability: number) => probability * (width - tick);
  pencil.clearRect(0, 0, width, height);
  pencil.fillStyle = colors.bar;
  pencil.fillRect(0, 0, at(mean) + tick, height);
  pencil.fillStyle = colors.tick;
  pencil.globalAlpha = 0.22;
  for (const probability of said) pencil.fillRect(at(probability), 0.15 * height, tick, 0.7 * height);
  pencil.globalAlpha = 1;
  pencil.fillRect(at(mean), 0, 2 * tick, height);
}

function percent(fraction: number): string {
  return (100 * fraction).toFixed(0);
}
