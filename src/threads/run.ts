// Who runs a pass: this thread alone, or the crew of the model with it.

import { DisposedError } from "../checks.js";
import { runForward } from "../compute/forward.js";
import { runPass } from "../compute/step.js";
import type { Model } from "../model/model.js";
import type { ForwardPass, Pass } from "../model/pass.js";

/** Runs a pass on every worker of the model's team. See `runPass`. */
export function run(model: Model, pass: Pass): number {
  checkAlive(model);
  return model.crew ? model.crew.run(model, pass) : runPass(model, pass);
}

/** The same for a pass in which nothing is learned. A bundle that calls only this one contains nothing that learns. */
export function forward(model: Model, pass: ForwardPass): void {
  checkAlive(model);
  if (model.crew) model.crew.run(model, pass);
  else runForward(model, pass);
}

/** A rate that is a function, or an option's getter, may have disposed of the network in the middle of its own call. */
function checkAlive({ disposed }: Model): void {
  if (disposed) throw new DisposedError("this network was disposed");
}
