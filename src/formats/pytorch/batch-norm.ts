// Where the batch norms of a state dict stand among its dense layers, which it does not say.

import { describe } from "../../checks.js";
import { compareNumbers, numbersOf } from "./chain.js";
import { listed, refuse } from "./error.js";
import type { Dense, Norm } from "./modules.js";

/**
 * Where a batch norm stands behind its dense layer: before the activation, after it, or after the dropout that follows
 * that.
 */
export const NORM_PLACES = ["before", "after", "after-dropout"] as const;
export type NormPlace = (typeof NORM_PLACES)[number];

/** A batch norm behind layer `layer`, −1 in front of the first. */
export interface PlacedNorm {
  norm: Norm;
  layer: number;
}

/**
 * Behind which layer each stands: the next one before it in the same nn.Sequential, the one with the same numbers in
 * its name, or the only one that is as wide.
 * @throws PyTorchError where that leaves several
 */
export function placeNorms(norms: Norm[], layers: Dense[]): PlacedNorm[] {
  return norms.map((norm) => {
    const widths = [layers[0].in, ...layers.map(({ out }) => out)];
    const wide = widths.flatMap((width, i) => (width === norm.width ? [i - 1] : []));
    if (wide.length === 0)
      refuse(`batch norm ${describe(norm.name)} has ${norm.width} units, and no layer has as many`);
    const candidates = narrow(norm, layers, wide);
    if (candidates.length !== 1) {
      const behind = candidates.map((i) => (i < 0 ? "the input" : layers[i].name));
      const order = [layers[0], norm, ...layers.slice(1)]
        .slice(0, 8)
        .map(({ name }) => describe(name))
        .join(", ");
      refuse(
        `batch norm ${describe(norm.name)} may stand behind ${listed(behind)}`,
        `list all layers in their order, as in { layers: [${order}] }`,
      );
    }
    return { norm, layer: candidates[0] };
  });
}

function narrow(norm: Norm, layers: Dense[], wide: number[]): number[] {
  const sequence = template(norm.name);
  const beside = layers.flatMap((layer, i) => (template(layer.name) === sequence ? [i] : []));
  if (beside.length > 0 && /(^|\.)\d+$/.test(norm.name)) {
    const before = beside.filter((i) => compareNumbers(layers[i].name, norm.name) < 0).at(-1);
    const place = before ?? beside[0] - 1;
    return wide.includes(place) ? [place] : [];
  }
  const numbers = String(numbersOf(norm.name));
  const numbered = numbers === "" ? [] : wide.filter((i) => i >= 0 && String(numbersOf(layers[i].name)) === numbers);
  return numbered.length === 1 ? numbered : wide;
}

function template(name: string): string {
  return name.replace(/\d+/g, "#");
}

/**
 * "before" where the norm is the very next module of an nn.Sequential behind its layer; null where the names do not
 * tell.
 */
export function evidentPlace(norm: Norm, layer: Dense): NormPlace | null {
  const [own, other] = [norm.name, layer.name].map((name) => /^(.*?)(\d+)$/.exec(name));
  const follows = own && other && own[1] === other[1] && (own[1] === "" || own[1].endsWith("."));
  return follows && Number(own[2]) === Number(other[2]) + 1 ? "before" : null;
}
