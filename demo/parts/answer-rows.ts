// One row per class: the mean of the thinned networks' probabilities as a bar, and as a number.
import { percent } from "../words/doubt.js";
import { write } from "./controls.js";

interface Row {
  element: HTMLTableRowElement;
  bar: HTMLElement;
  number: HTMLElement;
}

export class AnswerRows {
  readonly #body: HTMLElement;
  #rows: Row[] = [];
  #classes = "";

  constructor(body: HTMLElement) {
    this.#body = body;
  }

  /** Makes a row for each class, unless they are there. */
  name(classes: readonly string[]): void {
    if (classes.join("\n") === this.#classes) return;
    this.#classes = classes.join("\n");
    this.#rows = classes.map((name) => {
      const element = document.createElement("tr");
      element.innerHTML =
        '<th scope="row"></th><td><span class="answer-track"><span class="answer-bar"></span></span></td><td class="number"></td>';
      element.querySelector("th")!.textContent = name;
      const [bar, number] = [".answer-bar", ".number"].map((part) => element.querySelector<HTMLElement>(part)!);
      return { element, bar, number };
    });
    this.#body.replaceChildren(...this.#rows.map(({ element }) => element));
  }

  show(mean: readonly number[]): void {
    const best = mean.indexOf(Math.max(...mean));
    this.#rows.forEach(({ element, bar, number }, i) => {
      element.classList.toggle("best", i === best);
      write(number, percent(mean[i]));
      bar.style.width = `${100 * mean[i]}%`;
    });
  }

  clear(): void {
    for (const { element, bar, number } of this.#rows) {
      element.classList.remove("best");
      write(number, "–");
      bar.style.width = "0";
    }
  }
}
