// Parts of a study that was split into shards: one JSON file each, written again after every run, so that a part that
// was stopped is taken up where it stood. What may be merged is what one study would have made.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { checkInteger, checkObject, count, describe, shellWord } from "../../checks.js";
import type { Features } from "../../lab/features.js";
import { gather, type Outcome, type Run, shardOf } from "../../lab/plan.js";
import { writeWhole } from "../../node/files.js";
import type { StudyFacts, StudyResult } from "../../report/study.js";
import { UsageError } from "../usage.js";
import type { Study } from "./study-data.js";

const FORMAT = "part of a thinned study, version 1";

export interface Shard {
  index: number;
  count: number;
}

interface Part {
  format: typeof FORMAT;
  /** Of the program, the data, the settings and the plan: equal in all parts of a study. */
  digest: string;
  made: { program: string; data: string; settings: string };
  shard: Shard;
  facts: StudyFacts;
  plan: Run[];
  outcomes: [number, Outcome][];
}

/** A part that is being made. */
export class PartFile {
  readonly #path: string;
  readonly #part: Part;
  readonly outcomes: Map<number, Outcome>;

  /**
   * Takes up the part in this file, or begins one.
   * @throws UsageError where the file is something else
   */
  constructor(path: string, study: Study, shard: Shard, program: string) {
    const { facts, plan } = study;
    const { source: _, ...told } = facts;
    const made = { program, data: study.data, settings: sha256(JSON.stringify({ ...told, plan })) };
    const digest = sha256(JSON.stringify(made));
    this.#path = path;
    this.#part = { format: FORMAT, digest, made, shard, facts, plan, outcomes: [] };
    this.outcomes = new Map(existsSync(path) ? takenUp(path, this.#part) : []);
  }

  /** The runs of this shard that are still to be made. */
  get left(): Run[] {
    const { plan, shard } = this.#part;
    return shardOf(plan, shard.index, shard.count).filter(({ number }) => !this.outcomes.has(number));
  }

  add(run: Run, outcome: Outcome): void {
    this.outcomes.set(run.number, outcome);
    this.write();
  }

  write(): void {
    writeWhole(this.#path, `${JSON.stringify({ ...this.#part, outcomes: [...this.outcomes] }, packed)}\n`);
  }
}

function takenUp(path: string, { digest, made, shard }: Part): [number, Outcome][] {
  const found = readPart(path);
  const remedy = "name another file with --out, or remove this one";
  if (found.digest !== digest) {
    throw new UsageError(`${path} is a part of a study with ${differences(found, { made })}; ${remedy}`);
  }
  if (String(Object.values(found.shard)) !== String(Object.values(shard))) {
    throw new UsageError(`${path} is shard ${shown(found.shard)}, not ${shown(shard)}; ${remedy}`);
  }
  return found.outcomes;
}

/** Which of what made two parts is not the same. */
function differences({ made: a }: Pick<Part, "made">, { made: b }: Pick<Part, "made">): string {
  const other = [
    a.program !== b.program && `another version of the program (${a.program}, not ${b.program})`,
    a.data !== b.data && "other data",
    a.settings !== b.settings && "other options",
  ];
  return other.filter(Boolean).join(", ");
}

/**
 * What the parts in these files make together.
 * @throws UsageError with everything that is missing or does not belong
 */
export function mergeParts(paths: readonly string[]): StudyResult {
  const parts = paths.map((path) => ({ path, ...readPart(path) }));
  const [first] = parts;
  const wrong: string[] = [];
  const holders = new Map<number, string>();
  for (const part of parts) {
    const { path, shard, outcomes } = part;
    if (part.digest !== first.digest)
      wrong.push(`${path} was made with ${differences(part, first)} than ${first.path}`);
    else if (shard.count !== first.shard.count)
      wrong.push(`${path} is ${shown(shard)}, ${first.path} ${shown(first.shard)}`);
    else if (holders.has(shard.index))
      wrong.push(`${path} is shard ${shown(shard)}, as ${holders.get(shard.index)} is`);
    else {
      holders.set(shard.index, path);
      const left = shardOf(part.plan, shard.index, shard.count).length - outcomes.length;
      if (left > 0)
        wrong.push(
          `${path} lacks ${count(left, "run")}: make it with --shard ${shown(shard)} --out ${shellWord(path)}`,
        );
    }
  }
  const missing = Array.from({ length: first.shard.count }, (_, i) => i + 1).filter((index) => !holders.has(index));
  if (missing.length && !wrong.length) {
    wrong.push(`there is no part of ${missing.map((index) => `--shard ${index}/${first.shard.count}`).join(", ")}`);
  }
  if (wrong.length) throw new UsageError(`these parts make no study: ${wrong.join("; ")}`);
  const outcomes = new Map(parts.flatMap((part) => part.outcomes));
  return { ...first.facts, ...gather(first.plan, outcomes) };
}

/** Checked as far as merging relies on it: its shape, and that every outcome belongs to the shard. */
function readPart(path: string): Part {
  try {
    const part = checkObject("the file", JSON.parse(readFileSync(path, "utf8"), unpacked)) as unknown as Part;
    if (part.format !== FORMAT) throw new Error(`format ${describe(part.format)}`);
    const { shard, plan, outcomes, made, facts } = part;
    checkInteger("count", shard.count, 1);
    checkInteger("index", shard.index, 1, shard.count);
    checkObject("made", made);
    checkObject("facts", facts);
    const own = new Set(shardOf(plan, shard.index, shard.count).map(({ number }) => number));
    for (const [number, outcome] of outcomes) {
      if (!own.delete(number)) throw new Error(`run ${describe(number)} twice, or of another shard`);
      if (typeof outcome !== "object" || outcome === null) throw new Error(`${describe(outcome)} of run ${number}`);
    }
    return part;
  } catch (error) {
    const got = (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message;
    throw new UsageError(`${path} must be what \`thinned study --shard\` writes; got ${got}`);
  }
}

const shown = ({ index, count }: Shard): string => `${index}/${count}`;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Weights as base64: they come back to the bit, in a third of the characters. */
function packed(name: string, value: unknown): unknown {
  if (name !== "weights" || !(value instanceof Float32Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
}

function unpacked(name: string, value: unknown): unknown {
  if (name !== "weights" || typeof value !== "string") return value;
  const bytes = new Uint8Array(Buffer.from(value, "base64"));
  return new Float32Array(bytes.buffer) satisfies Features["weights"];
}
