// Folded layers as a model file: here every weight gets its factors, and is rounded to float32.

import { wrongType } from "../../checks.js";
import { resolveDropout } from "../../config/dropout.js";
import { type ActivationSetting, writeModelFile } from "../model-file.js";
import { OnnxError } from "./error.js";
import type { Layer, Layers } from "./layers.js";
import { at, isAll, type PerUnit } from "./vector.js";

/** Probabilities of dropping that a caller chooses: for every hidden layer, for the input and the hidden layers, or for each layer's input. */
export type ChosenRates = number | { input?: number; hidden?: number | number[] } | number[];

export function writeLayers(
  layers: Layers,
  classes: string[] | undefined,
  dropout: ChosenRates | undefined,
): Uint8Array {
  const { list, shift, scale, inputs } = layers;
  const sizes = [inputs, ...list.map(({ rows }) => rows.length)];
  const rates = dropout === undefined ? list.map(({ rate }) => rate) : chosenRates(dropout, list, sizes);
  const each = (vector: PerUnit) => Float64Array.from({ length: inputs }, (_, unit) => at(vector, unit));
  const plain = isAll(shift, 0) && isAll(scale, 1);
  try {
    return writeModelFile({
      sizes,
      layers: list.map((layer) => ({ weight: weightOf(layer, inputs), bias: Float32Array.from(layer.bias) })),
      activation: list.slice(0, -1).map(({ activation }) => activation as ActivationSetting),
      output: list[list.length - 1].activation!,
      dropout: rates,
      inputs: plain ? undefined : { shift: each(shift), scale: Float32Array.from(each(scale)) },
      classes,
    });
  } catch (error) {
    // A number of the file, or what became of several, is no float32.
    throw new OnnxError((error as Error).message, { cause: error });
  }
}

/** [out, in]; where only some of the network's inputs are read, the others get zeros. */
function weightOf({ data, strides, inputs, rows, scale, inputScale, columns }: Layer, all: number): Float32Array {
  const width = columns ? all : inputs;
  const weight = new Float32Array(rows.length * width);
  const factors = Float64Array.from({ length: inputs }, (_, i) => at(inputScale, i));
  rows.forEach((row, j) => {
    const factor = at(scale, j);
    for (let i = 0; i < inputs; i++) {
      const value = data[row * strides[0] + i * strides[1]] * factor * factors[i];
      if (columns) weight[j * width + columns[i]] += value;
      else weight[j * width + i] = value;
    }
  });
  return weight;
}

/** A rate for all hidden layers is meant for those that the file has, not for what stands in front of a weight that was made here. */
function chosenRates(dropout: ChosenRates, list: readonly Layer[], sizes: readonly number[]): number[] {
  const rates = resolveDropout(dropout, sizes).map((rate) =>
    typeof rate === "number" ? rate : wrongType("dropout", "made of numbers: a file holds no functions", rate),
  );
  const listed = Array.isArray(dropout) || (typeof dropout === "object" && Array.isArray(dropout.hidden));
  return rates.map((rate, l) => (l > 0 && list[l].added && !listed ? 0 : rate));
}
