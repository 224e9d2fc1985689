// An independent copy of a model, made through its file. The file leaves out what belongs to the machine; that is
// copied here.

import { loadNetwork, saveNetwork } from "../formats/checkpoint/network.js";
import type { Model } from "../model/model.js";
import { openTwin } from "../threads/open.js";
import { withAverage } from "./average.js";

/** @throws DivergedError, TypeError as `saveNetwork` */
export function cloneModel(model: Model, metadata: Record<string, string>): Model {
  const saved = loadNetwork(saveNetwork(model, metadata, {}), { dropout: [...model.config.rates] });
  const { threads, build, sparse, revectorize } = model.config;
  const copy = openTwin(model, { ...saved.config, threads, build, sparse, revectorize });
  saved.restore(copy);
  copy.last = model.last;
  return copy;
}

/** The same of a network whose weights are their average. */
export function cloneAverage(model: Model, metadata: Record<string, string>): Model {
  const copy = withAverage(model, () => cloneModel(model, metadata));
  copy.averaged = 0;
  return copy;
}
