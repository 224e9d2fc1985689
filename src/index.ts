// The public names, and nothing else.

export { SafetensorsError } from "./checkpoint/safetensors.js";
export { DisposedError, DivergedError, WorkerError } from "./checks.js";
export { type ExactEnsemble, exactEnsemble } from "./lab/ensemble.js";
export { Network } from "./network.js";
export type * from "./types.js";
