// A network that was trained elsewhere, as the bytes of a model file (docs/checkpoint.md): what `Network.load` and
// `thinned/infer` open.
// Nothing has been drawn, learned or counted yet, so the counters are 0 and the optimizer is the default one.

import { wrongValue } from "../checks.js";
import type { Bytes, Loss, Scaling } from "../types.js";
import { layOut } from "./safetensors/lay-out.js";

/** What follows a layer's sums: a name, or an object where a parameter is not the name's own. */
export type ActivationSetting =
  | string
  | { type: "gelu"; approximate: "tanh" }
  | { type: "leaky_relu"; slope: number }
  | { type: "elu"; alpha: number };

export interface ModelParts {
  /** Units per layer: input, hidden …, output. */
  sizes: number[];
  /** One per weight, `sizes.length − 1`: `weight` is `[out, in]`, row-major, `bias` is `[out]`. */
  layers: { weight: Float32Array; bias: Float32Array }[];
  /** One per hidden layer, `sizes.length − 2`. */
  activation: ActivationSetting[];
  /** What `predict` applies to the last layer's sums. */
  output: ActivationSetting | "softmax" | "gaussian";
  /** Probabilities of dropping, one per layer's input, `sizes.length − 1`. */
  dropout: number[];
  /** Default: `inverted`, as everybody else scales. */
  scaling?: Scaling;
  /** Unit layer 0 is (x − shift) · scale; `[in]` each. */
  inputs?: { shift: Float64Array; scale: Float32Array };
  /** What logits are divided by in front of softmax or sigmoid. Default 1. */
  temperature?: number;
  /** The names of the outputs. */
  classes?: readonly string[];
  /** Texts that travel inside the file. */
  metadata?: Readonly<Record<string, string>>;
}

/** The defaults of `Network.create`, spelled out: a later version may have others. */
const SGD = { type: "sgd", learningRate: 0.1, weightDecay: 0, maxNorm: 0, clipNorm: 0, momentum: 0, nesterov: false };
const COUNTERS = { step: 0, optimizerSteps: 0, looks: 0, draws: 0, epoch: 0, position: 0, lossSum: 0 };

/**
 * The bytes of a model file, version 2. The loss, should it be trained further, is the one that belongs to its output.
 * @throws RangeError where a number is not finite: such a file could not be opened
 */
export function writeModelFile(parts: ModelParts): Bytes {
  const { sizes, layers, activation, output, dropout, scaling = "inverted", inputs, classes, metadata } = parts;
  const tensors: Parameters<typeof layOut>[0] = {};
  layers.forEach(({ weight, bias }, l) => {
    tensors[`layers.${l}.weight`] = { dtype: "F32", shape: [sizes[l + 1], sizes[l]], data: weight };
    tensors[`layers.${l}.bias`] = { dtype: "F32", shape: [sizes[l + 1]], data: bias };
  });
  if (inputs) {
    tensors["input.shift"] = { dtype: "F64", shape: [sizes[0]], data: inputs.shift };
    tensors["input.scale"] = { dtype: "F32", shape: [sizes[0]], data: inputs.scale };
  }
  for (const [name, { data }] of Object.entries(tensors)) checkFinite(name, data as Float32Array);
  const known: Record<string, Loss> = { softmax: "cross-entropy", sigmoid: "bce", gaussian: "gaussian" };
  const loss = known[output as string] ?? "mse";
  return layOut(tensors, {
    ...metadata,
    format: "thinned",
    version: "2",
    config: JSON.stringify({
      sizes,
      activation,
      output,
      dropout,
      scaling,
      loss,
      optimizer: SGD,
      seed: 0,
      maxBatch: 128,
      rateFunctions: false,
    }),
    counters: JSON.stringify(COUNTERS),
    ...(classes && { classes: JSON.stringify(classes) }),
  });
}

function checkFinite(name: string, values: Float32Array): void {
  let at = 0;
  while (values[at] - values[at] === 0) at++; // a call for each of millions would take longer than all the rest
  if (at < values.length) wrongValue(`element ${at} of ${name}`, "a finite number in float32", values[at]);
}
