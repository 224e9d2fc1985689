// A pass as a row of numbers in shared memory: a worker that waits for its next pass receives no messages, and numbers cost no time worth naming.

import { weightShape } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { DrawnMasks, Pass, UnitDropout } from "../model/pass.js";

/** Numbers before the first that there is one of per layer. */
const HEAD = 19;
/** Numbers per layer: a rate, and how units are dropped. */
const PER_LAYER = 4;

/** Numbers that a pass through a network of so many layers takes at most. */
export function passLength(layers: number): number {
  return HEAD + PER_LAYER * layers;
}

/** Writes a pass, and what has changed in the model since its workers were made. */
export function writePass(to: Float64Array, model: Model, pass: Pass): void {
  const { needs } = model.arena;
  const { draw, learn, dropout } = pass;
  const head = [
    needs.batch,
    Number(needs.folded),
    Number(needs.gradients),
    Number(needs.input),
    Number(model.shapes[0].orientation === "output"),
    model.config.optimizer.learningRate,
    pass.batch,
    Number(pass.dense),
    Number(pass.folded ?? false),
    pass.first ?? 0,
    Number(pass.fromInput ?? false),
    learn ? 1 + Number(learn.labelled) : 0,
    learn?.update ?? 0,
    draw ? 1 : 0,
    draw?.firstSample ?? 0,
    draw?.source.seed ?? 0,
    draw?.source.stream ?? 0,
    draw?.source.step ?? 0,
    draw?.source.rowsPerDraw ?? 0,
  ];
  to.set(head);
  dropout.forEach(({ masked, scale, kept }, l) => {
    const at = HEAD + PER_LAYER * l;
    to[at] = draw?.source.rates[l] ?? 0;
    to[at + 1] = Number(masked);
    to[at + 2] = scale;
    to[at + 3] = kept;
  });
}

/** Reads a pass, and brings this worker's model up to date. */
export function readPass(from: Float64Array, model: Model): Pass {
  const [batch, folded, gradients, input, byOutput, learningRate] = from;
  const needs = { batch, folded: folded === 1, gradients: gradients === 1, input: input === 1 };
  model.arena.follow(needs);
  model.config.optimizer.learningRate = learningRate;
  const first = model.shapes[0];
  model.shapes[0] = weightShape(first.in, first.out, byOutput === 1 ? "output" : "input");

  const [rows, dense, readsFolded, firstLayer, fromInput, learns, update, draws] = from.subarray(6);
  const dropout: UnitDropout[] = [];
  const rates: number[] = [];
  for (let at = HEAD; at < from.length; at += PER_LAYER) {
    rates.push(from[at]);
    dropout.push({ masked: from[at + 1] === 1, scale: from[at + 2], kept: from[at + 3] });
  }
  return {
    batch: rows,
    dense: dense === 1,
    dropout,
    folded: readsFolded === 1,
    first: firstLayer,
    fromInput: fromInput === 1,
    ...(learns > 0 && { learn: { labelled: learns === 2, update } }),
    ...(draws === 1 && { draw: readDraw(from.subarray(14, HEAD), rates) }),
  };
}

function readDraw(from: Float64Array, rates: number[]): Pass["draw"] {
  const [firstSample, seed, stream, step, rowsPerDraw] = from;
  const source: DrawnMasks = { seed, stream, step, rates, ...(rowsPerDraw > 0 && { rowsPerDraw }) };
  return { source, firstSample };
}
