// What `thinned start` says beside its curves: that the kinds of dropout are one thing, what a step costs, and what
// doubt looks like.

import type { Table } from "../../data/encode/table.js";
import { SCALINGS } from "../../dropout/scaling.js";
import type { Network } from "../../network.js";
import { ARMS, BATCH, openArm, trainArm } from "./digits-study.js";

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

/**
 * How far the probabilities of plain and inverted dropout are apart after one epoch with the same masks: rounding, and
 * what it grows to.
 */
export async function differenceOfRuns(seed: number, train: Table, test: Table): Promise<number> {
  const answers: Float32Array[] = [];
  for (const arm of ARMS.slice(1)) {
    const net = await openArm(arm, seed, train.features);
    for await (const _ of trainArm(arm, net, train, test, { epochs: 1 }));
    answers.push(net.predict(test.x));
    net.dispose();
  }
  return largestDifference(answers[0], answers[1]);
}

/** How far the answers of one trained network are apart under the three scalings. */
export function differenceOfScalings(net: Network, { x }: Table): number {
  const own = net.scaling;
  const answers = SCALINGS.map((scaling) => {
    net.scaling = scaling;
    return net.predict(x);
  });
  net.scaling = own;
  return Math.max(...answers.map((answer) => largestDifference(answer, answers[0])));
}

/** Milliseconds of a training step of each arm, without and with dropout: the median of many, taken in turns. */
export async function stepTimes(seed: number, train: Table, rounds = 200): Promise<[number, number]> {
  const x = train.x.subarray(0, BATCH * train.features);
  const y = train.y.subarray(0, BATCH);
  const nets = [await openArm(ARMS[0], seed, train.features), await openArm(ARMS[1], seed, train.features)];
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < 2 * rounds; round++) {
    nets.forEach((net, i) => {
      const begun = performance.now();
      net.train_step(x, y);
      // The first half is for the engine's compiler.
      if (round >= rounds) times[i].push(performance.now() - begun);
    });
  }
  for (const net of nets) net.dispose();
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  return [median(times[0]), median(times[1])];
}

/** The row of probabilities `[n, classes]` that has the largest of all. */
export function surestRow(probabilities: Float32Array, classes: number): number {
  return Math.floor(probabilities.indexOf(probabilities.reduce((most, p) => Math.max(most, p), 0)) / classes);
}

/** What fifty thinned networks say of one picture: the class that most of them say, and how many do. */
export function votes(net: Network, x: Float32Array, draws = 50): { digit: number; agreeing: number; draws: number } {
  const rows = new Float32Array(draws * x.length);
  for (let draw = 0; draw < draws; draw++) rows.set(x, draw * x.length);
  // Every row has masks of its own: each is answered by another thinned network.
  const { out } = net.train_step(rows);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    const row = out.subarray(10 * draw, 10 * draw + 10);
    counts[row.indexOf(Math.max(...row))]++;
  }
  const agreeing = Math.max(...counts);
  return { digit: counts.indexOf(agreeing), agreeing, draws };
}

/** A picture that is no digit: several drawn over each other. */
export function scribble({ x, features }: Table, pictures = 4): Float32Array {
  return Float32Array.from({ length: features }, (_, i) =>
    Math.max(...Array.from({ length: pictures }, (_, k) => x[k * features + i])),
  );
}
