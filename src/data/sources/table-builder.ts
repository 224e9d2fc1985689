// The columns of a table while its cells come in, row by row or column by column, from whatever reader.
import { type Columns, type Dialect, type Problem, placeOf, refuseAll, type WordColumn } from "../columns.js";
import { type Reading, WordCells } from "./text/cells.js";
import { ColumnBuilder, type Kind } from "./text/column.js";
import { Missing } from "./text/missing.js";
import type { ReadOptions } from "./text/options.js";

export class TableBuilder {
  readonly width: number;
  private readonly builders: (ColumnBuilder | null)[];
  private readonly kept: { place: number; name: string; cells: WordCells }[];

  /** @param names one per column; null: it is not read */
  constructor(
    private readonly name: string,
    names: readonly (string | null)[],
    private readonly dialect: Dialect,
    { missing, ignore = [], only, kinds, keep = [] }: ReadOptions,
  ) {
    this.width = names.length;
    const known = new Set(names);
    const ignored = new Set(
      ignore.flatMap((one) => (known.has(one) ? one : one.split(",").map((part) => part.trim()))),
    );
    const wanted = only && new Set(only);
    const asked = new Map(Object.entries(kinds ?? {}));
    const reading: Reading = { decimal: dialect.decimal, missing: new Missing(missing) };
    const kind = (column: string): Kind =>
      ignored.has(column) || wanted?.has(column) === false ? "texts" : (asked.get(column) ?? null);
    this.builders = names.map((column, i) =>
      column === null ? null : new ColumnBuilder(column, i, reading, kind(column)),
    );
    this.kept = keep.flatMap((column) => {
      const place = names.indexOf(column);
      return place < 0 ? [] : { place, name: column, cells: new WordCells(reading, Number.POSITIVE_INFINITY) };
    });
  }

  /** Does anybody want its cells? */
  reads(at: number): boolean {
    return this.builders[at]?.reads === true || this.kept.some(({ place }) => place === at);
  }

  /** text[start, end) is the next cell of the column. */
  put(at: number, text: string, start: number, end: number): void {
    this.builders[at]?.add(text, start, end);
    for (const { place, cells } of this.kept) if (place === at) cells.add(text, start, end);
  }

  /** The next cell of the column is this number; NaN: it is missing. */
  putNumber(at: number, value: number): void {
    this.builders[at]?.addNumber(value);
    for (const { place, cells } of this.kept) {
      const cell = Number.isNaN(value) ? "" : String(value);
      if (place === at) cells.add(cell, 0, cell.length);
    }
  }

  /**
   * The table, whole. Nothing is left here.
   * @param wrong what is wrong with it so far
   * @param dropped is a column in which all cells are missing none at all?
   */
  finish(
    rows: number,
    rowNumber: Columns["rowNumber"],
    notes: string[],
    wrong: Problem[],
    dropped: (place: number) => boolean = () => false,
  ): Columns {
    const { name, dialect } = this;
    const table = { name, rows, dialect, notes, rowNumber };
    const columns = this.builders.flatMap((builder, place) => {
      if (!builder) return [];
      this.builders[place] = null;
      const column = builder.finish(({ row, ...problem }) => {
        wrong.push({ where: placeOf(table, builder, row), ...problem });
      });
      return column.missing === rows && dropped(place) ? [] : column;
    });
    refuseAll(name, wrong);
    const kept = this.kept.map(({ name, place, cells }): WordColumn => ({ name, place, ...cells.finish(true) }));
    return { ...table, columns, kept };
  }
}
