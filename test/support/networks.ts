// Networks and their double-precision twins for tests: the same numbers in both forms, and a comparison that says what
// was wrong.
import { expect, onTestFinished } from "vitest";
import { Network } from "../../src/network.js";
import type { FitOptions, Masks, NetworkOptions, Parameters } from "../../src/types.js";
import { type Keep, type Matrix, ReferenceNetwork, type Weights } from "../reference/network.js";

/** Creates a network that is disposed when the test is over. */
export async function create(options: NetworkOptions): Promise<Network> {
  const network = await Network.create(options);
  onTestFinished(() => network.dispose());
  return network;
}

/** Reproducible numbers in [-1, 1), exact in single precision; another salt, another sequence. */
export function noise(length: number, salt = 1): Float32Array {
  let state = (Math.imul(salt, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return ((state >>> 8) / 2 ** 24) * 2 - 1;
  });
}

/** Reproducible classes. */
export function classes(length: number, count: number, salt = 1): number[] {
  return Array.from(noise(length, salt + 1000), (value) => Math.floor(((value + 1) / 2) * count));
}

/** Row-major floats as rows. */
export function rowsOf(flat: ArrayLike<number>, width: number): Matrix {
  return Array.from({ length: flat.length / width }, (_, s) =>
    Array.from({ length: width }, (_, i) => flat[s * width + i]),
  );
}

/** `{ W1, b1, … }` as the twin holds them. */
function weightsOf(parameters: Parameters, sizes: readonly number[]): Weights {
  const layers = sizes.slice(1).map((_, l) => l);
  return {
    W: layers.map((l) => rowsOf(parameters[`W${l + 1}`], sizes[l])),
    b: layers.map((l) => Array.from(parameters[`b${l + 1}`])),
  };
}

/** Keep masks as the twin takes them. */
export function keepOf(masks: Masks, sizes: readonly number[]): Keep {
  return masks.map((mask, l) => mask && rowsOf(mask, sizes[l]));
}

/** The twin of a network: its settings, weights and rates; its optimizer starts afresh. */
export function twinOf(network: Network): ReferenceNetwork {
  const { sizes, dropout, ...kind } = network.config;
  return new ReferenceNetwork(kind, dropout as number[], weightsOf(network.parameters(), sizes));
}

/**
 * Every number within `tolerance` of the largest expected magnitude, or of `atLeast` where sums of larger terms may
 * have cancelled. Single precision rounds to 2⁻²⁴ ≈ 6e-8 of a value; a few hundred roundings on the way through sums
 * and layers make 2e-5.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number> | Matrix,
  what: string,
  tolerance = 2e-5,
  atLeast = 0,
): void {
  const flat = (Array.isArray(expected) ? expected.flat() : Array.from(expected as ArrayLike<number>)) as number[];
  expect(actual.length, what).toBe(flat.length);
  const scale = flat.reduce((largest, value) => Math.max(largest, Math.abs(value)), atLeast);
  let worst = -1;
  let largest = -1;
  for (let i = 0; i < flat.length; i++) {
    const error = Math.abs(actual[i] - flat[i]);
    if (error > largest || Number.isNaN(error)) [worst, largest] = [i, error];
    if (Number.isNaN(error)) break;
  }
  if (!(largest <= tolerance * scale)) {
    expect.fail(
      `${what}: element ${worst} of ${flat.length} is ${actual[worst]}, not ${flat[worst]}; ` +
        `off by ${largest}, ${tolerance * scale} allowed`,
    );
  }
}

/** All of a network's parameters, or gradients, against the twin's. */
export function expectWeights(actual: Parameters, expected: Weights, what: string, tolerance?: number): void {
  expected.W.forEach((matrix, l) => {
    expectClose(actual[`W${l + 1}`], matrix, `${what}, W${l + 1}`, tolerance);
    expectClose(actual[`b${l + 1}`], expected.b[l], `${what}, b${l + 1}`, tolerance);
  });
}

/** Everything about a network that a refused or failed call must leave as it was. */
export function snapshot(network: Network): unknown {
  return {
    bytes: Buffer.from(network.save()).toString("base64"),
    step: network.step,
    progress: network.progress,
    config: network.config,
    training: network.training,
    masks: masksOf(network),
  };
}

function masksOf(network: Network): unknown {
  try {
    return network.masks().map((mask) => mask && [...mask]);
  } catch {
    return "none yet";
  }
}

/** Every call is refused with its message, and leaves the network exactly as it was. */
export async function expectRefusals(options: NetworkOptions, refusals: [(net: Network) => unknown, RegExp][]) {
  const net = await create(options);
  const [inputs, out] = [options.sizes[0], options.sizes[options.sizes.length - 1]];
  net.train_step(noise(3 * inputs), noise(3 * out).map(Math.abs));
  const before = snapshot(net);
  for (const [call, message] of refusals) {
    await expect((async () => call(net))(), String(call)).rejects.toThrow(message);
    expect(snapshot(net), String(call)).toEqual(before);
  }
}

/** Runs a fit to its end. */
export async function trainOn(net: Network, data: unknown, options?: FitOptions): Promise<void> {
  for await (const _ of net.fit(data as never, options));
}
