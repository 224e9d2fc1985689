// 6. Doubt: draw a digit; ten thinned networks are asked what it is, and how far they agree is how sure they are
// together.
import type { Remote } from "comlink";
import { conformalQuantile, predictSets } from "thinned/scores";
import { encodePicture, fillOf, rasterise, SCRIBBLE, sampleDigit } from "../drawing.js";
import type { Asked, DoubtLab } from "../lab/doubt-lab.js";
import { sideOf } from "../lab/encodings.js";
import type { SavedModel } from "../lab/model-file.js";
import { startLab } from "../link.js";
import { AnswerRows } from "../parts/answer-rows.js";
import { write } from "../parts/controls.js";
import { Sheet } from "../parts/sheet.js";
import type { Story } from "../story.js";
import type { Theme } from "../theme.js";
import { countVotes, percent, saySet, sayVotes, type Votes } from "../words/doubt.js";
import { mount as mountCurve } from "./curve.js";

const ASKED = 10;

/** In a worker of its own: what is drawn is answered while others train. */
export async function mount(host: HTMLElement, { theme, model }: Story): Promise<void> {
  const find = <E extends HTMLElement>(selector: string) => host.querySelector<E>(selector)!;
  const sheet = new Sheet(find<HTMLCanvasElement>("#sheet"), theme);
  const ways = new Array<number>(10).fill(0);
  for (const button of host.querySelectorAll<HTMLButtonElement>("[data-digit]")) {
    const digit = Number(button.dataset.digit);
    button.addEventListener("click", () => sheet.show(sampleDigit(digit, ways[digit]++)));
  }
  find("#draw-scribble").addEventListener("click", () => sheet.show(SCRIBBLE));
  find("#draw-clear").addEventListener("click", () => sheet.clear());

  const api = await startLab("doubt");
  const lab = await new api.DoubtLab();
  const asking = new Asking(host, theme, sheet, lab, () => model.current);
  sheet.addEventListener("change", () => asking.again());
  model.addEventListener("modelchange", () => asking.again());
  theme.addEventListener("themechange", () => asking.again());
  find("#draw-coverage").addEventListener("change", () => asking.showSet());
  sheet.show(sampleDigit(7, ways[7]++));
  await mountCurve(find("#curve"), theme, api);
  const starting = await lab.start();
  if (!model.current) model.offer(starting);
}

/** The conversation about the drawing that is on the sheet now: one question under way at a time. */
class Asking {
  readonly #rows: AnswerRows;
  readonly #seen: HTMLCanvasElement;
  readonly #votes: HTMLElement[];
  #used: SavedModel | null = null;
  #asked: Asked = { drops: true, scores: null };
  #mean: number[] | null = null;
  #changed = false;
  #running = false;

  constructor(
    readonly host: HTMLElement,
    readonly theme: Theme,
    readonly sheet: Sheet,
    readonly lab: Remote<DoubtLab>,
    readonly model: () => SavedModel | null,
  ) {
    this.#rows = new AnswerRows(host.querySelector("tbody")!);
    // As many rows as there will be: nothing below moves when the first answer comes.
    this.#rows.name(Array.from({ length: 10 }, (_, digit) => String(digit)));
    this.#rows.clear();
    this.#seen = host.querySelector<HTMLCanvasElement>("#draw-seen")!;
    this.#votes = [...host.querySelectorAll<HTMLElement>("[data-vote]")];
  }

  /** There is another drawing or another model: forgets what was said of the last one. */
  again(): void {
    this.#changed = true;
    if (this.#running) return;
    this.#running = true;
    this.#run()
      .catch((error: Error) => this.#say("No answer", `The model cannot be asked: ${error.message}`))
      .finally(() => {
        this.#running = false;
      });
  }

  async #run(): Promise<void> {
    while (this.#changed) {
      this.#changed = false;
      const model = this.model();
      const side = model && sideOf(model.encoding);
      if (!model || !side) {
        this.#clear();
        this.#say("One moment", "A small network is being trained.");
        continue;
      }
      const picture = rasterise(this.sheet.strokes, side, fillOf(model.encoding));
      paintSeen(this.#seen, picture, side, this.theme);
      if (this.#used !== model) this.#asked = await this.lab.use(model, ASKED);
      this.#used = model;
      const classes = model.encoding.classes!;
      this.#rows.name(classes);
      this.#set("model", `Asked: ${model.origin}.`);
      this.#set("seen", `What the network sees: ${side} × ${side}`);
      if (this.sheet.strokes.length === 0) {
        this.#clear();
        this.#say("Nothing drawn", "Draw a digit on the sheet, or choose one.");
        continue;
      }
      const answers = await this.lab.ask(encodePicture(picture, model.encoding), ASKED);
      const votes = countVotes(answers, classes.length);
      this.#show(votes, classes);
      const { headline, reason } = sayVotes(votes, classes);
      if (this.#asked.drops) this.#say(headline, reason);
      else this.#say(`It says ${classes[votes.votes[0].choice]}`, WITHOUT_DROPOUT);
      await new Promise(requestAnimationFrame);
    }
    // Told to a screen reader once, when it stands.
    this.#set("announce", this.host.querySelector("[data-headline]")!.textContent!);
  }

  #show({ votes, mean }: Votes, classes: readonly string[]): void {
    this.#rows.show(mean);
    this.#mean = mean;
    this.showSet();
    const most = mean.indexOf(Math.max(...mean));
    this.#votes.forEach((tile, i) => {
      const { choice, probability } = votes[i];
      tile.classList.toggle("other", choice !== most);
      write(tile.querySelector("b")!, classes[choice]);
      write(tile.querySelector("span")!, percent(probability));
    });
  }

  /** The classes that fit as well as drawn digits' own do, as often as was chosen. */
  showSet(): void {
    const { scores } = this.#asked;
    const box = this.host.querySelector<HTMLElement>("[data-promise]")!;
    box.hidden = scores === null;
    if (!scores || !this.#mean) return;
    const coverage = Number(this.host.querySelector<HTMLSelectElement>("#draw-coverage")!.value);
    const [fitting] = predictSets(this.#mean, this.#mean.length, conformalQuantile(scores, coverage));
    const { set, meaning } = saySet(fitting.map(String), coverage);
    this.#set("set", set);
    this.#set("meaning", meaning);
  }

  #clear(): void {
    this.#mean = null;
    this.#set("set", "–");
    this.#set("meaning", "");
    this.#rows.clear();
    for (const tile of this.#votes) {
      tile.classList.remove("other");
      for (const part of tile.children) write(part as HTMLElement, "–");
    }
  }

  #say(headline: string, reason: string): void {
    this.#set("headline", headline);
    this.#set("reason", reason);
  }

  #set(name: string, text: string): void {
    write(this.host.querySelector(`[data-${name}]`)!, text);
  }
}

const WITHOUT_DROPOUT =
  "This network was trained without dropout: there is nothing to thin, all answers are one, and it cannot tell how far to trust it.";

/** Ink is light on dark there, as in MNIST. */
function paintSeen(canvas: HTMLCanvasElement, picture: Float32Array, side: number, theme: Theme): void {
  canvas.width = canvas.height = side;
  const pencil = canvas.getContext("2d")!;
  pencil.fillStyle = theme.color("--text");
  picture.forEach((ink, i) => {
    pencil.globalAlpha = ink;
    pencil.fillRect(i % side, Math.floor(i / side), 1, 1);
  });
}
