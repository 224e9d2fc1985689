// Networks to time, and how many floating-point operations their steps take.

import { checkTargets } from "#thinned/calls/targets.js";
import { learn } from "#thinned/calls/train-step.js";
import type { Model } from "#thinned/model/model.js";
import { Network } from "#thinned/network.js";
import type { NetworkOptions } from "#thinned/types.js";
import type { NetworkShape } from "./shapes.js";
import { noise } from "./workspace.js";

export type Settings = Omit<NetworkOptions, "sizes">;

/**
 * Plain SGD with a rate so small that a thousand steps leave the network as it was: what is timed does not depend on
 * how often.
 */
const STANDING_STILL = { type: "sgd", learningRate: 1e-7 } as const;

export function optionsOf({ sizes, batch }: NetworkShape, settings: Settings): NetworkOptions {
  return { sizes, maxBatch: batch, seed: 1, optimizer: STANDING_STILL, ...settings };
}

/** A batch: dense inputs in [0, 1), labels in turn. */
export function batchFor({ sizes, batch }: NetworkShape): { x: Float32Array; y: Uint8Array } {
  return {
    x: Float32Array.from({ length: batch * sizes[0] }, (_, i) => noise(i) + 0.5),
    y: Uint8Array.from({ length: batch }, (_, i) => i % sizes[sizes.length - 1]),
  };
}

export function openNetwork(shape: NetworkShape, settings: Settings): Promise<Network> {
  return Network.create(optionsOf(shape, settings));
}

/** What `train_step(x, y)` does to a network's inside. */
export function stepOf(shape: NetworkShape): (model: Model) => void {
  const { x, y } = batchFor(shape);
  return (model) => learn(model, { x, batch: shape.batch }, checkTargets(model, y, shape.batch));
}

/** Operations of a forward pass that skips no zeros. */
export function forwardFlops({ sizes, batch }: NetworkShape): number {
  let weights = 0;
  for (let l = 1; l < sizes.length; l++) weights += sizes[l - 1] * sizes[l];
  return 2 * batch * weights;
}

/**
 * Operations of a training step that skips no zeros: forward, weight gradients, and what goes back to every layer but
 * the input.
 */
export function trainingFlops({ sizes, batch }: NetworkShape): number {
  return 3 * forwardFlops({ sizes, batch }) - 2 * batch * sizes[0] * sizes[1];
}

/** 784-1024-10 */
export function nameSizes(sizes: readonly number[]): string {
  return sizes.join("-");
}
