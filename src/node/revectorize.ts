// 256-bit operations: V8 can pair neighbouring 128-bit ones, behind an experimental switch that has aborted whole
// processes. So it runs only when asked for, and after a proof in child processes: it compiles, computes the same bits,
// and is faster. The verdict is remembered.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildName } from "../runtime/core.js";
import type { Candidate, InNode } from "../runtime/revectorize.js";
import { shareMemory } from "../runtime/shared.js";
import { compileOptimized } from "./engine.js";

/** Milliseconds that a child has; it needs two seconds. */
const PATIENCE = 60_000;
/** How many times as fast it has to be. Less is no reason to leave the path that everybody else takes. */
const WORTH = 1.1;
/** Proof runs of either kind, in turns. */
const ROUNDS = 3;

/** What a proof came to. */
export interface Verdict {
  faster: boolean;
  reason: string;
}

/** What revectorize-proof.ts prints. */
export interface ProofRun {
  /** Of everything that was computed. */
  digest: string;
  seconds: number;
}

const proofs = new Map<string, Promise<Verdict>>();

/** See `InNode`. */
export const revectorizeInNode: InNode["revectorizeInNode"] = async ({ name, bytes, shared }: Candidate) => {
  const key = keyOf(bytes);
  let proof = proofs.get(key);
  if (!proof) {
    proof = recall(cacheFolder(), key, () => prove((paired) => runProof(name, paired)));
    proofs.set(key, proof);
  }
  const { faster, reason } = await proof.catch(({ message }: Error) => ({ faster: false, reason: message }));
  if (!faster) return { reason: `128-bit operations: ${reason}` };
  return { reason, module: compileOptimized(shared ? shareMemory(bytes) : bytes, true) };
};

/** See `InNode`. */
export const whyNot: InNode["whyNot"] = () => {
  const { node, v8 } = process.versions;
  if (Number.parseInt(v8, 10) < 13)
    return `Node ${node} cannot pair them; it takes V8 13, which is in Node 24, and here is ${v8}`;
  if (process.arch !== "x64") return `V8 pairs them on x64 alone, and this is ${process.arch}`;
  return undefined;
};

/** Whatever the outcome may depend on. */
function keyOf(bytes: Uint8Array): string {
  const { node, v8 } = process.versions;
  const machine = [node, v8, process.platform, process.arch, cpus()[0]?.model];
  return createHash("sha256").update(machine.join("\n")).update(bytes).digest("hex").slice(0, 32);
}

/** Runs both kinds and judges. A paired run that fails, such as one whose process was aborted, is an answer as well. */
export async function prove(run: (paired: boolean) => Promise<ProofRun>): Promise<Verdict> {
  const best = { plain: Number.POSITIVE_INFINITY, paired: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const plain = await run(false);
    const paired = await run(true).catch((error: Error) => error);
    if (paired instanceof Error) return { faster: false, reason: `their proof failed: ${paired.message}` };
    if (plain.digest !== paired.digest) return { faster: false, reason: "256-bit ones compute something else here" };
    best.plain = Math.min(best.plain, plain.seconds);
    best.paired = Math.min(best.paired, paired.seconds);
  }
  const ratio = best.plain / best.paired;
  const measured = `${ratio.toFixed(2)} times as fast in a proof run`;
  return ratio >= WORTH
    ? { faster: true, reason: `256-bit operations: ${measured}` }
    : { faster: false, reason: `256-bit ones are no faster here (${measured})` };
}

function runProof(name: BuildName, paired: boolean): Promise<ProofRun> {
  const script = fileURLToPath(new URL("./revectorize-proof.js", import.meta.url));
  // The child does not inherit what this process was started with, such as a debugger or a loader.
  const env = { ...process.env, NODE_OPTIONS: "" };
  return new Promise((resolve, reject) => {
    const args = [script, name, paired ? "paired" : "plain"];
    execFile(process.execPath, args, { env, timeout: PATIENCE }, (error, stdout) => {
      if (error) reject(new Error(`a process ended with ${error.signal ?? `status ${error.code}`}`, { cause: error }));
      else resolve(JSON.parse(stdout));
    });
  });
}

/**
 * What is remembered under a key, or a new proof, which is then remembered. What cannot be read or written is proved
 * again.
 */
export async function recall(folder: string, key: string, prove: () => Promise<Verdict>): Promise<Verdict> {
  const file = path.join(folder, `revectorize-${key}.json`);
  try {
    const { faster, reason } = JSON.parse(readFileSync(file, "utf8"));
    if (typeof faster === "boolean" && typeof reason === "string") return { faster, reason: `${reason}, remembered` };
  } catch {
    // Nothing there yet, or nothing that can be read.
  }
  const verdict = await prove();
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(verdict)}\n`);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A home that cannot be written to.
  }
  return verdict;
}

/** Where this system's programs keep what they can make again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "win32") return path.join(LOCALAPPDATA ?? path.join(homedir(), "AppData/Local"), "thinned");
  if (process.platform === "darwin") return path.join(homedir(), "Library/Caches/thinned");
  return path.join(XDG_CACHE_HOME || path.join(homedir(), ".cache"), "thinned");
}
