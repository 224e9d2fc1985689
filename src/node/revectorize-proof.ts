// revectorize.ts runs this in a process of its own, which may die of it. It computes with a build compiled one way or
// the other, and prints a digest of all results and the time of a training step.

import { createHash } from "node:crypto";
import { Network } from "../network.js";
import type { BuildName } from "../runtime/core.js";
import { type Packed, unpack } from "../runtime/embed.js";
import { embedded } from "../runtime/embedded.js";
import { shareMemory } from "../runtime/shared.js";
import type { NetworkOptions } from "../types.js";
import { compileOptimized, switchRelaxedSimdOn } from "./engine.js";
import type { ProofRun } from "./revectorize.js";

const [name, way] = process.argv.slice(2) as [BuildName, string];
const revectorized = way === "paired";
switchRelaxedSimdOn();
const bytes = (await unpack(embedded as Packed))[name];
const wasm = compileOptimized(bytes, revectorized);
// The build that threads would run has to compile as well.
compileOptimized(shareMemory(bytes), revectorized);

/**
 * Every kind of update and of activation; widths that are no multiples of anything, so that every remainder has its
 * turn.
 */
const CASES: Partial<NetworkOptions>[] = [
  { dropout: 0, sparse: false },
  { dropout: 0.5, optimizer: { type: "sgd", learningRate: 0.1 } },
  { dropout: 0.5, optimizer: { type: "sgd", momentum: 0.9, weightDecay: 0.01, maxNorm: 2, clipNorm: 1 } },
  { dropout: 0.2, optimizer: { type: "adam" }, activation: "gelu" },
  { dropout: 0.8, activation: "selu", loss: "mse", scaling: "standard" },
  { dropout: { input: 0.2, hidden: 0.5 }, activation: "tanh", loss: "bce", scaling: "folded" },
];

async function digest(): Promise<string> {
  const hash = createHash("sha256");
  for (const options of CASES) {
    const sizes = [107, 211, 144, 7];
    const net = await Network.create({ sizes, maxBatch: 37, seed: 1, ...options, wasm, revectorize: true });
    const x = numbers(37 * 107);
    const rows = Array.from({ length: 37 }, (_, i) => Array.from({ length: 7 }, (_, c) => Number(c === i % 7)));
    const y = options.loss ? rows : Array.from({ length: 37 }, (_, i) => i % 7);
    for (let step = 0; step < 5; step++) hash.update(net.train_step(x, y).out);
    hash.update(net.test_step(x)).update(net.mc_step(x, { samples: 3 }).mean);
    for (const values of Object.values(net.parameters())) hash.update(values);
    net.dispose();
  }
  return hash.digest("hex");
}

/** The best of many steps, with and without dropout, because other processes can only make a step longer. */
async function measure(): Promise<number> {
  let seconds = 0;
  for (const dropout of [0, 0.5]) {
    const sizes = [512, 256, 256, 10];
    const optimizer = { type: "sgd", learningRate: 1e-7 } as const;
    const net = await Network.create({ sizes, maxBatch: 32, dropout, optimizer, seed: 1, wasm, revectorize: true });
    const x = numbers(32 * 512);
    const y = Uint8Array.from({ length: 32 }, (_, i) => i % 10);
    let best = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 300; step++) {
      const begin = performance.now();
      net.train_step(x, y);
      best = Math.min(best, performance.now() - begin);
    }
    seconds += best / 1000;
    net.dispose();
  }
  return seconds;
}

/** In [0, 1), a third of them zero. */
function numbers(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (i % 3 === 0 ? 0 : (i * 0.6180339887498949) % 1));
}

const result: ProofRun = { digest: await digest(), seconds: await measure() };
process.stdout.write(JSON.stringify(result));
