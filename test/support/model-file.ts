// Model files of given sizes, for tests of what reads them.
import { type ModelParts, writeModelFile } from "../../src/formats/model-file.js";
import { noise } from "./networks.js";

/** A network of weights in [−1, 1) and these parts; the rest is plain. */
export function modelFile(sizes: number[], parts: Partial<ModelParts> = {}): Uint8Array {
  const hidden = sizes.length - 2;
  return writeModelFile({
    sizes,
    layers: sizes.slice(1).map((out, l) => ({ weight: noise(out * sizes[l], l + 1), bias: noise(out, l + 100) })),
    activation: Array(hidden).fill("relu"),
    output: "linear",
    dropout: [0, ...Array(hidden).fill(0.5)],
    ...parts,
  });
}
