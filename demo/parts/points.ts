// The first pair's training points, drawn anew from the settings: they are a function of the seed alone.
import { trainingPoints } from "../lab/plane.js";
import { SEEDS_APART } from "../lab/plane-constants.js";
import type { PlaneSettings } from "../lab/plane-lab.js";
import type { Samples } from "../lab/samples.js";

let known: { key: string; points: Samples } | null = null;

export function trainingPointsOf({ points, wrong, seed }: PlaneSettings): Samples {
  const key = `${points} ${wrong} ${seed}`;
  if (known?.key !== key) known = { key, points: trainingPoints({ points, wrong, seed: seed * SEEDS_APART }) };
  return known.points;
}
