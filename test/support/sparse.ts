// Operands of sparse products.
import { expect } from "vitest";
import { uniform } from "./rows.js";

export const DENSITIES = [0, 0.01, 0.25, 0.5, 1];

/**
 * Seeded f32 values in (−1, 1), none of them zero where they are active; what is not is a zero, every third one
 * negative.
 */
export function sparseValues(seed: number, count: number, density: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, (_, i) => {
    const value = 2 * next() - 1 || 0.5;
    return next() < density ? value : i % 3 === 0 ? -0 : 0;
  });
}

/** Equal bits, the bits of a NaN and the sign of a zero aside. */
export function expectSame(actual: Float32Array, expected: Float32Array, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const wrong = actual.findIndex((value, i) => value !== expected[i] && !Object.is(value, expected[i]));
  if (wrong >= 0)
    expect.fail(`${what}: element ${wrong} of ${actual.length} is ${actual[wrong]}, not ${expected[wrong]}`);
}
