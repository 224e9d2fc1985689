// Calls that fail on their way, or are broken off by a time limit of node:vm, by Ctrl-C in Node's REPL, or by a full
// stack. After a call is broken off nothing of it runs, not even a `finally`. So a call notes what it is about to do,
// and the next call puts in order what it finds.

import { DisposedError, WorkerError } from "../checks.js";
import type { Model } from "./model.js";

/**
 * Makes a change of weights, or of what belongs to them. If the change does not come to its end, they are not whole.
 */
export function change(model: Model, make: () => void): void {
  model.writing = true;
  make();
  model.writing = false;
}

/**
 * The model of a network, where it was not disposed of, with what an earlier call has left behind put in order. Every
 * public call begins with it.
 * @throws DisposedError; WorkerError where weights are not whole, at every call; where workers had to be ended, once
 */
export function settled(model: Model | null): Model {
  if (!model) throw new DisposedError("this network was disposed; create or load another one");
  const endedCrew = model.crew?.endBrokenOff(model);
  if (model.writing) {
    throw new WorkerError("an update was broken off; the weights are not whole: load the last checkpoint", false);
  }
  model.takeBack?.();
  model.takeBack = null;
  if (endedCrew) {
    const state = "the weights are whole, and the network goes on with one thread until its workers have started anew";
    throw new WorkerError(`the call before this one was broken off, and its workers were ended; ${state}`, true);
  }
  return model;
}
