// The worker's side of the digits: reads files, trains, saves, and takes over models that come as files.

import type { Network } from "thinned";
import { encodingText } from "#thinned/data/encode/encoding.js";
import type { ColumnReport } from "#thinned/data/encode/fit.js";
import type { Encoding } from "#thinned/data/encode/table.js";
import { DataError } from "#thinned/data/error.js";
import { type DigitsFrame, type DigitsSettings, EPOCHS } from "./digits-constants.js";
import { Duel, type Point } from "./duel.js";
import { type OnProgress, readFiles } from "./files.js";
import { openModel, type SavedModel } from "./model-file.js";
import type { Samples } from "./samples.js";
import { drawnDigits, type Source, Split, sizesOf, testedOf } from "./source.js";

/** What is learned from, as a visitor is told. */
export interface Described {
  name: string;
  /** "digits", "rows": what the samples are called. */
  things: string;
  sizes: number[];
  tested: number;
  drawn: boolean;
  /** The first training samples, where they are pictures: bytes of ink. */
  pictures: { height: number; width: number; ink: Uint8Array } | null;
}

/** How a table was read, and what its columns became. */
export interface Columns {
  report: ColumnReport[];
  notes: string[];
}

const BATCH = 50;
const OPTIMIZER = { type: "sgd", learningRate: 0.02, momentum: 0.9 } as const;
const INPUT_SHARE = 0.4;
const SEEDS_APART = 1000;
const SHOWN = 20;

export class DigitsLab {
  #source: Source = drawnDigits();
  #duel: Duel | null = null;
  #encoding: Encoding | null = null;
  #columns: Columns | null = null;
  #origin = "";
  /** The networks came as a file. */
  #adopted = false;

  describe(): Described {
    const source = this.#source;
    const pictures = "table" in source ? null : source.raw;
    const [height, width] = pictures?.imageShape ?? [0, 0];
    return {
      name: source.name,
      things: pictures ? "digits" : "rows",
      sizes: sizesOf(source),
      tested: testedOf(source),
      drawn: source.name === "drawn digits",
      pictures: pictures && { height, width, ink: pictures.x.slice(0, SHOWN * pictures.features) },
    };
  }

  /** Of the table that the networks learn from; null: there is none, or a model from a file has its own. */
  columns(): Columns | null {
    return this.#columns;
  }

  /** @throws DataError: which file, what was expected, what came, what to do; everything stays as it was then */
  async read(files: readonly File[], progress: OnProgress): Promise<Described> {
    return this.#use(await readFiles(files, progress));
  }

  draw(): Described {
    return this.#use(drawnDigits());
  }

  async open({ p, width, runs, ...data }: DigitsSettings): Promise<DigitsFrame> {
    const first = data.seed * SEEDS_APART;
    const split = new Split(this.#source, first);
    const test = split.test();
    const pairs = Array.from({ length: runs }, (_, pair) => split.pair({ ...data, seed: first + pair }, test));
    const { features, outputs } = split.encoding;
    const duel = await Duel.create({
      network: { sizes: [features, width, width, outputs], optimizer: OPTIMIZER, seed: first },
      rates: [0, p].map((rate) => [INPUT_SHARE * rate, rate, rate]),
      batch: BATCH,
      data: pairs,
    });
    this.#replace(duel, split.encoding, false, this.#source.name);
    if ("table" in this.#source) this.#columns = { report: split.report!, notes: this.#source.table.notes };
    return this.#frame(duel.points[0]);
  }

  /** Trains on for so many epochs, unless `report` says false; to the end of a press where none are given. */
  async train(report: (frame: DigitsFrame) => boolean | Promise<boolean>, epochs?: number): Promise<void> {
    const duel = this.#live();
    const begun = duel.points[0].epoch;
    const end = duel.epoch + (epochs ?? EPOCHS - ((duel.epoch - begun) % EPOCHS));
    while (duel.epoch < end) {
      const point = await duel.advance(1);
      if (duel !== this.#duel || !(await report(this.#frame(point)))) return;
    }
  }

  /** The network with dropout of the first pair. */
  save(): SavedModel {
    const net = this.#net();
    const encoding = this.#encoding!;
    net.metadata = { ...net.metadata, encoding: encodingText(encoding) };
    const { epoch } = net.progress;
    const origin = `${this.#adopted ? "" : "the network with dropout, "}${epoch} ${epoch === 1 ? "epoch" : "epochs"} on ${this.#origin}`;
    return { bytes: net.save(), encoding, origin };
  }

  /**
   * Takes a model file over: from now on it is what is trained, tested and saved, where it reads such data as is there.
   * @throws Error: what is wrong with the file; everything stays as it was then
   */
  async adopt(file: File, { samples, seed }: DigitsSettings) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { net, encoding } = await openModel(file.name, bytes);
    const { sizes, scaling } = net.config;
    const what = `${file.name}: ${sizes.join("-")}, ${scaling} scaling, ${net.step.toLocaleString("en-US")} steps`;
    const model: SavedModel = { bytes, encoding, origin: file.name };
    const split = new Split(this.#source, seed * SEEDS_APART);
    const test = testFor(encoding, split);
    if (!test) {
      net.dispose();
      return {
        model,
        frame: null,
        report: `${what}. It reads other data than these: it can answer, but not be trained here.`,
      };
    }
    const data = split.pair({ samples, wrong: 0, seed: seed * SEEDS_APART }, test, encoding);
    const duel = Duel.of([[net]], {
      network: net.config,
      rates: [net.config.dropout as number[]],
      batch: BATCH,
      data: [data],
    });
    this.#replace(duel, encoding, true, file.name);
    const error = (100 * duel.points[0].test[0][0]).toFixed(1);
    const report = `${what}; wrong on ${error} % of ${test.y.length.toLocaleString("en-US")} test samples. Train on, or save it.`;
    return { model, frame: this.#frame(duel.points[0]), report };
  }

  #use(source: Source): Described {
    this.#source = source;
    return this.describe();
  }

  #replace(duel: Duel, encoding: Encoding, adopted: boolean, origin: string): void {
    this.#duel?.dispose();
    [this.#duel, this.#encoding, this.#adopted, this.#origin] = [duel, encoding, adopted, origin];
    this.#columns = null;
  }

  #live(): Duel {
    if (!this.#duel) throw new Error("there are no networks yet; call open() first");
    return this.#duel;
  }

  #net(): Network {
    return this.#live().nets.at(-1)![0];
  }

  #frame(point: Point): DigitsFrame {
    const net = this.#net();
    const units = net.config.sizes[1];
    const masks = net.step > 0 && point.epoch > 0 ? lastMask(net) : null;
    return { point, kept: masks?.slice(0, units) ?? new Uint8Array(units).fill(1) };
  }
}

/** The test samples as a model reads them; null where it reads other data than these. */
function testFor(encoding: Encoding, split: Split): Samples | null {
  if (!encoding.table || !split.encoding.table) {
    const same = (["kind", "features", "classes"] as const).every(
      (key) => JSON.stringify(encoding[key]) === JSON.stringify(split.encoding[key]),
    );
    return same ? split.test(encoding) : null;
  }
  try {
    return split.test(encoding);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

/** Null where no step was taken since the network was loaded. */
function lastMask(net: Network): Uint8Array | null {
  try {
    return net.masks()[1];
  } catch {
    return null;
  }
}
