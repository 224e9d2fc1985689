// Inside a step: every kernel call of a network, timed, its floating-point operations counted as they were done, zeros
// left out, and the bytes that it cannot do without.

import { resolveOptions } from "#thinned/config/network.js";
import { PANEL } from "#thinned/memory/layout.js";
import { createModel, type Model } from "#thinned/model/model.js";
import { initialiseWeights } from "#thinned/model/weights.js";
import type { Kernels, Pointer } from "#thinned/runtime/kernels.js";
import { loadBuild } from "#thinned/runtime/load.js";
import type { NetworkOptions } from "#thinned/types.js";

/** What the products do: of other kernels only the time is known. */
interface Work {
  flops: number;
  /** Operands, lists and results, each once. */
  bytes: number;
}

export interface KernelUse extends Work {
  seconds: number;
}

export interface Profile {
  model: Model;
  /** What each kernel has done since the last call. */
  take(): Map<string, KernelUse>;
}

/** The model that `Network.create(options)` would wrap, on one thread, under observation. */
export async function openProfile(options: NetworkOptions): Promise<Profile> {
  const config = resolveOptions({ ...options, threads: 1 });
  const model = createModel(config, await loadBuild(config.build));
  initialiseWeights(model);
  let uses = new Map<string, KernelUse>();
  model.core.kernels = observe(model, (name, seconds, { flops, bytes }) => {
    const use = uses.get(name) ?? { seconds: 0, flops: 0, bytes: 0 };
    uses.set(name, { seconds: use.seconds + seconds, flops: use.flops + flops, bytes: use.bytes + bytes });
  });
  return {
    model,
    take() {
      const taken = uses;
      uses = new Map();
      return taken;
    },
  };
}

/** Floating-point operations that a network really does in what `run` does with it, a multiply-add being two. */
export async function countFlops(options: NetworkOptions, run: (model: Model) => void): Promise<number> {
  const { model, take } = await openProfile(options);
  run(model);
  let flops = 0;
  for (const use of take().values()) flops += use.flops;
  return flops;
}

type Observer = (name: string, seconds: number, work: Work) => void;
type Kernel = (...args: number[]) => number | undefined;

function observe({ core, arena }: Model, observer: Observer): Kernels {
  const observed: Record<string, unknown> = {};
  for (const name in core.kernels) {
    const kernel: unknown = core.kernels[name as keyof Kernels];
    if (typeof kernel !== "function") continue;
    observed[name] = (...args: number[]) => {
      const begin = performance.now();
      const result = (kernel as Kernel)(...args);
      const seconds = (performance.now() - begin) / 1000;
      observer(name, seconds, PRODUCTS[name]?.(arena.memory, args) ?? { flops: 0, bytes: 0 });
      return result;
    };
  }
  return observed as unknown as Kernels;
}

/** The work of one call, from its arguments: see src/runtime/kernels.ts for their order. */
const PRODUCTS: Record<string, (memory: WebAssembly.Memory, args: number[]) => Work> = {
  dense_nn: (_, [, , , , , , m, rows, cols, from, to]) => dense(m, rows, panelColumns(cols, from, to)),
  dense_nt: (_, [, , , , , , m, , cols, from, to]) => dense(m, to - from, cols),
  dense_tn: (_, [, , , , , , m, , cols, from, to]) => dense(m, to - from, cols),
  spmm: (memory, [, , , spans, , , m, rows, cols, block, from, to]) => {
    const [pairs, columns] = [pairsOf(memory, spans, 0, m * Math.ceil(rows / block)), panelColumns(cols, from, to)];
    return { flops: 2 * pairs * columns, bytes: 8 * pairs + 4 * (rows + m) * columns };
  },
  // In place, W is read and written.
  row_update: (memory, [, , spans, , , , m, , cols, from, to, descends]) => {
    const pairs = pairsOf(memory, spans, from, to);
    const weights = (descends ? 2 : 1) * (to - from) * cols;
    return { flops: 2 * pairs * cols, bytes: 8 * pairs + 4 * (weights + m * cols) };
  },
  sddmm: (memory, [, , counts, , , , , m, , cols, from, to]) => {
    const pairs = new Int32Array(memory.buffer, counts, to - from).reduce((sum, count) => sum + count, 0);
    return { flops: 2 * pairs * cols, bytes: 6 * pairs + 4 * (to - from + m) * cols };
  },
};

function dense(m: number, n: number, k: number): Work {
  return { flops: 2 * m * n * k, bytes: 4 * (m * n + n * k + m * k) };
}

function panelColumns(cols: number, from: number, to: number): number {
  return Math.min(cols, to * PANEL) - from * PANEL;
}

/** Entries of the lists from number `from` to `to` − 1. Each has a begin and an end. */
function pairsOf(memory: WebAssembly.Memory, spans: Pointer, from: number, to: number): number {
  const ends = new Int32Array(memory.buffer, spans + 8 * from, 2 * (to - from));
  let pairs = 0;
  for (let i = 0; i < ends.length; i += 2) pairs += ends[i + 1] - ends[i];
  return pairs;
}
