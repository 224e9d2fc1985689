// The order of the dense layers of a state dict, which does not say it: by their shapes, and by the numbers in their
// names.

import { describe } from "../../checks.js";
import { refuse } from "./error.js";
import type { Dense } from "./modules.js";

/**
 * Steps of the search for an order: sizes that many layers share may be put in more orders than could ever be tried.
 */
const MOST_STEPS = 20_000;

/**
 * The one order in which each layer takes what the one before it gives, and names that differ by their numbers alone
 * stand by those.
 * @throws PyTorchError where there is none or where there are several: it lists the layers, and shows the option
 * `layers`
 */
export function chainLayers(layers: Dense[]): Dense[] {
  const { chains, complete } = findChains(layers);
  if (chains.length === 1 && complete) return chains[0];
  const what =
    chains.length === 0 && complete
      ? "the layers do not form one chain, each taking what the one before it gives"
      : "the layers can be put in several orders";
  const example = chains[0] ?? layers;
  const names = example.slice(0, 8).map(({ name }) => describe(name));
  refuse(`${what}: ${listLayers(layers)}`, `say which, and in which order: { layers: [${names.join(", ")}] }`);
}

/** @throws PyTorchError where a layer does not take what the one before it gives */
export function checkChain(layers: Dense[]): void {
  for (let i = 1; i < layers.length; i++) {
    if (layers[i].in === layers[i - 1].out) continue;
    const [before, after] = [layers[i - 1], layers[i]];
    refuse(
      `layers[${i}], ${describe(after.name)}, takes ${after.in} units, and ${describe(before.name)} before it gives ${before.out}`,
      `the file has ${listLayers(layers)}`,
    );
  }
}

export function listLayers(layers: Dense[]): string {
  const shown = layers.slice(0, 40).map((layer) => `${describe(layer.name)} ${layer.in}→${layer.out}`);
  return shown.join(", ") + (layers.length > 40 ? ` and ${layers.length - 40} more` : "");
}

/** Two of the possible orders, or all where there are fewer; `complete` where the search came to its end. */
function findChains(layers: Dense[]): { chains: Dense[][]; complete: boolean } {
  const series = inSeries(layers);
  const next = series.map(() => 0);
  const chains: Dense[][] = [];
  const path: { layer: Dense; from: number }[] = [];
  let steps = 0;
  // From where the layer after those of the path is sought.
  let start = 0;
  for (;;) {
    if (path.length === layers.length) chains.push(path.map(({ layer }) => layer));
    if (chains.length === 2 || ++steps > MOST_STEPS) return { chains, complete: chains.length === 2 };
    const width = path.at(-1)?.layer.out;
    const from = series.findIndex((one, s) => {
      return s >= start && next[s] < one.length && (width === undefined || one[next[s]].in === width);
    });
    if (from >= 0) {
      path.push({ layer: series[from][next[from]++], from });
      start = 0;
      continue;
    }
    const last = path.pop();
    if (!last) return { chains, complete: true };
    next[last.from]--;
    start = last.from + 1;
  }
}

/** Layers whose names are the same but for numbers, by those numbers. */
function inSeries(layers: Dense[]): Dense[][] {
  const series = new Map<string, Dense[]>();
  for (const layer of layers) {
    const template = layer.name.replace(/\d+/g, "#");
    series.set(template, [...(series.get(template) ?? []), layer]);
  }
  return [...series.values()].map((one) => one.sort((a, b) => compareNumbers(a.name, b.name)));
}

/** Names with the same text between their numbers: by the first number that differs. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((number, i) => number !== right[i]);
  return at < 0 ? 0 : left[at] - right[at];
}

export function numbersOf(name: string): number[] {
  return (name.match(/\d+/g) ?? []).map(Number);
}
