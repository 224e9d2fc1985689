// What the network in a model file answers, in double precision, one number at a time: docs/checkpoint.md, and no code
// of src but the file's container.
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { ACTIVATIONS } from "./activation.js";
import { scales } from "./network.js";

const MORE: Record<string, (x: number) => number> = { elu: (x) => (x > 0 ? x : Math.expm1(x)) };

/** Test-mode sums of the last layer for rows `[batch, in]`, `[batch, out]`. */
export function logitsOf(file: Uint8Array, x: readonly number[]): number[] {
  const { tensors, metadata } = readSafetensors(file);
  const { sizes, activation, dropout, scaling } = JSON.parse(metadata.config);
  let units: number[][] = Array.from({ length: x.length / sizes[0] }, (_, i) =>
    x.slice(i * sizes[0], (i + 1) * sizes[0]),
  );
  for (let l = 0; l + 1 < sizes.length; l++) {
    const [weight, bias] = ["weight", "bias"].map((part) => Array.from(tensors[`layers.${l}.${part}`].data, Number));
    const f = l + 2 < sizes.length ? functionOf(activation[l]) : (z: number) => z;
    const scale = scales(scaling, dropout[l]).testing;
    units = units.map((row) =>
      bias.map((term, j) => f(row.reduce((sum, unit, i) => sum + scale * unit * weight[j * sizes[l] + i], term))),
    );
  }
  return units.flat();
}

function functionOf(name: string): (x: number) => number {
  return MORE[name] ?? ACTIVATIONS.find((twin) => twin.name === name)!.f;
}
