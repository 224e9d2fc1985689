// What a repeated experiment is, and what it is given: data, seeds, and a store that keeps every run, so that one that
// was stopped goes on.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Table } from "#thinned/data/encode/table.js";
import { loadData } from "#thinned/data/load.js";
import { writeWhole } from "#thinned/node/files.js";

export interface Row {
  what: string;
  /** As the paper says it; empty where it draws a curve. */
  published: string;
  /** One for each seed. */
  ours: number[];
  show: (value: number) => string;
}

export interface Paper {
  /** The table or figure, and its paper. */
  title: string;
  /** What is done, and with what. */
  settings: string;
  /**
   * Rows beside what was published; or cells, the first row of them the heading, where the paper draws what has no one
   * number.
   */
  run(context: Context): Promise<Row[] | string[][]>;
}

export interface Options {
  data: string;
  seeds: number;
  epochs?: number;
  threads: number;
  quick: boolean;
}

export const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

/** Measured once for each name: what the file holds is not made again. */
export class Context {
  readonly #kept: Record<string, unknown>;

  constructor(
    readonly file: string,
    readonly options: Options,
    readonly tell: (run: string) => void,
  ) {
    this.#kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    mkdirSync(path.dirname(file), { recursive: true });
  }

  get seeds(): number[] {
    return Array.from({ length: this.options.quick ? 1 : this.options.seeds }, (_, i) => i + 1);
  }

  /** @param name says all that decides the result; the data and quickness are put to it here */
  async once<T>(name: string, run: () => Promise<T>): Promise<T> {
    const key = [this.options.data, this.options.quick ? "quick" : "", name].filter(Boolean).join(", ");
    if (!(key in this.#kept)) {
      this.tell(name);
      this.#kept[key] = await run();
      writeWhole(this.file, `${JSON.stringify(this.#kept, null, 1)}\n`);
    }
    return this.#kept[key] as T;
  }

  /** Training and test samples; pixels centred where asked. */
  async images(center: boolean): Promise<{ train: Table; test: Table }> {
    const { train, test } = await loadData(this.options.data, { center });
    if (!test) throw new Error(`${this.options.data} has no test samples`);
    return { train, test };
  }
}

export const pair = ({ x, y }: Table) => ({ x, y: y as Int32Array });
