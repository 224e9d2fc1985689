// What the draws of a regression tell: how far to believe its intervals, and which rows to doubt.
import type { Encoding, Table } from "../../data/encode/table.js";
import { averagedCounts, groupMoments } from "../../lab/averaging.js";
import { Philox, Stream } from "../../random/philox.js";
import type { NumbersResult } from "../../report/uncertainty-numbers.js";
import { coverage, meanWidth, riskCoverage } from "../../scores/index.js";
import { cumulative } from "../../scores/normal.js";
import { pointsOf } from "../../uncertainty/answering.js";
import { intervals } from "../../uncertainty/index.js";
import { type AnyNetwork, drawTogether, takingTurns } from "./any-network.js";
import { inOwnUnits } from "./measure.js";

interface Asked {
  draws: number;
  seed: number;
  onDraw: (label: string, draw: number) => Promise<void>;
}

const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const KEPT = [1, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5];
const FIFTHS = 5;

type Found = Omit<NumbersResult, "model" | "data" | "target" | "rows" | "draws" | "seed">;

/** All in the target's own units. */
export async function doubtOfNumbers(net: AnyNetwork, encoding: Encoding, data: Table, asked: Asked): Promise<Found> {
  const own = (output: number) => inOwnUnits(output, encoding);
  const y = Float64Array.from(data.y, own);
  const answers: Float64Array[] = [];
  const turns = takingTurns(net);
  const noise = new Float64Array(y.length);
  for (let draw = 0; draw < asked.draws; draw++) {
    const { mean, aleatoric } = turns.mc_step(data.x, { samples: 1, seed: asked.seed, draw });
    answers.push(Float64Array.from(mean, own));
    aleatoric?.forEach((variance, i) => {
      noise[i] += variance / asked.draws;
    });
    await asked.onDraw("averaging", draw + 1);
  }
  const { mean, deviation: epistemic } = momentsOf(answers);
  const deviation = epistemic.map((value, i) => Math.hypot(value, Math.sqrt(noise[i]) / (encoding.targetScale ?? 1)));
  const squares = Float64Array.from(y, (value, i) => (value - mean[i]) ** 2);
  const promises = promisesOf(net, data, own);
  const [promised] = promises.size > 0 ? promises.keys() : [0.9];
  const dropout = (share: number) => around(mean, deviation, quantile((1 + share) / 2));
  const inside = ({ low, high }: Intervals, rows?: number[]) =>
    rows ? coverage(pick(low, rows), pick(high, rows), pick(y, rows)) : coverage(low, high, y);
  const order = Array.from(y, (_, i) => i).sort((a, b) => deviation[a] - deviation[b] || a - b);
  const { risk } = riskCoverage(deviation, squares);
  return {
    weightScalingError: rootMeanSquare(pointsOf(net, net.predict(data.x)), (i, output) => own(output) - y[i]),
    averaged: averagedCounts(asked.draws).map((k) => {
      const errors = Array.from({ length: Math.floor(asked.draws / k) }, (_, group) => {
        const { mean } = momentsOf(answers.slice(group * k, (group + 1) * k));
        return rootMeanSquare(mean, (i, value) => value - y[i]);
      });
      return { k, groups: errors.length, ...groupMoments(errors) };
    }),
    coverage: [...new Set([...SHARES, ...promises.keys()])].sort().map((share) => {
      const calibrated = promises.get(share);
      const shown = calibrated ?? dropout(share);
      return {
        promised: share,
        dropout: inside(dropout(share)),
        calibrated: calibrated ? inside(calibrated) : null,
        width: meanWidth(shown.low, shown.high),
      };
    }),
    fifths: Array.from({ length: FIFTHS }, (_, fifth) => {
      const rows = order.filter((_, place) => Math.floor((place * FIFTHS) / order.length) === fifth);
      const calibrated = promises.get(promised);
      return {
        deviation: average(pick(deviation, rows)),
        error: Math.sqrt(average(pick(squares, rows))),
        dropout: inside(dropout(promised), rows),
        calibrated: calibrated ? inside(calibrated, rows) : null,
      };
    }).filter(({ deviation }) => Number.isFinite(deviation)),
    promised,
    kept: KEPT.map((kept) => ({ kept, error: Math.sqrt(risk[Math.ceil(kept * y.length) - 1]) })),
    kinds: await strangeRows(net, data, encoding, deviation, asked),
  };
}

