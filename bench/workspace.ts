// Kernels over a memory of their own, with operands in it, as a network lays them out.

import { pad, rowStride, storeWeight, type WeightShape, weightLength, weightShape } from "#thinned/memory/layout.js";
import { type BuildName, type Core, openCore } from "#thinned/runtime/core.js";
import type { Pointer } from "#thinned/runtime/kernels.js";
import { loadBuild } from "#thinned/runtime/load.js";

const PAGE = 65536;

export interface Matrix {
  at: Pointer;
  /** Floats from one row to the next. */
  stride: number;
}

export interface Weight {
  at: Pointer;
  shape: WeightShape;
}

export interface Workspace {
  build: BuildName;
  core: Core;
  chains: number;
  /** What the dense products need. */
  scratch: Pointer;
  bytes(length: number): Pointer;
  view(at: Pointer, floats: number): Float32Array;
  /** `[rows, columns]` as activations lie in memory; `fill(i)` gives element i in row-major order. */
  matrix(rows: number, columns: number, fill: (i: number) => number): Matrix;
  /** A weight stored by its inputs. */
  weight(out: number, inputs: number): Weight;
}

/** Room for `floats` floats besides the scratch: generously more is taken, for strides and alignment. */
export async function openWorkspace(name: BuildName, floats: number): Promise<Workspace> {
  const build = await loadBuild(name);
  const bytesNeeded = build.heapBase + build.scratchBytes + 4 * 1.2 * floats + PAGE;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytesNeeded / PAGE) });
  let top = build.heapBase;
  const bytes = (length: number): Pointer => {
    const at = Math.ceil(top / 64) * 64;
    top = at + length;
    if (top > memory.buffer.byteLength) throw new RangeError(`the workspace of ${floats} floats is too small`);
    return at;
  };
  const view = (at: Pointer, length: number) => new Float32Array(memory.buffer, at, length);
  return {
    build: name,
    core: openCore(build, memory),
    chains: build.chains,
    scratch: bytes(build.scratchBytes),
    bytes,
    view,
    matrix(rows, columns, fill) {
      const stride = rowStride(columns);
      const at = bytes(4 * rows * stride);
      const to = view(at, rows * stride);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) to[r * stride + c] = fill(r * columns + c);
      }
      return { at, stride };
    },
    weight(out, inputs) {
      const shape = weightShape(inputs, out, "input");
      const at = bytes(4 * weightLength(shape));
      storeWeight(
        view(at, weightLength(shape)),
        Float32Array.from({ length: out * inputs }, (_, i) => noise(i)),
        shape,
      );
      return { at, shape };
    },
  };
}

/** Floats that a `[rows, columns]` matrix takes. */
export function matrixFloats(rows: number, columns: number): number {
  return rows * (pad(columns) + 16);
}

/** In [−½, ½), without a pattern that a product could take advantage of. */
export function noise(i: number): number {
  return ((i * 0.6180339887498949) % 1) - 0.5;
}
