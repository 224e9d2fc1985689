// The files of test/fixtures/pytorch/state_dicts.py, and what it wrote down about them.
import { readFileSync } from "node:fs";
import type { FromStateDictOptions } from "../../src/pytorch.js";

const folder = new URL("../fixtures/pytorch/", import.meta.url);

export interface Expected {
  /** Rows `[8, 5]`. */
  x: number[];
  files: Record<string, { options: FromStateDictOptions; y: number[] }>;
  masked: { draws: number; mean: number[]; variance: number[] };
}

export const expected: Expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8"));

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.pt`, folder)));
}
