// A network's inside: its settings, its memory and its counters, as the step, the parameters and the checkpoint see
// them.

import { type CopyName, copiesOf } from "../config/copies.js";
import type { Config } from "../config/network.js";
import type { PlateauState } from "../config/schedules/plateau.js";
import { rateAt } from "../dropout/rates.js";
import { Arena, type Needs, type Plan, planMemory, updatesInPlace } from "../memory/arena.js";
import { pad, type WeightShape, weightShape } from "../memory/layout.js";
import { type Build, type Core, openCore } from "../runtime/core.js";
import type { Pointer } from "../runtime/kernels.js";
import type { Rate } from "../types.js";
import type { LastMasks, Pass } from "./pass.js";
import { SOLO, type Team } from "./team.js";

/**
 * Everything that counts upwards. Saved with the network: together with the seed it determines which random bits come
 * next.
 */
export interface Counters {
  /** Updates made. */
  step: number;
  /**
   * Updates since the optimizer's state was zero, by which Adam corrects its bias. Fewer than `step` if only weights
   * were loaded.
   */
  optimizerSteps: number;
  /** Masked forward passes in which nothing was learned. */
  looks: number;
  /** Monte-Carlo draws made or set aside. */
  draws: number;
  /** Epochs, passes over the whole data, that `fit` has completed. */
  epoch: number;
  /** Samples of the epoch under way that were taken already. The next step begins there in the shuffled order. */
  position: number;
  /** The sum of those samples' losses: each step's mean times its samples, or times their weight. */
  lossSum: number;
}

/**
 * The other workers of a network with threads, as its model knows them. The class is `ThreadCrew` (threads/crew.ts).
 */
export interface Crew {
  /** Workers, the thread that owns the network among them. */
  readonly size: number;
  /** Every worker has started, and none has died. */
  readonly working: boolean;
  /** Why they are not working, where they are not. */
  readonly excuse: string;
  /** Resolves when every worker has started or one could not be started. */
  readonly started: Promise<void>;
  /**
   * Runs a pass on every worker, and returns what `runPass` returns. While they are still starting, and after one has
   * died, this thread runs it alone.
   * @throws WorkerError from the first pass that finds one dead
   */
  run(model: Model, pass: Pass): number;
  /** Ends the workers if a pass was broken off, and says whether one was. The next pass starts other workers. */
  endBrokenOff(model: Model): boolean;
  /** Ends every worker. */
  dispose(): void;
}

export interface Model {
  config: Config;
  readonly build: Build;
  readonly core: Core;
  readonly arena: Arena;
  /** What is kept beside every parameter. */
  readonly copies: CopyName[];
  /** Updates go straight into the weights: `updatesInPlace`. */
  readonly inPlace: boolean;
  /** Per weight layer. */
  readonly shapes: WeightShape[];
  /** Who runs the pass under way, as this thread sees it: its own place among the workers. */
  team: Team;
  /** The other workers, on the model that an application holds; null where there are none. */
  crew: Crew | null;
  /** Why there are as many workers as there are, for `runtime`. */
  why: string;
  /** The network was disposed; a call that was under way may still hold its model. */
  disposed: boolean;
  /**
   * Weights, or what belongs to them, are being written. It stays true if that is broken off, because only some of them
   * are new then.
   */
  writing: boolean;
  /**
   * Takes back what the call under way has changed so far; null if it has changed nothing. It stays if the call fails
   * or is broken off: see whole.ts.
   */
  takeBack: (() => void) | null;
  /** Per unit layer, in the pass under way: how many elements of `u` and of ∂u/∂z are not zero. */
  readonly active: { u: number; slope: number }[];
  /** The first layer's orientation is settled. */
  layoutChosen: boolean;
  counters: Counters;
  /** Counts changes of the weights, so that what is derived from them knows when it is stale. */
  weightsVersion: number;
  /**
   * The weights version and the rates that the folded copy was made from, as one text; empty before there is a copy.
   */
  foldedFrom: string;
  /** The masks of the last masked pass that was completed. */
  last: LastMasks | null;
  /** Updates whose weights are in their average. */
  averaged: number;
  /** Batches of the accumulation under way, and what their samples count together. */
  summed: { batches: number; weight: number };
  /** What a learning rate that waits for plateaus has come to; null at its beginning. */
  plateau: PlateauState | null;
  /** Samples of the data that the epoch under way is over; 0 where none is under way, or where it began elsewhere. */
  epochSamples: number;
  /** Errors of those that were taken already, as `evaluate` counts; NaN where nobody knows. */
  epochErrors: number;
  /** The `fit` that is in the middle of an epoch, and whether it was broken off there. */
  fitting: { readonly isBrokenOff: boolean } | null;
}

/**
 * @param worker a worker's side of a model that lives elsewhere: the memory that they share, and its place in the team
 */
export function createModel(
  config: Config,
  build: Build,
  threads = 1,
  why = "one thread",
  worker?: { memory: WebAssembly.Memory; team: Team },
): Model {
  const { sizes } = config;
  const shapes = sizes.slice(1).map((out, l) => weightShape(sizes[l], out, "input"));
  const planFor = (needs: Needs): Plan => planMemory(build.heapBase, config, build.scratchBytes, needs);
  const gradients = build.learns && !updatesInPlace(config);
  const needs = {
    batch: config.maxBatch,
    folded: config.scaling === "folded",
    gradients,
    input: false,
    threads,
    learning: build.learns,
  };
  const arena = new Arena(planFor, needs, worker?.memory ?? build.shared);
  if (!worker) placeInputScaling(arena, config);
  return {
    config,
    build,
    core: openCore(build, arena.memory),
    arena,
    copies: copiesOf(config),
    inPlace: updatesInPlace(config),
    shapes,
    team: worker?.team ?? SOLO,
    crew: null,
    why,
    disposed: false,
    writing: false,
    takeBack: null,
    active: sizes.map(() => ({ u: 0, slope: 0 })),
    layoutChosen: false,
    counters: { step: 0, optimizerSteps: 0, looks: 0, draws: 0, epoch: 0, position: 0, lossSum: 0 },
    weightsVersion: 0,
    foldedFrom: "",
    last: null,
    averaged: 0,
    summed: { batches: 0, weight: 0 },
    plateau: null,
    epochSamples: 0,
    epochErrors: 0,
    fitting: null,
  };
}

/** Puts the inputs' shift and scale where rows that come in are brought by them. Nothing changes them later. */
function placeInputScaling(arena: Arena, { inputs, sizes }: Config): void {
  if (!inputs) return;
  const width = pad(sizes[0]);
  const rows = arena.floats(arena.plan.inputs, 3 * width);
  rows.set(inputs.shift);
  rows.set(
    inputs.shift.map((shift) => shift - Math.fround(shift)),
    width,
  );
  rows.set(inputs.scale, 2 * width);
}

/**
 * This worker's own part of the memory. Not a getter of the model: engines look everything up slowly in a literal that
 * has one.
 */
export function scratchOf({ arena, team }: Model): Pointer {
  return arena.plan.scratch + team.index * arena.plan.scratchBytes;
}

/** Do steps leave weight layer l as it is? */
export function isFrozen({ config: { frozen } }: Model, l: number): boolean {
  return frozen?.includes(l + 1) === true;
}

function areNumbers(rates: readonly Rate[]): rates is number[] {
  return rates.every((rate) => typeof rate === "number");
}

/** The probability of dropping, per unit layer, at a step. */
export function ratesAt({ config }: Model, step: number): readonly number[] {
  const { rates } = config;
  return areNumbers(rates) ? rates : rates.map((rate, l) => rateAt(rate, step, l));
}
