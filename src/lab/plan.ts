// A study as data: every training that it takes, in an order, each with its number; and how what came of them is put
// together. Who runs them, where and when, changes nothing.

import { ARMS, type Arm } from "./arms.js";
import type { Features } from "./features.js";
import type { CurvePoint, Errors } from "./study.js";

/** One training, by what it is for. */
export type Run = { number: number; seed: number } & (
  | { of: "curve"; arm: Arm }
  | { of: "rate"; p: number }
  | { of: "size"; arm: Arm; samples: number }
  | { of: "features"; arm: Arm }
);

/** What comes of a run: errors on the way, errors at its end, or what an autoencoder learned. */
export type Outcome = CurvePoint[] | Errors | Features;

export interface Measured {
  /** Of each seed. */
  trainErrors: number[];
  testErrors: number[];
}

export interface Findings {
  curves: CurvePoint[];
  rates: ({ p: number } & Measured)[];
  sizes: ({ arm: Arm; samples: number } & Measured)[];
  features: Features[] | null;
}

export interface PlanSetup {
  /** Dropping probabilities to try in the hidden layers. */
  rates: readonly number[];
  /** How many samples to learn from. */
  sizes: readonly number[];
  /** Each rate and size is repeated with so many seeds. */
  seeds: readonly number[];
  /** Train autoencoders too? For images. */
  features: boolean;
}

/** The runs of a study: two curves and two autoencoders with the first seed, the rest with every seed. */
export function planStudy({ rates, sizes, seeds, features }: PlanSetup): Run[] {
  const [seed] = seeds;
  const runs = [
    ...ARMS.map((arm) => ({ of: "curve" as const, arm, seed })),
    ...rates.flatMap((p) => seeds.map((each) => ({ of: "rate" as const, p, seed: each }))),
    ...sizes.flatMap((samples) =>
      ARMS.flatMap((arm) => seeds.map((each) => ({ of: "size" as const, arm, samples, seed: each }))),
    ),
    ...(features ? ARMS.map((arm) => ({ of: "features" as const, arm, seed })) : []),
  ];
  return runs.map((run, i) => ({ number: i + 1, ...run }));
}

/** The runs of shard `index` of `count`, from 1: every count-th, so that long and short ones are spread. */
export function shardOf(plan: readonly Run[], index: number, count: number): Run[] {
  return plan.filter(({ number }) => (number - index) % count === 0);
}

/** What a run is called while it is under way. */
export function nameOf(run: Run): string {
  if (run.of === "curve") return `learning curve, ${run.arm}`;
  if (run.of === "features") return `autoencoder, ${run.arm}`;
  return `${run.of === "rate" ? `p = ${run.p}` : `${run.samples} samples, ${run.arm}`}, seed ${run.seed}`;
}

/** @param outcomes of every run of the plan, by its number */
export function gather(plan: readonly Run[], outcomes: ReadonlyMap<number, Outcome>): Findings {
  const found: Findings = { curves: [], rates: [], sizes: [], features: null };
  for (const run of plan) {
    const outcome = outcomes.get(run.number);
    if (run.of === "curve") found.curves.push(...(outcome as CurvePoint[]));
    else if (run.of === "features") found.features = [...(found.features ?? []), outcome as Features];
    else if (run.of === "rate") add(found.rates, { p: run.p }, outcome as Errors);
    else add(found.sizes, { arm: run.arm, samples: run.samples }, outcome as Errors);
  }
  return found;
}

/** Runs that differ in nothing but the seed stand side by side, and share a row. */
function add<T extends object>(rows: (T & Measured)[], what: T, { trainError, testError }: Errors): void {
  const last = rows.at(-1);
  const same = last && Object.entries(what).every(([name, value]) => last[name as keyof T] === value);
  const row = same ? last : { ...what, trainErrors: [], testErrors: [] };
  if (!same) rows.push(row);
  row.trainErrors.push(trainError);
  row.testErrors.push(testError);
}
