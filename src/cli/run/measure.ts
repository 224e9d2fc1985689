// Loss and error of a network on a table, in the units that people think in.
import { argmax } from "../../calls/argmax.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { Network } from "../../network.js";
import type { DataSet, Evaluation } from "../../types.js";
import { type AnyNetwork, evaluateOn } from "./any-network.js";

/** A table as the network's loss wants it: binary cross-entropy has a target of 0 or 1 for every class. */
export function dataSet(net: AnyNetwork, { classes }: Encoding, { x, y }: Table, weights?: Float64Array): DataSet {
  if (net.config.loss !== "bce" || !classes) return { x, y, weights };
  const rows = new Float32Array(y.length * classes.length);
  y.forEach((label, i) => {
    rows[i * classes.length + label] = 1;
  });
  return { x, y: rows, weights };
}

/**
 * Test mode (dropout off), of the weights or of their average. The error of a regression is in the target's own units,
 * its loss in standardised ones. Weights count in the loss alone: an error is a share of the rows.
 */
export function measure(
  net: AnyNetwork,
  encoding: Encoding,
  table: Table,
  { weights, average = false }: { weights?: Float64Array; average?: boolean } = {},
): Evaluation {
  const { loss: plain, error } = evaluateOn(net, dataSet(net, encoding, table), average);
  const loss = weights ? evaluateOn(net, dataSet(net, encoding, table, weights), average).loss : plain;
  // Several targets have no unit in common: their error stays one of standardised numbers.
  if (encoding.targetScale !== null && encoding.outputs > 1) return { loss, error };
  if (encoding.targetScale !== null) return { loss, error: error / encoding.targetScale };
  // The network counts wrong outputs under bce; people count wrong samples.
  return { loss, error: net.config.loss === "bce" ? wrongClasses(net, encoding, table, average) : error };
}

function wrongClasses(net: AnyNetwork, { outputs }: Encoding, { x, y }: Table, average: boolean): number {
  const judged = average && net instanceof Network ? net.averaged() : net;
  const answers = judged.predict(x);
  if (judged !== net) judged.dispose();
  let wrong = 0;
  for (let i = 0; i < y.length; i++) if (argmax(answers, i * outputs, outputs) !== y[i]) wrong++;
  return wrong / y.length;
}

/** The encoding as each target of a regression has it, one for each output. */
export function targetsOf(encoding: Encoding): Encoding[] {
  if (!encoding.table || encoding.classes) return [encoding];
  return encoding.table.targets.map(({ name, shift, scale }) => ({
    ...encoding,
    target: name,
    targetMean: shift,
    targetScale: scale,
  }));
}

/** A standardised output in the target's own units; other outputs as they are. */
export function inOwnUnits(output: number, { targetMean, targetScale }: Encoding): number {
  return output / (targetScale ?? 1) + (targetMean ?? 0);
}

export function firstRows(table: Table, rows: number): Table {
  if (table.samples <= rows) return table;
  const { features, x, y } = table;
  return { samples: rows, features, x: x.subarray(0, rows * features), y: y.subarray(0, rows) };
}
