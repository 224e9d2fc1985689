// Section 2: two networks are trained side by side, with and without dropout.
import type { Scaling } from "thinned/worker";
import type { Lab } from "../lab.js";
import { drawnDigits, type Source, sizesOf } from "../train/data.js";
import type { Settings } from "../train/duel.js";
import { readFiles } from "../train/files.js";
import { MARKUP } from "../train/markup.js";
import { download, MODEL_NAME, open } from "../train/model-files.js";
import { drawSamples } from "../train/samples.js";
import { Scoreboard } from "../train/scoreboard.js";
import { Trainer } from "../train/trainer.js";
import { nameSource } from "../train/words.js";

const SEED = 1;
const DEFAULT_SAMPLES = 1000;
/** A model is handed to the other sections this often while it is trained. */
const PUBLISH_MS = 3000;

export function mount(host: HTMLElement, lab: Lab): void {
  host.innerHTML = MARKUP;
  const find = <T extends HTMLElement = HTMLElement>(id: string) => host.querySelector<T>(`#${id}`)!;
  const digits = drawnDigits();
  const trainer = new Trainer(digits, readSettings(find, digits));
  const scoreboard = new Scoreboard(find, lab);

  const showSource = (source: Source) => {
    offerSizes(find("samples"), source);
    find<HTMLButtonElement>("digits").disabled = source === digits;
    find("data-name").textContent = nameSource(source);
    drawSamples(find<HTMLCanvasElement>("samples-shown"), source, lab.theme);
  };
  const use = (source: Source) => {
    showSource(source);
    // What was said of other data and of files tried on them is over.
    for (const id of ["data-problem", "model-problem", "model-message"]) find(id).textContent = "";
    trainer.reset(source, readSettings(find, source));
  };

  let published = performance.now();
  const publish = async () => {
    published = performance.now();
    try {
      const model = await trainer.save();
      if (model) lab.model.set(model);
    } catch (error) {
      find("model-problem").textContent = (error as Error).message;
    }
  };
  let trained = false;
  trainer.addEventListener("change", () => {
    scoreboard.show(trainer);
    const { state, standing } = trainer;
    if (state === "running") trained = true;
    const due = state === "running" && performance.now() - published > PUBLISH_MS;
    const ended = state === "resting" && trained;
    if (ended) trained = false;
    if ((ended || due) && standing && standing.epoch > 0) void publish();
  });

  find("run").addEventListener("click", () => (trainer.state === "running" ? trainer.pause() : trainer.run()));
  find("step").addEventListener("click", () => trainer.step());
  find("reset").addEventListener("click", () => trainer.reset());
  find<HTMLInputElement>("p").addEventListener("input", () => {
    find("p-value").textContent = readSettings(find, trainer.source).p.toFixed(2);
  });
  find("controls").addEventListener("change", () => trainer.reset(trainer.source, readSettings(find, trainer.source)));
  find("controls").addEventListener("submit", (event) => event.preventDefault());
  find("digits").addEventListener("click", () => void use(digits));
  acceptFiles(host, find, (files) => attempt(find("data-problem"), async () => use(await readFiles(files))));
  handleModels(find, trainer, lab);

  showSource(digits);
  trainer.reset();
}

type Find = <T extends HTMLElement = HTMLElement>(id: string) => T;

function readSettings(find: Find, source: Source): Settings {
  const value = (id: string) => find<HTMLSelectElement>(id).value;
  const samples = Number(value("samples")) || Math.min(DEFAULT_SAMPLES, sizesOf(source).at(-1)!);
  return {
    p: Number(value("p")),
    hidden: Number(value("hidden")),
    samples,
    scaling: value("strategy") as Scaling,
    seed: SEED,
  };
}

function offerSizes(select: HTMLElement, source: Source): void {
  const sizes = sizesOf(source);
  const chosen = Math.min(DEFAULT_SAMPLES, sizes.at(-1)!);
  select.replaceChildren(
    ...sizes.map((size) => new Option(size.toLocaleString("en-US"), String(size), false, size === chosen)),
  );
}

/** Files come by the button, or are dropped anywhere on the section. */
function acceptFiles(host: HTMLElement, find: Find, take: (files: File[]) => Promise<void>): void {
  const input = find<HTMLInputElement>("files");
  find("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    await take([...(input.files ?? [])]);
    input.value = "";
  });
  const hover = (on: boolean) => host.classList.toggle("dropping", on);
  for (const kind of ["dragenter", "dragover"]) {
    host.addEventListener(kind, (event) => {
      event.preventDefault();
      hover(true);
    });
  }
  host.addEventListener("dragleave", (event) => hover(host.contains(event.relatedTarget as Node | null)));
  host.addEventListener("drop", (event) => {
    event.preventDefault();
    hover(false);
    void take([...(event.dataTransfer?.files ?? [])]);
  });
}

function handleModels(find: Find, trainer: Trainer, lab: Lab): void {
  const input = find<HTMLInputElement>("model");
  const message = find("model-message");
  find("save").addEventListener("click", () =>
    attempt(find("model-problem"), async () => {
      const model = await trainer.save();
      if (!model) return;
      download(model);
      message.textContent = `Saved as ${MODEL_NAME}: ${model.origin}.`;
    }),
  );
  find("load").addEventListener("click", () => input.click());
  input.addEventListener("change", () =>
    attempt(find("model-problem"), async () => {
      const [file] = input.files ?? [];
      const standing = await trainer.opened();
      if (!file || !standing) return;
      message.textContent = "";
      const { model, report } = await open(file, standing.data);
      lab.model.set(model);
      message.textContent = report;
    }).finally(() => {
      input.value = "";
    }),
  );
}

/** Says what went wrong in the place that is meant for it, and takes it back when the next attempt begins. */
async function attempt(place: HTMLElement, action: () => Promise<void>): Promise<void> {
  place.textContent = "";
  try {
    await action();
  } catch (error) {
    place.textContent = (error as Error).message;
  }
}
