// What races, and for how long.
import type { RaceOptions } from "../lab/race.js";

export const NETWORKS: Record<string, RaceOptions> = {
  small: { sizes: [784, 256, 256, 10], batch: 64, p: 0.5 },
  large: { sizes: [784, 1024, 1024, 10], batch: 64, p: 0.5 },
};

/** A race ends after this long, in ms, and not before it had a few rounds. */
export const LONG = 6000;
