// What the sections share: the trained network, the colours in force, and whether the visitor wants things to move.
import type { Encoding } from "#thinned/data/encode/table.js";
import { trainStartingModel } from "./starting-model.js";

/** A trained network as a file, and what its inputs mean. */
export interface SavedModel {
  /** A safetensors file, as `thinned train` writes it and `Network.load` reads it. */
  bytes: Uint8Array;
  encoding: Encoding;
  /** Where it comes from, as a visitor is told: "trained above, 12 epochs". */
  origin: string;
}

/** Holds the network that was trained last. Fires "modelchange" when there is another one. */
export class ModelStore extends EventTarget {
  #current: SavedModel | null = null;

  /** Null for the first second or so, until the starting model is trained. */
  get current(): SavedModel | null {
    return this.#current;
  }

  set(model: SavedModel): void {
    this.#current = model;
    this.dispatchEvent(new Event("modelchange"));
  }
}

/** Light or dark, as the system says. Fires "themechange". */
export class Theme extends EventTarget {
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    this.#dark.addEventListener("change", () => this.dispatchEvent(new Event("themechange")));
  }

  get dark(): boolean {
    return this.#dark.matches;
  }

  /** The value of a custom property of style.css, for what is drawn on a canvas: `color("--with")`. */
  color(property: `--${string}`): string {
    return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
  }
}

export interface Lab {
  model: ModelStore;
  theme: Theme;
  /** The visitor asked for less motion; may change while the page is open. */
  readonly reducedMotion: boolean;
}

export function createLab(): Lab {
  const model = new ModelStore();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  void trainStartingModel().then((starting) => {
    if (!model.current) model.set(starting);
  });
  return {
    model,
    theme: new Theme(),
    get reducedMotion() {
      return still.matches;
    },
  };
}
