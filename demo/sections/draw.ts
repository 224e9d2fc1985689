// Draw a digit: many thinned networks are asked what it is, and how far they agree is how sure they are together.
import { Spread } from "#thinned/calls/spread.js";
import { AnswerRows } from "../answer-rows.js";
import { Asker } from "../asker.js";
import { doubtOf, sayDoubt } from "../doubt.js";
import { encodePicture, rasterise, SCRIBBLE, sampleDigit } from "../drawing.js";
import type { Lab, SavedModel } from "../lab.js";
import { Sheet } from "../sheet.js";

/** Thinned networks that are asked about a drawing; the first few at once, so that there is a spread, the rest as frames go by. */
const ASKED = 200;
const AT_ONCE = 20;
const PER_FRAME = 3;

export function mount(host: HTMLElement, lab: Lab): void {
  host.innerHTML = markup;
  const find = <E extends HTMLElement>(selector: string) => host.querySelector<E>(selector)!;
  const sheet = new Sheet(find<HTMLCanvasElement>("#sheet"), lab.theme);
  const asking = new Asking(host, lab, sheet);
  const ways = new Array<number>(10).fill(0);

  for (const button of host.querySelectorAll<HTMLButtonElement>("[data-digit]")) {
    const digit = Number(button.dataset.digit);
    button.addEventListener("click", () => sheet.show(sampleDigit(digit, ways[digit]++)));
  }
  find("#draw-scribble").addEventListener("click", () => sheet.show(SCRIBBLE));
  find("#draw-clear").addEventListener("click", () => sheet.clear());
  sheet.addEventListener("change", () => asking.again());
  for (const store of [lab.model, lab.theme])
    for (const change of ["modelchange", "themechange"]) store.addEventListener(change, () => asking.again());
  sheet.show(sampleDigit(7, ways[7]++));
}

/** The conversation about the drawing that is on the sheet now: one question under way at a time. */
class Asking {
  readonly #asker = new Asker();
  readonly #rows: AnswerRows;
  readonly #seen: HTMLCanvasElement;
  #changed = false;
  #running = false;

  constructor(
    readonly host: HTMLElement,
    readonly lab: Lab,
    readonly sheet: Sheet,
  ) {
    this.#rows = new AnswerRows(host.querySelector("tbody")!, lab.theme);
    // As many rows as there will be: nothing below moves when the first answer comes.
    this.#rows.name(Array.from({ length: 10 }, (_, digit) => String(digit)));
    this.#rows.clear();
    this.#seen = host.querySelector<HTMLCanvasElement>("#draw-seen")!;
  }

  /** There is another drawing or another model: forgets what was said of the last one. */
  again(): void {
    this.#changed = true;
    this.#set("asked", "");
    // So that the same verdict on another drawing is told again.
    this.#set("announce", "");
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
      const model = this.lab.model.current;
      const side = model && sideOf(model);
      if (!model || !side) {
        this.#rows.clear();
        this.#say(...(model ? NO_PICTURES : NO_MODEL));
        continue;
      }
      const picture = rasterise(this.sheet.strokes, side);
      paintSeen(this.#seen, picture, side, this.lab);
      await this.#asker.use(model);
      if (this.#asker.loss !== "cross-entropy") {
        this.#rows.clear();
        this.#say(...NO_PICTURES);
        continue;
      }
      this.#rows.name(model.encoding.classes!);
      this.#set("model", `Asked: ${model.origin}.`);
      this.#set("seen", `What the network sees: ${side} × ${side}`);
      if (this.sheet.strokes.length > 0)
        await this.#ask(encodePicture(picture, model.encoding), model.encoding.classes!);
      else {
        this.#rows.clear();
        this.#say("Nothing drawn", "Draw a digit on the sheet, or choose one.");
      }
    }
  }

