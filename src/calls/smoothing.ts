// Label smoothing (Szegedy et al. 2016): what a step learns in place of the targets that it is given.

import type { Model } from "../model/model.js";
import type { CheckedTargets } from "./targets.js";

/**
 * Targets t as (1 − ε)·t + ε·Σt / K over the K outputs, ε being the network's `labelSmoothing`; as they are where it
 * is 0.
 */
export function smoothTargets({ config }: Model, targets: CheckedTargets): CheckedTargets {
  const { labelSmoothing, sizes } = config;
  if (labelSmoothing === 0) return targets;
  const out = sizes[sizes.length - 1];
  const { weights } = targets;
  if ("labels" in targets) {
    const rows = new Float32Array(targets.labels.length * out).fill(labelSmoothing / out);
    targets.labels.forEach((label, s) => {
      rows[s * out + label] = 1 - labelSmoothing + labelSmoothing / out;
    });
    return { rows, weights };
  }
  const rows = Float32Array.from(targets.rows);
  for (let at = 0; at < rows.length; at += out) {
    const row = rows.subarray(at, at + out);
    const share = (labelSmoothing * row.reduce((sum, t) => sum + t, 0)) / out;
    row.forEach((t, j) => {
      row[j] = (1 - labelSmoothing) * t + share;
    });
  }
  return { rows, weights };
}
