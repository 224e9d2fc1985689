// Parameters by name: W1, b1, W2, b2, … as the document calls them.

import { checkKeys, checkObject, wrongType, wrongValue } from "./checks.js";
import { type Model, type ParameterSet, readParameters, writeParameters } from "./model.js";
import type { Parameters } from "./types.js";

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
export function setParameters(model: Model, parameters: Partial<Parameters>): void {
  checkObject("parameters", parameters, "an object such as { W1, b1 }");
  const names = model.shapes.flatMap((_, l) => [`W${l + 1}`, `b${l + 1}`]);
  checkKeys("parameters", parameters, names);
  model.shapes.forEach(({ in: inputs, out }, l) => {
    checkParameter(`W${l + 1}`, parameters[`W${l + 1}`], out * inputs, `[${out}, ${inputs}], row-major`);
    checkParameter(`b${l + 1}`, parameters[`b${l + 1}`], out, `[${out}]`);
  });
  model.shapes.forEach((_, l) => {
    writeParameters(model, l, "parameters", { weight: parameters[`W${l + 1}`], bias: parameters[`b${l + 1}`] });
  });
}

function checkParameter(name: string, value: unknown, length: number, shape: string): void {
  if (value === undefined) return;
  if (!(value instanceof Float32Array)) wrongType(name, `a Float32Array ${shape}`, value);
  if (value.length !== length) wrongValue(name, `${shape}: ${length} floats`, value);
  const at = value.findIndex((weight) => !Number.isFinite(weight));
  if (at >= 0) wrongValue(`${name}[${at}]`, "a finite number", value[at]);
}
