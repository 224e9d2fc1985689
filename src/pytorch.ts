// thinned/pytorch: state dicts of PyTorch → model files, and back. Pure functions from bytes to bytes.

export { PyTorchError } from "./formats/pytorch/error.js";
export { type FromStateDictOptions, fromStateDict } from "./formats/pytorch/from-state-dict.js";
export { type ToStateDictOptions, toStateDict } from "./formats/pytorch/to-state-dict.js";
export { SafetensorsError } from "./formats/safetensors/format.js";
