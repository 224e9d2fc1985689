// What the sections share: the worker, the colours in force, the settings of the points in a plane, and what has run.
import { keep, readRan, readSettings, writeRan, writeSettings } from "./address.js";
import { sideOf } from "./lab/encodings.js";
import type { SavedModel } from "./lab/model-file.js";
import type { PlaneSettings } from "./lab/plane-lab.js";
import type { Lab } from "./link.js";
import { PLANE_FIELDS } from "./plane-fields.js";
import type { Theme } from "./theme.js";

/** The settings of sections 1 to 4. Fires "settingschange". */
export class PlaneStore extends EventTarget {
  settings: PlaneSettings = readSettings(PLANE_FIELDS, location.search);

  set(settings: PlaneSettings): void {
    this.settings = settings;
    keep(writeSettings(PLANE_FIELDS, settings, location.search));
    this.dispatchEvent(new Event("settingschange"));
  }
}

/** Sections whose runs have come to an end, as the address tells. */
export const ran = {
  has: (section: string) => readRan(location.search).has(section),
  add: (section: string) => ran.has(section) || keep(writeRan(section, true, location.search)),
  remove: (section: string) => ran.has(section) && keep(writeRan(section, false, location.search)),
};

/** Holds the picture model that was trained or loaded last. Fires "modelchange" when there is another one. */
export class ModelStore extends EventTarget {
  current: SavedModel | null = null;

  /** A model that reads no pictures leaves the last one that does in its place. */
  offer(model: SavedModel): void {
    if (sideOf(model.encoding) === null) return;
    this.current = model;
    this.dispatchEvent(new Event("modelchange"));
  }
}

export interface Story {
  api: Lab;
  theme: Theme;
  plane: PlaneStore;
  ran: typeof ran;
  model: ModelStore;
}
