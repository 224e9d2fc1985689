// `--shard i/n`, and where a scheduler says which i this process is.

import { UsageError } from "../usage.js";
import type { Shard } from "./study-parts.js";

interface Scheduler {
  /** The variable that numbers the process, and its first number. */
  index: string;
  first: number | { variable: string };
  /** The variable that says how many there are, where the scheduler has one. */
  count?: string;
}

const SCHEDULERS: Record<string, Scheduler> = {
  slurm: { index: "SLURM_ARRAY_TASK_ID", first: { variable: "SLURM_ARRAY_TASK_MIN" }, count: "SLURM_ARRAY_TASK_COUNT" },
  kubernetes: { index: "JOB_COMPLETION_INDEX", first: 0 },
  parallel: { index: "PARALLEL_SEQ", first: 1 },
};

const EXPECTED = `a shard as in 3/8 (the third of eight), or ${Object.keys(SCHEDULERS).join("/8, ")}/8, which read their variables; slurm alone knows how many there are`;

/** @throws UsageError naming what is missing */
export function shardFrom(text: string, environment: NodeJS.ProcessEnv = process.env): Shard {
  const [, name, written] = /^([a-z]+|\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const scheduler = name !== undefined && Object.hasOwn(SCHEDULERS, name) ? SCHEDULERS[name] : null;
  if (name === undefined || (!scheduler && (Number.isNaN(Number(name)) || !written))) refuse(text);
  const read = (variable: string): number => {
    const value = environment[variable];
    if (value !== undefined && /^\d+$/.test(value)) return Number(value);
    throw new UsageError(
      `--shard ${text} reads ${variable}, which is ${value === undefined ? "not set" : JSON.stringify(value)}; run it under ${name}, or give --shard 1/8 and so on`,
    );
  };
  if (!scheduler) return checked(Number(name), Number(written), text);
  if (written === undefined && !scheduler.count) {
    throw new UsageError(`--shard ${text} does not say how many there are; give --shard ${text}/8 for eight`);
  }
  const first = typeof scheduler.first === "number" ? scheduler.first : read(scheduler.first.variable);
  const count = written === undefined ? read(scheduler.count as string) : Number(written);
  return checked(read(scheduler.index) - first + 1, count, text);
}

function checked(index: number, count: number, text: string): Shard {
  if (index >= 1 && index <= count) return { index, count };
  throw new UsageError(`--shard ${text} is number ${index} of ${count}; expected one from 1 to ${count}`);
}

function refuse(text: string): never {
  throw new UsageError(`--shard must be ${EXPECTED}; got ${JSON.stringify(text)}`);
}