interface Intervals {
  low: Float64Array;
  high: Float64Array;
}

/** The intervals of every coverage that the model was calibrated for. */
function promisesOf(net: AnyNetwork, { x }: Table, own: (output: number) => number): Map<number, Intervals> {
  if (net.metadata.calibration === undefined) return new Map();
  const { thresholds } = JSON.parse(net.metadata.calibration) as { thresholds: { coverage: number }[] };
  return new Map(
    thresholds.map(({ coverage: share }) => {
      const pairs = intervals(net, x, { coverage: share });
      return [
        share,
        { low: Float64Array.from(pairs, ([low]) => own(low)), high: Float64Array.from(pairs, ([, high]) => own(high)) },
      ];
    }),
  );
}

/** Rows whose columns were shuffled each by itself, and rows that lie three deviations of each column away. */
async function strangeRows(
  net: AnyNetwork,
  { x, features, samples }: Table,
  { targetScale }: Encoding,
  known: Float64Array,
  { draws, seed, onDraw }: Asked,
): Promise<NumbersResult["kinds"]> {
  const random = new Philox(seed, Stream.data, 3);
  const [shuffled, away] = [x.slice(), x.slice()];
  for (let j = 0; j < features; j++) {
    const column = Float64Array.from({ length: samples }, (_, i) => x[i * features + j]);
    const { deviation } = momentsOf(Array.from(column, (value) => Float64Array.of(value)));
    for (let i = samples - 1; i >= 0; i--) {
      const other = Math.floor((i + 1) * random.uniform());
      [column[i], column[other]] = [column[other], column[i]];
      shuffled[i * features + j] = column[i];
      away[i * features + j] += 3 * deviation[0];
    }
  }
  const kinds = [{ rows: "as they are", deviations: Array.from(known) }];
  for (const [rows, strange] of [
    ["shuffled columns", shuffled],
    ["3 deviations off", away],
  ] as const) {
    const { variance } = await drawTogether(net, strange, { samples: draws, seed });
    kinds.push({
      rows,
      deviations: Array.from(variance, (value) => Number((Math.sqrt(value) / (targetScale ?? 1)).toPrecision(5))),
    });
    await onDraw(rows, draws);
  }
  return kinds;
}

/** Row by row over the draws; one draw has no deviation. */
function momentsOf(answers: readonly Float64Array[]): { mean: Float64Array; deviation: Float64Array } {
  const n = answers.length;
  const mean = answers[0].map((_, i) => answers.reduce((sum, values) => sum + values[i], 0) / n);
  const deviation = mean.map((value, i) => {
    const squares = answers.reduce((sum, values) => sum + (values[i] - value) ** 2, 0);
    return n > 1 ? Math.sqrt(squares / (n - 1)) : 0;
  });
  return { mean, deviation };
}

function around(mean: Float64Array, deviation: Float64Array, times: number): Intervals {
  return {
    low: mean.map((value, i) => value - times * deviation[i]),
    high: mean.map((value, i) => value + times * deviation[i]),
  };
}

/** Of the standard normal distribution, by halving. */
function quantile(p: number): number {
  let [low, high] = [-10, 10];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function rootMeanSquare(values: ArrayLike<number>, error: (i: number, value: number) => number): number {
  return Math.sqrt(average(Array.from(values, (value, i) => error(i, value) ** 2)));
}

function pick(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]);
}

function average(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