  /** Until enough networks were asked, or there is something else to ask about. */
  async #ask(picture: Float32Array, classes: readonly string[]): Promise<void> {
    const spread = new Spread(1, classes.length, "softmax");
    const said = new Float32Array(ASKED * classes.length);
    for (let draw = 0; spread.draws < ASKED; draw++) {
      const step = draw === 0 ? AT_ONCE : PER_FRAME;
      const count = this.lab.reducedMotion ? ASKED : Math.min(step, ASKED - spread.draws);
      const answers = await this.#asker.ask(picture, count, draw);
      said.set(answers, spread.draws * classes.length);
      for (let i = 0; i < count; i++) spread.add(answers.subarray(i * classes.length, (i + 1) * classes.length));
      await new Promise(requestAnimationFrame);
      // While a pen moves, the first answers about where it just was are shown all the same: they are a frame late.
      if (this.#changed && draw > 0) return;
      const result = spread.result();
      this.#rows.show(result, said.subarray(0, spread.draws * classes.length));
      const { headline, reason } = sayDoubt(doubtOf(result), classes);
      this.#say(headline, this.#asker.drops ? reason : WITHOUT_DROPOUT);
      if (this.#changed) return;
      this.#set("asked", `${spread.draws} of ${ASKED} thinned networks asked`);
    }
    // Told to a screen reader once, when it stands.
    this.#set("announce", this.host.querySelector("[data-headline]")!.textContent!);
  }

  #say(headline: string, reason: string): void {
    this.#set("headline", headline);
    this.#set("reason", reason);
    this.#set("asked", "");
  }

  #set(name: string, text: string): void {
    const element = this.host.querySelector(`[data-${name}]`)!;
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Null where its inputs are no square pictures. */
function sideOf({ encoding }: SavedModel): number | null {
  const { imageShape, classes } = encoding;
  return classes && imageShape && imageShape[0] === imageShape[1] ? imageShape[0] : null;
}

const NO_MODEL: [string, string] = ["One moment", "A small network is being trained."];
const NO_PICTURES: [string, string] = [
  "Not for pictures",
  "The network that was trained last does not classify square pictures. Train one on digits above, and draw again.",
];
const WITHOUT_DROPOUT =
  "This network was trained without dropout: there is nothing to thin, all answers are one, and it cannot tell how far to trust it.";

/** Ink is light on dark there, as in MNIST. */
function paintSeen(canvas: HTMLCanvasElement, picture: Float32Array, side: number, { theme }: Lab): void {
  canvas.width = canvas.height = side;
  const pencil = canvas.getContext("2d")!;
  pencil.fillStyle = theme.color("--text");
  picture.forEach((ink, i) => {
    pencil.globalAlpha = ink;
    pencil.fillRect(i % side, Math.floor(i / side), 1, 1);
  });
}

const markup = `
<h2 id="draw-title">Draw a digit</h2>
<p>
  Leave the masks on after training, and every answer comes from another thinned network. How far they agree is how sure the network is (which
  is not how right it is). This is <em>Monte-Carlo dropout</em>.
</p>
<div class="grid draw">
  <div class="panel">
    <canvas id="sheet" tabindex="0" role="application" aria-roledescription="drawing sheet" aria-label="Sheet to draw a digit on" aria-describedby="draw-keys"></canvas>
    <div class="row draw-tools">
      <button type="button" id="draw-clear">Clear</button>
      <button type="button" id="draw-scribble">Scribble</button>
      <figure><canvas id="draw-seen" aria-hidden="true"></canvas><figcaption class="note" data-seen>What the network sees</figcaption></figure>
    </div>
    <div role="group" aria-label="Put a sample digit on the sheet" class="digits">
      ${Array.from({ length: 10 }, (_, digit) => `<button type="button" data-digit="${digit}" aria-label="Sample of a ${digit}">${digit}</button>`).join("")}
    </div>
    <p class="note" id="draw-keys">By mouse, finger or pen. By keys: the arrows move the pen, Space lowers and lifts it, Delete clears.</p>
  </div>
  <div class="panel answer">
    <p class="headline" data-headline>One moment</p>
    <p class="reason number" data-reason>A small network is being trained.</p>
    <p class="visually-hidden" aria-live="polite" data-announce></p>
    <table>
      <caption class="visually-hidden">Probability of each class: mean and standard deviation over the thinned networks</caption>
      <thead><tr><th scope="col">class</th><th scope="col">what each network says</th><th scope="col">mean ± s.d.</th></tr></thead>
      <tbody></tbody>
    </table>
    <p class="note number" data-asked></p>
    <p class="note" data-model></p>
  </div>
</div>`;
