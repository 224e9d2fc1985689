// fromStateDict: the weights of a dense network that was trained in PyTorch → the bytes of a model file.

import { checkKeys, checkMagnitude, checkObject, checkOneOf, wrongType } from "../../checks.js";
import { resolveActivations, resolveOutput } from "../../config/activation.js";
import { resolveDropout } from "../../config/dropout-option.js";
import { resolveClasses, resolveInputs } from "../../config/inputs.js";
import { checkPairs } from "../../gaussian.js";
import type { Activation, DropoutOption, InputOptions, Output } from "../../types.js";
import { type ModelParts, writeModelFile } from "../model-file.js";
import { arrange, pick } from "./arrange.js";
import { NORM_PLACES, type NormPlace } from "./batch-norm.js";
import { foldNorms } from "./fold.js";
import { readModules } from "./modules.js";
import { readStateDict } from "./state-dict.js";

export interface FromStateDictOptions {
  /**
   * Hidden layers' activation, one for all or one each. A state dict does not say it: it must be given where there is a
   * hidden layer.
   */
  activation?: Activation | Activation[];
  /**
   * What `predict` applies to the last layer's sums, such as "softmax". Default "linear": the numbers that the module
   * gives.
   */
  output?: Output;
  /** As the option of `Network.create`: a state dict does not say it. Default 0: nothing is dropped. */
  dropout?: DropoutOption;
  /**
   * Names of the modules in their order, as in `["net.0", "net.1", "net.3"]`, dense layers and batch norms. Default: by
   * their shapes, and by the numbers in their names. Modules that are not named are left out.
   */
  layers?: string[];
  /**
   * Where the file holds several state dicts, as a checkpoint does: the name of the one that is meant, such as
   * "model_state_dict".
   */
  part?: string;
  /**
   * Where batch norms stand: before the activation, after it, or after the dropout that follows it. Default: as the
   * names tell.
   */
  batchNorm?: NormPlace;
  /** BatchNorm1d's `eps`. Default 1e-5, PyTorch's. */
  epsilon?: number;
  /**
   * Input j is (x[j] − shift[j]) · scale[j]: as the option of `Network.create`. Default: rows are taken as they are.
   */
  inputs?: InputOptions;
  /** Names of the outputs. */
  classes?: string[];
}

const OPTIONS = ["activation", "output", "dropout", "layers", "part", "batchNorm", "epsilon", "inputs", "classes"];

/**
 * The bytes of a model file with the weights of a PyTorch network: what `Network.load` and `thinned/infer` open.
 * @param bytes safetensors with any names, or a zip file of torch.save that holds a state dict (F64, F32, F16 or BF16)
 * @throws PyTorchError, SafetensorsError saying what is wrong with the file; TypeError, RangeError naming the option
 * @example import { fromStateDict, toStateDict } from "thinned/pytorch"; import { Network } from "thinned"; const
 * trained = await Network.create({ sizes: [2, 16, 2] }); const pt = toStateDict(trained.save(), { names: ["net.0",
 * "net.3"] }); // or what torch.save(model.state_dict(), path) wrote const model = fromStateDict(pt, { activation:
 * "relu", dropout: 0.5, output: "softmax" }); // for Network.load
 */
export function fromStateDict(bytes: Uint8Array | ArrayBuffer, options: FromStateDictOptions = {}): Uint8Array {
  checkKeys("options", checkObject("options", options), OPTIONS);
  const { activation, output = "linear", dropout = 0, batchNorm, epsilon = 1e-5, inputs, classes } = options;
  if (batchNorm !== undefined) checkOneOf("batchNorm", batchNorm, NORM_PLACES);
  checkMagnitude("epsilon", epsilon);
  const modules = readModules(readStateDict(bytes, options.part));
  const { layers, norms } = options.layers === undefined ? arrange(modules) : pick(modules, options.layers);
  const sizes = [layers[0].in, ...layers.map(({ out }) => out)];
  if (output === "gaussian") checkPairs(sizes);
  const rates = resolveDropout(dropout, sizes).map((rate) => {
    if (typeof rate === "function") wrongType("dropout", "numbers, as a file holds no functions", rate);
    return rate;
  });
  const folded = foldNorms(layers, norms, rates, { place: batchNorm, epsilon });
  return writeModelFile({
    sizes,
    layers: folded.map(({ weight, bias }) => ({ weight: new Float32Array(weight), bias: new Float32Array(bias) })),
    // Resolved, they have the parameters that they need.
    activation: hiddenActivations(activation, sizes.length - 2) as ModelParts["activation"],
    output: resolveOutput(output, "mse") as ModelParts["output"],
    dropout: rates,
    inputs: resolveInputs(inputs, sizes[0]) ?? undefined,
    classes: resolveClasses(classes, sizes[sizes.length - 1]) ?? undefined,
  });
}

function hiddenActivations(activation: FromStateDictOptions["activation"], hidden: number): Activation[] {
  if (hidden === 0) return [];
  if (activation === undefined) {
    const remedy = 'a state dict does not say it; for nn.ReLU pass { activation: "relu" }';
    wrongType("activation", "given", activation, remedy);
  }
  return resolveActivations(activation, hidden);
}
