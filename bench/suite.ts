// A suite: cases that are compared with each other. What each one does is in suites/.

import type { BuildName } from "#thinned/runtime/core.js";
import type { Shapes } from "./shapes.js";

export interface Case {
  name: string;
  /** Which kernels; `js`: none of ours. */
  build: BuildName | "js";
  threads?: number;
  /** One operation. Its result is in memory when it returns. */
  run(): void;
  /** What one operation gets done, in the suite's unit: ratios compare amounts per second. */
  amount: number;
  samples?: number;
  /**
   * Floating-point operations, a multiply-add being two: those done, and those that a program would do that skips no
   * zeros.
   */
  flops?: { executed: number; dense: number };
  /** Random keep bits. */
  bits?: number;
  /** The case that this one is compared with, itself perhaps. */
  baseline: Case | null;
}

export interface OpenSuite {
  cases: Case[];
  /** After the timing: what the cases have observed within themselves. */
  parts?(): { part: Case; timings: number[] }[];
  close?(): void;
}

export interface Surroundings {
  shapes: Shapes;
  /** Every build that the engine has. */
  builds: BuildName[];
  /** The one that a network takes when nothing is asked for. */
  best: BuildName;
}

export type Chart = "time" | "samples" | "gflops" | "bits" | "ratio";

export interface Suite {
  name: string;
  title: string;
  /** What varies, what is compared with what, what to think of when reading it. */
  about: string;
  /** A ratio's meaning: how many times as much per second, or what fraction of the baseline's time. */
  ratio: "speed" | "share";
  /** What the page draws a row's bar from. */
  chart: Chart;
  /** Relative to the others, how long a full run stays with it. */
  weight: number;
  open(surroundings: Surroundings): Promise<OpenSuite>;
}
