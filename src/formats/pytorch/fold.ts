// BatchNorm1d in evaluation mode multiplies and adds by fixed numbers, so it disappears into the dense layer before it
// or behind it.

import { describe } from "../../checks.js";
import { evidentPlace, type NormPlace, type PlacedNorm } from "./batch-norm.js";
import { refuse } from "./error.js";
import { type Dense, fullKey, type Norm } from "./modules.js";

/** Weights in double precision while they are being folded into. */
export interface Layer {
  in: number;
  out: number;
  weight: Float32Array | Float64Array;
  bias: Float32Array | Float64Array;
}

/** y = factor · x + term, per unit. */
export interface Affine {
  factor: Float64Array;
  term: Float64Array;
}

export interface NormOptions {
  /** Where batch norms stand; undefined where the caller did not say. */
  place: NormPlace | undefined;
  /** What PyTorch adds to the variance; a state dict does not say it. */
  epsilon: number;
}

/**
 * The layers' weights, those of batch norms folded into them.
 * @param rates probabilities of dropping, one per layer's input
 * @throws PyTorchError where masked passes would not be the same, or where it is open which side of the activation a
 * norm is on
 */
export function foldNorms(layers: Dense[], norms: PlacedNorm[], rates: number[], options: NormOptions): Layer[] {
  const folded = layers.map(readLayer);
  for (const { norm, layer } of norms) {
    const other = norms.find((one) => one.layer === layer)?.norm ?? norm;
    if (other !== norm) refuse(`batch norms ${describe(other.name)} and ${describe(norm.name)} stand at one place`);
    const affine = affineOf(norm, options.epsilon);
    const before =
      layer >= 0 && (layer === layers.length - 1 || placeOf(norm, layers[layer], options.place) === "before");
    if (before) {
      folded[layer] = foldIntoRows(folded[layer], affine);
      continue;
    }
    const behindDropout = layer >= 0 && options.place === "after-dropout";
    if (rates[layer + 1] > 0 && !behindDropout) refuseDropout(norm, layer, rates[layer + 1]);
    folded[layer + 1] = foldIntoColumns(folded[layer + 1], affine);
  }
  return folded;
}

/** What a mask drops is 0 behind a norm, and something else in front of it. */
function refuseDropout({ name }: Norm, layer: number, rate: number): never {
  const where = layer < 0 ? "the input" : "an activation";
  const index = layer < 0 ? "the input's" : "that layer's";
  const after = layer < 0 ? "" : ', or batchNorm: "after-dropout" if it stands behind the dropout';
  refuse(
    `batch norm ${describe(name)} stands between ${where} and its dropout of ${rate}, and cannot be folded: a dropped unit is 0 behind it`,
    `give ${index} dropout as 0${after}`,
  );
}

function placeOf(norm: Norm, layer: Dense, given: NormPlace | undefined): NormPlace {
  const place = given ?? evidentPlace(norm, layer);
  if (place) return place;
  const choices = '"before" (Linear, BatchNorm1d, ReLU), "after" (Linear, ReLU, BatchNorm1d) or "after-dropout"';
  const what = `a state dict does not say on which side of the activation batch norm ${describe(norm.name)} stands`;
  refuse(what, `pass batchNorm: ${choices}`);
}

/** Its weights as they are. */
function readLayer({ name, in: width, out, weight, bias }: Dense): Layer {
  const layer = { in: width, out, weight: weight.read(), bias: bias?.read() ?? new Float32Array(out) };
  checkFinite(fullKey(name, "weight"), layer.weight);
  checkFinite(fullKey(name, "bias"), layer.bias);
  return layer;
}

/** In float32, which the network computes in. */
function checkFinite(key: string, values: Float32Array | Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = Math.fround(values[i]);
    if (value - value !== 0) refuse(`${describe(key)} must be finite in float32; its element ${i} is ${values[i]}`);
  }
}

/** @param epsilon what PyTorch adds to the variance; a state dict does not say it */
function affineOf({ width, mean, variance, weight, bias }: Norm, epsilon: number): Affine {
  const [means, variances, factors, terms] = [mean, variance, weight, bias].map((tensor) => tensor?.read());
  const factor = Float64Array.from({ length: width }, (_, i) => {
    return (factors?.[i] ?? 1) / Math.sqrt(variances![i] + epsilon);
  });
  return { factor, term: factor.map((value, i) => (terms?.[i] ?? 0) - means![i] * value) };
}

/** The layer whose sums then go through `affine`: its rows are multiplied. */
function foldIntoRows({ in: width, out, weight, bias }: Layer, { factor, term }: Affine): Layer {
  return {
    in: width,
    out,
    weight: Float64Array.from(weight, (value, i) => value * factor[Math.floor(i / width)]),
    bias: Float64Array.from(bias, (value, j) => value * factor[j] + term[j]),
  };
}

/** The layer whose inputs came through `affine`: its columns are multiplied, and what was added goes into the bias. */
export function foldIntoColumns({ in: width, out, weight, bias }: Layer, { factor, term }: Affine): Layer {
  return {
    in: width,
    out,
    weight: Float64Array.from(weight, (value, i) => value * factor[i % width]),
    bias: Float64Array.from(bias, (value, j) => {
      let sum = value;
      for (let k = 0; k < width; k++) sum += weight[j * width + k] * term[k];
      return sum;
    }),
  };
}
