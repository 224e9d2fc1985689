// Dropout, casts, and what stands at the end of a chain: softmax, and the pair of probabilities of a yes or no.

import { shortest } from "../activation.js";
import type { Operator, Operators } from "../link.js";
import { floatOf, intOf, refuse } from "../node.js";
import { elements, fromFront } from "../shape.js";
import { isFloat } from "../tensor.js";

/**
 * The rate is an attribute before operator set 12, an input since. Whether the file has it switched on does not matter:
 * a network of Thinned samples where it is asked to.
 */
const dropout: Operator = ({ constants, layers }, { node }) => {
  const given = node.opset >= 12 && node.inputs[1] ? constants.get(node, 1).values[0] : floatOf(node, "ratio", 0.5);
  if (!(given >= 0 && given < 1)) refuse(node, "a rate of at least 0 and below 1", String(given));
  layers.drop(node, shortest(given));
};

const cast: Operator = (_, { node }) => {
  if (!isFloat(intOf(node, "to", 1))) refuse(node, "a cast to floats");
};

/**
 * Over all units of a sample: before operator set 13 those of all axes from the one it names, since then of that alone.
 */
const softmax: Operator = ({ layers, dims, batch }, { node }) => {
  const since13 = node.opset >= 13;
  const axis = fromFront(intOf(node, "axis", since13 ? -1 : 1), dims.length);
  const over = since13 ? dims[axis] : elements(dims.slice(axis));
  if (axis < 0 || over * batch !== elements(dims)) refuse(node, `all units of a sample of [${dims}]`, `axis ${axis}`);
  layers.activate(node, "softmax");
};

/** 1 − y and y, as scikit-learn's networks for two classes end; or of a single tensor. */
const concat: Operator = ({ layers, dims }, { node, complement }) => {
  if (node.inputs.length === 1) return;
  const axis = fromFront(intOf(node, "axis", 1), dims.length);
  if (!complement || axis !== dims.length - 1) refuse(node, "1 − y and y of a sigmoid y");
  layers.complement(node);
  dims[axis] = 2;
};

export const OTHERS: Operators = {
  Dropout: dropout,
  Cast: cast,
  Softmax: softmax,
  Concat: concat,
};
