// A pass as a row of numbers in shared memory, because a worker that waits for its next pass receives no messages.
// Numbers take next to no time. The two tables below say what the row holds; writing and reading go by them.

import { thinModel } from "../compute/thin.js";
import type { UnitDropout } from "../dropout/kinds.js";
import { weightShape } from "../memory/layout.js";
import { isFrozen, type Model } from "../model/model.js";
import type { Pass } from "../model/pass.js";

/** One number each. Before `batch`: what may have changed in the model since its workers were made. */
const HEAD = [
  "capacity",
  "hasFolded",
  "hasGradients",
  "hasInput",
  "byOutput",
  "learningRate",
  "momentum",
  "weightDecay",
  "maxNorm",
  "batch",
  "dense",
  "folded",
  "first",
  "last",
  "fromInput",
  "learns",
  "labelled",
  "update",
  "sums",
  "weight",
  "before",
  "closes",
  "average",
  "draws",
  "firstSample",
  "seed",
  "stream",
  "step",
  "rowsPerDraw",
] as const;

/** One number each per unit layer but the last, behind the head. */
const UNITS = ["width", "rate", "kind", "scale", "kept", "frozen"] as const;

const KINDS = ["none", "bernoulli"] as const satisfies readonly UnitDropout["kind"][];

type Numbers<Names extends readonly string[]> = Record<Names[number], number>;

/** Numbers that a pass through a network of so many layers takes at most. */
export function passLength(layers: number): number {
  return HEAD.length + UNITS.length * layers;
}

function write<Names extends readonly string[]>(
  to: Float64Array,
  at: number,
  names: Names,
  from: Numbers<Names>,
): void {
  names.forEach((name: Names[number], i) => {
    to[at + i] = from[name];
  });
}

function read<Names extends readonly string[]>(from: Float64Array, at: number, names: Names): Numbers<Names> {
  return Object.fromEntries(names.map((name, i) => [name, from[at + i]])) as Numbers<Names>;
}

/** Writes a pass, and what has changed in the model since its workers were made. */
export function writePass(to: Float64Array, model: Model, pass: Pass): void {
  const { needs } = model.arena;
  const { optimizer } = model.config;
  const { draw, learn, dropout } = pass;
  write(to, 0, HEAD, {
    capacity: needs.batch,
    hasFolded: Number(needs.folded),
    hasGradients: Number(needs.gradients),
    hasInput: Number(needs.input),
    byOutput: Number(model.shapes[0].orientation === "output"),
    learningRate: optimizer.learningRate,
    momentum: "momentum" in optimizer ? optimizer.momentum : 0,
    weightDecay: optimizer.weightDecay,
    maxNorm: optimizer.maxNorm,
    batch: pass.batch,
    dense: Number(pass.dense),
    folded: Number(pass.folded ?? false),
    first: pass.first ?? 0,
    last: pass.last ?? dropout.length,
    fromInput: Number(pass.fromInput ?? false),
    learns: learn ? 1 : 0,
    labelled: Number(learn?.labelled ?? false),
    update: learn?.update ?? 0,
    sums: learn?.sum ? 1 : 0,
    weight: learn?.sum?.weight ?? 0,
    before: learn?.sum?.before ?? 0,
    closes: Number(learn?.sum?.closes ?? false),
    average: learn?.average ?? 0,
    draws: draw ? 1 : 0,
    firstSample: draw?.firstSample ?? 0,
    seed: draw?.source.seed ?? 0,
    stream: draw?.source.stream ?? 0,
    step: draw?.source.step ?? 0,
    rowsPerDraw: draw?.source.rowsPerDraw ?? 0,
  });
  dropout.forEach(({ kind, scale, kept }, l) => {
    const rate = draw?.source.rates[l] ?? 0;
    const frozen = Number(isFrozen(model, l));
    const unit = { width: model.shapes[l].in, rate, kind: KINDS.indexOf(kind), scale, kept, frozen };
    write(to, HEAD.length + UNITS.length * l, UNITS, unit);
  });
}

/**
 * Reads a pass, and brings this worker's model up to date. Returns the model that the pass goes through, whole or thin.
 */
export function readPass(from: Float64Array, model: Model): [Model, Pass] {
  const head = read(from, 0, HEAD);
  const { capacity, hasFolded, hasGradients, hasInput, byOutput, learningRate, momentum, weightDecay, maxNorm } = head;
  model.arena.follow({
    batch: capacity,
    folded: hasFolded === 1,
    gradients: hasGradients === 1,
    input: hasInput === 1,
  });
  const { optimizer } = model.config;
  Object.assign(optimizer, { learningRate, weightDecay, maxNorm });
  if ("momentum" in optimizer) optimizer.momentum = momentum;
  const { in: inputs, out } = model.shapes[0];
  model.shapes[0] = weightShape(inputs, out, byOutput === 1 ? "output" : "input");

  const {
    batch,
    dense,
    folded,
    first,
    last,
    fromInput,
    learns,
    labelled,
    update,
    sums,
    weight,
    before,
    closes,
    average,
    draws,
  } = head;
  const { firstSample, seed, stream, step, rowsPerDraw } = head;
  const units = model.shapes.map((_, l) => read(from, HEAD.length + UNITS.length * l, UNITS));
  const rates = units.map(({ rate }) => rate);
  model.config.frozen = units.flatMap(({ frozen }, l) => (frozen === 1 ? [l + 1] : []));
  const source = { seed, stream, step, rates, ...(rowsPerDraw > 0 && { rowsPerDraw }) };
  const sum = sums === 1 ? { weight, before, closes: closes === 1 } : undefined;
  const pass = {
    batch,
    dense: dense === 1,
    dropout: units.map(({ kind, scale, kept }) => ({ kind: KINDS[kind], scale, kept })),
    folded: folded === 1,
    first,
    last,
    fromInput: fromInput === 1,
    ...(learns === 1 && { learn: { labelled: labelled === 1, update, sum, average } }),
    ...(draws === 1 && { draw: { source, firstSample } }),
  };
  const { sizes } = model.config;
  const widths = [...units.map(({ width }) => width), sizes.at(-1)!];
  return [widths.every((width, l) => width === sizes[l]) ? model : thinModel(model, widths), pass];
}
