// Who runs a pass.

import type { Model } from "./model.js";
import { type Pass, runPass } from "./step.js";

/** Runs a pass on every worker of the model's team. See `runPass`. */
export function run(model: Model, pass: Pass): number {
  return runPass(model, pass);
}
