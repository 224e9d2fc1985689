// Parameters by name: W1, b1, W2, b2, …

import { checkKeys, checkObject, kindOf, wrongType, wrongValue } from "../checks.js";
import type { Model } from "../model/model.js";
import { type ParameterSet, readParameters, writeParameters } from "../model/weights.js";
import { change } from "../model/whole.js";
import type { Parameters } from "../types.js";

/** Copies of all of a set: `W1` `[out, in]`, `b1` `[out]`, `W2`, … */
export function getParameters(model: Model, set: ParameterSet): Parameters {
  const named: Parameters = {};
  model.shapes.forEach((_, l) => {
    const { weight, bias } = readParameters(model, l, set);
    named[`W${l + 1}`] = weight;
    named[`b${l + 1}`] = bias;
  });
  return named;
}

/** @throws TypeError, RangeError naming the parameter; nothing is written then */
export function setParameters(model: Model, parameters: Partial<Record<string, Float32Array>>): void {
  checkObject("parameters", parameters, "an object such as { W1, b1 }");
  const names = model.shapes.flatMap((_, l) => [`W${l + 1}`, `b${l + 1}`]);
  checkKeys("parameters", parameters, names);
  const checked = model.shapes.map(({ in: inputs, out }, l) => ({
    weight: checkParameter(`W${l + 1}`, parameters[`W${l + 1}`], out * inputs, `[${out}, ${inputs}], row-major`),
    bias: checkParameter(`b${l + 1}`, parameters[`b${l + 1}`], out, `[${out}]`),
  }));
  change(model, () => {
    checked.forEach((values, l) => {
      writeParameters(model, l, "parameters", values);
    });
  });
}

/** A copy, so that what was checked is what is written, even if it lies in the network's own memory. */
function checkParameter(name: string, given: unknown, length: number, shape: string): Float32Array | undefined {
  if (given === undefined) return undefined;
  if (kindOf(given) !== "Float32Array") wrongType(name, `a Float32Array ${shape}`, given);
  const values = new Float32Array(given as Float32Array);
  if (values.length !== length) wrongValue(name, `${shape}: ${length} floats`, values);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) wrongValue(`${name}[${at}]`, "a finite number", values[at]);
  return values;
}
