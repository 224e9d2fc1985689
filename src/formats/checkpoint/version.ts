// Versions of the model file: 2 is what is written, 1 still opens.

import { resolveOutput } from "../../config/activation.js";
import type { Loss } from "../../types.js";

export const VERSION = "2";

/** Is this a version that can be read? */
export function isKnown(version: unknown): boolean {
  return version === "1" || version === VERSION;
}

/** The settings of a file as version 2 has them. In version 1 all hidden layers share one activation, and the loss alone says what the network answers. */
export function modernise(settings: Record<string, unknown>, version: unknown): Record<string, unknown> {
  if (version !== "1") return settings;
  return { ...settings, output: resolveOutput(undefined, settings.loss as Loss) };
}
