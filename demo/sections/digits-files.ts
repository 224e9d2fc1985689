// Files of the digits' section: data that networks learn from, and models. What is said about them stands where the
// files are dealt with.
import { proxy, type Remote } from "comlink";
import type { Course } from "../course.js";
import type { DigitsFrame, DigitsSettings } from "../lab/digits-constants.js";
import type { Described, DigitsLab } from "../lab/digits-lab.js";
import { drawColumns } from "../parts/columns-table.js";
import { write } from "../parts/controls.js";
import { download, MODEL_NAME } from "../parts/download.js";
import { drawSamples } from "../parts/samples-picture.js";
import type { SettingsForm } from "../parts/settings-form.js";
import type { ModelStore } from "../story.js";
import type { Theme } from "../theme.js";

const MOST_BEGINS = 1000;

export class DigitFiles {
  described: Described = {
    name: "drawn digits",
    things: "digits",
    sizes: [1000],
    tested: 2000,
    drawn: true,
    pictures: null,
  };
  #form: SettingsForm<DigitsSettings> | null = null;

  constructor(
    readonly host: HTMLElement,
    readonly lab: Remote<DigitsLab>,
    readonly course: Course<DigitsSettings, DigitsFrame>,
    readonly theme: Theme,
    readonly models: ModelStore,
  ) {
    this.#chooser("choose", "files", (files) => this.read(files));
    this.#chooser("load", "model", ([file]) => this.load(file));
    this.#find("drawn").addEventListener("click", () => this.#attempt("data", async () => this.#use(await lab.draw())));
    this.#find("save").addEventListener("click", () => this.#attempt("model", () => this.#save()));
    let [published, opened]: unknown[] = [];
    course.addEventListener("change", () => {
      if (course.points.length === 1 && opened !== course.frame) {
        opened = course.frame;
        void this.#showColumns();
      }
      if (course.state !== "resting" || course.points.length < 2 || published === course.frame) return;
      published = course.frame;
      void this.#publish();
    });
  }

  async begin(form: SettingsForm<DigitsSettings>): Promise<void> {
    this.#form = form;
    this.#show(await this.lab.describe());
  }

  /** Data from files, in place of what there is. */
  read(files: readonly File[]): Promise<void> {
    return this.#attempt("data", async (say) => {
      say(`Reading ${files.map(({ name }) => name).join(", ")} …`);
      this.#use(await this.lab.read(files, proxy(say)));
    });
  }

  /** A model from a file: it is trained on, saved and asked from now on. */
  load(file: File | undefined): Promise<void> {
    return this.#attempt("model", async (say) => {
      if (!file) return;
      this.course.pause();
      await this.course.rests();
      const { model, frame, report } = await this.lab.adopt(file, this.course.settings);
      if (frame) this.course.adopt(frame, [frame.point]);
      this.models.offer(model);
      say(report);
    });
  }

  async #save(): Promise<void> {
    this.course.pause();
    await this.course.rests();
    const model = await this.lab.save();
    download(model.bytes);
    write(this.#find("model-message"), `Saved as ${MODEL_NAME}: ${model.origin}.`);
  }

  async #publish(): Promise<void> {
    try {
      this.models.offer(await this.lab.save());
    } catch (error) {
      write(this.#find("model-problem"), (error as Error).message);
    }
  }

  #use(described: Described): void {
    this.#show(described);
    const now = this.course.settings;
    // Nobody's own table gets wrong labels unasked.
    const wrong = described.things === "rows" ? 0 : now.wrong;
    this.course.earlier = [];
    this.#form!.set({ ...now, wrong, samples: Math.min(MOST_BEGINS, described.sizes.at(-1)!) });
  }

  #show(described: Described): void {
    this.described = described;
    const { name, things, sizes, tested, drawn } = described;
    const chosen = this.course.settings.samples;
    const samples = this.host.querySelector<HTMLSelectElement>("[name=samples]")!;
    samples.replaceChildren(...sizes.map((size) => new Option(size.toLocaleString("en-US"), String(size))));
    samples.value = String(sizes.includes(chosen) ? chosen : sizes.at(-1));
    const [most, others] = [sizes.at(-1)!, tested].map((count) => count.toLocaleString("en-US"));
    write(
      this.#find("data-message"),
      `Now: ${name}, up to ${most} ${things} to train on and ${others} others to test.`,
    );
    this.#find<HTMLButtonElement>("drawn").disabled = drawn;
    drawSamples(this.#find<HTMLCanvasElement>("samples"), described.pictures, this.theme);
  }

  /** Of a table: how it was read, and what the networks that are there now take of each column. */
  async #showColumns(): Promise<void> {
    const columns = await this.lab.columns();
    const place = this.#find("columns");
    place.hidden = columns === null;
    if (columns) drawColumns(place, columns);
  }

  #chooser(button: string, input: string, take: (files: File[]) => Promise<void>): void {
    const field = this.#find<HTMLInputElement>(input);
    this.#find(button).addEventListener("click", () => field.click());
    field.addEventListener("change", async () => {
      await take([...(field.files ?? [])]);
      field.value = "";
    });
  }

  /** Says what goes on and what went wrong in the place that is meant for it. */
  async #attempt(place: "data" | "model", action: (say: (text: string) => void) => Promise<void>): Promise<void> {
    const [message, problem] = [this.#find(`${place}-message`), this.#find(`${place}-problem`)];
    const before = message.textContent!;
    write(problem, "");
    // Progress comes by a way of its own, and may come when all is over.
    let over = false;
    try {
      await action((text) => over || write(message, text));
    } catch (error) {
      over = true;
      write(message, before);
      write(problem, (error as Error).message);
      problem.scrollIntoView({ block: "nearest" });
    } finally {
      over = true;
    }
  }

  #find<E extends HTMLElement = HTMLElement>(name: string): E {
    return this.host.querySelector<E>(`[data-${name}]`)!;
  }
}
