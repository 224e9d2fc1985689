// What the runs of `thinned study` learn from and are tested with, and how one of them is made.

import { createHash } from "node:crypto";
import type { Table } from "../../data/encode/table.js";
import { loadData } from "../../data/load.js";
import { learnFeatures } from "../../lab/features.js";
import { type Outcome, planStudy, type Run } from "../../lab/plan.js";
import { errorsAtRate, errorsAtSize, learningCurve, type StudySetup } from "../../lab/study.js";
import { permutation } from "../../random/philox.js";
import type { StudyFacts } from "../../report/study.js";
import { UsageError } from "../usage.js";
import { firstRows } from "./measure.js";
import { type ColumnOptions, type ReadingOptions, readingOf } from "./read-options.js";

/** What decides a study's numbers. */
export interface StudySettings extends ColumnOptions, ReadingOptions {
  samples: number;
  testRows: number;
  hidden: number[];
  dropout: number;
  inputDropout: number;
  lr: number;
  batch: number;
  steps: number;
  repeats: number;
  seed: number;
  quick?: boolean;
  build?: "simd" | "relaxed";
}

export interface Study {
  facts: StudyFacts;
  plan: Run[];
  /** SHA-256 of the samples. */
  data: string;
  run(which: Run, watch: Pick<StudySetup, "signal" | "onEpoch">): Promise<Outcome>;
}

const RATES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
/** What the autoencoder learns from, where there are so many. */
const IMAGES = 5000;
const SIZES = [100, 200, 500, 1000, 2000, 5000, 10_000];

export async function openStudy(source: string, settings: StudySettings): Promise<Study> {
  const { quick, seed, repeats, samples, hidden } = settings;
  const { train: every, test: tested, encoding } = await loadStudyData(source, settings);
  const all = shuffled(every, seed);
  const train = firstRows(all, samples);
  const test = firstRows(tested, settings.testRows);
  const plan = planStudy({
    rates: quick ? RATES.filter((_, i) => i % 2 === 0) : RATES,
    sizes: SIZES.filter((n) => n <= all.samples && (!quick || [100, 500, 1000].includes(n))),
    seeds: Array.from({ length: repeats }, (_, i) => seed + i),
    features: encoding.imageShape !== null,
  });
  const setup = {
    hidden,
    classes: encoding.outputs,
    dropout: { input: settings.inputDropout, hidden: settings.dropout },
    learningRate: settings.lr,
    batch: settings.batch,
    steps: settings.steps,
    build: settings.build,
  };
  const facts: StudyFacts = {
    source,
    network: [train.features, ...hidden, encoding.outputs].join("-"),
    trainSamples: train.samples,
    testSamples: test.samples,
    settings,
    imageShape: encoding.imageShape,
  };
  const run: Study["run"] = (which, watch) => {
    const watched = { ...setup, ...watch };
    if (which.of === "curve") return learningCurve(pair(train), pair(test), which, watched);
    if (which.of === "rate") return errorsAtRate(pair(train), pair(test), which, watched);
    if (which.of === "size") return errorsAtSize(pair(all), pair(test), which, watched);
    const images = firstRows(all, Math.max(samples, IMAGES));
    return learnFeatures(images.x, firstRows(test, 1000).x, train.features, which, { ...watched, units: 256 });
  };
  return { facts, plan, data: digestOf([all, test]), run };
}

async function loadStudyData(source: string, settings: StudySettings) {
  const { samples, seed, target, ignore, include } = settings;
  const most = Math.max(samples, 2000);
  const columns = { target, ignore, include, read: readingOf(settings) };
  const data = await loadData(source, { seed, val: 0, ...columns, ...(source === "digits" && { samples: most }) });
  if (data.encoding.task !== "classify")
    throw new UsageError(`${source} has numbers to predict; a study compares errors of classes: choose such data`);
  if (data.test) return { ...data, test: data.test };
  const split = await loadData(source, { seed, val: 0.3, ...columns });
  return { ...split, test: split.validation as Table };
}

/** In an order drawn from the seed: the first so many samples of a file that is sorted would be one class. */
function shuffled(table: Table, seed: number): Table {
  const { samples, features } = table;
  const x = new Float32Array(table.x.length);
  const y = table.y.slice();
  permutation(samples, seed, 0).forEach((from, to) => {
    x.set(table.x.subarray(from * features, (from + 1) * features), to * features);
    y[to] = table.y[from];
  });
  return { samples, features, x, y };
}

function pair({ x, y }: Table) {
  return { x, y };
}

function digestOf(tables: readonly Table[]): string {
  const hash = createHash("sha256");
  for (const { samples, x, y } of tables) {
    hash.update(`${samples},`);
    for (const { buffer, byteOffset, byteLength } of [x, y])
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
