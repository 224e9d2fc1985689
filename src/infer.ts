// thinned/infer: a saved network that answers. The same calls and the same numbers as the whole library's, in a
// fraction of its size.

export type { Answer, ClassAnswer, ValueAnswer, ValuesAnswer } from "./calls/answers.js";
export type { Row } from "./cells/records.js";
export { DisposedError } from "./checks.js";
export { SafetensorsError } from "./formats/safetensors/format.js";
export { type InferOptions, Network } from "./infer-network.js";
export type {
  ModelSource,
  MonteCarloOptions,
  MonteCarloResult,
  ReadOptions,
  RuntimeInfo,
  WasmSource,
} from "./types.js";
