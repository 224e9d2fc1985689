// Networks whose first weight is stored by a side of the test's choice, and rows that make them choose one.
import { onTestFinished } from "vitest";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import type { Orientation } from "../../src/memory/layout.js";
import { Network } from "../../src/network.js";
import type { NetworkOptions } from "../../src/types.js";
import { create, noise } from "./networks.js";

export const ORIENTATIONS: Orientation[] = ["input", "output"];

/** A network at its start, its first layer stored by a side, as if its first batch had asked for that. */
export async function createStored(options: NetworkOptions, firstLayer: Orientation): Promise<Network> {
  const fresh = await create(options);
  const { tensors, metadata } = readSafetensors(fresh.save());
  const bytes = writeSafetensors(tensors as Record<string, Tensor>, { ...metadata, firstLayer });
  const { build } = options;
  const network = await Network.load(bytes, build && { build });
  onTestFinished(() => network.dispose());
  return network;
}

/** By which side a network says that its first layer is stored; undefined before that is settled. */
export function storedBy(network: Network): string | undefined {
  return readSafetensors(network.save()).metadata.firstLayer;
}

/** Rows as images are: all but one input in five zero, the first never set. */
export function sparseRows(batch: number, width: number, salt = 1): Float32Array {
  return noise(batch * width, salt).map((value, i) => (i % width > 0 && value > 0.6 ? value : 0));
}
