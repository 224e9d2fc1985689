// The public names, and nothing else.

export type { Answer, ClassAnswer, ValueAnswer, ValuesAnswer } from "./calls/answers.js";
export type { Row } from "./cells/records.js";
export { DisposedError, DivergedError, WorkerError } from "./checks.js";
export { SafetensorsError } from "./formats/safetensors/writer.js";
export { type ExactEnsemble, exactEnsemble } from "./lab/ensemble.js";
export { Network } from "./network.js";
export type * from "./types.js";
