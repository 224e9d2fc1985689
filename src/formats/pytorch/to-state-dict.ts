// toStateDict: a model file → a state dict that PyTorch loads strictly.

import { checkKeys, checkObject, checkOneOf, describe, wrongType, wrongValue } from "../../checks.js";
import { conversionFactor } from "../../dropout/scaling.js";
import type { ModelParts } from "../model-file.js";
import { readModelFile } from "../read-model-file.js";
import type { Tensor } from "../safetensors/format.js";
import { writeSafetensors } from "../safetensors/writer.js";
import { refuse } from "./error.js";
import { foldIntoColumns } from "./fold.js";
import { fullKey } from "./modules.js";
import { type FloatTensor, writeTorchFile } from "./write-torch-file.js";

export interface ToStateDictOptions {
  /**
   * Names of the dense layers in PyTorch, in their order. Default "0", "2", "4", …: those of nn.Sequential(Linear,
   * ReLU, Linear, …).
   */
  names?: string[];
  /** "torch" for a file of torch.save, which `torch.load` reads; or "safetensors". Default "torch". */
  format?: "torch" | "safetensors";
  /**
   * "fold" puts shift and scale of the inputs into the first layer; a state dict has no other place for them. Default
   * "refuse".
   */
  inputs?: "fold" | "refuse";
}

/**
 * The weights of a model file as a state dict, in float32: `load_state_dict` takes it strictly. PyTorch's dropout is
 * inverted; weights of another scaling are converted to that.
 * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file or the option; PyTorchError where
 * a state dict cannot say it
 */
export function toStateDict(bytes: Uint8Array | ArrayBuffer, options: ToStateDictOptions = {}): Uint8Array {
  checkKeys("options", checkObject("options", options), ["names", "format", "inputs"]);
  const { format = "torch", inputs = "refuse" } = options;
  checkOneOf("format", format, ["torch", "safetensors"]);
  checkOneOf("inputs", inputs, ["fold", "refuse"]);
  const model = readModelFile(bytes);
  const names = checkNames(options.names, model.layers.length);
  const layers = invert(model);
  if (model.inputs) layers[0] = foldInputs(model, layers[0], inputs);
  const tensors = new Map<string, FloatTensor>();
  layers.forEach(({ weight, bias }, l) => {
    tensors.set(fullKey(names[l], "weight"), { shape: [model.sizes[l + 1], model.sizes[l]], data: weight });
    tensors.set(fullKey(names[l], "bias"), { shape: [model.sizes[l + 1]], data: bias });
  });
  if (format === "torch") return writeTorchFile(tensors);
  const floats = [...tensors].map(([key, tensor]): [string, Tensor] => [key, { dtype: "F32", ...tensor }]);
  return writeSafetensors(Object.fromEntries(floats), { format: "pt" });
}

type Layers = ModelParts["layers"];

/** The weights of inverted dropout, which leaves the units of evaluation mode alone. */
function invert({ layers, dropout, scaling }: ReturnType<typeof readModelFile>): Layers {
  return layers.map(({ weight, bias }, l) => {
    const factor = Math.fround(conversionFactor(scaling, "inverted", dropout[l], l));
    return { weight: factor === 1 ? weight : weight.map((value) => value * factor), bias };
  });
}

/** (x − shift) · scale = scale · x + (−shift · scale). */
function foldInputs({ sizes, inputs, dropout }: ModelParts, layer: Layers[0], how: "fold" | "refuse"): Layers[0] {
  const { shift, scale } = inputs!;
  if (how === "refuse") {
    const remedy =
      'compute (x − shift) · scale in PyTorch and strip them here, or pass { inputs: "fold" } to put them into the first layer';
    refuse("the network shifts and scales its inputs, which a state dict cannot say", remedy);
  }
  const factor = Float64Array.from(scale);
  const term = shift.map((value, i) => -value * scale[i]);
  if (dropout[0] > 0 && term.some((value) => value !== 0)) {
    refuse(
      `the network drops inputs with ${dropout[0]} behind their shift, which a folded layer cannot do`,
      "set its input's dropout to 0",
    );
  }
  const { weight, bias } = foldIntoColumns({ in: sizes[0], out: sizes[1], ...layer }, { factor, term });
  return { weight: new Float32Array(weight), bias: new Float32Array(bias) };
}

function checkNames(names: unknown, count: number): string[] {
  if (names === undefined) return Array.from({ length: count }, (_, l) => String(2 * l));
  const expected = `${count} names, one per layer, such as ["fc1", "fc2"]`;
  if (!Array.isArray(names)) wrongType("names", expected, names);
  if (names.length !== count) wrongValue("names", expected, names);
  names.forEach((name, l) => {
    if (typeof name !== "string") wrongType(`names[${l}]`, "a text", name);
    if (names.indexOf(name) !== l) wrongValue("names", "all different", names, `${describe(name)} is there twice`);
  });
  return names;
}
