// An independent copy of a model, by way of its file: what a file leaves out is what belongs to the machine, and is taken over here.

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
  copy.epochSamples = model.epochSamples;
  return copy;
}
