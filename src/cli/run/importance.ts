// How much worse a network answers where one column says nothing (Breiman 2001): its cells are dealt to other rows.
import type { Table } from "../../data/encode/table.js";
import { permutation } from "../../random/philox.js";
import { meanAndError } from "../../report/numbers.js";
import type { DataSet } from "../../types.js";
import { type AnyNetwork, evaluateOn } from "./any-network.js";

/** A column of a data file, and the network's inputs that it became. */
export interface InputColumn {
  name: string;
  inputs: readonly number[];
}

export interface Importance {
  name: string;
  /** By how much the loss grows, mean and standard error of the deals. */
  loss: { mean: number; standardError: number };
}

const DEALS = 5;

/**
 * Permutation importance of each column, the largest first. A column that another one repeats seems to matter little.
 * @param data as the network's loss wants it
 * @param seed of the deals
 */
export function importances(
  net: AnyNetwork,
  { features, samples, x }: Table,
  { y }: DataSet,
  columns: readonly InputColumn[],
  seed = 0,
): Importance[] {
  const { loss } = evaluateOn(net, { x, y });
  const dealt = Float32Array.from(x);
  const orders = Array.from({ length: DEALS }, (_, deal) => permutation(samples, seed, deal));
  const place = (from: (row: number) => number, inputs: readonly number[]) => {
    for (let row = 0; row < samples; row++)
      for (const j of inputs) dealt[row * features + j] = x[from(row) * features + j];
  };
  return columns
    .map(({ name, inputs }) => {
      const grown = orders.map((order) => {
        place((row) => order[row], inputs);
        return evaluateOn(net, { x: dealt, y }).loss - loss;
      });
      place((row) => row, inputs);
      return { name, loss: meanAndError(grown) };
    })
    .sort((a, b) => b.loss.mean - a.loss.mean);
}
