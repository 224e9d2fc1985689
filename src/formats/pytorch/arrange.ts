// Which modules of a state dict are the network, and in which order.

import { describe, wrongType, wrongValue } from "../../checks.js";
import { MOST_LAYERS } from "../../random/philox.js";
import { type PlacedNorm, placeNorms } from "./batch-norm.js";
import { chainLayers, checkChain } from "./chain.js";
import { listed, refuse } from "./error.js";
import type { Dense, Foreign, Module, Norm } from "./modules.js";

export interface Arranged {
  layers: Dense[];
  norms: PlacedNorm[];
}

/**
 * All modules, in the order that their shapes and names say.
 * @throws PyTorchError where there is another module, or no such order
 */
export function arrange(modules: Module[]): Arranged {
  const foreign = modules.filter((module): module is Foreign => module.kind === "foreign");
  const layers = modules.filter((module): module is Dense => module.kind === "dense");
  const norms = modules.filter((module): module is Norm => module.kind === "norm");
  if (foreign.length > 0) {
    const found = foreign.slice(0, 8).map(({ name, why }) => `${describe(name)} looks like ${why}`);
    const names = layers.slice(0, 8).map(({ name }) => describe(name));
    const remedy = layers.length > 0 ? `name the layers that are meant: { layers: [${names.join(", ")}] }` : "";
    refuse(`the state dict must be one of dense layers and BatchNorm1d; ${found.join("; ")}`, remedy);
  }
  if (layers.length === 0) refuse("the state dict has no dense layer, which is a weight of two dimensions");
  if (layers.length >= MOST_LAYERS)
    refuse(`the state dict has ${layers.length} layers; ${MOST_LAYERS - 1} are the limit`);
  const chain = chainLayers(layers);
  return { layers: chain, norms: placeNorms(norms, chain) };
}

/**
 * The modules that are named, in that order.
 * @throws TypeError, RangeError naming the option; PyTorchError where they form no chain
 */
export function pick(modules: Module[], names: unknown): Arranged {
  const expected = 'the names of modules in their order, such as ["net.0", "net.2"]';
  if (!Array.isArray(names)) wrongType("layers", expected, names);
  const known = new Map(modules.map((module) => [module.name, module]));
  const layers: Dense[] = [];
  const norms: PlacedNorm[] = [];
  names.forEach((name, i) => {
    const module = known.get(name);
    if (!module)
      wrongValue(`layers[${i}]`, "the name of a module", name, `the file has ${listed(known.keys()) || "none"}`);
    if (module.kind === "foreign")
      refuse(`layers[${i}], ${describe(name)}, looks like ${module.why}, not a dense layer`);
    if (module.kind === "dense") layers.push(module);
    else norms.push({ norm: module, layer: layers.length - 1 });
  });
  if (layers.length === 0) wrongValue("layers", `${expected}, one dense layer or more`, names);
  if (layers.length >= MOST_LAYERS) wrongValue("layers", `at most ${MOST_LAYERS - 1} dense layers`, names);
  checkChain(layers);
  for (const { norm, layer } of norms) {
    const width = layer < 0 ? layers[0].in : layers[layer].out;
    if (norm.width === width) continue;
    refuse(`batch norm ${describe(norm.name)} has ${norm.width} units, and stands in layers where there are ${width}`);
  }
  return { layers, norms };
}
