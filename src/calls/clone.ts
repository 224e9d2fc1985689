// An independent copy of a model, made through its file. The file leaves out what belongs to the machine; that is
// copied here.

import { loadNetwork, saveNetwork } from "../formats/checkpoint/network.js";
import type { Model } from "../model/model.js";
import { openTwin } from "../threads/open.js";

/** @throws DivergedError, TypeError as `saveNetwork` */
export function cloneModel(model: Model, metadata: Record<string, string>): Model {
  const saved = loadNetwork(saveNetwork(model, metadata, {}), { dropout: [...model.config.rates] });
  const { threads, build, sparse, revectorize } = model.config;
  const copy = openTwin(model, { ...saved.config, threads, build, sparse, revectorize });
  saved.restore(copy);
  copy.last = model.last;
  return copy;
}
