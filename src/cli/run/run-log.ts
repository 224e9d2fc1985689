// --log and --picture: what each epoch of a run was, as lines of CSV and as curves.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { checkWritable } from "../../node/files.js";
import { type CoursePoint, drawCourse } from "../../report/course.js";
import type { EpochReport, Evaluation } from "../../types.js";
import { UsageError } from "../usage.js";

/** What a line says, in this order; empty where there is nothing to say. */
const COLUMNS = [
  "epoch",
  "trainLoss",
  "trainError",
  "validationLoss",
  "validationError",
  "learningRate",
  "seconds",
  "samplesPerSecond",
] as const;
const HEADER = COLUMNS.join(",");

export type LogLine = Record<(typeof COLUMNS)[number], number | null>;

export interface RunLog {
  add(line: LogLine): void;
  /** Draws the picture, where one is wanted. */
  draw(): Promise<void>;
}

/** @param learningRate that of the epoch's first step */
export function logLine(report: EpochReport, validation: Evaluation | null, learningRate: number): LogLine {
  const { epoch, trainLoss, trainError, seconds, samplesPerSecond } = report;
  const [validationLoss, validationError] = [validation?.loss ?? null, validation?.error ?? null];
  return { epoch, trainLoss, trainError, validationLoss, validationError, learningRate, seconds, samplesPerSecond };
}

/**
 * @param epochs those that the run has made, where it goes on: a killed run goes on from its last checkpoint, and what
 * its log says of later epochs is dropped
 * @throws UsageError where a file cannot be written, or is no log of this run
 */
export function openLog({ log, picture }: { log?: string; picture?: string }, epochs: number | null): RunLog {
  if (picture !== undefined) {
    checkWritable("--picture", picture);
    if (!picture.endsWith(".svg")) throw new UsageError(`--picture must end in .svg; got ${picture}`);
  }
  const lines = log === undefined ? [] : begin(log, epochs);
  return {
    add(line) {
      lines.push(line);
      if (log !== undefined) appendFileSync(log, `${written(line)}\n`);
    },
    async draw() {
      if (picture !== undefined && lines.length > 0)
        writeFileSync(picture, await drawCourse(points(lines), basename(picture, ".svg")));
    },
  };
}

const written = (line: LogLine): string => COLUMNS.map((name) => line[name] ?? "").join(",");

/** The lines that are there already. */
function begin(log: string, epochs: number | null): LogLine[] {
  checkWritable("--log", log);
  if (!existsSync(log)) {
    writeFileSync(log, `${HEADER}\n`);
    return [];
  }
  if (epochs === null) throw new UsageError(`--log ${log} exists already; name another file, or delete it first`);
  const [header, ...rows] = readFileSync(log, "utf8").trimEnd().split("\n");
  if (header !== HEADER) throw new UsageError(`--log ${log} must be a log that thinned train wrote; name another file`);
  const lines = rows
    .map((row) => row.split(","))
    .filter((cells) => cells.length === COLUMNS.length && Number(cells[0]) <= epochs)
    .map(
      (cells) =>
        Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i] === "" ? null : Number(cells[i])])) as LogLine,
    );
  writeFileSync(log, [HEADER, ...lines.map(written)].map((line) => `${line}\n`).join(""));
  return lines;
}

function points(lines: readonly LogLine[]): CoursePoint[] {
  return lines.flatMap((line) =>
    (["training", "validation"] as const).flatMap((set) =>
      (["loss", "error"] as const).flatMap((what): CoursePoint[] => {
        const name = `${set === "training" ? "train" : set}${what === "loss" ? "Loss" : "Error"}` as keyof LogLine;
        const value = line[name];
        return value === null ? [] : [{ epoch: line.epoch ?? 0, set, what, value }];
      }),
    ),
  );
}
