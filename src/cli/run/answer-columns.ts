// What a network answers for each row, as columns that people read.
import { argmax } from "../../calls/argmax.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { halfOf } from "../../gaussian.js";
import { pointsOf } from "../../uncertainty/answering.js";
import type { Answerer } from "./ensemble.js";
import type { Cell, Column } from "./lines.js";
import { inOwnUnits, targetsOf } from "./measure.js";

export function predictions(net: Answerer["net"], encoding: Encoding, { x }: Table): Column[] {
  const { classes } = encoding;
  const outputs = net.predict(x);
  if (!classes) {
    const values = perTarget(encoding, ({ target }) => target ?? "value", pointsOf(net, outputs));
    if (net.config.output !== "gaussian") return values;
    const noise = halfOf(outputs, net.config.sizes.at(-1)!, true);
    return [...values, ...perTarget(encoding, besideTarget(encoding, "noise"), noise, deviation)];
  }
  return [
    { name: "class", at: (row) => classes[argmax(outputs, row * classes.length, classes.length)] },
    ...perClass("p", classes, outputs),
  ];
}

export function uncertainty(
  net: Answerer["net"],
  encoding: Encoding,
  { x }: Table,
  samples: number,
  seed: number,
): Column[] {
  const { classes } = encoding;
  const { mean, variance, epistemic, aleatoric, entropy } = net.mc_step(x, { samples, seed, draw: 0 });
  const sd = variance.map(Math.sqrt);
  if (!classes) {
    const parts = { sd: variance, ...(epistemic && aleatoric && { epistemic, aleatoric }) };
    return [
      ...perTarget(encoding, besideTarget(encoding, "mean"), mean),
      ...Object.entries(parts).flatMap(([name, squares]) =>
        perTarget(encoding, besideTarget(encoding, name), squares.map(Math.sqrt), deviation),
      ),
    ];
  }
  return [
    ...perClass("mean", classes, mean),
    ...perClass("sd", classes, sd),
    { name: "entropy", at: (row) => short(entropy![row]) },
  ];
}

function besideTarget(encoding: Encoding, prefix: string): (own: Encoding) => string {
  return ({ target }) => (encoding.outputs > 1 ? `${prefix}:${target}` : distinct(prefix, target));
}

/** A standard deviation in the target's own units. */
function deviation(output: number, { targetScale }: Encoding): number {
  return short(output / (targetScale ?? 1));
}

/** A target may be called "mean" itself. */
function distinct(name: string, target: string | null): string {
  return name === target ? `mc:${name}` : name;
}

/** A column for each target of a regression, in its own units. */
function perTarget(
  encoding: Encoding,
  name: (own: Encoding) => string,
  outputs: ArrayLike<number>,
  show: (output: number, own: Encoding) => number = value,
): Column[] {
  return targetsOf(encoding).map((own, k, { length }) => ({
    name: name(own),
    at: (row) => show(outputs[row * length + k], own),
  }));
}

function perClass(prefix: string, classes: string[], values: Float32Array): Column[] {
  return classes.map((name, i) => ({
    name: `${prefix}:${name}`,
    at: (row) => short(values[row * classes.length + i]),
  }));
}

/** A text as it is; an output in the target's own units. */
export function cell(of: Cell, encoding: Encoding): Cell {
  return typeof of === "number" ? value(of, encoding) : of;
}

/** An output in the target's own units. The digits of a mean that is far larger come before its own. */
export function value(output: number, encoding: Encoding): number {
  const number = inOwnUnits(output, encoding);
  const larger = (Math.abs(number) * (encoding.targetScale ?? 1)) / Math.max(1, Math.abs(output));
  return short(number, Math.max(0, Math.floor(Math.log10(larger))));
}

// A float32 has no more than seven digits to show; a double, seventeen.
function short(number: number, before = 0): number {
  return Number(number.toPrecision(Math.min(17, 7 + before)));
}
