// A saved network for the entry that only answers. It reads those settings that answering needs; network.ts reads all.

import { checkInteger, kindOf, wrongType } from "../../checks.js";
import { resolveLayerRates } from "../../config/dropout-option.js";
import { type NetworkConfig, resolveNetwork } from "../../config/network.js";
import { weightShape } from "../../memory/layout.js";
import type { Counters, Model } from "../../model/model.js";
import { writeParameters } from "../../model/weights.js";
import {
  readClasses,
  readContents,
  readEntry,
  readFirstLayer,
  readFloats,
  readInputs,
  readSettings,
  readTemperature,
  readWeight,
} from "./contents.js";

export interface TrainedNetwork {
  config: NetworkConfig;
  metadata: Record<string, string>;
  restore(model: Model): void;
}

/** A server's page for what it has not, as a rule; the whole library knows more of what is handed over by mistake. */
const nameText = (start: string) => ({ "<": "HTML", "{": "JSON", "[": "JSON" })[start[0]];
/** What decides the answers. */
const SETTINGS = ["sizes", "activation", "output", "dropout", "scaling", "loss", "seed", "maxBatch"];
const COUNTERS = ["step", "draws"] as const satisfies (keyof Counters)[];

/**
 * Reads a file that `save()` wrote.
 * @throws SafetensorsError, TypeError, RangeError naming what is wrong with it
 */
export function loadTrained(bytes: Uint8Array, maxBatch?: number): TrainedNetwork {
  if (kindOf(bytes) !== "Uint8Array") wrongType("bytes", "a Uint8Array that save() gave", bytes);
  const contents = readContents(bytes, nameText);
  const { parts, metadata: described } = contents;
  const { format, version, config: settings, counters, firstLayer: side, ...metadata } = described;
  const firstLayer = readFirstLayer(described);
  const saved = readSettings(described, SETTINGS);
  const counted = readEntry(described, "counters", COUNTERS);
  for (const name of COUNTERS) checkInteger(name, counted[name], 0);
  const network = resolveNetwork(maxBatch === undefined ? saved : { ...saved, maxBatch }, (sizes) =>
    resolveLayerRates(saved.dropout as number[], sizes),
  );
  const { sizes } = network;
  const [inputs, names] = [readInputs(contents, sizes[0]), readClasses(described, sizes[sizes.length - 1])];
  const temperature = readTemperature(described, network.output);
  if (names) delete metadata.classes;
  if (version !== "1") delete metadata.temperature;
  const layers = sizes.slice(1).map((out, l) => ({
    weight: readWeight(parts, `layers.${l}.weight`, [out, sizes[l]]),
    bias: readFloats(parts, `layers.${l}.bias`, [out]),
  }));
  return {
    config: { ...network, temperature, inputs, classes: names },
    metadata,
    restore(model) {
      if (firstLayer === "output") model.shapes[0] = weightShape(sizes[0], sizes[1], firstLayer);
      layers.forEach((values, l) => {
        writeParameters(model, l, "parameters", values);
      });
      for (const name of COUNTERS) model.counters[name] = counted[name] as number;
    },
  };
}
