// The public names, and nothing else.

export type { LoadOptions } from "./checkpoint/config.js";
export type { SaveOptions } from "./checkpoint/network.js";
export { SafetensorsError } from "./checkpoint/safetensors.js";
export { DisposedError, DivergedError, WorkerError } from "./checks.js";
export { type ExactEnsemble, exactEnsemble } from "./lab/ensemble.js";
export { Network } from "./network.js";
export type { WasmSource } from "./runtime/source.js";
export type { Progress } from "./training.js";
export type * from "./types.js";
