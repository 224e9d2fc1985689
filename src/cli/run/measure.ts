// Loss and error of a network on a table, in the units that people think in.
import { argmax } from "../../calls/argmax.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import type { Network } from "../../network.js";
import type { DataSet, Evaluation } from "../../types.js";

/** A table as the network's loss wants it: binary cross-entropy has a target of 0 or 1 for every class. */
export function dataSet(net: Network, { classes }: Encoding, { x, y }: Table): DataSet {
  if (net.config.loss !== "bce" || !classes) return { x, y };
  const rows = new Float32Array(y.length * classes.length);
  y.forEach((label, i) => {
    rows[i * classes.length + label] = 1;
  });
  return { x, y: rows };
}

/** Test mode (dropout off), of the weights or of their average. The error of a regression is in the target's own units, its loss in standardised ones. */
export function measure(net: Network, encoding: Encoding, table: Table, average = false): Evaluation {
  const { loss, error } = net.evaluate(dataSet(net, encoding, table), { average });
  if (encoding.targetScale !== null) return { loss, error: error / encoding.targetScale };
  // The network counts wrong outputs under bce; people count wrong samples.
  return { loss, error: net.config.loss === "bce" ? wrongClasses(net, encoding, table, average) : error };
}

function wrongClasses(net: Network, { outputs }: Encoding, { x, y }: Table, average: boolean): number {
  const judged = average ? net.averaged() : net;
  const answers = judged.predict(x);
  if (judged !== net) judged.dispose();
  let wrong = 0;
  for (let i = 0; i < y.length; i++) if (argmax(answers, i * outputs, outputs) !== y[i]) wrong++;
  return wrong / y.length;
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
