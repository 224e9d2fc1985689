// From the keys of a state dict to modules: `net.0.weight` and `net.0.bias` are the dense layer `net.0`.

import { describe } from "../../checks.js";
import { refuse } from "./error.js";
import type { NamedTensor, StateDict } from "./tensor.js";

/** nn.Linear: `weight` `[out, in]`; no bias where the layer has none. */
export interface Dense {
  kind: "dense";
  name: string;
  in: number;
  out: number;
  weight: NamedTensor;
  bias: NamedTensor | undefined;
}

/** nn.BatchNorm1d: all `[width]`; without weight and bias where it is not affine. */
export interface Norm {
  kind: "norm";
  name: string;
  width: number;
  mean: NamedTensor;
  variance: NamedTensor;
  weight: NamedTensor | undefined;
  bias: NamedTensor | undefined;
}

/** What no dense network has; `why` says what it looks like. */
export interface Foreign {
  kind: "foreign";
  name: string;
  why: string;
}

export type Module = Dense | Norm | Foreign;

/** The modules in the order of the file. */
export function readModules(tensors: StateDict): Module[] {
  const groups = new Map<string, Map<string, NamedTensor>>();
  for (const [key, tensor] of tensors) {
    const dot = key.lastIndexOf(".");
    const name = key.slice(0, Math.max(dot, 0));
    const parts = groups.get(name) ?? new Map<string, NamedTensor>();
    groups.set(name, parts.set(key.slice(dot + 1), tensor));
  }
  return [...groups].map(([name, parts]) => readModule(name, parts));
}

function readModule(name: string, parts: Map<string, NamedTensor>): Module {
  const weight = parts.get("weight");
  const bias = parts.get("bias");
  const mean = parts.get("running_mean");
  const variance = parts.get("running_var");
  const known = (...names: string[]) => [...parts.keys()].every((part) => names.includes(part));
  if (weight?.shape.length === 2 && known("weight", "bias")) {
    const [out, width] = weight.shape;
    checkShape(name, "bias", bias, [out]);
    return { kind: "dense", name, in: width, out, weight, bias };
  }
  if (mean && variance && known("weight", "bias", "running_mean", "running_var", "num_batches_tracked")) {
    const width = mean.shape[0] ?? 0;
    for (const [part, tensor] of parts) if (part !== "num_batches_tracked") checkShape(name, part, tensor, [width]);
    return { kind: "norm", name, width, mean, variance, weight, bias };
  }
  return { kind: "foreign", name, why: guess(parts) };
}

function checkShape(name: string, part: string, tensor: NamedTensor | undefined, shape: number[]): void {
  if (tensor === undefined || String(tensor.shape) === String(shape)) return;
  refuse(`${describe(fullKey(name, part))} must have the shape ${describe(shape)}; got ${describe(tensor.shape)}`);
}

export function fullKey(name: string, part: string): string {
  return name === "" ? part : `${name}.${part}`;
}

/** What a module that is no dense layer looks like. */
function guess(parts: Map<string, NamedTensor>): string {
  const weight = parts.get("weight");
  const rank = weight?.shape.length ?? 0;
  const shapes = [...parts].map(([part, { shape }]) => `${describe(part)} ${describe(shape)}`).join(", ");
  const kinds: [boolean, string][] = [
    [rank > 2, "a convolution"],
    [rank === 1 && parts.has("bias"), "a LayerNorm or GroupNorm"],
    [rank === 1, "a PReLU or RMSNorm"],
    [
      parts.has("weight_g") || parts.has("weight_v"),
      "a layer with weight_norm: remove_weight_norm(module) makes it dense",
    ],
    [parts.has("weight_orig"), "a layer with spectral_norm or pruning: remove it from the module, and it is dense"],
    [[...parts.keys()].some((part) => part.startsWith("weight_ih")), "a recurrent layer"],
    [parts.has("in_proj_weight"), "attention"],
  ];
  const known = kinds.find(([fits]) => fits)?.[1];
  return `${known ? `${known} (${shapes})` : shapes}`;
}
