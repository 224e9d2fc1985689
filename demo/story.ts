// What the sections share: the worker, the colours in force, the settings of the points in a plane, and what has run.
import { keep, readRan, readSettings, writeRan, writeSettings } from "./address.js";
import type { PlaneSettings } from "./lab/plane-lab.js";
import type { Lab } from "./link.js";
import { PLANE_FIELDS } from "./plane-course.js";
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

export interface Story {
  api: Lab;
  theme: Theme;
  plane: PlaneStore;
  ran: typeof ran;
}
