// What a repeated experiment is, and what it is given: data, seeds, sizes, and a store that keeps every run, so that one
// that was stopped goes on.

import type { Table } from "#thinned/data/encode/table.js";
import { loadData } from "#thinned/data/load.js";
import { Kept } from "./kept.js";

export interface Row {
  what: string;
  /** As the paper says it; empty where it draws a curve. */
  published: string;
  /** One for each seed. */
  ours: number[];
  show: (value: number) => string;
}

/** What decides how long an experiment takes. */
export interface Sizes {
  hidden: number[];
  /** Updates. */
  steps: number;
  epochs: number;
}

export interface Paper {
  /** The table or figure, and its paper. */
  title: string;
  /** What is done, and with what. */
  settings(sizes: Sizes): string;
  /** What may be asked for otherwise; and with `--quick`. */
  sizes?: { full: Partial<Sizes>; quick: Partial<Sizes> };
  /** Whether it asks `context.chosen`, so that `--only` says something. */
  choosable?: true;
  /**
   * Rows beside what was published; or cells, the first row of them the heading, where the paper draws what has no one
   * number.
   */
  run(context: Context): Promise<Row[] | string[][]>;
}

export interface Options extends Partial<Sizes> {
  data: string;
  seeds: number[];
  /** Numbers of rows from 1, or words of them. */
  only?: string;
  threads: number;
  quick: boolean;
}

export const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

/** Measured once for each name: what the file holds is not made again. */
export class Context {
  readonly #kept: Kept;
  readonly sizes: Sizes;
  /** Sizes that are not the experiment's own, in words: a part of every run's name. */
  readonly #changed: string;

  constructor(
    readonly file: string,
    paper: Paper,
    readonly options: Options,
    readonly tell: (run: string) => void,
  ) {
    const { hidden, steps, epochs, quick } = options;
    const own = { ...paper.sizes?.full, ...(quick && paper.sizes?.quick) } as Sizes;
    this.sizes = { hidden: hidden ?? own.hidden, steps: steps ?? own.steps, epochs: epochs ?? own.epochs };
    const words = ({ hidden, steps, epochs }: Sizes) => [`hidden ${hidden}`, `${steps} updates`, `${epochs} epochs`];
    const ownWords = words(own);
    this.#changed = words(this.sizes)
      .filter((word, i) => word !== ownWords[i])
      .join(", ");
    this.#kept = new Kept(file);
  }

  get seeds(): number[] {
    return this.options.quick ? this.options.seeds.slice(0, 1) : this.options.seeds;
  }

  /** The rows that were asked for; with `--quick` and no wish, the first few. */
  chosen<T extends { what: string }>(rows: readonly T[], few: number): readonly T[] {
    const { only, quick } = this.options;
    if (only === undefined) return quick ? rows.slice(0, few) : rows;
    const numbers = /^\d+(,\d+)*$/.test(only) ? only.split(",").map(Number) : null;
    const found = rows.filter(({ what }, i) =>
      numbers ? numbers.includes(i + 1) : only.split(/\s+/).every((word) => what.includes(word)),
    );
    if (found.length > 0 && (!numbers || numbers.every((number) => number >= 1 && number <= rows.length))) return found;
    const known = rows.map(({ what }, i) => `  ${i + 1}  ${what}`).join("\n");
    throw new Error(`--only must be numbers of rows as in 1,3, or words of them; got ${only}; there are\n${known}`);
  }

  /** @param name says all that decides the result; the data, quickness and other sizes are put to it here */
  async once<T>(name: string, run: () => Promise<T>): Promise<T> {
    const full = [name, this.#changed].filter(Boolean).join(", ");
    const key = [this.options.data, this.options.quick ? "quick" : "", full].filter(Boolean).join(", ");
    const { [key]: before } = this.#kept.all();
    if (before !== undefined) return before as T;
    this.tell(full);
    const result = await run();
    await this.#kept.add(key, result);
    return result;
  }

  /** Training and test samples; pixels centred where asked. */
  async images(center: boolean): Promise<{ train: Table; test: Table }> {
    const { train, test } = await loadData(this.options.data, { center });
    if (!test) throw new Error(`${this.options.data} has no test samples`);
    return { train, test };
  }
}

export const pair = ({ x, y }: Table) => ({ x, y: y as Int32Array });
