// Provokes a mistake, takes the remedy out of what the library says about it, and runs that.
import { expect, test } from "vitest";
import * as thinned from "../../src/index.js";
import { patternOf } from "./messages.js";

export interface Remedy {
  /** As the sources have it, "…" where the message tells a value: what `messagesWithRemedy` finds. */
  says: string;
  /** Statements in front of the mistake. */
  given?: string;
  /** The mistake. */
  wrong: string;
  /** What of the message is to be pasted: the first group. */
  take: RegExp;
  /** What the reader writes then, `REMEDY` where that is pasted; given and the mistake have been run before. */
  right: string;
}

type Names = Record<string, unknown>;
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...values: unknown[]) => unknown;

async function run(code: string, names: Names): Promise<unknown> {
  return await new AsyncFunction(...Object.keys(names), `"use strict"; ${code}`)(...Object.values(names));
}

async function messageOf(code: string, names: Names): Promise<string> {
  const thrown = await run(code, names).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error(`nothing is wrong with: ${code}`);
  return thrown.message;
}

/** @param names what code may use beside the public names of thinned, in whose place others may stand */
export function testRemedies(remedies: readonly Remedy[], names: Names): void {
  const scope = { ...thinned, ...names };
  test.each(remedies)("$says", async ({ says, given = "", wrong, take, right }) => {
    const message = await messageOf(`${given}; ${wrong}`, scope);
    expect(message).toMatch(patternOf(says));
    const pasted = take.exec(message)?.[1];
    if (pasted === undefined) throw new Error(`${take} finds nothing in: ${message}`);
    const mended = right.replaceAll("REMEDY", () => pasted);
    const result = await run(`${given}; try { ${wrong} } catch {} ${mended}`, scope);
    // Nor is one mistake to be mended by another, which goes on in silence.
    if (result !== undefined) expect(JSON.stringify(result, withoutNumbers), mended).not.toContain("not a number");
  });
}

function withoutNumbers(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  return typeof value === "number" && !Number.isFinite(value) ? "not a number" : value;
}
