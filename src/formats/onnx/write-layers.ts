// Folded layers as a model file: here every number is rounded to float32.

import { checkNumber, wrongValue } from "../../checks.js";
import { type ActivationSetting, writeModelFile } from "../model-file.js";
import { OnnxError } from "./error.js";
import type { Layer, Layers } from "./layers.js";

/**
 * Probabilities of dropping that a caller chooses: for every hidden layer, for the input and the hidden layers, or for
 * each layer's input.
 */
export type ChosenRates = number | { input?: number; hidden?: number | number[] } | number[];

export function writeLayers(
  { list, shift, scale }: Layers,
  classes: string[] | undefined,
  dropout?: ChosenRates,
): Uint8Array {
  const sizes = [shift.length, ...list.map(({ rows }) => rows.length)];
  const plain = shift.every((value) => value === 0) && scale.every((value) => value === 1);
  const parts = {
    sizes,
    layers: list.map(({ rows, inputs, bias }) => {
      const weight = new Float32Array(rows.length * inputs);
      rows.forEach((row, j) => {
        weight.set(row, j * inputs);
      });
      return { weight, bias: Float32Array.from(bias) };
    }),
    activation: list.slice(0, -1).map(({ activation }) => activation as ActivationSetting),
    output: list[list.length - 1].activation!,
    dropout: dropout === undefined ? list.map(({ rate }) => rate) : chosenRates(dropout, list),
    inputs: plain ? undefined : { shift, scale: Float32Array.from(scale) },
    classes,
  };
  try {
    return writeModelFile(parts);
  } catch (error) {
    throw new OnnxError((error as Error).message); // a number of the file, or what became of several, is no float32
  }
}

/**
 * A rate for all hidden layers is meant for those that the file has, not for what stands in front of a weight that was
 * made here.
 */
function chosenRates(dropout: ChosenRates, list: readonly Layer[]): number[] {
  const { input = 0, hidden = 0.5 } =
    typeof dropout === "object" ? (dropout as { input?: number; hidden?: number | number[] }) : { hidden: dropout };
  const behind = Array.isArray(hidden) ? hidden : list.slice(1).map(({ added }) => (added ? 0 : hidden));
  const rates = Array.isArray(dropout) ? dropout : [input, ...behind];
  if (typeof dropout !== "object") checkNumber("dropout", dropout, 0, 1);
  if (rates.length !== list.length) wrongValue("dropout", `a rate for each of ${list.length} layers' inputs`, dropout);
  return rates.map((rate, l) => checkNumber(`dropout[${l}]`, rate, 0, 1));
}
