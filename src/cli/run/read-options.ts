// The options of every command that reads data: how a table is written, as far as that is not found by looking; and,
// where something is learned from it, which columns.
import { type Command, InvalidArgumentError } from "commander";
import type { ReadFileOptions } from "../../data/read-table.js";
import { checkReadOptions } from "../../data/sources/text/options.js";
import { names, oneOf } from "../usage.js";

export interface ReadingOptions {
  delimiter?: string | null;
  decimal?: "." | "," | null;
  /** False: the first row is data. */
  header?: boolean;
  encoding?: string | null;
  missing?: string[] | null;
}

/** What `addReadOptions` adds. */
export const READING = [
  "delimiter",
  "decimal",
  "header",
  "encoding",
  "missing",
] as const satisfies (keyof ReadingOptions)[];

export interface ColumnOptions {
  target?: string;
  ignore?: string[];
  include?: string[];
}

export function addColumnOptions(command: Command): Command {
  return command
    .option("--target <column>", "tables: the column to predict, or several numbers as in a,b (default: the last)")
    .option("--ignore <columns>", "tables: columns that are not read, with commas between them", names)
    .option("--include <columns>", "tables: columns that are used although they would be left out", names);
}

export function addReadOptions(command: Command): Command {
  return command
    .option(
      "--delimiter <mark>",
      'tables: what parts cells, as ";", tab or whitespace (default: found by looking)',
      mark,
    )
    .option("--decimal <mark>", 'tables: the decimal mark, "." or "," (default: found by looking)', oneOf([".", ","]))
    .option("--no-header", "tables: the first row is data; columns are called 1, 2, …")
    .option(
      "--encoding <name>",
      "tables: of a text that is not UTF-8, as latin1 (default: as its first bytes say)",
      label,
    )
    .option(
      "--missing <cell>",
      "tables: one more spelling of a missing cell; can be given again",
      (cell, before?: string[]) => [...(before ?? []), cell],
    );
}

/** What a reader is told. A header is looked for unless somebody said that there is none. */
export function readingOf({ delimiter, decimal, header, encoding, missing }: ReadingOptions): ReadFileOptions {
  return {
    ...(delimiter && { delimiter }),
    ...(decimal && { decimal }),
    ...(header === false && { header }),
    ...(encoding && { encoding }),
    ...(missing && { missing }),
  };
}

/** For a trained model: what its own run took for missing is missing here. */
export function readingFor(options: ReadingOptions, run: { settings: ReadingOptions } | null): ReadFileOptions {
  const missing = [...(run?.settings.missing ?? []), ...(options.missing ?? [])];
  return readingOf({ ...options, missing: missing.length ? missing : null });
}

function mark(text: string): string {
  try {
    return checkReadOptions({ delimiter: text }).delimiter!;
  } catch {
    throw new InvalidArgumentError("Expected one character, or tab or whitespace");
  }
}

function label(text: string): string {
  try {
    return new TextDecoder(text).encoding;
  } catch {
    throw new InvalidArgumentError("Expected an encoding such as latin1, utf-16le or shift_jis");
  }
}
